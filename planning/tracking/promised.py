"""What was promised at the last conversations, as it stands on top of the next sheet."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

import pandas as pd

from planning.tracking.actions import Action

SOURCE = "checkpoint:"
"""Before the key of the checkpoint at which an action was promised, in the action's source."""

Stand = Literal["late", "carried over", "open", "done", "dropped"]
STANDS: tuple[Stand, ...] = ("late", "carried over", "open", "done", "dropped")
COLUMNS = ("what", "owner", "due", "stands", "days", "note", "key")


def source(key: str) -> str:
    """Name a checkpoint as the source of what was promised at it.

    Examples
    --------
    >>> source("weekly:2027-02-28")
    'checkpoint:weekly:2027-02-28'
    """
    return SOURCE + key


def stand(action: Action, last: str, day: date) -> Stand:
    """Say where an action stands as of a day.

    Parameters
    ----------
    action
        The action.
    last
        Key of the last conversation before the day; what was promised before it and is open was carried over.
    day
        As of when.
    """
    if action.state != "open":
        return action.state
    if action.late(day):
        return "late"
    return "open" if action.source == source(last) or not action.source.startswith(SOURCE) else "carried over"


def promised(actions: Iterable[Action], held: Sequence[str], day: date) -> pd.DataFrame:
    """Give what was promised: all that is not done, and what was settled since the last conversation.

    Parameters
    ----------
    actions
        Actions that concern one rep, wherever they were promised.
    held
        Keys of the conversations with the rep before the day, in their order.
    day
        As of when.

    Returns
    -------
    `COLUMNS`, late ones first: ``stands`` is one of `STANDS`, ``days`` how many it is late.
    """
    last = held[-1] if held else ""
    told = [(each, stand(each, last, day)) for each in actions]
    # What was settled of earlier conversations was on an earlier sheet.
    shown = [(each, stands) for each, stands in told if each.state == "open" or each.source == source(last)]
    rows = [
        (
            each.what,
            each.owner,
            each.due,
            stands,
            (day - each.due).days if stands == "late" else 0,
            each.note,
            each.key,
        )
        for each, stands in sorted(shown, key=lambda pair: (STANDS.index(pair[1]), pair[0].due, pair[0].what))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"days": "int64"})
