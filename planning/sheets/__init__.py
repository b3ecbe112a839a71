"""Numbers as people write them, and tables as HTML: formats what it is given, computes nothing."""

from planning.sheets.numbers import EMPTY, count, day, money, month, number, percent
from planning.sheets.table import Field, Html, table

__all__ = ["EMPTY", "Field", "Html", "count", "day", "money", "month", "number", "percent", "table"]
