"""Commands: the evaluation of a year, by criteria that were made known beforehand."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planning.cli.options import Actor, Form, Scenario, Workspace, Year, decimal
from planning.cli.output import Format, Kind, say, show

if TYPE_CHECKING:
    import pandas as pd

    from planning.tracking.criteria import Criterion
    from planning.workbook.context import Context

app = typer.Typer(
    no_args_is_help=True,
    help="Evaluate a year by criteria that were made known beforehand: attainment, activity and behaviour, beside "
    "what the market did; shared with the rep, who answers.",
)

Rep = Annotated[str, typer.Argument(metavar="REP", help="Whose year.")]
Who = Annotated[str, typer.Option("--as", metavar="NAME", help="Who speaks: the rep, or who leads them.")]
Weighed = Annotated[list[str], typer.Option(metavar="NAME=PERCENT", help="Several times; weights add up to 100.")]
Note = Annotated[str, typer.Option("--note", "-n", help="What is said with it.")]


@app.command()
def criteria(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """List the criteria that were made known, every version, with when and why they were changed."""
    import pandas as pd

    from planning.workbook.tracking.criteria import published

    context = _stand(workspace, year, scenario)
    rows = [
        {"role": each.role or "everybody", "version": each.version, "group": part.group, "name": part.name,
         "weight": float(part.weight), "standard": None if part.standard is None else float(part.standard),
         "cap": float(each.cap), "published": each.at, "by": each.actor,
         "after_year_began": "yes" if each.late else "no", "reason": each.reason}
        for each in published(context) for part in each.parts
    ]  # fmt: skip
    columns = ["role", "version", "group", "name", "weight", "standard", "cap", "published", "by", "after_year_began",
               "reason"]  # fmt: skip
    kinds: dict[str, Kind] = {"version": "count", "weight": "percent", "standard": "number", "cap": "percent"}
    show(pd.DataFrame(rows, columns=columns), kinds, form, context.settings)


@app.command()
def publish(
    role: Annotated[str, typer.Option(help="For whom; empty for everybody whose role has none.")] = "",
    goal: Weighed = [],  # noqa: B006
    activity: Annotated[
        list[str], typer.Option(metavar="NAME=PERCENT[/STANDARD]", help="With how many a year are expected.")
    ] = [],  # noqa: B006
    behaviour: Weighed = [],  # noqa: B006
    level: Annotated[
        list[str], typer.Option(metavar="NAME=PERCENT", help="Level of the scale for behaviour; by default three.")
    ] = [],  # noqa: B006
    cap: Annotated[str, typer.Option(metavar="PERCENT", help="Attainment above which nothing more counts.")] = "120",
    note: Annotated[str, typer.Option("--note", "-n", help="Why, if they change others or the year has begun.")] = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Make criteria known for a role, as the planner; what was known before stays to be seen."""
    from planning.tracking.criteria import SCALE, Criteria
    from planning.workbook.tracking.criteria import publish as published

    parts = [
        *(_part("goal", each) for each in goal),
        *(_part("activity", each) for each in activity),
        *(_part("behaviour", each) for each in behaviour),
    ]
    scale = {name: value / 100 for name, value in (_weight(each) for each in level)} or SCALE
    asked = Criteria(role, parts, scale, decimal(cap) / 100, note)
    kept = published(_stand(workspace, year, scenario), asked, actor)
    say(f"Made known for {kept.role or 'everybody'}, version {kept.version}.")


@app.command("list")
def listed(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Say where every evaluation stands that one may see."""
    from planning.workbook.tracking.evaluation import standing

    context = _stand(workspace, year, scenario)
    show(standing(context), {"score": "percent"}, form, context.settings)


@app.command("show")
def shown(
    rep: Rep,
    part: Annotated[
        str, typer.Option(help="parts, peers, gap, why, assumed, pay or said: which table of it.")
    ] = "parts",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show the evaluation of a rep: every figure, with how it came about."""
    from planning.workbook.tracking.evaluation import evaluation

    context = _stand(workspace, year, scenario)
    found = evaluation(context, rep)
    tables = found.tables()
    if part not in tables:
        raise typer.BadParameter(f"one of {', '.join(tables)}, not {part}")
    money = dict.fromkeys(("amount", "low", "high"), "money")
    shares = dict.fromkeys(
        ("weight", "attainment", "against_original", "points", "least", "most", "likely", "happened", "share"),
        "percent",
    )
    kinds: dict[str, Kind] = {**money, **shares}  # type: ignore[dict-item]
    table = _plain(found.parts, context) if part == "parts" else tables[part]
    show(table, kinds, form, context.settings)
    if found.score is not None and part == "parts":
        told = "" if found.whole else f", of {float(found.told):.0%} of the weight"
        say(f"Together {float(found.score):.1%}{told}; {found.record.state}.")


@app.command()
def rate(
    rep: Rep,
    sender: Who,
    behaviour: Annotated[str, typer.Option(help="Which of the criteria.")],
    level: Annotated[str, typer.Option(help="Level of the scale.")],
    note: Note,
    summary: Annotated[str, typer.Option(help="What is said of the year.")] = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Rate how somebody works, by a level of the scale and a reason; the rep sees it once it is shared."""
    from planning.workbook.tracking import evaluating

    evaluating.rate(_stand(workspace, year, scenario), rep, {behaviour: (level, note)}, summary, sender)
    say("Kept. The rep sees it once it is shared.")


@app.command()
def share(
    rep: Rep, sender: Who, note: Note = "", year: Year = 0, scenario: Scenario = "", workspace: Workspace = ""
) -> None:
    """Share an evaluation with the rep."""
    from planning.workbook.tracking.evaluation import share as shared

    say(f"The evaluation of {rep} is {shared(_stand(workspace, year, scenario), rep, note, sender)}.")


@app.command()
def answer(
    rep: Rep,
    agrees: Annotated[bool, typer.Option("--agree/--disagree", help="Whether the rep agrees.")],
    note: Note = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Answer one's own evaluation, as the rep: agree, or disagree and say why."""
    _step(workspace, year, scenario, rep, "answer", note, rep, agrees)


@app.command("say")
def said(
    rep: Rep, sender: Who, note: Note, year: Year = 0, scenario: Scenario = "", workspace: Workspace = ""
) -> None:
    """Say something about an evaluation that was shared, on either side; it is kept."""
    _step(workspace, year, scenario, rep, "say", note, sender)


@app.command()
def close(
    rep: Rep, sender: Who, note: Note, year: Year = 0, scenario: Scenario = "", workspace: Workspace = ""
) -> None:
    """Close an evaluation that was answered, with what follows from it."""
    _step(workspace, year, scenario, rep, "close", note, sender)


@app.command()
def paper(
    rep: Rep,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Such as year.pdf or year.html.")],
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Write the evaluation for both to keep, as PDF or HTML by the file's ending."""
    from planning.papers.evaluation import evaluation
    from planning.papers.files import save

    say(f"Written: {save(evaluation(_stand(workspace, year, scenario), rep), out)}")


def _stand(workspace: str, year: int, scenario: str) -> "Context":
    """Stand in the year that is named, else in the last one with results."""
    from planning.workbook.place import stand
    from planning.workbook.tracking.attained import last_year

    context = stand(workspace, year, scenario)
    return context if year else last_year(context)


def _step(
    workspace: str, year: int, scenario: str, rep: str, done: str, note: str, sender: str, agrees: bool | None = None
) -> None:
    from planning.workbook.tracking import evaluating

    state = evaluating.step(_stand(workspace, year, scenario), rep, done, note, sender, agrees)
    say(f"Kept. The evaluation of {rep} is {state}.")


def _plain(parts: "pd.DataFrame", context: "Context") -> "pd.DataFrame":
    """Write goals and results, each in its own unit, as plain numbers; money in major units."""
    from planning.amounts import to_major

    def told(value: Any, unit: str) -> str | None:
        money = value is not None and unit == "money"
        return None if value is None else str(to_major(int(value), context.settings.minor_digits) if money else value)

    table = parts.copy()
    for name in ("original", "goal", "result"):
        table[name] = [told(value, unit) for value, unit in zip(table[name], table["unit"], strict=True)]
    for name in ("weight", "attainment", "against_original", "points"):
        table[name] = [None if value is None else float(value) for value in table[name]]
    return table


def _part(group: str, text: str) -> "Criterion":
    from planning.tracking.criteria import Criterion

    name, weight = _weight(text.partition("/")[0])
    standard = text.partition("/")[2]
    return Criterion(group, name, weight / 100, decimal(standard) if standard else None)


def _weight(text: str) -> tuple[str, Decimal]:
    name, equals, weight = text.rpartition("=")
    if not equals:
        raise typer.BadParameter(f"write NAME=PERCENT, not {text}")
    return name.strip(), decimal(weight)
