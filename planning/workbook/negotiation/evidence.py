"""What the history says that may speak for a change of a goal: how the year goes, and what happened there."""

from typing import Any

from planning.history import results
from planning.history.attainment import attainment
from planning.history.engine import open_history
from planning.history.events import happenings
from planning.periods import add_months, first_day
from planning.workbook.context import Context
from planning.workbook.negotiation.talks import talk

REACHES = 12
"""Months back within which something that happened may still bear on a goal."""


def evidence(context: Context, rep: str) -> list[dict[str, Any]]:
    """Gather what may be named in a proposal, for whoever proposes to choose from.

    Returns
    -------
    As an offer's ``support``: ``what`` in words, ``amount`` (whole minor units, or none).

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    """
    talk(context, rep)
    year = context.calendar.months(context.year)
    with open_history(context.settings) as history:
        _, last = results.months_in(history)
        places = results.assignments(history, context.calendar, context.calendar.year_of_month(last))
        known = happenings(history)
        month = min(last, year[-1])
        sold = attainment(history, context.calendar, "revenue", ["rep"], year[0], month) if last >= year[0] else None
    found: list[dict[str, Any]] = []
    if sold is not None:
        mine = sold[sold["rep"] == rep]
        brought = int(mine["result"].fillna(0).sum())
        found.append({"what": f"Result of FY{context.year} to {month}", "amount": brought})
    mine_are = set(places.loc[places["rep"] == rep, "territory"])
    begins = first_day(add_months(last, -REACHES))
    for each in known:
        if each.day >= begins and (not each.territory or each.territory in mine_are):
            where = ", ".join(filter(None, (each.territory, each.product_line))) or "everywhere"
            kind = each.kind.replace("_", " ").capitalize()
            found.append({"what": f"{kind}, {where}, {each.day}: {each.note}", "amount": None})
    return found
