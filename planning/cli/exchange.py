"""`planning goals export` and `planning goals import`: the plan out to a spreadsheet and back."""

from pathlib import Path
from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Workspace, Year
from planning.cli.output import Format, Kind, say, show

app = typer.Typer(no_args_is_help=True, help="The plan out to a spreadsheet and back.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="An Excel workbook (.xlsx).")]
AMOUNTS: dict[str, Kind] = dict.fromkeys(("exported", "now", "typed"), "money")


@app.command()
def export(file: File, year: Year = 0, scenario: Scenario = "", workspace: Workspace = "") -> None:
    """Take the plan out as an Excel workbook, to type new goals into."""
    from planning.errors import PlanningError
    from planning.sheets.plan_file import write_plan
    from planning.workbook.editing import exchange
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    content = write_plan(exchange.taken_out(context), context.settings, context.year)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise PlanningError(f"{file} cannot be written: {error.strerror}.") from error
    say(f"The plan of FY{context.year} is in {file}. Type into the yellow column, then: planning goals import {file}")


@app.command("import")
def import_(
    file: File,
    why: Annotated[str, typer.Option(help="Why; it stands in the account of every goal that is moved.")] = "",
    share: Annotated[bool, typer.Option("--share", help="Those beside share what is left over.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what it would do.")] = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Bring back a plan that was taken out: all changes are posted at once, or none with what is wrong."""
    from planning.errors import PlanningError
    from planning.sheets.plan_reading import read_plan
    from planning.workbook.editing import exchange
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PlanningError(f"{file} cannot be read: {error.strerror}.") from error
    brought = read_plan(content, context.settings)
    if not preview and not why.strip():
        raise PlanningError("Say why with --why, or look first with --preview.")
    found = (
        exchange.compared(context, brought, share)
        if preview
        else exchange.brought_in(context, brought, why, actor, share)
    )
    columns = ["cell", "name", "territory", "exported", "now", "typed", "state"]
    show(found.rows[columns], AMOUNTS, form, context.settings)
    say(f"{found.said} Nothing was posted yet." if preview else found.said)
