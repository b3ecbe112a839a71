"""What the market and the assumptions did to somebody's year: shown beside attainment, and never netted with it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from planning.errors import PlanningError
from planning.history import drivers, review
from planning.history.engine import History, open_history
from planning.history.events import events
from planning.history.sums import Sums
from planning.periods import add_months, month_range
from planning.workbook.context import Context

RULES = (
    "What happened on the rep's accounts is priced by what events did to sales of the same kind elsewhere; of a "
    "territory, the rep bears the part that the rep sold of what it fell on. What is left is everything else, the "
    "rep's own doing among it: with it the lines add up to the gap exactly.",
    "Assumptions that did not hold are priced on what the rep sold a year before. They overlap one another and what "
    "happened, so they are not added up.",
    "None of it is taken off attainment or pay: it stands beside them, for the two to talk about.",
)


@dataclass(frozen=True)
class Circumstances:
    """What did not lie with the rep, as far as the history tells.

    Parameters
    ----------
    gap
        A row a thing that happened, and one for everything else: ``what``, ``amount`` (result less goal that it
        accounts for), ``low``, ``high`` (interval of 95%), ``says``. The amounts add up to result less goal.
    why
        The same gap by what was sold (`planning.history.drivers.account`): ``effect``, ``amount``.
    assumed
        A row an assumption that did not hold where the rep sells: ``kind``, ``where``, ``likely``, ``happened``
        (fractions), ``amount`` (what the difference comes to on the rep's sales of the year before), ``evidence``.
    """

    gap: pd.DataFrame
    why: pd.DataFrame
    assumed: pd.DataFrame


def circumstances(context: Context, rep: str, goal: int, result: int, first: str, last: str) -> Circumstances:
    """Price what happened in a rep's year.

    Parameters
    ----------
    context, rep
        Which year, and whose.
    goal, result
        Revenue, whole minor units.
    first, last
        Months with results.
    """
    with open_history(context.settings) as history:
        places = _places(history, rep, first, last)
        happened = _happened(history, context, rep, places, (first, last))
        assumed = _assumed(history, context, rep, places, (first, last))
        why = _why(history, context, rep)
    rest = (result - goal) - sum(each["amount"] for each in happened)
    rows = [*happened, {"what": "Everything else", "amount": rest, "low": None, "high": None, "says": ""}]
    gap = pd.DataFrame(rows, columns=["what", "amount", "low", "high", "says"])
    return Circumstances(gap.astype({"amount": "int64", "low": "Int64", "high": "Int64"}), why, assumed)


def _places(history: History, rep: str, first: str, last: str) -> list[str]:
    sold = history.sums(Sums("orders", {"amount": "amount"}, ["territory"], "date", first, last, {"rep": rep}))
    return sorted(set(sold["territory"].dropna()))


def _sold(history: History, first: str, last: str, **where: str) -> int:
    asked = Sums("orders", {"amount": "amount"}, [], "date", first, last, {n: v for n, v in where.items() if v})
    table = history.sums(asked)
    return 0 if table.empty or pd.isna(table["amount"].iloc[0]) else int(table["amount"].iloc[0])


def _happened(
    history: History, context: Context, rep: str, places: list[str], months: tuple[str, str]
) -> list[dict[str, Any]]:
    """Price events that fell on a territory of the rep, in the months of the year."""
    found = events(history, context.calendar, context.year, places)
    told = found[(found["measure"] == "sales") & found["amount"].notna()]
    told = told[told["verdict"] != "cannot tell"]
    return [each for row in told.to_dict("records") if (each := _borne(history, rep, row, months))]


def _borne(history: History, rep: str, row: dict[Any, Any], months: tuple[str, str]) -> dict[str, Any] | None:
    """Give the rep's part of what an event did, by what the rep sold of what it fell on; nothing out of the year."""
    within = [month for month in month_range(row["first"], row["last"]) if months[0] <= month <= months[1]]
    if not within:
        return None
    where = {"territory": row["territory"], "product_line": row["product_line"]}
    whole = _sold(history, row["first"], row["last"], **where)
    mine = _sold(history, within[0], within[-1], rep=rep, **where)
    if whole <= 0 or mine <= 0:
        return None
    amount, low, high = (round(int(row[name]) * mine / whole) for name in ("amount", "amount_low", "amount_high"))
    place = ", ".join(filter(None, (row["territory"], row["product_line"])))
    beside = f" On the same accounts: {row['beside']}." if row["beside"] else ""
    return {
        "what": f"{str(row['kind']).replace('_', ' ').capitalize()}, {place}, since {row['since']}",
        "amount": amount, "low": low, "high": high, "says": f"{row['note']} {row['method']}{beside}".strip(),
    }  # fmt: skip


def _assumed(
    history: History, context: Context, rep: str, places: list[str], months: tuple[str, str]
) -> pd.DataFrame:
    table = review.review(history, context.calendar, context.year)
    missed = table[
        table["verdict"].isin([review.ABOVE, review.BELOW]) & table["kind"].isin(["market_growth", "price_change"])
    ]
    missed = missed[missed["territory"].isin(["", *places])]
    before = [add_months(month, -12) for month in months]
    rows = [
        {
            "kind": row["kind"],
            "where": ", ".join(filter(None, (row["territory"], row["product_line"]))) or "everywhere",
            "likely": float(row["likely"]),
            "happened": float(row["happened"]),
            "amount": round(
                (float(row["happened"]) - float(row["likely"]))
                * _sold(history, *before, rep=rep, territory=row["territory"], product_line=row["product_line"])
            ),
            "evidence": row["evidence"],
        }
        for row in missed.to_dict("records")
    ]
    columns = ["kind", "where", "likely", "happened", "amount", "evidence"]
    return pd.DataFrame(rows, columns=columns).astype({"amount": "int64"})


def _why(history: History, context: Context, rep: str) -> pd.DataFrame:
    """Account for result less goal by what was sold; nothing where the history has no goal to hold it to."""
    try:
        return drivers.account(history, context.calendar, context.year, where={"rep": rep}, against="goal")
    except PlanningError:
        return pd.DataFrame(columns=["effect", "amount"])
