"""Standards of each role, taken from its tenured people, and where everybody stands."""

import pandas as pd

from planning.errors import HistoryError
from planning.goals.activity.arithmetic import label
from planning.goals.activity.standards import held_to_bands
from planning.history.attainment import attainment
from planning.history.engine import History, open_history
from planning.history.rhythm import Rhythm, rhythm
from planning.history.seats import served
from planning.history.sums import Sums
from planning.periods import first_day, month_range
from planning.workbook.context import Context

ACTIVITY, MIX, ACCURACY = "Activity", "Product mix", "Accuracy"
RARE_WEEKS = 4
"""Steps of the pipeline are too rare to be counted in one week."""
MISSED = "Months' results away from their goals"
TENURED_MONTHS = 12

RULES = (
    f"Activity: how many in a working week, of the steps of the pipeline in {RARE_WEEKS}, of the last twelve months; "
    "as counted, not drawn towards anybody.",
    "Product mix: the part of each product line in the revenue of the last twelve months.",
    "Accuracy: how far the months' results lay from their goals of revenue, up or down, over the sum of these goals. "
    "It stands for forecast accuracy: the history holds no forecasts that reps made themselves.",
)


def standards(context: Context) -> pd.DataFrame:
    """Hold everybody who sold in the last twelve months against the standards of the role.

    Returns
    -------
    A row a rep and measure (`goals.activity.standards.held_to_bands`): ``rep``, ``role``, ``group`` (`ACTIVITY`,
    `MIX` or `ACCURACY`), ``measure``, ``value`` (a count, or a fraction), ``tenured``, ``low``, ``middle``,
    ``high``, ``peers``, ``says``. With a territory in view, the rows of the reps who serve it; the bands are of all.

    Raises
    ------
    HistoryError
        If the history says of nobody which role they have.
    """
    with open_history(context.settings) as history:
        found = rhythm(history, context.calendar)
        here = found.reps[(found.reps["weeks"] > 0) & (found.reps["role"] != "")]
        if here.empty:
            raise HistoryError("The history says of nobody which role they have. Bring in people with their role.")
        parts = [_activity(found), _mix(history, found), _accuracy(history, found, context)]
        tenured = _tenured(history, found)
        months = month_range(found.begins, found.last)
        there = served(history, months, 1)
    values = pd.concat(parts, ignore_index=True)
    values = values[values["rep"].isin(here.index)].assign(
        role=lambda rows: rows["rep"].map(here["role"]), tenured=lambda rows: rows["rep"].isin(tenured)
    )
    table = held_to_bands(values[["rep", "role", "group", "measure", "value", "tenured"]])
    if not context.territory:
        return table
    return table[table["rep"].isin(there.loc[there["territory"] == context.territory, "rep"])].reset_index(drop=True)


def _activity(found: Rhythm) -> pd.DataFrame:
    a_week = found.counted.div(found.reps["weeks"].where(found.reps["weeks"] > 0), axis=0)
    kinds = {f"{label(name)} in a week": a_week[name] for name in found.kinds}
    steps = {f"{label(name)} in {RARE_WEEKS} weeks": RARE_WEEKS * a_week[name] for name in found.steps}
    return _long(pd.DataFrame(kinds | steps, index=a_week.index), ACTIVITY)


def _mix(history: History, found: Rhythm) -> pd.DataFrame:
    asked = Sums("orders", {"amount": "amount"}, ["rep", "product_line"], "date", found.begins, found.last)
    sold = history.sums(asked).dropna(subset=["rep", "product_line"]).astype({"amount": "float64"})
    wide = sold.pivot(index="rep", columns="product_line", values="amount").fillna(0.0).clip(lower=0)
    whole = wide.sum(axis=1)
    return _long(wide.div(whole.where(whole > 0), axis=0), MIX)


def _accuracy(history: History, found: Rhythm, context: Context) -> pd.DataFrame:
    held = attainment(history, context.calendar, "revenue", ["rep", "month"], found.begins, found.last)
    held = held[held["goal"].notna() & (held["goal"] > 0) & held["rep"].notna()]
    away = (held["result"].fillna(0) - held["goal"]).abs().groupby(held["rep"]).sum()
    missed = away.astype("float64") / held["goal"].groupby(held["rep"]).sum().astype("float64")
    return _long(missed.to_frame(MISSED), ACCURACY)


def _long(wide: pd.DataFrame, group: str) -> pd.DataFrame:
    table = wide.rename_axis(index="rep", columns="measure").reset_index()
    return table.melt("rep", var_name="measure", value_name="value").assign(group=group)


def _tenured(history: History, found: Rhythm) -> set[str]:
    """Name those who were there through all of the months, and hired a year before; unknown days do not exclude."""
    months = month_range(found.begins, found.last)
    whole = served(history, months, 1).groupby("rep")["served"].sum()
    hired = history.rows("select rep, hired from people order by rep").set_index("rep")["hired"]
    days = pd.to_datetime(hired)
    latest = pd.Timestamp(first_day(months[0])) - pd.DateOffset(months=TENURED_MONTHS)
    early = set(days.index[days.isna() | (days <= latest)])
    return {rep for rep, part in whole.items() if part > len(months) - 0.01 and rep in early}
