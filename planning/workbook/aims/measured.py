"""Last year's results of any metric by position and month, the company's own metrics among them."""

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from planning.goals.aims import sharing
from planning.goals.aims.sharing import Past
from planning.goals.owners import Owners
from planning.history import results, seats
from planning.history import whole as whole_of
from planning.history.engine import History, open_history
from planning.history.sums import Sums, told_by
from planning.metrics import Metric, catalogue
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


def whole(
    context: Context, measured: Metric, months: list[str], where: Mapping[str, str], brought: Decimal | None
) -> Decimal | None:
    """Give last year's figure of a metric that stands on nobody's account; none where the history does not tell it.

    Parameters
    ----------
    context, measured
        Where one stands, and which metric.
    months
        Months of the goal.
    where
        Region or territory that it is for; empty for the company.
    brought
        What no table tells of it.
    """
    with open_history(context.settings) as history:
        base = results.base_months(history, context.calendar, context.year)
        stands = dict(zip(context.calendar.months(context.year), base, strict=True))
        mine = [stands[each] for each in months]
        return whole_of.figure(history, context.calendar, measured, min(mine), max(mine), where, brought)


def _measured(context: Context, history: History, part: Metric, stands: Mapping[str, str]) -> pd.DataFrame:
    """Add a metric up by rep and month, and by territory where it tells it."""
    history.metric(part.name)
    by = [*(["territory"] if told_by(part.table, "territory") else []), "rep", "month"]
    condition = f"({part.expression}) is not null"
    asked = Sums(
        part.table, {"amount": part.expression}, by, part.date, min(stands), max(stands), condition=condition
    )
    found = history.sums(asked, context.calendar)
    found = found[found["month"].isin(stands) & found["rep"].notna()]
    return found.assign(period=found["month"].map(stands)).drop(columns="month").astype({"amount": "int64"})
