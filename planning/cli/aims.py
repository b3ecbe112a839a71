"""`planning aims ...`: goals on any metric, from the library or one's own, checked and handed out."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planning.cli.options import Actor, Form, Scenario, Workspace, Year
from planning.cli.output import Format, Kind, say, show

if TYPE_CHECKING:
    from planning.goals.aims.sentence import Writer
    from planning.settings import Settings
    from planning.workbook.aims.smart import Checked

app = typer.Typer(no_args_is_help=True, help="Goals on any metric: stated, checked, handed out.")

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The goal's number, as planning aims list shows it.")]


@app.command("list")
def list_(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """List the goals that were stated."""
    import pandas as pd

    from planning.workbook.aims import kept as aims
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    names = ["identity", "metric", "kind", "whom", "serves", "way", "value", "start", "end", "priority"]
    rows = [{name: getattr(aim, name) for name in names} for aim in aims.stated(context)]
    show(pd.DataFrame(rows, columns=names).astype({"value": "str"}), {"identity": "count", "priority": "count"}, form,
         context.settings)  # fmt: skip


@app.command()
def library(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Show the ready goals, fitted to the company's own numbers."""
    from planning.workbook.aims import smart
    from planning.workbook.aims.aimed import known
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    table, metrics = smart.offered(context), known(context)
    write = _writer(context.settings)
    for name in ("base", "target"):
        pairs = zip(table["metric"], table[name], strict=True)
        table[name] = [write.figure(metrics[metric], value) for metric, value in pairs]
    show(table[["name", "words", "whose", "serves", "base", "target", "why"]], {}, form, context.settings)


@app.command()
def add(
    metric: Annotated[str, typer.Argument(help="Metric, or with --ready the name of a ready goal.")],
    value: Annotated[str, typer.Argument(help="8% with --way by; else a figure, money in major units.")] = "",
    ready: Annotated[bool, typer.Option("--ready", help="Take it from the library.")] = False,
    way: Annotated[str, typer.Option(help="by (a part of last year's), to, under or over.")] = "",
    kind: Annotated[str, typer.Option(help="company, team or individual.")] = "",
    whom: Annotated[str, typer.Option(help="Owner; by default all of the kind.")] = "",
    serves: Annotated[str, typer.Option(help="What of the four it aims at, such as: customer focus.")] = "",
    start: Annotated[str, typer.Option(metavar="YYYY-MM", help="First month.")] = "",
    end: Annotated[str, typer.Option(metavar="YYYY-MM", help="Last month.")] = "",
    how: Annotated[str, typer.Option(help="What will be done for it.")] = "",
    through: Annotated[str, typer.Option(help="Channel or product line that it rests on.")] = "",
    reward: Annotated[str, typer.Option(help="What reaching it earns.")] = "",
    floor: Annotated[str, typer.Option(help="90% of the target, or a figure.")] = "",
    stretch: Annotated[str, typer.Option(help="105% of the target, or a figure.")] = "",
    stretch_reward: Annotated[str, typer.Option("--stretch-reward", help="What the stretch earns.")] = "",
    evidence: Annotated[str, typer.Option(help="What it rests on.")] = "",
    typed: Annotated[str, typer.Option(help="Last year's figure, where the history does not tell it.")] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show what it would ask, and its findings.")
    ] = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """State a goal, from the library or one's own, check it and hand it out."""
    from planning.workbook.aims import kept as aims
    from planning.workbook.aims import smart, wording
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    words: dict[str, Any] = {
        "value": value, "way": way, "kind": kind, "whom": whom, "serves": serves, "start": start, "end": end,
        "how": how, "through": through, "reward": reward, "floor": floor, "stretch": stretch,
        "stretch_reward": stretch_reward, "evidence": evidence, "typed": typed,
    }  # fmt: skip
    said = {name: word for name, word in words.items() if word}
    aim = wording.from_library(context, metric, **said) if ready else wording.from_words(context, metric, **said)
    checked = smart.checked(context, aim, _writer(context.settings))
    kept = aim if preview else aims.state(context, aim, actor).aim
    say("Not kept: this is a preview." if preview else f"Goal {kept.identity} is kept.")
    _tell(checked, context.settings)


@app.command()
def withdraw(
    number: Number,
    why: Annotated[str, typer.Option(help="Why it is withdrawn.")],
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Withdraw a goal: what it asked is taken back from the ledger, and what it said is kept."""
    from planning.workbook.aims import kept as aims
    from planning.workbook.place import stand

    aims.withdraw(stand(workspace, year, scenario), number, why, actor)
    say(f"Goal {number} is withdrawn.")


@app.command()
def check(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "") -> None:
    """Check every goal, and all against one another."""
    from planning.workbook.aims import smart
    from planning.workbook.aims.aimed import known
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    write, metrics = _writer(context.settings), known(context)
    whole = smart.everything(context, write)
    for each in whole.goals:
        _tell(each, context.settings)
    for clash in whole.against:
        first = metrics[clash.what[0]]
        typer.echo(f"Clash: {clash.text} Asked {write.figure(first, clash.asked)}, "
                   f"what follows is {write.figure(first, clash.follows)}. {clash.mend}")  # fmt: skip
    for rep, count in whole.crowded.items():
        typer.echo(f"{rep} has {count} goals, more than anybody can mind. Keep those of the highest priority.")


@app.command("show")
def shown(
    metric: Annotated[str, typer.Argument(help="Metric of a goal that is handed out.")],
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show what company, territories and reps carry of a metric, beside last year."""
    from planning.workbook.aims import kept as aims
    from planning.workbook.aims.aimed import known
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    table, measured = aims.of_metric(context, metric), known(context)[metric]
    if form is Format.table:
        write = _writer(context.settings)
        for name in ("base", "goal"):
            table[name] = [write.figure(measured, value) for value in table[name]]
        show(table.drop(columns="owner"), {}, form, context.settings)
        return
    figures = table.assign(**{name: table[name].astype("float64") for name in ("base", "goal")})
    if measured.unit == "money":
        figures = figures.assign(**{name: figures[name].round().astype("Int64") for name in ("base", "goal")})
    kind: Kind = "money" if measured.unit == "money" else "fraction"
    show(figures.drop(columns="owner"), {"base": kind, "goal": kind}, form, context.settings)


def _writer(settings: "Settings") -> "Writer":
    from planning.sheets.metrics import writer

    return writer(settings)


def _tell(checked: "Checked", settings: "Settings") -> None:
    """Say a goal as one sentence, with what is to be mended below."""
    from planning.goals.aims.sentence import sentence

    number = f"{checked.aim.identity}: " if checked.aim.identity else ""
    told = sentence(checked.aim, checked.made.measured, checked.facts, _writer(settings), settings.company)
    typer.echo(f"{number}{told} [{checked.called}]")
    for note in checked.made.notes:
        typer.echo(f"  note: {note}")
    for each in checked.findings:
        typer.echo(f"  {each.letter}: {each.text} {each.mend}")
