"""Past assumptions held against what happened.

What can be measured of the history:

- ``price_change``: Törnqvist index (1936) of the prices of products sold in both years, in the same channel and
  territory.
- ``market_growth``: growth in volume, that is of sales less that of prices. No table tells the market, so this is the
  company's own growth, share included.
- ``rep_turnover``: those who left in the year over the mean of those who were there at its first and last day.

The effect of being wrong is (happened - likely) x sales of the year before; for turnover, (happened - likely) x mean
headcount x what the accounts of a leaver lost on average while the seat was vacant, which
`planning.history.cost.departure` measures. Months without results in both years are left out on both sides.
Everything else is asked of its owner.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.errors import HistoryError
from planning.history.cost.cells import Window
from planning.history.engine import History
from planning.history.events import cost_of_leaving
from planning.history.results import months_in
from planning.periods import FiscalCalendar, add_months

COLUMNS = (
    "year", "kind", "territory", "product_line", "owner", "evidence", "low", "likely", "high", "happened", "effect",
    "verdict", "reason",
)  # fmt: skip
HELD, ABOVE, BELOW, UNKNOWN = "held", "above", "below", "cannot be measured"
RULES = (
    "Held: what happened lies inside the range that was assumed. Above or below: outside of it.",
    "Price change: price index of products sold in both years in the same channel and territory (Törnqvist 1936).",
    "Market growth: the company's own growth in volume, its share included.",
    "Rep turnover: who left in the year over the mean of those there at its first and last day.",
    "Effect of the difference: (happened - likely) x sales of the year before; for turnover, leavers beyond those "
    "assumed x what the accounts of a leaver lost on average while the seat was vacant, measured as for events.",
    "Months that have no results in both years are left out on both sides, and so are one-off orders.",
)

_CELLS = """
select coalesce(sum(case when fact.date < $first then quantity end), 0) as q0,
       coalesce(sum(case when fact.date < $first then amount end), 0) as m0,
       coalesce(sum(case when fact.date >= $first then quantity end), 0) as q1,
       coalesce(sum(case when fact.date >= $first then amount end), 0) as m1
from orders as fact
join products on products.product = fact.product
where (fact.date between $base_first and $base_last or fact.date between $first and $last)
  and ($territory = '' or fact.territory = $territory) and ($line = '' or products.product_line = $line)
  and fact.order_id not in (select order_id from one_offs)
group by fact.product, fact.channel, fact.territory
"""
# A person counts where and while assigned: who moved to another territory did not leave.
_PEOPLE = """
select people.rep, assignments.territory, people.hired, people."left" as gone,
       assignments.effective_from as since, assignments.effective_to as until
from people
join assignments on assignments.rep = people.rep
where $territory = '' or assignments.territory = $territory
"""


@dataclass(frozen=True)
class Happened:
    """What happened: the value, its effect on the result, or why it cannot be told."""

    value: float = math.nan
    effect_of_one: float = math.nan
    reason: str = ""


def review(history: History, calendar: FiscalCalendar, year: int) -> pd.DataFrame:
    """Hold the assumptions for a fiscal year against what happened.

    Parameters
    ----------
    history, calendar
        The history and the fiscal calendar.
    year
        Fiscal year that was assumed about.

    Returns
    -------
    Columns `COLUMNS`, a row an assumption; none if the history holds no assumptions for the year. ``low``,
    ``likely``, ``high`` and ``happened`` are fractions, ``effect`` of the difference whole minor units; empty where
    it cannot be measured, with the ``reason``. ``verdict``: ``held``, ``above``, ``below`` or ``cannot be measured``.
    """
    assumed = history.rows(
        "select kind, coalesce(territory, '') as territory, coalesce(product_line, '') as product_line, low, likely, "
        "high, coalesce(owner, '') as owner, coalesce(evidence, '') as evidence from assumptions "
        "where year = $year order by 1, 2, 3",
        year=year,
    )
    rows = [_reviewed(history, calendar, year, each) for each in assumed.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"effect": "Int64", **dict.fromkeys(("low", "likely", "high", "happened"), "Float64")})


def _reviewed(history: History, calendar: FiscalCalendar, year: int, assumed: dict[str, object]) -> dict[str, object]:
    found = _happened(history, calendar, year, str(assumed["kind"]), str(assumed["territory"]),
                      str(assumed["product_line"]))  # fmt: skip
    low, likely, high = (_number(assumed[name]) for name in ("low", "likely", "high"))
    low, high = (likely if math.isnan(end) else end for end in (low, high))
    told = not math.isnan(found.value)
    verdict = UNKNOWN if not told else ABOVE if found.value > high else BELOW if found.value < low else HELD
    effect = (found.value - likely) * found.effect_of_one
    return {
        **assumed,
        "year": year,
        "low": low,
        "likely": likely,
        "high": high,
        "happened": found.value if told else pd.NA,
        "effect": pd.NA if math.isnan(effect) else round(effect),
        "verdict": verdict,
        "reason": found.reason,
    }


def _happened(
    history: History, calendar: FiscalCalendar, year: int, kind: str, territory: str, line: str
) -> Happened:
    if kind not in ("market_growth", "price_change", "rep_turnover"):
        return Happened(reason="The history does not tell it: its owner is asked.")
    try:
        if kind == "rep_turnover":
            return _turnover(history, _whole(calendar, year), territory)
        return _growth(history, _compared(history, calendar, year), kind, territory, line)
    except HistoryError as error:
        return Happened(reason=str(error))


def _whole(calendar: FiscalCalendar, year: int) -> Window:
    months = calendar.months(year)
    return Window(months[0], months[-1])


def _compared(history: History, calendar: FiscalCalendar, year: int) -> Window:
    """Give the months of the year that have results in both years."""
    first, last = months_in(history)
    whole = _whole(calendar, year)
    window = Window(max(whole.first, add_months(first, 12)), min(whole.last, last))
    if not window.length:
        raise HistoryError(f"FY{year - 1} and FY{year} have no month with results in both: orders run from {first} "
                           f"to {last}.")  # fmt: skip
    return window


def _growth(history: History, window: Window, kind: str, territory: str, line: str) -> Happened:
    cells = history.rows(_CELLS, **window.bounds, territory=territory, line=line).astype("float64")
    before, after = cells["m0"].sum(), cells["m1"].sum()
    both = cells[(cells > 0).all(axis=1)]
    if before <= 0 or after <= 0 or both.empty:
        return Happened(reason=f"Nothing was sold there both from {window.first} to {window.last} and a year before.")
    weight = (both["m0"] / both["m0"].sum() + both["m1"] / both["m1"].sum()) / 2
    ratio = np.log(both["m1"] / both["q1"]) - np.log(both["m0"] / both["q0"])
    price = float((weight * ratio).sum())
    value = price if kind == "price_change" else math.log(after / before) - price
    return Happened(math.expm1(value), float(before))


def _turnover(history: History, window: Window, territory: str) -> Happened:
    begins, ends = (pd.Timestamp(window.bounds[name]) for name in ("first", "last"))
    seats = history.rows(_PEOPLE, territory=territory)
    days = seats[["hired", "gone", "since", "until"]].apply(pd.to_datetime)
    starts, stops = days[["hired", "since"]].max(axis=1), days[["gone", "until"]].min(axis=1)
    there = [seats.loc[~(starts > day) & ~(stops < day), "rep"].nunique() for day in (begins, ends)]
    last_seat = ~(days["until"] < days["gone"]) & days["gone"].between(begins, ends)
    leavers = seats[last_seat].drop_duplicates("rep")
    mean = sum(there) / 2
    if not mean:
        return Happened(reason="Nobody is known to have been there.")
    costs = [cost_of_leaving(history, row.territory, row.gone) for row in leavers.itertuples()]
    told = [cost for cost in costs if cost is not None]
    if told:
        return Happened(len(leavers) / mean, sum(told) / len(told) * mean)
    return Happened(len(leavers) / mean, reason="What a leaver cost cannot be told from that year.")


def _number(value: object) -> float:
    return math.nan if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type]
