"""What everybody of a role attained, by the criteria of the year: goals from the ledger, results from the history."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from planning.goals import originals
from planning.goals.pay.earned import attained
from planning.history import results
from planning.history.attainment import attainment
from planning.history.engine import History, open_history
from planning.metrics import Metric
from planning.store import books
from planning.tracking.criteria import Criteria, Criterion
from planning.tracking.scoring import counted, together
from planning.workbook.context import Context
from planning.workbook.place import plan

COLUMNS = (
    "rep", "group", "name", "label", "unit", "weight", "original", "goal", "result", "attainment",
    "against_original", "points", "how",
)  # fmt: skip


def last_year(context: Context) -> Context:
    """Give the year that is evaluated where none is named: the one in view if it has results, else the one before."""
    with open_history(context.settings) as history:
        begun = results.has_begun(history, context.calendar.months(context.year)[0])
    return context if begun else replace(context, year=context.year - 1)


def months(context: Context) -> tuple[str, str]:
    """Give the first and last month of the year that have results.

    Raises
    ------
    HistoryError
        If there are no orders at all.
    """
    year = context.calendar.months(context.year)
    with open_history(context.settings) as history:
        _, last = results.months_in(history)
    return year[0], max(min(year[-1], last), year[0])


def measured(context: Context, criteria: Criteria) -> pd.DataFrame:
    """Hold everybody of the role against the goals and standards that count.

    Returns
    -------
    A row a rep and part, columns `COLUMNS`: ``original`` and ``goal`` (of the months with results; of an activity
    without a goal, its standard), ``result``, ``attainment`` of the goal and ``against_original``, ``points`` (what
    it counts, capped), and ``how`` it came about. Money in whole minor units; fractions are exact.
    """
    first, last = months(context)
    with open_history(context.settings) as history:
        roles = results.roles(history)
        there = results.employed(history, context.calendar, context.year)
        asked = [each for each in criteria.parts if each.group != "behaviour"]
        parts = [_part(context, history, each, first, last) for each in asked]
    rows = [
        row
        for each, (metric, table) in zip(asked, parts, strict=True)
        for row in _rows(each, metric, _with_standard(each, table, roles, there, criteria.role), criteria.cap)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    return table[table["rep"].map(roles) == criteria.role] if criteria.role else table


def scores(table: pd.DataFrame) -> dict[str, Fraction]:
    """Give what each rep's goals and activities count together, for those of whom anything can be told."""
    found = {}
    for rep, mine in table.groupby("rep"):
        score, told = together(list(mine["weight"]), list(mine["points"]))
        if score is not None and told:
            found[str(rep)] = score
    return found


def _part(context: Context, history: History, each: Criterion, first: str, last: str) -> tuple[Metric, pd.DataFrame]:
    """Give goal, original and result by rep, and where the goal comes from."""
    metric = history.metric(each.name)
    table = attainment(history, context.calendar, each.name, ["rep"], first, last)
    table = table[table["rep"].notna() & (table["rep"] != "")].set_index("rep")[["goal", "result"]].astype(object)
    table = table.assign(original=table["goal"], source="the goals of the history")
    ledger = _of_ledger(context, each.name, first, last)
    for rep, (original, goal) in ledger.items():
        table.loc[rep, ["goal", "original", "source"]] = [goal, original, "the goal ledger"]
    return metric, table


def _of_ledger(context: Context, metric: str, first: str, last: str) -> dict[str, tuple[int, int]]:
    """Give original and goal by rep of a metric that the book of the year holds; nothing where there is none."""
    with plan(context.settings) as database, database.reading() as connection:
        number = books.find(connection, context.year, context.scenario)
        if number is None:
            return {}
        reps = books.owners(connection, number).positions.set_index("owner")["rep"]
        sums = books.sums(connection, number, metric, ["owner", "period", "step"], list(reps.index))
    sums = sums[(sums["period"] >= first) & (sums["period"] <= last)]
    by = sums["owner"].map(reps)
    goal = sums["amount"].groupby(by).sum()
    original = sums["amount"].where(~sums["step"].isin(originals.CHANGES), 0).groupby(by).sum()
    return {str(rep): (int(original[rep]), int(amount)) for rep, amount in goal.items()}


def _with_standard(
    each: Criterion, table: pd.DataFrame, roles: dict[str, str], there: dict[str, Fraction], role: str
) -> pd.DataFrame:
    """Give an activity the standard of its criterion, or where no goal was set on it, the middle of the role."""
    if each.group != "activity":
        return table
    mine = table[[roles.get(str(rep), "") == role if role else True for rep in table.index]]
    whole = [rep for rep in mine.index if there.get(str(rep), Fraction(1)) == 1 and not pd.isna(mine["result"][rep])]
    middle = float(np.median([float(mine["result"][rep]) for rep in whole])) if whole else np.nan
    standard, source = each.standard, "the standard of the criteria"
    if standard is None:
        standard = None if np.isnan(middle) else Decimal(str(middle))
        source = "the middle of those of the role who were there all year"
    none = table["goal"].isna() if each.standard is None else pd.Series(True, table.index)
    for rep in table.index[none]:
        part = there.get(str(rep), Fraction(1))
        wanted = None if standard is None else Decimal(standard) * part.numerator / part.denominator
        table.loc[rep, ["goal", "original", "source"]] = [wanted, wanted, source]
    return table


def _rows(each: Criterion, metric: Metric, table: pd.DataFrame, cap: Decimal) -> list[tuple[Any, ...]]:
    rows = []
    for rep, row in table.iterrows():
        goal, original, result = (_exact(row[name]) for name in ("goal", "original", "result"))
        held = [
            None if one is None or (result is None and one is None)
            else attained(result or 0, one, metric.higher_is_better)
            for one in (goal, original)
        ]  # fmt: skip
        how = (
            f"Result over {row['source']}."
            if metric.higher_is_better
            else f"{row['source'].capitalize()} over result."
        )
        rows.append((
            str(rep), each.group, each.name, metric.label, metric.unit, each.weight, original, goal, result, held[0],
            held[1], counted(held[0], cap), f"{how} {metric.counts}",
        ))  # fmt: skip
    return rows


def _exact(value: Any) -> int | Decimal | None:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, Decimal):
        return value
    return int(value) if float(value).is_integer() else Decimal(str(value))
