"""`planning activity ...`: what goals ask people to do, what their plans lead to, and where the numbers disagree."""

from typing import Annotated

import typer

from planning.cli.options import Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, Kind, say, show

app = typer.Typer(no_args_is_help=True, help="What goals ask people to do, and what their plans lead to.")

Rep = Annotated[str, typer.Argument(metavar="REP", help="Who.")]
Tolerance = Annotated[str, typer.Option(help="Part by which two numbers may differ, such as 10%.")]
RANGE: dict[str, Kind] = {"low": "money", "high": "money"}


@app.command("plan")
def planned(
    rep: Rep,
    by: Annotated[str, typer.Option(help="year, month or week.")] = "month",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Go from a rep's goal back to deals, proposals, presentations, opportunities, calls and visits."""
    from planning.errors import PlanningError
    from planning.workbook.activity import arithmetic as activity
    from planning.workbook.activity.standing import standing
    from planning.workbook.place import stand

    if by not in ("year", "month", "week"):
        raise PlanningError(f"{by!r} is not known. Known: year, month, week.")
    context = stand(workspace, year, scenario)
    found = activity.backwards(standing(context), rep)
    if by == "year":
        kinds: dict[str, Kind] = {"count": "count", "a_week": "fraction", "reach": "percent", "lag": "number",
                                  "next_year": "count"}  # fmt: skip
        show(found.year.reset_index(names="activity"), kinds, form, context.settings)
    else:
        show(found.by(by), dict.fromkeys(["days", *found.activities], "count"), form, context.settings)


@app.command()
def expect(
    rep: Rep,
    calls: Annotated[float | None, typer.Option(help="Calls in a working week.")] = None,
    visits: Annotated[float | None, typer.Option(help="Visits in a working week.")] = None,
    opportunities: Annotated[float | None, typer.Option(help="Opportunities opened in a working week.")] = None,
    presentations: Annotated[float | None, typer.Option(help="Presentations in a working week.")] = None,
    proposals: Annotated[float | None, typer.Option(help="Proposals in a working week.")] = None,
    other: Annotated[
        list[str], typer.Option("--do", metavar="KIND:COUNT", help="Any other kind, as the history calls it.")
    ] = [],  # noqa: B006
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say what a planned activity leads to, and hold it against the goal."""
    from planning.goals.activity.gap import in_words
    from planning.sheets.sentences import writers
    from planning.workbook.activity import arithmetic as activity
    from planning.workbook.activity.standing import standing
    from planning.workbook.place import stand

    named = {"call": calls, "visit": visits, "opened": opportunities, "presented": presentations,
             "proposed": proposals}  # fmt: skip
    asked = {name: count for name, count in named.items() if count is not None} | dict(map(_pair, other))
    context = stand(workspace, year, scenario)
    seen = standing(context)
    found = activity.forwards(seen, rep, asked)
    kinds: dict[str, Kind] = {"a_week": "number", "count": "number", "reach": "percent", "deals": "number",
                              "result": "money", **RANGE}  # fmt: skip
    show(found.activities, kinds, form, context.settings)
    row = activity.against_plan(seen, rep, found).iloc[0].to_dict()
    say(in_words(row, *writers(context.settings)))


@app.command()
def check(
    tolerance: Tolerance = "10%",
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say whose goal and last year's activity contradict each other, and what would close the gap."""
    from planning.assumptions.assumption import fraction
    from planning.goals.activity.gap import in_words
    from planning.sheets.sentences import writers
    from planning.workbook.activity import arithmetic as activity
    from planning.workbook.activity.standing import standing
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    table = activity.check(standing(context), tolerance=float(fraction(tolerance))).reset_index()
    money = ("asked", "expected", "low", "high", "gap", "deal_size", "deal_size_needed")
    kinds: dict[str, Kind] = dict.fromkeys(money, "money")
    kinds |= {"weeks": "number", "opened": "fraction", "opened_needed": "fraction", "win_rate": "percent",
              "win_rate_needed": "percent"}  # fmt: skip
    show(table, kinds, form, context.settings)
    for row in table[table["verdict"] == "falls short"].to_dict("records"):
        say(f"{row['rep']}: {in_words(row, *writers(context.settings))}")


@app.command()
def triangle(
    tolerance: Tolerance = "10%",
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Set goal, capacity and funnel of each rep against each other, and say where to talk."""
    from planning.assumptions.assumption import fraction
    from planning.workbook.activity import arithmetic as activity
    from planning.workbook.activity.standing import standing
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    table = activity.set_against(standing(context), float(fraction(tolerance))).reset_index()
    money = ("goal", "capacity", "funnel", "low", "high", "to_capacity", "to_funnel")
    show(table.drop(columns=["talk"]), dict.fromkeys(money, "money"), form, context.settings)


@app.command()
def coverage(
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold the pipeline open now against what the goals still need."""
    from planning.workbook.activity import arithmetic as activity
    from planning.workbook.activity.standing import standing
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    kinds: dict[str, Kind] = dict.fromkeys(("needed", "due", "open", "expected", "pipeline_needed", "short"), "money")
    table = activity.covered(standing(context)).reset_index()
    show(table, kinds | {"ratio": "number", "required": "number"}, form, context.settings)


@app.command()
def standards(
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold everybody against the bands of their role: activity a week, product mix, accuracy."""
    from planning.workbook.activity import standards as found
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    kinds: dict[str, Kind] = dict.fromkeys(("value", "low", "middle", "high"), "fraction")
    table = found.standards(context).drop(columns="tenured")
    show(table, kinds | {"peers": "count"}, form, context.settings)


def _pair(text: str) -> tuple[str, float]:
    from planning.errors import PlanningError

    name, _, count = text.rpartition(":")
    try:
        return name.strip(), float(count)
    except ValueError as error:
        raise PlanningError(f"{text!r} does not say how many. Write it as kind:count, such as demo:2.") from error
