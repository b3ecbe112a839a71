"""What the methods of handing out the company's number go by, from the history and the assumptions."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial

import numpy as np
import pandas as pd

from planning.amounts import apportion
from planning.errors import AllocationError, LedgerError
from planning.goals.setting import cascade, drivers, methods
from planning.goals.setting.baseline import STEPS
from planning.goals.setting.methods import DRIVERS, METHODS
from planning.goals.setting.shares import Driver
from planning.history import attainment, market, seats
from planning.history.engine import History, open_history
from planning.history.results import months_in
from planning.workbook.context import Context
from planning.workbook.goals import Outlook, outlook, rests_on
from planning.workbook.ground import depends_on
from planning.workbook.kept import kept

_WHOLE = 10**12
"""Units that are split to see what parts drivers give."""


def values(
    context: Context, seen: Outlook, names: Iterable[str], weights: Mapping[str, Decimal] | None = None
) -> dict[str, pd.DataFrame]:
    """Give what each method goes by (`planning.goals.setting.methods.weighed`); only of the methods named.

    Parameters
    ----------
    context, seen
        Where one stands, and what is expected there.
    names
        Methods.
    weights
        Weight by metric, for the split by drivers.

    Raises
    ------
    LedgerError
        If the history knows nothing that a method goes by.
    """
    found = {}
    laid = depends_on(context)
    told = None if laid is None else (*laid, *seen.assumptions)
    with open_history(context.settings) as history:
        for name in names:
            if name == DRIVERS:
                by = driven(context, history, seen, weights or {}).leaves
                found[name] = by[["territory", "rep"]].assign(value=by["goal"].astype("float64"))
            if name in _VALUES:
                found[name] = kept(
                    context.settings, f"method-{name}", told, partial(_VALUES[name], context, history, seen)
                )
                if found[name]["value"].notna().sum() == 0:
                    raise LedgerError(f"Nothing is known to go by for {METHODS[name].label.lower()}: {_NEEDS[name]}.")
    return found


def compared(context: Context, target: int | None = None) -> pd.DataFrame:
    """Hold what each method would ask of each position side by side.

    Parameters
    ----------
    context
        Where one stands.
    target
        The company's goal in minor units; without it, what is expected.

    Returns
    -------
    ``territory``, ``rep`` (empty for the territory's own account), and a column each method that can be used, whole
    minor units; each adds up to the company's number.
    """
    seen = outlook(context)
    usable = [name for name in METHODS if name != DRIVERS]
    return split(context, seen, seen.expected if target is None else target, usable)


def split(context: Context, seen: Outlook, total: int, names: Iterable[str]) -> pd.DataFrame:
    """Hand out a number by each of several methods; those that know nothing to go by are left out.

    Returns
    -------
    ``territory``, ``rep``, and a column each method, whole minor units.
    """
    told = rests_on(context)
    by = tuple(names)
    depends = None if told is None else (told, total, by)
    return kept(context.settings, "methods", depends, lambda: _split(context, seen, total, by))


def _split(context: Context, seen: Outlook, total: int, names: Iterable[str]) -> pd.DataFrame:
    cells = cascade.expected(seen.steps)
    keys = [cells[level].astype("str") for level in ("territory", "rep")]
    by: dict[str, pd.Series] = {}
    for name in names:
        try:
            told = values(context, seen, [name])
            weight = methods.weighed(cells, told[name]) if told else cells["amount"].to_numpy(dtype=float)
            by[name] = pd.Series(apportion(total, np.clip(weight, 0, None))).groupby(keys).sum()
        except (LedgerError, AllocationError):
            continue
    return pd.DataFrame(by).reset_index()


def driven(context: Context, history: History, seen: Outlook, weights: Mapping[str, Decimal]) -> drivers.Split:
    """Split by metrics of last year (`planning.goals.setting.drivers.split`); what degrades is in its notes.

    Raises
    ------
    LedgerError
        If no metric was named.
    PlanningError
        If there is no such metric, or it cannot be used.
    """
    if not weights:
        raise LedgerError("Name the metrics to hand the number out by, each with its weight.")
    months, by = context.calendar.months(context.year - 1), ["territory", "rep"]
    told = seen.places.merge(seen.territories, on="territory")[["region", *by]].fillna({"region": ""})
    for name in weights:
        results = attainment.attainment(history, context.calendar, name, by, months[0], months[-1])
        told = told.merge(results[[*by, "result"]].rename(columns={"result": name}), how="left", on=by)
    asked = [Driver(name, history.metric(name).higher_is_better, weight) for name, weight in weights.items()]
    measured = told[list(weights)].astype("float64").clip(lower=0)
    return drivers.split(_WHOLE, told[["region", *by]], measured, asked, newcomers="average")


def _last_year(context: Context, history: History, seen: Outlook) -> pd.DataFrame:
    cells = cascade.expected([step for step in seen.steps if step.step in STEPS])
    return _sums(cells.assign(value=cells["amount"].clip(lower=0).astype("float64")))


def _potential(context: Context, history: History, seen: Outlook) -> pd.DataFrame:
    table = market.market(history, context.calendar, context.year - 1)
    table = table[table["territory"] != ""]
    return table[["territory"]].assign(value=table["potential"].astype("float64"))


def _capacity(context: Context, history: History, seen: Outlook) -> pd.DataFrame:
    calendar, ramp = context.calendar, context.settings.ramp_months
    _, told = months_in(history)
    past = [month for month in calendar.months(context.year - 1) if month <= told]
    sells = seats.productivity(history, past, ramp).set_index("territory")["drawn"]
    table = _present(context, history, seen)
    return table.assign(value=table["ramped"] * table["territory"].map(sells))[["territory", "rep", "value"]]


def _equal_size(context: Context, history: History, seen: Outlook) -> pd.DataFrame:
    table = _present(context, history, seen)
    return table.assign(value=table["served"])[["territory", "rep", "value"]]


def _attainment(context: Context, history: History, seen: Outlook) -> pd.DataFrame:
    months = context.calendar.months(context.year - 1)
    by = ["territory", "rep"]
    table = attainment.attainment(history, context.calendar, "revenue", by, months[0], months[-1])
    both = table[["goal", "result"]].astype("float64").clip(lower=0)
    return table[by].assign(value=np.sqrt(both["goal"] * both["result"])).fillna({"territory": "", "rep": ""})


def _present(context: Context, history: History, seen: Outlook) -> pd.DataFrame:
    months = context.calendar.months(context.year)
    table = seats.served(history, months, context.settings.ramp_months)
    sums = table.groupby(["territory", "rep"], as_index=False)[["served", "ramped"]].sum()
    # Whoever has no position has no goal, and a territory's own account is nobody's seat.
    return seen.places.merge(sums, how="left")


def _sums(cells: pd.DataFrame) -> pd.DataFrame:
    named = cells.assign(**{level: cells[level].astype("str") for level in ("territory", "rep")})
    return named.groupby(["territory", "rep"], as_index=False)["value"].sum()


_VALUES: Mapping[str, Callable[[Context, History, Outlook], pd.DataFrame]] = {
    "last_year": _last_year,
    "potential": _potential,
    "capacity": _capacity,
    "equal_size": _equal_size,
    "attainment": _attainment,
}
_NEEDS = {
    "last_year": "there are no results of last year",
    "potential": "the history has no table of markets with sizes of at least four territories",
    "capacity": "the history does not say who serves which territory",
    "equal_size": "the history does not say who serves which territory",
    "attainment": "the history has no goals of last year by rep",
}
