"""What was ever done here: which metrics are counted, and the best change that a figure ever made in a year."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planning.goals.owners import Owners
from planning.history.engine import History
from planning.history.results import months_in
from planning.history.sums import Sums, told_by
from planning.metrics import Metric, catalogue
from planning.workbook.aims.aimed import Proposed
from planning.workbook.context import Context

_SMALL = 0.5
"""Groups below this part of the average are too small for their best year to say what is possible."""


def is_counted(history: History, measured: Metric, metrics: Mapping[str, Metric]) -> bool:
    """Say whether the history holds results of a metric: of all parts that it is made of."""
    made_of = measured.over or measured.reckoned
    if measured.reckoned:
        return all(is_counted(history, metrics[each], metrics) for each in made_of)
    for part in [metrics[each] for each in made_of] if made_of else [measured]:
        if part.typed:
            return False
        history.metric(part.name)
        asked = f"select 1 as one from {part.table} where ({part.expression}) is not null limit 1"
        if history.rows(asked).empty:
            return False
    return True


def bests(context: Context, history: History, made: Proposed, tree: Owners) -> tuple[float | None, float | None]:
    """Give the best change for the better from one year to the next: of the goal's own figure, and of any alike."""
    measured, aim = made.measured, made.aim
    metrics = catalogue(context.settings)
    lower = metrics[measured.over[1]] if measured.over else measured
    level = "rep" if aim.kind == "individual" or not told_by(lower.table, "territory") else "territory"
    whom = tree.frame[tree.frame["owner"].isin(tree.resolve(aim.whom))] if aim.whom else tree.frame.iloc[:1]
    own = {}
    if set(whom["kind"]) == {"territory"} and level == "territory":
        own = {"territory": str(whom["territory"].iloc[0])}
    elif set(whom["kind"]) == {"position"}:
        own = {"rep": str(whom["rep"].iloc[0])}
    mine = _best(context, history, measured, [], own)
    # The company has no peer: a single territory's best year is no measure for all of them together.
    return mine, None if aim.kind == "company" and mine is not None else _best(
        context, history, measured, [level], {}
    )


def _best(
    context: Context, history: History, measured: Metric, by: list[str], where: Mapping[str, str]
) -> float | None:
    metrics = catalogue(context.settings)
    parts = [metrics[each] for each in measured.over] if measured.over else [measured]
    tables = [_by_year(context, history, part, by, where) for part in parts]
    if any(table.empty for table in tables):
        return None
    below = tables[-1].reindex(index=tables[0].index.union(tables[-1].index))
    large = below.where(below >= below.mean(axis=None) * _SMALL) if by else below.where(below > 0)
    figures = tables[0].reindex(below.index) / large if measured.over else large
    change = (figures / figures.shift(axis=1) - 1) * (1 if measured.higher_is_better else -1)
    values = change.to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    return float(values.max()) if len(values) else None


def _by_year(
    context: Context, history: History, part: Metric, by: list[str], where: Mapping[str, str]
) -> pd.DataFrame:
    """Add a metric up by fiscal years that are in whole: a row a group, a column a year."""
    condition = f"({part.expression}) is not null"
    asked = Sums(part.table, {"amount": part.expression}, [*by, "month"], part.date, where=where, condition=condition)
    found = history.sums(asked, context.calendar).astype({"amount": "float64"})
    if found.empty:
        return pd.DataFrame()
    first, last = months_in(history)
    told = str(found["month"].min())
    whole = {
        year: months
        for year in range(context.calendar.year_of_month(first), context.calendar.year_of_month(last) + 1)
        for months in [context.calendar.months(year)]
        if months[0] >= first and months[0 if part.over_time == "sum" else -1] >= told and months[-1] <= last
    }
    wanted = {
        month: year for year, each in whole.items() for month in (each[-1:] if part.over_time == "last" else each)
    }
    inside = found[found["month"].isin(wanted)]
    keys = [inside[by[0]] if by else pd.Series("", inside.index), inside["month"].map(wanted)]
    return inside["amount"].groupby(keys).sum().unstack()


def worked(context: Context, history: History, through: str) -> bool:
    """Say whether a channel or product line has brought anything in the last two years."""
    _, last = months_in(history)
    first = context.calendar.months(context.year - 2)[0]
    found = [
        history.sums(Sums("orders", {"amount": "amount"}, [], "date", first, last, {name: through}))["amount"].sum()
        for name in ("channel", "product_line")
    ]
    return any(amount > 0 for amount in found)
