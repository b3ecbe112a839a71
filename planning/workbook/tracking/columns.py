"""The columns that a person has chosen for the grid of actions, and what they typed into those of their own."""

from planning.tracking import columns as shape
from planning.tracking.columns import Columns
from planning.workbook.context import Context
from planning.workbook.tracking import mine

KIND = "own_columns"
_GRID = "actions"


def own(context: Context, actor: str) -> Columns:
    """Give one's own columns; the usual ones where nothing was chosen."""
    kept = mine.kept(context, KIND, actor)
    return shape.read(kept[_GRID].body) if _GRID in kept else Columns()


def keep(context: Context, columns: Columns, actor: str) -> None:
    """Keep one's own columns.

    Raises
    ------
    AccessError
        If it is not for who is asking to write.
    """
    mine.keep(context, KIND, _GRID, shape.body(columns), actor)
