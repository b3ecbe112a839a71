"""What may speak for a change of a goal: how the year goes, what is warned of, and what happened there."""

from typing import Any

from planning.errors import PlanningError
from planning.history import results
from planning.history.cost.happening import Happening
from planning.history.engine import open_history
from planning.history.events import happenings
from planning.periods import add_months, first_day
from planning.tracking.alerts import Alert
from planning.workbook.context import Context
from planning.workbook.negotiation.talks import talk
from planning.workbook.tracking.alerts import alerts
from planning.workbook.tracking.progress import progress

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
    with open_history(context.settings) as history:
        _, last = results.months_in(history)
        places = results.assignments(history, context.calendar, context.calendar.year_of_month(last))
        known = happenings(history)
    mine = set(places.loc[places["rep"] == rep, "territory"])
    begins = first_day(add_months(last, -REACHES))
    happened = [
        _told(each) for each in known if each.day >= begins and (not each.territory or each.territory in mine)
    ]
    try:
        return [*_pace(context, rep), *_warned(context, rep, mine), *happened]
    except PlanningError:
        # Before the year has begun there is no pace, and nothing is warned of.
        return happened


def of_warning(context: Context, rep: str, key: str) -> dict[str, Any] | None:
    """Give a warning that stands as evidence for a change of a rep's goal; nothing where it stands no more.

    Parameters
    ----------
    context, rep
        Where one stands, and whose goal is to be changed.
    key
        Of the warning (`planning.tracking.alerts.Alert`).

    Raises
    ------
    AccessError
        If the goal is none of the business of who is asking.
    """
    talk(context, rep)
    return next((_named(each) for each in alerts(context) if each.key == key), None)


def _pace(context: Context, rep: str) -> list[dict[str, Any]]:
    table = progress(context)
    mine = table[table["rep"] == rep].to_dict("records")
    if not mine:
        return []
    row = mine[0]
    told = [
        ("Due to date", row["expected"]),
        ("Result to date", row["result"]),
        ("Where the year lands", row["landing"]),
    ]
    return [{"what": what, "amount": int(amount)} for what, amount in told if amount == amount and amount is not None]


def _warned(context: Context, rep: str, places: set[str]) -> list[dict[str, Any]]:
    of = [each for each in alerts(context) if each.rep == rep or (not each.rep and each.territory in places)]
    return [_named(each) for each in of]


def _named(each: Alert) -> dict[str, Any]:
    return {"what": f"Warned since {each.since}: {each.says}", "amount": None}


def _told(each: Happening) -> dict[str, Any]:
    where = ", ".join(filter(None, (each.territory, each.product_line))) or "everywhere"
    kind = each.kind.replace("_", " ").capitalize()
    return {"what": f"{kind}, {where}, {each.day}: {each.note}", "amount": None}
