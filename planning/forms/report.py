"""The parts of the territory report: to read and to print, without anything to press."""

from typing import Any

import pandas as pd

from planning import sheets
from planning.forms.account import waterfall
from planning.forms.page import Page, of_company, section, together
from planning.forms.past import ahead, attained, room
from planning.forms.past import assumed as reviewed
from planning.forms.past import happened as events
from planning.forms.past import pipeline as stages
from planning.forms.past import why as reasons
from planning.forms.settle.overall import listing
from planning.goals.owners import COMPANY
from planning.sheets import Field, Html
from planning.workbook import goals
from planning.workbook.overview import overview


@section
def reps(here: Page) -> list[Any]:
    """Show last year's results against goals by rep."""
    return attained.attained(here, "rep")


@section
def why(here: Page) -> Html:
    """Account for the change of the result, as it was sold and by customer."""
    return together([*reasons.account(here, "sales"), *reasons.account(here, "customers")])


@section
def happened(here: Page) -> Any:
    """Say what events seem to have cost or brought in."""
    return events.told(here)


@section
def assumed(here: Page) -> Any:
    """Hold last year's assumptions against what happened."""
    return reviewed.listing(here) or reviewed.nothing(here)


@section
def pipeline(here: Page) -> Any:
    """Show the funnel stage by stage."""
    return stages.all_together(here)


@section
def growth(here: Page) -> Any:
    """Rank where growth is."""
    return room.ranked(here)


@section
def outlook(here: Page) -> Any:
    """Show what the coming year brings if nothing changes."""
    return ahead.ahead(here)


@section
def expected(here: Page) -> Html:
    """Show what the assumptions do to last year's result."""
    context = here.context
    steps = goals.outlook(context).table(context.territory)
    says = f"From the result of FY{context.year - 1} to what can be expected in FY{context.year}."
    return together(waterfall(here, steps, f"Expected in FY{context.year}", says))


@section
def goal(here: Page) -> Html:
    """Account for the goal of the territory, or of the company."""
    context = of_company(here)
    if not goals.begun(context):
        return _no_goals(here)
    owner = f"territory:{here.context.territory}" if here.context.territory else COMPANY
    says = f"From the result of FY{context.year - 1} to the goal of FY{context.year}."
    return together(waterfall(here, goals.explain(context, owner), f"Goal of FY{context.year}", says))


@section
def people(here: Page) -> Html:
    """Show who carries the goal."""
    context = of_company(here)
    if not goals.begun(context):
        return Html("")
    table = goals.goals(context)
    mine = table[table["territory"] == here.context.territory] if here.context.territory else table
    kind = "position" if here.context.territory else "territory"
    rows, total = mine[mine["kind"] == kind], mine[mine["kind"] != kind].head(1)
    kept = total.assign(name="Not passed down", assigned=total["unplaced"])
    rows = pd.concat([rows, kept[kept["assigned"] != 0]])
    fields = [Field("name", "Carried by"), Field("assigned", f"Goal of FY{context.year}", "money")]
    return sheets.table(rows, fields, here.settings, caption="Who carries the goal", total=total)


@section
def negotiations(here: Page) -> Html:
    """Show where the negotiations stand."""
    if not goals.begun(of_company(here)):
        return _no_goals(here)
    return listing(here)


def figures(here: Page) -> dict[str, str]:
    """Give the headline figures for the list of reports."""
    seen = overview(of_company(here))
    rows = seen.territories[seen.territories["territory"] == here.context.territory]
    row = (rows if len(rows) else seen.total).iloc[0]
    settings = here.settings
    return {
        f"Result FY{here.context.year - 1}": sheets.money(row["last_result"], settings, compact=True),
        "of its goal": sheets.percent(row["attainment"], settings),
        f"Goal FY{here.context.year}": sheets.money(row["goal"], settings, compact=True),
        "over last year": sheets.percent(row["growth"], settings, signed=True),
        "Negotiation": str(row["state"]),
    }


def _no_goals(here: Page) -> Html:
    return Html(f'<p class="words">No goals were set for FY{here.context.year} yet.</p>')
