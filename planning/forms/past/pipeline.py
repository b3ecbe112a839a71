"""The pipeline: what was opened, what became of it, and how long it took."""

from typing import Any

from planning import sheets
from planning.forms.page import Page, chooser, section
from planning.forms.past.names import LEVELS, level_name
from planning.sheets import Field, Html
from planning.workbook import history


@section
def pipeline(here: Page) -> Any:
    """Let one choose a level, and count the pipeline at it."""
    first = "Rep" if here.context.territory else "Territory"
    levels = {name: LEVELS[name] for name in dict.fromkeys((first, "Rep", "Territory", "Product line", "Channel"))}
    return chooser("Count by", levels, lambda by: counted(here, by))


def counted(here: Page, by: str) -> Html:
    """Count the pipeline of last year by one level."""
    first, last = history.months(here.context)
    table = history.funnel(here.context, [by], first, last)
    fields = [
        Field(by, level_name(by)),
        Field("opened", "Opened", "count"),
        Field("won", "Won", "count"),
        Field("lost", "Lost", "count"),
        Field("win_rate", "Win rate", "percent"),
        Field("won_value", "Value won", "money"),
        Field("deal_size", "Average deal", "money"),
        Field("cycle_days", "Days to close", "number"),
    ]
    caption = f"Pipeline of FY{here.context.year - 1} by {level_name(by).lower()}"
    empty = "There are no opportunities in these months."
    return sheets.table(table, fields, here.settings, caption=caption, empty=empty)
