"""Tables of the plan's database. Amounts are whole minor units; times are UTC; texts are never null."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()
_VIEWS = MetaData()

# SQLite counts rows by itself only where the key is an INTEGER.
_ID = BigInteger().with_variant(Integer, "sqlite")

book = Table(
    "book",
    METADATA,
    Column("book", _ID, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("scenario", Text, nullable=False),
    UniqueConstraint("year", "scenario"),
)

owner = Table(
    "owner",
    METADATA,
    Column("book", ForeignKey("book.book"), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("owner", Text, primary_key=True),
    Column("parent", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("territory", Text, nullable=False),
    Column("rep", Text, nullable=False),
)

posting = Table(
    "posting",
    METADATA,
    Column("posting", _ID, primary_key=True),
    Column("book", ForeignKey("book.book"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""A transaction of the ledger; `transaction` itself is a reserved word of SQL."""

line = Table(
    "line",
    METADATA,
    Column("line", _ID, primary_key=True),
    Column("posting", ForeignKey("posting.posting"), nullable=False, index=True),
    Column("metric", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
)

entry = Table(
    "entry",
    METADATA,
    Column("entry", _ID, primary_key=True),
    Column("line", ForeignKey("line.line"), nullable=False, index=True),
    Column("owner", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

ASSUMED = (
    "channel", "segment", "tier", "first", "last", "link", "confidence", "status", "remark", "review_on", "indicator"
)  # fmt: skip
"""Texts of an assumption besides its kind, scope and values."""

assumption = Table(
    "assumption",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("identity", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("year", Integer, nullable=False),
    Column("scenario", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("territory", Text, nullable=False),
    Column("product_line", Text, nullable=False),
    Column("low", Text, nullable=False),
    Column("likely", Text, nullable=False),
    Column("high", Text, nullable=False),
    Column("numbers", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    *(Column(name, Text, nullable=False, server_default="") for name in ASSUMED),
    UniqueConstraint("identity", "version"),
)
"""Every version of every assumption; in a scenario, its own highest version is in force, else that of its base."""

scenario = Table(
    "scenario",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""What was said of a scenario; the last row of a name counts. The plan itself needs none."""

review = Table(
    "review",
    METADATA,
    Column("review", _ID, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("territory", Text, nullable=False),
    Column("product_line", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("happened", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""What owners said of past assumptions; of several answers on one, the last counts."""

event = Table(
    "event",
    METADATA,
    Column("event", _ID, primary_key=True),
    Column("book", ForeignKey("book.book"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("rep", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("lines", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("book", "number"),
    UniqueConstraint("book", "rep", "sequence"),
)
"""Every move of every negotiation, chained by hash in the order of its number (`planning.negotiation.chain`)."""

chain_head = Table("chain_head", _VIEWS, Column("book", Integer), Column("number", Integer), Column("hash", Text))
"""View: the last event of each book, for who adds the next one without being let to read them all."""

CHAIN_HEAD = """
CREATE VIEW chain_head AS SELECT event.book, event.number, event.hash FROM book JOIN event
ON event.book = book.book AND event.number = (SELECT MAX(number) FROM event AS other WHERE other.book = book.book)
"""

rules = Table(
    "rules",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("book", ForeignKey("book.book"), nullable=False, index=True),
    Column("opening", Text, nullable=False),
    Column("deadline", Text, nullable=False),
    Column("at_deadline", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""What the planner has set for the negotiations of a book; the last row counts."""

private_note = Table(
    "private_note",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("book", ForeignKey("book.book"), nullable=False, index=True),
    Column("rep", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""What one side of a negotiation notes for itself."""

draft = Table(
    "draft",
    METADATA,
    Column("book", ForeignKey("book.book"), primary_key=True),
    Column("rep", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("seen", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""What somebody is writing in a negotiation and has not sent."""

access = Table(
    "access",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("user", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""Who may log in, as whom, and in which role; the last row of a user counts."""

own_number = Table(
    "own_number",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("territory", Text, nullable=False),
    Column("rep", Text, nullable=False),
    Column("amount", BigInteger),
    Column("detail", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""What reps say they can bring; of several answers on one position the last counts, and no amount takes it back."""

hold = Table(
    "hold",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("book", ForeignKey("book.book"), nullable=False, index=True),
    Column("owner", Text, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""Whose goal is not to be moved by changes beside it; the last row on an owner counts."""

aim = Table(
    "aim",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("identity", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("year", Integer, nullable=False),
    Column("scenario", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("whom", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("identity", "version"),
)
"""Every version of every goal as it was stated; the highest version is in force."""

pay = Table(
    "pay",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("scenario", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("year", "scenario", "role", "version"),
)
"""Every version of every pay plan; the highest version of a role is in force."""

document = Table(
    "document",
    METADATA,
    Column("row", _ID, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("scenario", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("whom", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("year", "scenario", "kind", "whom", "key", "version"),
)
"""Every version of what people write for and during a year: plans, checkpoints, actions (`planning.store.documents`).

`whom` is whose business it is; empty for everybody's, which the planner alone writes.
"""

PRIVATE = ("note_to_self", "own_columns", "calendar_feed")
"""Kinds of documents that nobody but who wrote them reads, whoever leads them."""

unsent = Table(
    "unsent",
    METADATA,
    Column("year", Integer, primary_key=True),
    Column("scenario", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("whom", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""What somebody is writing of a document and has not kept yet, from which version; nobody else's business."""

run = Table(
    "run",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("notebook", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("queued", DateTime, nullable=False),
    Column("started", DateTime),
    Column("finished", DateTime),
    Column("figures", Text, nullable=False),
)
"""One row a batch run, replaced as its state changes: the only truth about a run."""

APPEND_ONLY = (
    posting, line, entry, assumption, scenario, review, event, rules, private_note, access, own_number, hold, aim,
    pay, document,
)  # fmt: skip
"""Tables whose rows are never altered or deleted: a trigger refuses it."""

Index("run_folder", run.c.folder, run.c.item)
