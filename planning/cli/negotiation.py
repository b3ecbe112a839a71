"""`planning negotiation ...`: what the form does, on the command line."""

from typing import Annotated

import typer

from planning.cli.options import Form, Scenario, Workspace, Year
from planning.cli.output import Format, say, show

app = typer.Typer(
    no_args_is_help=True, help="Propose, counter, comment and accept, until both accept the same version."
)

Rep = Annotated[str, typer.Argument(metavar="REP", help="Whose goal it is.")]
Who = Annotated[str, typer.Option("--as", metavar="NAME", help="Who sends it.")]
Lines = Annotated[
    list[str],
    typer.Option(
        "--line",
        "-l",
        metavar="PRODUCT LINE=AMOUNT",
        help="Year's goal for a product line in major units; lines left out stay as they stand.",
    ),
]
Seen = Annotated[int, typer.Option("--version", help="Version you have seen; by default the one on the table.")]
Note = Annotated[str, typer.Option("--note", "-n", help="Justification, supporting detail or comment.")]


@app.command("list")
def listed(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Say where every negotiation stands."""
    from planning.workbook import negotiation
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    show(negotiation.standing(context), {"goal": "money", "version": "count"}, form, context.settings)


@app.command("show")
def shown(
    rep: Rep, year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table
) -> None:
    """Show the whole exchange over a rep's goal, in order: who, when, which version, what and why."""
    from planning.workbook import negotiation
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    table = negotiation.exchange(context, rep)
    show(table, {"total": "money", "sequence": "count", "version": "count"}, form, context.settings)


@app.command()
def propose(
    rep: Rep,
    sender: Who,
    note: Note,
    line: Lines = [],  # noqa: B006
    version: Seen = -1,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Propose a goal as the manager, with its justification; without lines, the goal as it stands."""
    _move(rep, "propose", "manager", sender, version, note, line, (workspace, year, scenario))


@app.command()
def counter(
    rep: Rep,
    note: Note,
    line: Lines,
    version: Seen = -1,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Make a counter-proposal as the rep, with supporting detail."""
    _move(rep, "counter", "rep", rep, version, note, line, (workspace, year, scenario))


@app.command()
def comment(
    rep: Rep,
    sender: Who,
    note: Note,
    version: Seen = -1,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Say or ask something without changing the offer."""
    role = "rep" if sender == rep else "manager"
    _move(rep, "comment", role, sender, version, note, [], (workspace, year, scenario))


@app.command()
def accept(
    rep: Rep,
    sender: Who,
    version: Annotated[int, typer.Option("--version", help="Version you accept.")],
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Accept a version; when manager and rep have accepted the same one, the goal is agreed and posted."""
    role = "rep" if sender == rep else "manager"
    _move(rep, "accept", role, sender, version, "", [], (workspace, year, scenario))


def _move(
    rep: str,
    kind: str,
    role: str,
    sender: str,
    version: int,
    note: str,
    lines: list[str],
    place: tuple[str, int, str],
) -> None:
    from planning.amounts import to_minor
    from planning.workbook import negotiation
    from planning.workbook.negotiation import Person
    from planning.workbook.place import stand

    context = stand(*place)
    wrong = [text for text in lines if "=" not in text]
    if wrong:
        raise typer.BadParameter(f"write PRODUCT LINE=AMOUNT, not {', '.join(wrong)}")
    pairs = [text.rsplit("=", 1) for text in lines]
    offered = {name.strip(): to_minor(amount.strip(), context.settings.minor_digits) for name, amount in pairs}
    seen = version if version >= 0 else negotiation.talk(context, rep).thread.version
    thread = negotiation.move(context, rep, kind, Person(sender, role), seen, note, offered)  # type: ignore[arg-type]
    say(f"Sent. The goal of {rep} is {thread.state}, version {thread.version}.")
