"""`planning track ...`: where everybody stands in the year in course, what is warned of, what is done about it."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, Kind, say, show

if TYPE_CHECKING:
    from planning.tracking.rules import Chosen

app = typer.Typer(no_args_is_help=True, help="Pace, landing and warnings of the year in course.")

AsOf = Annotated[str, typer.Option("--as-of", metavar="YYYY-MM-DD", help="Day; by default the last with results.")]
KINDS: dict[str, Kind] = {"money": "money", "ratio": "percent", "days": "number"}
UNITS = ("goal", "original", "expected", "result", "needed_per_week", "landing", "low_80", "high_80")


@app.command()
def status(
    by: Annotated[str, typer.Option(help="rep, territory, region, manager, company or product_line.")] = "rep",
    metric: Annotated[str, typer.Option(help="A metric with a goal.")] = "revenue",
    period: Annotated[str, typer.Option(help="A quarter or half alone, such as 'FY2027 Q1'.")] = "",
    as_of: AsOf = "",
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say where everybody stands: due, done, still needed a week, where the year lands, and how surely."""
    from planning.workbook.place import stand
    from planning.workbook.tracking.progress import COLUMNS, standing

    context = stand(workspace, year, scenario, territory)
    seen = standing(context, by, metric, _day(as_of), period=period)
    kinds: dict[str, Kind] = dict.fromkeys(UNITS, KINDS.get(seen.metric.unit, "count"))
    show(seen.table[COLUMNS], kinds | {"attainment": "percent", "probability": "percent"}, form, context.settings)
    learned = ", ".join(f"FY{each}" for each in seen.learned)
    say(
        f"As of {seen.at.as_of}. "
        + (f"Landings learned from {learned}." if learned else "No past year tells a range.")
    )


@app.command()
def leaderboard(
    metric: Annotated[str, typer.Option(help="A metric with a goal whose months add up.")] = "revenue",
    as_of: AsOf = "",
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say who has reached how much of their goal, and when they passed 50%, 90% and 100% of it."""
    from planning.metrics import catalogue
    from planning.workbook.place import stand
    from planning.workbook.tracking.milestones import leaderboard as led

    context = stand(workspace, year, scenario, territory)
    table = led(context, metric, _day(as_of))
    unit = KINDS.get(catalogue(context.settings)[metric].unit, "count")
    kinds: dict[str, Kind] = {"place": "count", "goal": unit, "result": unit, "reached": "percent"}
    show(table, kinds, form, context.settings)


@app.command()
def alerts(
    as_of: AsOf = "",
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """List the warnings that stand, the weightiest first, with what was answered."""
    import pandas as pd

    from planning.workbook.place import stand
    from planning.workbook.tracking import alerts as warned

    context = stand(workspace, year, scenario, territory)
    answered = warned.answers(context)
    rows = [
        {"key": each.key, "level": each.level, "of": each.whom, "since": each.since, "short": each.short,
         "says": each.says, "answers": "; ".join(f"{a.what} ({a.state})" for a in answered.get(each.key, []))}
        for each in warned.alerts(context, _day(as_of))
    ]  # fmt: skip
    columns = ["key", "level", "of", "since", "short", "says", "answers"]
    show(pd.DataFrame(rows, columns=columns), {"short": "money"}, form, context.settings)


@app.command()
def rules(
    threshold: Annotated[
        list[str], typer.Option("--threshold", metavar="RULE=PERCENT", help="Another threshold; several times.")
    ] = [],  # noqa: B006
    on: Annotated[list[str], typer.Option("--on", metavar="RULE", help="Switch a rule on.")] = [],  # noqa: B006
    off: Annotated[list[str], typer.Option("--off", metavar="RULE", help="Switch a rule off.")] = [],  # noqa: B006
    most: Annotated[int, typer.Option(help="Warnings that one gets at once; 0 leaves it.")] = 0,
    preview: Annotated[bool, typer.Option("--preview", help="Only show how good the rules would have been.")] = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show the rules with how good they were in past years; set thresholds, and switch rules on or off."""
    import pandas as pd

    from planning.workbook.place import stand
    from planning.workbook.tracking import alerts as warned

    context = stand(workspace, year, scenario)
    asked = _asked(warned.chosen(context), threshold, on, off, most)
    if asked != warned.chosen(context) and not preview:
        warned.choose(context, asked, actor)
        say("The rules are set.")
    rows = [
        {"rule": rule.name, "on": "on" if rule.on else "off", "threshold": rule.threshold, "cases": found.cases,
         "warned": found.warned, "right": found.right, "hit_rate": found.hit_rate, "usual": found.usual,
         "months_before": found.early, "came": found.came, "never_warned": found.unwarned, "says": rule.in_words()}
        for rule, found in warned.records(context, asked)
    ]  # fmt: skip
    kinds: dict[str, Kind] = dict.fromkeys(("cases", "warned", "right", "came", "never_warned"), "count")
    kinds |= dict.fromkeys(("threshold", "hit_rate", "usual"), "percent")
    show(pd.DataFrame(rows), kinds | {"months_before": "number"}, form, context.settings)


@app.command()
def standards(
    on: Annotated[str, typer.Option("--on-track", metavar="PERCENT", help="On track from here.")] = "",
    watch: Annotated[str, typer.Option("--off-below", metavar="PERCENT", help="Off below this; watch between.")] = "",
    measure: Annotated[str, typer.Option(help="landing or attainment; empty leaves it.")] = "",
    role: Annotated[str, typer.Option(help="Of a role alone; by default of all without their own.")] = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Show the standards by which one is on track, to be watched or off; set them for everybody or for a role."""
    from planning.assumptions.assumption import fraction
    from planning.tracking.bands import Ends, Standards
    from planning.workbook.place import stand
    from planning.workbook.tracking import standards as kept

    context = stand(workspace, year, scenario)
    held = kept.standards(context)
    now = held.of(role)
    ends = Ends(float(fraction(on)) if on else now.on, float(fraction(watch)) if watch else now.watch)
    every = {**held.ends, role: ends} if on or watch else held.ends
    asked = Standards(kept.measured(measure) if measure else held.measure, every)
    if asked != held:
        kept.keep(context, asked, actor)
    for each in asked.ends:
        typer.echo(f"{each or 'Everybody'}: {asked.in_words(each)}")


@app.command()
def replay(
    landings: Annotated[bool, typer.Option("--landings", help="How well landings did instead.")] = False,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Go through past years month by month as they were known then: the hit rate of the warnings, or of landings."""
    from planning.workbook.place import stand
    from planning.workbook.tracking import alerts as warned
    from planning.workbook.tracking.progress import landed_before

    context = stand(workspace, year, scenario)
    if landings:
        kept, _ = landed_before(context)
        part: dict[str, Kind] = dict.fromkeys(("inside_50", "inside_80", "off"), "percent")
        show(kept, part | {"cases": "count"}, form, context.settings)
        return
    kinds: dict[str, Kind] = dict.fromkeys(("warned", "right", "missed"), "count")
    show(warned.month_by_month(context), kinds | {"hit_rate": "percent", "found": "percent"}, form, context.settings)


@app.command()
def respond(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Of the warning, as `planning track alerts` lists it.")],
    action: Annotated[str, typer.Option("--do", help="What is done about it.")] = "",
    owner: Annotated[str, typer.Option(help="Who does it.")] = "",
    due: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Until when.")] = "",
    nothing: Annotated[str, typer.Option("--nothing-because", help="Why nothing is to be done.")] = "",
    as_of: AsOf = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Answer a warning: by something that is done until a day, or by why nothing is."""
    from planning.tracking.alerts import NOTHING
    from planning.workbook.place import stand
    from planning.workbook.tracking import alerts as warned

    context = stand(workspace, year, scenario)
    warned.answer(context, key, action or NOTHING, actor, owner, _day(due), nothing, _day(as_of))
    say(f"Kept: {action}, {owner}, until {due}." if action else "Kept: seen, nothing to do.")


def _day(text: str) -> date | None:
    from planning.cli.options import day

    return day(text) if text else None


def _asked(now: "Chosen", threshold: list[str], on: list[str], off: list[str], most: int) -> "Chosen":
    from planning.assumptions.assumption import fraction
    from planning.tracking.rules import Chosen

    pairs = [each.partition("=") for each in threshold]
    thresholds = {**now.thresholds, **{name.strip(): float(fraction(value)) for name, _, value in pairs}}
    switched = {**now.switched, **dict.fromkeys(on, True), **dict.fromkeys(off, False)}
    return Chosen(thresholds, switched, most or now.most)
