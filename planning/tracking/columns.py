"""Columns of a grid as one person wants them: which, in which order, and own ones with what stands in them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from planning.errors import TrackingError

BUILT_IN: dict[str, str] = {
    "what": "What", "owner": "Who", "whom": "For", "due": "Until", "state": "Stands", "begin": "Begins",
    "note": "What came of it", "source": "Promised at",
}  # fmt: skip
"""Columns that everybody has, and how people call them."""

MOST, LONGEST_NAME, LONGEST = 12, 40, 300
"""Own columns at most, letters of a name, letters of a cell."""


@dataclass(frozen=True)
class Columns:
    """One person's columns.

    Parameters
    ----------
    order
        All columns, in their order.
    hidden
        Those that are not shown.
    names
        Own columns: name by identity.
    values
        What stands in them, by identity and row.
    """

    order: tuple[str, ...] = tuple(BUILT_IN)
    hidden: tuple[str, ...] = ("begin", "source")
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def label(self, column: str) -> str:
        """Say how a column is called."""
        return self.names.get(column) or BUILT_IN[column]

    def added(self, identity: str, name: str) -> "Columns":
        """Add a column of one's own.

        Raises
        ------
        TrackingError
            If it has no name, one that is taken, or there are too many.
        """
        bare = " ".join(name.split())
        taken = {self.label(each).lower() for each in self.order}
        if not bare or len(bare) > LONGEST_NAME or bare.lower() in taken:
            raise TrackingError(f"A column needs a name of its own, of {LONGEST_NAME} letters at most.")
        if len(self.names) >= MOST:
            raise TrackingError(f"You have {MOST} columns of your own; remove one first.")
        return replace(self, order=(*self.order, identity), names={**self.names, identity: bare})

    def without(self, column: str) -> "Columns":
        """Remove a column of one's own, with what stands in it; the others can only be hidden.

        Raises
        ------
        TrackingError
            If it is no own one.
        """
        if column not in self.names:
            raise TrackingError(f"{self.label(column)} can be hidden, and not removed: it is the workbook's own.")
        kept = tuple(each for each in self.order if each != column)
        hidden = tuple(each for each in self.hidden if each != column)
        names = {each: name for each, name in self.names.items() if each != column}
        values = {each: cells for each, cells in self.values.items() if each != column}
        return Columns(kept, hidden, names, values)

    def moved(self, column: str, by: int) -> "Columns":
        """Move a column to the left (below zero) or right, past those that are shown.

        Examples
        --------
        >>> Columns().moved("due", -1).order[:4]
        ('what', 'owner', 'due', 'whom')
        """
        order = list(self.order)
        place = order.index(column)
        to = min(max(place + by, 0), len(order) - 1)
        while 0 < to < len(order) - 1 and order[to] in self.hidden:
            to += 1 if by > 0 else -1
        order.insert(to, order.pop(place))
        return replace(self, order=tuple(order))

    def toggled(self, column: str) -> "Columns":
        """Hide a column, or show it again.

        Raises
        ------
        TrackingError
            If nothing would be left.
        """
        if column in self.hidden:
            return replace(self, hidden=tuple(each for each in self.hidden if each != column))
        if len(self.hidden) + 1 == len(self.order):
            raise TrackingError("One column has to stay.")
        return replace(self, hidden=(*self.hidden, column))

    def typed(self, column: str, row: str, text: str) -> "Columns":
        """Put a text into a cell of an own column; an empty one empties it.

        Raises
        ------
        TrackingError
            If it is no own column, or the text is too long.
        """
        if column not in self.names:
            raise TrackingError("Only columns of your own can be typed into.")
        if len(text.strip()) > LONGEST:
            raise TrackingError(f"A cell holds {LONGEST} letters; this has {len(text.strip())}.")
        cells = {each: said for each, said in self.values.get(column, {}).items() if each != row}
        cells |= {row: text.strip()} if text.strip() else {}
        return replace(self, values={**self.values, column: cells})


def body(columns: Columns) -> dict[str, Any]:
    """Write columns as JSON can hold them."""
    return asdict(columns)


def read(said: Mapping[str, Any]) -> Columns:
    """Read columns as `body` wrote them; what the workbook has got since stands at the end, hidden."""
    new = tuple(each for each in BUILT_IN if each not in said["order"])
    return Columns((*said["order"], *new), (*said["hidden"], *new), said["names"], said["values"])
