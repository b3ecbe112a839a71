"""Last year's results of any metric by position and month, the company's own metrics among them."""

from collections.abc import Mapping

import pandas as pd

from planning.errors import PlanningError, bulleted, unknown_name
from planning.goals.aims import sharing
from planning.goals.aims.sharing import Past
from planning.goals.owners import Owners
from planning.history import results, seats
from planning.history.engine import History, open_history
from planning.history.relations import RELATIONS, columns_of
from planning.history.sums import Sums, told_by
from planning.metrics import METRICS, Metric, catalogue
from planning.tables import TABLES
from planning.workbook.context import Context


def last_year(context: Context, measured: Metric, months: list[str], tree: Owners) -> tuple[Past, ...]:
    """Give last year's results of a metric by position and month: two for a ratio, the upper one first.

    Months of last year that are not in yet are taken from a year before. Of a metric that stands at a month's end,
    only the last month counts.
    """
    metrics = catalogue(context.settings)
    parts = [metrics[each] for each in measured.over] if measured.over else [measured]
    wanted = months[-1:] if parts[0].over_time == "last" else months
    with open_history(context.settings) as history:
        base = results.base_months(history, context.calendar, context.year)
        stands = dict(zip(base, context.calendar.months(context.year), strict=True))
        seated = seats.assigned(history)
        return tuple(
            sharing.past(
                _measured(context, history, part, {was: will for was, will in stands.items() if will in wanted}),
                tree.positions[["territory", "rep", "owner"]],
                seated[["territory", "rep"]].drop_duplicates(),
            )
            for part in parts
        )


def usable(history: History, measured: Metric) -> None:
    """Refuse a metric of the company's own that the history cannot answer.

    Raises
    ------
    PlanningError
        With everything that is wrong with its table, date and expression.
    """
    if measured.name in METRICS:
        return
    tables = {**TABLES, **RELATIONS}
    problems = [] if measured.table in tables else [unknown_name("table", measured.table, tables)]
    columns = columns_of(measured.table) if not problems else ()
    if columns and measured.date not in columns:
        problems.append(unknown_name(f"column of {measured.table}", measured.date, columns))
    if columns and "rep" not in columns:
        problems.append(f"{measured.table} says of nobody who did it, so no goal can be handed out")
    if not problems:
        try:
            history.rows(f"select cast(sum({measured.expression}) as bigint) as one from {measured.table}")
        except Exception as error:  # each engine raises errors of its own
            problems.append(f"its expression is not understood: {str(error).splitlines()[0]}")
    if problems:
        raise PlanningError(bulleted(f"The metric {measured.name} of metrics.toml cannot be measured:", problems))


def _measured(context: Context, history: History, part: Metric, stands: Mapping[str, str]) -> pd.DataFrame:
    """Add a metric up by rep and month, and by territory where it tells it."""
    usable(history, part)
    by = [*(["territory"] if told_by(part.table, "territory") else []), "rep", "month"]
    condition = f"({part.expression}) is not null"
    asked = Sums(
        part.table, {"amount": part.expression}, by, part.date, min(stands), max(stands), condition=condition
    )
    found = history.sums(asked, context.calendar)
    found = found[found["month"].isin(stands) & found["rep"].notna()]
    return found.assign(period=found["month"].map(stands)).drop(columns="month").astype({"amount": "int64"})
