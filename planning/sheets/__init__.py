"""Numbers as people write them, and tables as HTML: formats what it is given, computes nothing."""

from planning.sheets.calendar import Mark, calendar
from planning.sheets.download import file_link, file_name
from planning.sheets.html import Html
from planning.sheets.numbers import (
    MINUS,
    NOTHING,
    count,
    day,
    is_empty,
    moment,
    money,
    month,
    number,
    percent,
    period,
    points,
)
from planning.sheets.table import Field, Kind, table
from planning.sheets.timeline import Bar, Line, timeline

__all__ = [
    "MINUS",
    "NOTHING",
    "Bar",
    "Field",
    "Html",
    "Kind",
    "Line",
    "Mark",
    "calendar",
    "count",
    "day",
    "file_link",
    "file_name",
    "is_empty",
    "moment",
    "money",
    "month",
    "number",
    "percent",
    "period",
    "points",
    "table",
    "timeline",
]
