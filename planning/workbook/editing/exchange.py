"""Goals in a grid and in a spreadsheet: taken out as rows, typed into, held against the book, and posted at once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pandas as pd

from planning.errors import LedgerError
from planning.goals import chances, ledger
from planning.goals.editing import typed as typing
from planning.goals.editing.brought import Brought, Comparison, Marks, Taken, check_marks, held_against
from planning.goals.editing.placing import Ground
from planning.goals.editing.typed import Typed
from planning.goals.ledger import Transaction
from planning.goals.owners import Owners
from planning.goals.setting import baseline, cascade
from planning.store import books, postings
from planning.store.database import Connection
from planning.workbook import chances as attained
from planning.workbook import goals
from planning.workbook.context import Context
from planning.workbook.editing.book import METRIC, Book, opened, seen
from planning.workbook.expected.simulation import uncertain
from planning.workbook.place import PLANNER, plan, writing
from planning.workbook.posted import posted
from planning.workbook.unchanged import unchanged

SHEET = (
    "owner", "parent", "kind", "region", "territory", "rep", "name",
    "last_year", "expected", "goal", "unplaced", "note",
)  # fmt: skip
"""Columns of goals as they are taken out; amounts are whole minor units."""


class Odds:
    """Probabilities of goals, answered at once for any number; an owner's draws are added up when first asked for.

    Parameters
    ----------
    context
        Which book.

    Raises
    ------
    AssumptionError
        If the history is too short to say how sure anything is.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        known = attained.attainable(context).owners
        self._known = {(str(row["owner"]), row["goal"]): row["probability"] for row in known.to_dict("records")}
        self._draws: dict[str, np.ndarray] = {}

    def probability(self, owner: str, goal: int) -> float:
        """Give the part of the draws in which an owner reaches a goal, whole minor units."""
        if (owner, goal) not in self._known:
            self._known[owner, goal] = chances.probability(self._of(owner), goal)
        return float(self._known[owner, goal])

    def _of(self, owner: str) -> np.ndarray:
        if owner not in self._draws:
            tree, _ = goals.book(self._context)
            row = tree.frame.set_index("owner", drop=False).loc[owner].to_dict()
            self._draws[owner] = attained.draws_of(uncertain(self._context).drawn, tree, row)
        return self._draws[owner]


def taken_out(context: Context) -> Taken:
    """Take a plan out, with what tells it from others.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    taken = _taken_out(context)
    # Whatever is taken out is told from what was taken out before.
    return replace(taken, marks=replace(taken.marks, export=uuid4().hex))


@unchanged("taken", of_book=True)
def _taken_out(context: Context) -> Taken:
    with plan(context.settings) as database, database.reading() as connection:
        book = opened(connection, context, posted)
        marks = _marks(connection, context, book)
    labels = {month: context.calendar.label(month, "quarter") for month in context.calendar.months(context.year)}
    title = f"{context.settings.company}, goals of FY{context.year} ({context.scenario})"
    quarters = _cut(book, book.rows["period"].map(labels).fillna(""))
    return Taken(marks, title, _rows(context, book), quarters, _cut(book, book.rows["product"]))


def compared(context: Context, brought: Brought, share: bool = False) -> Comparison:
    """Hold what comes back from a file against the book; nothing is written.

    Parameters
    ----------
    context
        Which book.
    brought
        What the file says.
    share
        As for `typed`.

    Raises
    ------
    LedgerError
        If the file is of another book, or of amounts in another currency.
    """
    with plan(context.settings) as database, database.reading() as connection:
        return _compared(connection, context, opened(connection, context, posted), brought, share)


def brought_in(context: Context, brought: Brought, reason: str, actor: str, share: bool = False) -> Comparison:
    """Post what was typed into a file: all of it, or nothing. A file that stands in the book already posts nothing.

    Parameters
    ----------
    context, brought, share
        As for `compared`.
    reason, actor
        Why, and who.

    Raises
    ------
    LedgerError
        With all problems, by cell; or if no reason is given.
    """
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        found = _compared(connection, context, book, brought, share)
        if found.problems:
            raise LedgerError(found.said)
        if found.does is not None:
            _post(connection, book, found.does, reason, actor, f"file {brought.marks.export}")
    return found


def previewed(
    context: Context, typed_goals: Mapping[str, int], share: bool = False, product: str = "", quarter: str = ""
) -> Typed:
    """Say what typed goals would do; nothing is written.

    Parameters
    ----------
    context
        Which book.
    typed_goals
        Whole minor units by owner or name.
    share
        Whether the owners beside share the difference; else it goes onto the account of the parent.
    product, quarter
        If goals of a product line, of a quarter (``FY2027 Q1``) or of a product line in a quarter are meant.

    Raises
    ------
    LedgerError
        If they cannot be met (`planning.goals.editing.typed`).
    """
    return _does(context, seen(context), typed_goals, share, product, quarter)


def typed(
    context: Context,
    typed_goals: Mapping[str, int],
    reason: str,
    actor: str,
    share: bool = False,
    product: str = "",
    quarter: str = "",
) -> Typed:
    """Post goals that were typed for many owners at once, as one transaction.

    Parameters
    ----------
    context, typed_goals, share, product, quarter
        As for `previewed`.
    reason, actor
        Why, and who.

    Raises
    ------
    LedgerError
        If they cannot be met, change nothing, or no reason is given.
    """
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        found = _does(context, book, typed_goals, share, product, quarter)
        if found.entries.empty:
            raise LedgerError("These goals stand in the book already, so this changes nothing.")
        _post(connection, book, found, reason, actor)
    return found


def _does(
    context: Context, book: Book, typed_goals: Mapping[str, int], share: bool, product: str, quarter: str
) -> Typed:
    labels = {month: context.calendar.label(month, "quarter") for month in context.calendar.months(context.year)}
    return typing.typed_in(_ground(context, book), _owners(book, typed_goals), labels, product, quarter, share)


def _rows(context: Context, book: Book) -> pd.DataFrame:
    """Give the rows of a grid: what each owner brought, is expected to bring, and carries."""
    table = ledger.assigned(book.owners, book.rows, METRIC).rename(columns={"assigned": "goal"})
    names = table.set_index("owner")["name"]
    above = table[table["kind"] == "territory"].set_index("territory")["parent"].map(names)
    region = table["territory"].map(above).where(table["kind"] != "region", table["name"])
    steps = goals.outlook(context).steps
    notes = {owner: f"Held: {reason}" for owner, reason in book.frozen.items()} | dict.fromkeys(book.agreed, "Agreed")
    shaped = table.assign(
        region=region.fillna(""),
        last_year=_by_owner(book, [step for step in steps if step.step in baseline.STEPS]),
        expected=_by_owner(book, steps),
        note=[notes.get(owner, "") for owner in table["owner"]],
    )
    return shaped.set_index("owner").loc[_downwards(book.owners)].reset_index()[list(SHEET)]


def _downwards(owners: Owners) -> list[str]:
    """Give all owners, each followed by all below it."""
    below: dict[str, list[str]] = {owner: [] for owner in owners.frame["owner"]}
    for owner, parent in owners.parents.items():
        below[parent].append(owner)
    waiting, order = [str(owners.frame["owner"].iloc[0])], []
    while waiting:
        order.append(waiting.pop())
        waiting += reversed(below[order[-1]])
    return order


def _by_owner(book: Book, steps: list[cascade.Step]) -> np.ndarray:
    """Sum steps for every owner of a book; who is in no book counts for the territory."""
    cells = cascade.expected(steps)
    known = book.owners.positions
    owners = dict(zip(zip(known["territory"], known["rep"], strict=True), known["owner"], strict=True))
    pairs = zip(cells["territory"], cells["rep"], strict=True)
    named = [owners.get(pair, f"territory:{pair[0]}") for pair in pairs]
    carried = book.owners.roll_up(cells["amount"].groupby(pd.Index(named)).sum())
    return carried.reindex(book.owners.frame["owner"]).to_numpy()


def _cut(book: Book, keys: pd.Series) -> pd.DataFrame:
    """Sum what every owner carries by quarter or product line: ``owner``, and a column each."""
    sums = book.rows["amount"].groupby([book.rows["owner"], keys]).sum().unstack(fill_value=0)
    carried = {str(cut or "Not split"): book.owners.roll_up(sums[cut]) for cut in sums.columns if sums[cut].any()}
    return pd.DataFrame(carried).loc[_downwards(book.owners)].rename_axis("owner").reset_index()


def _ground(context: Context, book: Book) -> Ground:
    return Ground(
        book.owners, book.rows, context.calendar.months(context.year), frozenset(book.kept), tell=context.tell
    )


def _owners(book: Book, typed_goals: Mapping[str, int]) -> dict[str, int]:
    """Give typed goals by owner instead of by name."""
    return {book.one(name): goal for name, goal in typed_goals.items()}


def _compared(connection: Connection, context: Context, book: Book, brought: Brought, share: bool) -> Comparison:
    check_marks(brought.marks, _marks(connection, context, book))
    carried, tell = _ground(context, book).carried, context.tell
    found = held_against(brought, book.owners, carried, tell, _since(connection, book, brought.marks.version))
    if found.problems or found.changes.empty:
        return found
    try:
        return replace(found, does=typing.typed(_ground(context, book), found.goals, share))
    except LedgerError as error:
        return replace(found, problems=[line.strip("- ") for line in str(error).splitlines()[1:]])


def _since(connection: Connection, book: Book, version: int) -> Callable[[str], str]:
    """Say who moved an owner's goal after a posting, and why."""

    def since(owner: str) -> str:
        below = set(book.owners.under([owner]))
        touched = postings.touched(connection, book.number, version)
        found = [
            each
            for each in postings.postings(connection, book.number, version)
            if below & touched.get(each.number, set())
        ]
        return f" ({found[-1].actor}: {found[-1].reason})" if found else ""

    return since


def _marks(connection: Connection, context: Context, book: Book) -> Marks:
    posted = postings.postings(connection, book.number)
    begun = posted[0].at.isoformat(timespec="seconds")
    settings = context.settings
    named = f"FY{context.year}|{context.scenario}|{begun}"
    return Marks(named, posted[-1].number, uuid4().hex, settings.currency, settings.minor_digits)


def _post(connection: Connection, book: Book, found: Typed, reason: str, actor: str, reference: str = "") -> None:
    told = f"typed for {int(found.table['typed'].sum())} at once, by {actor}"
    posted = ledger.entries(found.entries, metric=METRIC, step=typing.STEP, reason=reason, source=told)
    books.post(connection, book.number, [Transaction("move", reason, actor, posted, reference)])
