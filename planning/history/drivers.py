"""Why a year differs from the year before, or from its goal: five views of one difference, each adding up exactly.

How a view values each change, and why its effects agree across levels, is told in `planning.history.why`. Months
that have no results yet are left out on both sides, so a part year is compared with the same part of the year before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import pandas as pd

from planning.errors import HistoryError, PlanningError, unknown_name
from planning.history.engine import History
from planning.history.results import months_in
from planning.history.sums import ALL_IF_EMPTY, Sums, told_by
from planning.history.why import customers, days, people, pipeline, sales
from planning.history.why.scope import Scope
from planning.metrics import METRICS
from planning.periods import FiscalCalendar, add_months

Against = Literal["last_year", "months_before", "goal"]
ValuedAt = sales.ValuedAt
RAMP_MONTHS = 6


@dataclass(frozen=True)
class View:
    """One way to look at a difference.

    Parameters
    ----------
    label
        How a page calls it.
    metric
        Name of the metric whose difference is accounted for.
    effects
        Names of the effects, in the order of the waterfall; a history that cannot tell one leaves it out.
    rules
        What is done about odd cases, in words, to stand beside the figures.
    by
        Dimensions that it can be split by and limited to; empty means all that the metric's table tells.
    """

    label: str
    metric: str
    effects: tuple[str, ...]
    rules: tuple[str, ...]
    by: tuple[str, ...] = ()


VIEWS = {
    "sales": View("Price, volume and mix", "revenue", sales.EFFECTS, sales.RULES),
    "customers": View("Customers", "revenue", customers.EFFECTS, customers.RULES),
    "people": View("People", "revenue", people.EFFECTS, people.RULES, people.CAN_TELL),
    "pipeline": View("Pipeline", "won_value", pipeline.EFFECTS, pipeline.RULES),
    "days": View("Working days", "revenue", days.EFFECTS, days.RULES),
}
METHOD = (
    "Every change is valued at the mean of the two years (Bennet 1920), which for two factors is the Shapley value: "
    "it does not matter in which order factors are named. Effects are whole amounts of the smallest rows, so that "
    "those of territories, reps or products add up to the company's."
)


def view(name: str) -> View:
    """Look a view up.

    Raises
    ------
    PlanningError
        If there is no such view, with the nearest name.
    """
    if name not in VIEWS:
        raise PlanningError(unknown_name("view", name, VIEWS))
    return VIEWS[name]


def account(
    history: History,
    calendar: FiscalCalendar,
    year: int,
    by: str | None = None,
    where: Mapping[str, str] | None = None,
    against: Against = "last_year",
    seen: str = "sales",
    valued_at: ValuedAt = "mean",
    ramp_months: int = RAMP_MONTHS,
) -> pd.DataFrame:
    """Account for the difference between a fiscal year's result and a base.

    Against the goal: where the goals tell units beside revenue, they are the base of volume, mix and price, by
    product line. In all other cases the year before is the base, and what the goal asked for beyond it is an
    effect of its own, ``growth_asked`` (result of the year before less the goal).

    Parameters
    ----------
    history, calendar
        The history and the fiscal calendar.
    year
        Fiscal year that is explained.
    by
        One dimension: account for each of its values by itself.
    where
        Dimensions that must have a value.
    against
        ``last_year``, ``goal``, or ``months_before``: the later half of the year's months held against the
        earlier half, for a history that is too short to have a year before; season is then part of every effect.
    seen
        Name of the view, one of `VIEWS`.
    valued_at
        For sales: whether a unit is valued at the mean of both years or at the base's price.
    ramp_months
        For people: months after which a new hire counts in full.

    Returns
    -------
    Columns `by` (if given), ``effect`` and ``amount`` (whole minor units), in the order of a waterfall:
    what it is held against, the effects, ``result``. The effects add up to result less base exactly.
    ``attrs["months"]`` and ``attrs["base"]`` name the first and last month of both sides, ``attrs["left_out"]`` what
    has results but no goal to hold them against (an empty text for what has no name).

    Raises
    ------
    HistoryError
        If the year or its base has no results, or there is no goal to hold them against.
    PlanningError
        If a view, dimension or value is not known, or the view cannot be split that way.
    """
    look, limits = _checked(history, seen, by, dict(where or {}), against)
    views: dict[str, Callable[[Scope], pd.DataFrame]] = {
        "sales": partial(sales.effects, valued_at=valued_at),
        "customers": customers.effects,
        "people": partial(people.effects, ramp_months=ramp_months),
        "pipeline": pipeline.effects,
        "days": days.effects,
    }
    base, now = _months(history, calendar, year, against)
    scope = Scope(history, calendar, base, now, by, limits)
    left_out: list[str] = []
    if against == "goal" and seen == "sales" and _goals_tell_units(scope):
        found = sales.effects_of_goals(scope, valued_at)
        steps, left_out = _against_goal(scope, look.metric, found, from_last_year=False)
    elif against == "goal":
        scope = Scope(history, calendar, *_months(history, calendar, year, "last_year"), by, limits)
        steps, left_out = _against_goal(scope, look.metric, views[seen](scope), from_last_year=True)
    else:
        found = views[seen](scope)
        steps = _steps(against, found["base"], found, found["now"])
    table = _in_order(steps, by)
    table.attrs = {
        "months": (scope.now[0], scope.now[-1]),
        "base": (scope.base[0], scope.base[-1]),
        "left_out": left_out,
    }
    return table.astype({"amount": "int64"})


def _checked(
    history: History, seen: str, by: str | None, where: dict[str, str], against: str
) -> tuple[View, dict[str, str]]:
    look = view(seen)
    if against not in get_args(Against):
        raise PlanningError(f"A year is held against {', '.join(get_args(Against))}, not {against!r}.")
    history.check(METRICS[look.metric].table, [by] if by else [], where)
    strange = [each for each in dict.fromkeys([*([by] if by else []), *where]) if look.by and each not in look.by]
    if strange:
        raise PlanningError(f"{look.label} are not told by {', '.join(strange)}. Choose one of {', '.join(look.by)}.")
    return look, where


def _months(
    history: History, calendar: FiscalCalendar, year: int, against: Against
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the months of the base and those of the fiscal year, as far as both have results."""
    first, last = months_in(history)
    begins = add_months(first, 12) if against == "last_year" else first
    months = [month for month in calendar.months(year) if begins <= month <= last]
    if against == "months_before":
        half = len(months) // 2
        base, months = months[len(months) - 2 * half : len(months) - half], months[len(months) - half :]
    else:
        base = [add_months(month, -12) for month in months]
    if not months:
        nothing = f"FY{year} has no results" + (" in months that the year before has too" if begins != first else "")
        raise HistoryError(f"{nothing}: orders run from {first} to {last}.")
    return tuple(base), tuple(months)


def _against_goal(
    scope: Scope, metric: str, found: pd.DataFrame, from_last_year: bool
) -> tuple[pd.DataFrame, list[str]]:
    goal = _goals(scope, metric)
    left_out = sorted(set(found.index[found["now"] != 0]) - set(goal.index))
    kept = found.reindex(goal.index, fill_value=0)
    steps = _steps("goal", goal, kept, kept["now"])
    if from_last_year:
        steps.insert(1, "growth_asked", kept["base"] - goal)
    return steps, left_out


def _goals(scope: Scope, metric: str) -> pd.Series:
    """Give the goals of the months by account; goals that name no account are not held against any."""
    dimensions = [*scope.split, *scope.where]
    if all(told_by("goals", each) for each in dimensions):
        asked = Sums("goals", {"goal": "target"}, scope.split, "month", scope.now[0], scope.now[-1], scope.where,
                     condition="fact.metric = $metric", parameters={"metric": metric})  # fmt: skip
        found = scope.history.sums(asked).dropna(subset=["goal"])
        names = found[scope.by].fillna("") if scope.by else pd.Series("", found.index, dtype="str")
        goals = found["goal"].astype("int64").set_axis(names.rename("account"))
        named = goals[goals.index != ""] if scope.by in ALL_IF_EMPTY else goals
        if len(named):
            return named
    told = f" by {', '.join(dimensions)}" if dimensions else ""
    label = METRICS[metric].label.lower()
    raise HistoryError(
        f"There is no {label} goal{told} from {scope.now[0]} to {scope.now[-1]} to hold the result against."
    )


def _goals_tell_units(scope: Scope) -> bool:
    """Say whether goals give every product line of a territory a price: an amount, and units beside it."""
    if not all(told_by("goals", each) for each in [*scope.split, *scope.where]):
        return False
    figures = {
        "units": "case when metric = 'units' then target end",
        "revenue": "case when metric = 'revenue' then target end",
    }
    by = ["rep", "territory", "product_line", "channel"]
    asked = Sums(
        "goals", figures, by, "month", scope.now[0], scope.now[-1], condition="metric in ('units', 'revenue')"
    )
    goals = scope.history.sums(asked)
    priced = (goals["units"].fillna(0) > 0) | (goals["revenue"].fillna(0) == 0)
    told = goals["revenue"].notna() & goals["territory"].notna() & goals["product_line"].notna()
    channels = goals["channel"].notna()
    return bool(len(goals) and (priced & told).all() and (channels.all() or not channels.any()))


def _steps(start: str, amounts: pd.Series, effects: pd.DataFrame, results: pd.Series) -> pd.DataFrame:
    """Set the steps of each account's waterfall side by side, in their order."""
    names = amounts.index.union(effects.index).union(results.index).sort_values()
    table = effects.drop(columns=["base", "now"]).reindex(names, fill_value=0)
    table.insert(0, start, amounts.reindex(names, fill_value=0))
    return table.assign(result=results.reindex(names, fill_value=0))


def _in_order(steps: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Set the steps of each waterfall below each other; one account for all together is there in any case."""
    if by is None:
        one = steps.reindex([""], fill_value=0).iloc[0]
        return one.rename("amount").rename_axis("effect").reset_index()
    table = steps.stack().rename("amount").rename_axis([by, "effect"]).reset_index()
    return table.assign(**{by: table[by].mask(table[by] == "")})
