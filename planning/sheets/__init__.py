"""Numbers as people write them, and tables as HTML: formats what it is given, computes nothing."""

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

__all__ = [
    "MINUS",
    "NOTHING",
    "Field",
    "Html",
    "Kind",
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
]
