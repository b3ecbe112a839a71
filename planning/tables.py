"""The contract of every canonical table: columns, types, keys and ranges.

A source may bring some of these tables; a table that no source brings is empty. `data/README.md` is
the data dictionary for people, and a test holds it to this module.
"""

from dataclasses import dataclass
from typing import Literal

from planning.errors import HistoryError, unknown_name

Type = Literal["text", "whole", "money", "decimal", "date"]
"""``whole`` and ``money`` are 64-bit integers (money in minor units), ``decimal`` has six decimals."""

SHARE = "share"
"""Column of a table that shares out rows of another."""


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Parameters
    ----------
    name, type
        As in the Parquet file.
    help
        What it says, for the data dictionary.
    required
        Whether an empty value makes the row unusable.
    minimum, maximum
        Smallest and largest value that makes sense.
    above
        Value that it must exceed.
    one_of
        The only texts allowed; empty means any.
    refers_to
        Table in whose key of the same name the value must stand.
    """

    name: str
    type: Type
    help: str
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    one_of: tuple[str, ...] = ()
    refers_to: str = ""


@dataclass(frozen=True)
class Table:
    """One canonical table.

    Parameters
    ----------
    name
        As the Parquet file is called.
    help
        What a row is.
    key
        Columns that no two rows share; the same key twice is refused.
    columns
        In the order of the file.
    total
        Column whose sum the import reports, in and out; empty if there is none worth reporting.
    shares_out
        Table whose rows this one shares out: a row names one of them by its whole key, and the values of `SHARE` for
        one of them add up to exactly 1. Empty for a table that shares nothing out.
    """

    name: str
    help: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    total: str = ""
    shares_out: str = ""

    @property
    def dated(self) -> str:
        """Name the column that says in which month a row counts; empty for a table whose rows have no time."""
        days = [column.name for column in self.columns if column.type == "date" and column.required]
        return days[0] if days else ""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)


def _required(name: str, type: Type, help: str, **more: float | str | tuple[str, ...]) -> Column:
    return Column(name, type, help, required=True, **more)  # type: ignore[arg-type]


_REP = _required("rep", "text", "Who the row is credited to.", refers_to="people")
_TERRITORY = _required("territory", "text", "Territory that the row counts for.", refers_to="territories")
_ANY_TERRITORY = Column("territory", "text", "Territory; empty means all.", refers_to="territories")
_CUSTOMER = Column("customer", "text", "Customer, where known.", refers_to="customers")
_CHANNEL = Column("channel", "text", "Sales channel, where known.")
_ANY_LINE = Column("product_line", "text", "Product line; empty means all.")
_ANY_CHANNEL = Column("channel", "text", "Sales channel; empty means all.")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("territories", "A sales territory.", ("territory",), (
            _required("territory", "text", "Name, as it is shown."),
            Column("region", "text", "Region that the territory belongs to."),
        )),
        Table("people", "A person who sells or manages.", ("rep",), (
            _required("rep", "text", "Name, as it is shown; unique."),
            Column("manager", "text", "Name of the person's manager.", refers_to="people"),
            Column("role", "text", "Job title."),
            Column("hired", "date", "First day; empty means before the history begins."),
            Column("left", "date", "Last day; empty means still here."),
        )),
        Table("assignments", "Who covers which territory, and when.", ("rep", "territory", "effective_from"), (
            _REP,
            _required("territory", "text", "Territory covered.", refers_to="territories"),
            Column("effective_from", "date", "First day; empty means from the beginning."),
            Column("effective_to", "date", "Last day; empty means until further notice."),
        )),
        Table("products", "A product.", ("product",), (
            _required("product", "text", "Name, as it is shown; unique."),
            _required("product_line", "text", "Product line that it belongs to; goals are set by it."),
            Column("list_price", "money", "List price.", minimum=0),
            Column("standard_cost", "money", "Standard cost.", minimum=0),
        )),
        Table("customers", "A customer account.", ("customer",), (
            _required("customer", "text", "Name or number, as it is shown; unique."),
            Column("segment", "text", "Segment, sector or business type."),
            Column("tier", "text", "How much the customer matters: such as A, B, C."),
            Column("channel", "text", "Channel that the customer buys through."),
            Column("territory", "text", "Territory that the customer belongs to now; results from elsewhere go there "
                   "with it.", refers_to="territories"),
            Column("since", "date", "First day as a customer."),
        )),
        Table("orders", "An order line; a return has a negative quantity and amount.", ("order_id", "line"), (
            _required("order_id", "text", "Number of the order."),
            _required("line", "whole", "Number of the line in the order.", minimum=1),
            _required("date", "date", "Day of the order; says in which period it counts."),
            _REP, _TERRITORY, _CUSTOMER,
            _required("product", "text", "Product.", refers_to="products"),
            _CHANNEL,
            _required("quantity", "whole", "Units; negative for a return."),
            _required("amount", "money", "Revenue of the line."),
            Column("cost", "money", "Cost of the line, where known."),
        ), total="amount"),
        Table("credits", "How an order line is shared between reps; others belong wholly to the rep on the line.",
              ("order_id", "line", "rep"), (
            _required("order_id", "text", "Number of the order."),
            _required("line", "whole", "Number of the line in the order."),
            _REP,
            _required(SHARE, "decimal", "Part of the line that counts for the rep; the parts of a line make up 1.",
                      above=0, maximum=1),
        ), shares_out="orders"),
        Table("one_offs", "An order that will not come again, such as the opening of a hotel.", ("order_id",), (
            _required("order_id", "text", "Number of the order.", refers_to="orders"),
            Column("reason", "text", "Why it will not come again."),
        )),
        Table("opportunities", "A deal that is or was in the pipeline.", ("opportunity",), (
            _required("opportunity", "text", "Number of the opportunity."),
            _REP, _TERRITORY, _CUSTOMER,
            Column("product", "text", "Product, where known.", refers_to="products"),
            _CHANNEL,
            _required("stage", "text", "Stage as the company calls it, the last one reached."),
            _required("status", "text", "Where it stands.", one_of=("open", "won", "lost")),
            Column("opened", "date", "Day it was opened."),
            Column("qualified", "date", "Day it was qualified."),
            Column("presented", "date", "Day of the presentation."),
            Column("proposed", "date", "Day of the proposal."),
            Column("closed", "date", "Day it was won or lost."),
            Column("amount", "money", "Value, final where won, expected where open."),
        ), total="amount"),
        Table("activities", "What a rep did: calls, visits, presentations, proposals.", ("activity",), (
            _required("activity", "text", "Number of the activity record."),
            _required("date", "date", "Day, or first day of the week it sums up."),
            _REP, _CUSTOMER,
            _required("kind", "text", "Kind, such as call, visit, presentation, proposal, demo; or what comes to a "
                      "rep: marketing-qualified lead, sales-qualified lead, coaching, coaching hour."),
            _required("count", "whole", "How many.", minimum=0),
        ), total="count"),
        Table("goals", "What was asked in past years, by month.",
              ("rep", "metric", "month", "territory", "product_line", "channel"), (
            _REP,
            _required("metric", "text", "Metric of the catalogue, such as revenue."),
            _required("month", "date", "First day of the month."),
            _ANY_TERRITORY, _ANY_LINE, _ANY_CHANNEL,
            _required("target", "whole", "The goal: minor units for a metric in money, else a count.", minimum=0),
        ), total="target"),
        Table("assumptions", "What was assumed in past years.", ("year", "kind", "territory", "product_line"), (
            _required("year", "whole", "Fiscal year that it was assumed for.", minimum=1900, maximum=2200),
            _required("kind", "text", "Kind of assumption, such as market_growth."),
            _ANY_TERRITORY, _ANY_LINE,
            Column("low", "decimal", "Low end, a fraction."),
            _required("likely", "decimal", "Likely value, a fraction."),
            Column("high", "decimal", "High end, a fraction."),
            Column("owner", "text", "Who stands for it."),
            Column("evidence", "text", "Why it was believed."),
        )),
        Table("events", "Something that happened: a competitor, a price rise, a launch.", ("event",), (
            _required("event", "text", "Number of the event."),
            _required("date", "date", "Day it began."),
            _required("kind", "text", "Kind, such as competitor_entry, price_rise, launch, departure."),
            _ANY_TERRITORY, _ANY_LINE,
            Column("note", "text", "What is known of it."),
        )),
        Table("markets", "The market of a territory in a year: what all suppliers together sell there.",
              ("year", "territory", "product_line"), (
            _required("year", "whole", "Fiscal year.", minimum=1900, maximum=2200),
            _ANY_TERRITORY, _ANY_LINE,
            Column("size", "money", "What all suppliers together sell there in the year.", minimum=0),
            Column("growth", "decimal", "Growth over the year before, a fraction.", minimum=-1, maximum=10),
            Column("competitors", "text", "Who else sells there."),
            Column("positioning", "text", "How the company stands there."),
            Column("evidence", "text", "Where the figures are from."),
        ), total="size"),
    )
}  # fmt: skip
"""In the order in which they are checked: a table refers only to tables before it, or to itself."""


def table(name: str) -> Table:
    """Look a table's contract up.

    Raises
    ------
    HistoryError
        If there is no such table, with the nearest name.
    """
    if name not in TABLES:
        raise HistoryError(unknown_name("table", name, TABLES))
    return TABLES[name]
