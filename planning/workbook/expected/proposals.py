"""What history proposes to assume, each value with its evidence: a start, to be changed where next year differs."""

from dataclasses import replace
from decimal import Decimal

import pandas as pd

from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds import kind
from planning.assumptions.kinds.kind import USUAL
from planning.errors import AssumptionError, PlanningError
from planning.history import events, usual
from planning.history import funnel as pipeline
from planning.history.drivers import account
from planning.history.engine import History, open_history
from planning.history.usual import Rate
from planning.workbook import history
from planning.workbook.context import Context
from planning.workbook.expected import assumptions
from planning.workbook.goals import outlook

LINK = "history"
_DIGITS = Decimal("0.001")
_FEWEST = 20
"""Customers or deals below which nothing is proposed from them."""


def proposed(context: Context) -> list[Assumption]:
    """Give what history proposes, of the whole company; what it cannot tell is left out.

    A rate that was usual is proposed with as much of it held by the outlook already: it changes nothing until
    somebody says that next year differs, and its range says how far it may.
    """
    years = [year for year in history.years(context) if year < context.year][-3:]
    with open_history(context.settings) as found:
        several = [
            _market(context, found),
            _turnover(context, found, years),
            _headcount(context),
            *_customers(context, found),
            _price(context, found),
            _win_rate(context, found),
        ]
    return [each for each in several if each is not None]


def take_over(context: Context, name: str, owner: str, actor: str) -> Assumption:
    """State what history proposes for a kind as an assumption of somebody's.

    Raises
    ------
    AssumptionError
        If history proposes nothing for the kind, or the assumption is not complete.
    """
    found = {each.kind: each for each in proposed(context)}
    if name not in found:
        raise AssumptionError(
            f"History proposes nothing for {kind(name).label.lower()}. It does for: {', '.join(found) or 'nothing'}."
        )
    return assumptions.state(context, replace(found[name], owner=owner), actor)


def _proposal(name: str, rate: Rate, evidence: str, indicator: str, **numbers: float) -> Assumption:
    """Make a proposal of a rate that was usual."""
    rule = kind(name)
    low, likely, high = (
        min(max(_rounded(value), rule.minimum), rule.maximum) for value in (rate.low, rate.likely, rate.high)
    )
    held = {USUAL: likely} if any(each.name == USUAL for each in rule.fields) else {}
    return Assumption(
        name, min(low, likely), likely, max(high, likely), "", evidence, link=LINK, indicator=indicator,
        numbers={**held, **{each: _rounded(value) for each, value in numbers.items()}},
    )  # fmt: skip


def _rounded(value: float) -> Decimal:
    # Zero is added since a value just below it would else be written as -0.
    return Decimal(str(value)).quantize(_DIGITS).normalize() + 0


def _market(context: Context, found: History) -> Assumption | None:
    seen, past = outlook(context), usual.growth(found)
    if seen.last_year <= 0 or not len(past):
        return None
    trend = int(seen.baseline["amount"].sum()) / seen.last_year - 1
    low, high = min(float(past.min()), trend), max(float(past.max()), trend)
    told = (
        f"Twelve months grew by {past.min():.1%} to {past.max():.1%} over the twelve before; the outlook goes on "
        f"with {trend:+.1%} over last year's result. Season is in the outlook."
    )
    return _proposal(
        "market_growth", Rate(low, trend, high, len(past), len(past)), told, "Growth of the first quarter"
    )


def _turnover(context: Context, found: History, years: list[int]) -> Assumption | None:
    seen = usual.turnover(found, context.calendar, years)
    if seen is None:
        return None
    each = ", ".join(f"{count} in FY{year}" for year, count in seen.by_year.items())
    filled = {"months_to_fill": round(seen.months_to_fill, 1)} if seen.months_to_fill else {}
    waited = f" A seat stood empty for {seen.months_to_fill:.1f} months." if seen.months_to_fill else ""
    told = f"{seen.rate.cases} people left ({each}) of {seen.rate.of / len(years):.1f} on average.{waited}"
    lost = _lost_when_empty(context, found)
    if lost is not None:
        filled["sales_lost"] = lost
        told += f" Accounts of those who left lost {lost:.0%} meanwhile."
    return _proposal("rep_turnover", seen.rate, told, "Notices given by the end of the first quarter", **filled)


def _lost_when_empty(context: Context, found: History) -> float | None:
    table = events.events(found, context.calendar)
    told = table[(table["kind"] == "departure") & (table["verdict"] == "fell")]
    return None if told.empty else min(1.0, max(0.0, -float(told["effect"].mean())))


def _headcount(context: Context) -> Assumption:
    heads = len(set(outlook(context).places["rep"]))
    return Assumption(
        "headcount", Decimal(0), Decimal(0), Decimal(0), "", f"{heads} people sell today, and no hiring is planned.",
        link=LINK, indicator="Seats approved",
    )  # fmt: skip


def _customers(context: Context, found: History) -> list[Assumption | None]:
    year = context.year - 1
    table = usual.customers(found, context.calendar, year, "territory")
    total = table.sum(numeric_only=True)
    if total.get("customers", 0) < _FEWEST:
        return []
    rate = usual.part(int(total["lost"]), int(total["customers"]))
    size = total["lost_base"] / max(total["lost"], 1) / (total["base"] / total["customers"])
    gone = (
        f"{int(total['lost'])} of {int(total['customers'])} customers of FY{year - 1} bought nothing in FY{year}; "
        f"they had been {size:.0%} of the average in size."
    )
    stays = table[table["kept_base"] > 0]
    grown = usual.mean((stays["kept_now"] / stays["kept_base"] - 1).tolist(), stays["kept_base"].tolist())
    told = f"Customers who stayed from FY{year - 1} to FY{year} bought {{:+.1%}}, differing by territory."
    return [
        _proposal("customer_attrition", rate, gone, "Customers without an order for a quarter", size=float(size)),
        None
        if grown is None
        else _proposal("customer_expansion", grown, told.format(grown.likely), "Orders of the largest ten customers"),
    ]


def _price(context: Context, found: History) -> Assumption | None:
    year = context.year - 1
    try:
        table = account(found, context.calendar, year, seen="sales").set_index("effect")["amount"]
    except PlanningError:
        return None
    base = outlook(context).last_year
    rise = float(table.get("price", 0)) / base if base > 0 else 0.0
    if abs(rise) < _DIGITS:
        return None
    told = f"Prices brought {rise:+.1%} in FY{year} over the year before, mix taken out."
    measured = events.events(found, context.calendar)
    answers = measured[(measured["measure"] == "elasticity") & measured["effect"].notna()]
    numbers = {}
    if len(answers):
        answer = answers.iloc[-1]
        numbers["elasticity"] = min(2.0, max(-10.0, float(answer["effect"])))
        told += (
            f" Volume answered {answer['effect']:.1f}% to 1% of price "
            f"(95%: {answer['low']:.1f} to {answer['high']:.1f})."
        )
    ends = sorted((0.0, rise))
    return _proposal("price_change", Rate(ends[0], rise, ends[1], 1, 1), told, "Discounts granted a month", **numbers)


def _win_rate(context: Context, found: History) -> Assumption | None:
    months = context.calendar.months(context.year - 1)
    table = pipeline.funnel(found, [], months[0], months[-1])
    closed = int(table["won"].sum() + table["lost"].sum()) if len(table) else 0
    if closed < _FEWEST:
        return None
    rate = usual.part(int(table["won"].sum()), closed)
    around = Rate(rate.low - rate.likely, 0.0, rate.high - rate.likely, rate.cases, rate.of)
    told = f"{rate.cases} of {closed} deals closed in FY{context.year - 1} were won ({rate.likely:.1%})."
    return _proposal("win_rate", around, told, "Win rate of the first quarter", win_rate=rate.likely)


def listed(found: list[Assumption]) -> pd.DataFrame:
    """Give proposals as a table: ``kind``, ``low``, ``likely``, ``high`` (floats), ``unit`` and more."""
    rows = [
        {
            "kind": each.kind,
            **{name: float(getattr(each, name)) for name in ("low", "likely", "high")},
            "unit": kind(each.kind).unit,
            "evidence": each.evidence,
            "indicator": each.indicator,
        }
        for each in found
    ]
    return pd.DataFrame(rows, columns=["kind", "low", "likely", "high", "unit", "evidence", "indicator"])
