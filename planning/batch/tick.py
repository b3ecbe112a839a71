"""Routine work, for a scheduler: whatever is due and not done is done; run again, it does nothing twice."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

if sys.platform != "win32":
    import fcntl

from planning.batch import sheets
from planning.batch.batch import run_batch
from planning.errors import BatchError, PlanningError
from planning.settings import Settings
from planning.workbook import outbox, reports
from planning.workbook.context import Context
from planning.workbook.tracking import closing, reminders, routine
from planning.workbook.tracking.sheets import coming

_HOW = {"sent": "sent", "waits": "waiting in the outbox", "already": "told before"}
AHEAD = 3
"""Days before a conversation from which on its sheet is there."""


class BusyError(BatchError):
    """Another tick is at work just now; nothing was done."""


@dataclass
class Ticked:
    """What a tick did.

    Parameters
    ----------
    did
        What was done, a sentence each; nothing if nothing was due.
    problems
        What could not be done, and why; the rest was done all the same.
    """

    did: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def tick(context: Context, day: date, ahead: int = AHEAD) -> Ticked:
    """Do the routine work that is due as of a day: sheets, reminders, reports of the month.

    Parameters
    ----------
    context
        Where one stands.
    day
        As of when.
    ahead
        Days that sheets and reminders come beforehand.

    Raises
    ------
    BusyError
        If another tick is at work in the workspace.
    """
    found = Ticked()
    steps: Mapping[str, Callable[[], list[str]]] = {
        "Sheets": lambda: _sheets(context, day, ahead),
        "Messages that waited": lambda: _waited(context.settings),
        "Reminders": lambda: _reminders(context, day, ahead),
        "Months to close": lambda: _to_close(context, day),
        "Reports of the month": lambda: _reports(context, day),
    }
    with _alone(context.settings):
        for name, step in steps.items():
            try:
                found.did += step()
            except PlanningError as error:
                found.problems.append(f"{name}: {error}")
    return found


def _sheets(context: Context, day: date, ahead: int) -> list[str]:
    told = []
    for order in coming(context, day, ahead):
        made = sheets.make(context.settings, [order])
        if made.failures:
            raise BatchError("; ".join(made.failures))
        if made.made:
            told.append(
                f"{made.made} {'sheet' if made.made == 1 else 'sheets'} of {order.edition}: {made.results[0].index}"
            )
    return told


def _waited(settings: Settings) -> list[str]:
    sent = outbox.send_waiting(settings)
    return [f"{sent} messages that had waited were sent"] if sent else []


def _reminders(context: Context, day: date, ahead: int) -> list[str]:
    became = reminders.remind(context, day, ahead)
    counts = Counter(became.values())
    return [
        f"{count} {'person was' if count == 1 else 'people were'} reminded ({_HOW[how]})"
        for how, count in sorted(counts.items())
    ]


def _to_close(context: Context, day: date) -> list[str]:
    """Close what the rule of the workspace says; propose once to close what else can be, which is for the planner."""
    view = closing.year_to_close(context)
    if view is None:
        return []
    told = [f"{month} was closed, as the workspace's rule says" for month in routine.close_due(view, day)]
    for month in routine.months_to_close(view):
        became = routine.propose_close(view, month)
        told.append(f"{month} can be closed; told: {', '.join(sorted(became)) or 'nobody, since no planner logs in'}")
    return told


def _reports(context: Context, day: date) -> list[str]:
    """Make the reports once after each month whose results are in, and tell who waits for them."""
    over = routine.months_over(context, day)
    # What was due before the last month is told by its reports as well.
    if not over or routine.done(context, f"reports {over[-1]}"):
        return []
    order = reports.order(context, [], {})
    with reports.record(context.settings) as log:
        result = run_batch(
            order.notebook, order.territories, order.parameters, context.settings, log,
            fingerprint=order.fingerprint, edition=order.edition,
        )  # fmt: skip
    if result.failures:
        raise BatchError("; ".join(result.failures))
    became = routine.tell_of_reports(context, over[-1], str(result.index))
    routine.note(context, f"reports {over[-1]}", str(result.index))
    told = f"; told: {', '.join(sorted(became))}" if became else ""
    return [f"the reports with the results of {over[-1]} were made: {result.index}{told}"]


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let no second tick work in the workspace at once; the system lets go when one ends, however it does."""
    place = settings.scratch / "tick.lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as handle:
        try:
            if sys.platform != "win32":
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"Another tick is at work in {settings.workspace} just now; nothing was done.") from error
        yield
