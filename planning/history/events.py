"""Events laid over the results: what each seems to have cost or brought in, with an interval.

Method and sources are told in `planning.history.cost`.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date

import pandas as pd

from planning.history.cost import departure, launch, sales
from planning.history.cost.cells import LONGEST, SHORTEST, Window, since
from planning.history.cost.finding import Finding
from planning.history.cost.happening import Happening
from planning.history.cost.spread import unknown
from planning.history.engine import History
from planning.history.results import months_in
from planning.periods import FiscalCalendar, add_months

Measure = Callable[[History, Happening, list[Happening], Window], list[Finding]]

MEASURES: dict[str, Measure] = {
    "price_rise": sales.price_findings,
    "launch": launch.findings,
    "departure": departure.findings,
}
"""How each kind is measured; any other kind by what became of sales."""

RULES = (
    f"An event is measured over its first {LONGEST} whole months at most; after that, the year before is no longer "
    "free of it.",
    "Only customers who bought in both years are compared, without one-off orders: accounts that were won or lost, "
    "also because of the event, are not part of the figure.",
    "Cells that another event fell on are not compared with. Where another event fell on the same cells, its effect "
    "cannot be told apart, and it is named beside the figure.",
    f"Nothing is said of an event with fewer than {SHORTEST} months of results in both years, with too few cells to "
    "compare with, or where the interval holds zero.",
)

COLUMNS = (
    "event", "kind", "territory", "product_line", "since", "note", "measure", "method", "first", "last", "effect",
    "low", "high", "amount", "amount_low", "amount_high", "cells", "beside", "verdict", "reason",
)  # fmt: skip


def happenings(history: History) -> list[Happening]:
    """Give all events that the history knows of, the oldest first."""
    rows = history.rows(
        "select event, kind, coalesce(territory, '') as territory, coalesce(product_line, '') as product_line, "
        "date, coalesce(note, '') as note from events order by date, event"
    )
    return [
        Happening(row.event, row.kind, row.territory, row.product_line, row.date, row.note)
        for row in rows.itertuples()
    ]


def events(
    history: History, calendar: FiscalCalendar, year: int | None = None, territories: Collection[str] | None = None
) -> pd.DataFrame:
    """Measure what events did.

    Parameters
    ----------
    history, calendar
        The history and the fiscal calendar.
    year
        Only events whose first twelve months lie in part in this fiscal year; none means all.
    territories
        Only events that fell on one of these alone; none means all.

    Returns
    -------
    A row a measure of an event, the oldest first; none if the history tells no events: ``event``, ``kind``,
    ``territory``, ``product_line`` (empty means all), ``since`` (date), ``note``; ``measure`` (``sales``, ``price``,
    ``volume``, ``elasticity``, ``share``, ``siblings``), ``method`` in words; ``first`` and ``last`` month measured;
    ``effect``, ``low``, ``high``: a fraction, or a number for the elasticity, with its interval of 95%; ``amount``,
    ``amount_low``, ``amount_high``: what it brought in (negative: cost) in those months, whole minor units;
    ``cells``: how many it is held against; ``beside``: what else fell on the same cells; ``verdict``: ``rose``,
    ``fell`` or ``cannot tell``, and ``reason``: why not. Empty where there is no figure.
    """
    known = happenings(history)
    asked = [each for each in known if year is None or _in_year(each, calendar, year)]
    asked = [each for each in asked if territories is None or each.territory in territories]
    first, last = months_in(history) if asked else ("", "")
    rows = [_row(each, found) for each in asked for found in _findings(history, each, known, (first, last))]
    return _typed(pd.DataFrame(rows, columns=list(COLUMNS)))


def cost_of_leaving(history: History, territory: str, left: date) -> int | None:
    """Price what the accounts of somebody who left a territory lost while nobody had taken them over.

    Returns
    -------
    Whole minor units, negative for a loss; none where it cannot be told.
    """
    of = Happening("", "departure", territory, "", left, "")
    window = _window(of, months_in(history))
    found = departure.findings(history, of, happenings(history), window) if window.length else []
    return next((each.money[0] for each in found if each.money and each.effect.told), None)


def _in_year(of: Happening, calendar: FiscalCalendar, year: int) -> bool:
    fiscal = calendar.months(year)
    return since(of.day, fiscal[-1]).meets(Window(fiscal[0], fiscal[-1]))


def _findings(history: History, of: Happening, known: list[Happening], results: tuple[str, str]) -> list[Finding]:
    measure = MEASURES.get(of.kind, sales.findings)
    window = _window(of, results)
    if window.length < SHORTEST:
        reason = f"Fewer than {SHORTEST} months since it began have results in both years."
        return [Finding("sales", "", None, unknown(reason))]
    found = measure(history, of, known, window)
    return [each if _long_enough(each) else _too_short(each) for each in found]


def _window(of: Happening, results: tuple[str, str]) -> Window:
    window = since(of.day, results[1])
    # Months whose year before lies outside the history cannot be compared.
    return Window(max(window.first, add_months(results[0], 12)), window.last)


def _long_enough(found: Finding) -> bool:
    return found.window is None or found.window.length >= SHORTEST


def _too_short(found: Finding) -> Finding:
    reason = f"It lasted less than {SHORTEST} months."
    return replace(found, effect=replace(found.effect, problem=reason))


def _row(of: Happening, found: Finding) -> dict[str, object]:
    money = found.money or (None, None, None)
    return {
        "event": of.event,
        "kind": of.kind,
        "territory": of.territory,
        "product_line": of.product_line,
        "since": of.day,
        "note": of.note,
        "measure": found.measure,
        "method": found.method,
        "first": found.window.first if found.window else "",
        "last": found.window.last if found.window else "",
        "effect": found.effect.value,
        "low": found.effect.low,
        "high": found.effect.high,
        **dict(zip(("amount", "amount_low", "amount_high"), money, strict=True)),
        "cells": found.effect.cells,
        "beside": ", ".join(found.beside),
        "verdict": found.verdict,
        "reason": found.effect.problem,
    }


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    numbers = dict.fromkeys(("effect", "low", "high"), "Float64")
    amounts = dict.fromkeys(("amount", "amount_low", "amount_high", "cells"), "Int64")
    texts = [name for name in COLUMNS if name not in (*numbers, *amounts, "since")]
    return table.astype({**numbers, **amounts, **dict.fromkeys(texts, "str")})
