"""What routine work was done already, so that a scheduler may run it as often as it likes."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import takewhile

from planning.history import results
from planning.history.engine import open_history
from planning.periods import last_day
from planning.store import documents
from planning.store.documents import Document
from planning.workbook import access
from planning.workbook.context import Context
from planning.workbook.outbox import addresses, letter, post
from planning.workbook.place import PLANNER, reading, writing
from planning.workbook.tracking import closing

KIND = "routine"
TICK = "planning tick"
"""Who does routine work, where nobody logs in."""


def done(context: Context, what: str) -> bool:
    """Say whether a piece of routine work was done."""
    with reading(context) as connection:
        return documents.document(connection, context.year, context.scenario, KIND, "", what) is not None


def note(context: Context, what: str, came: str) -> None:
    """Remember that a piece of routine work was done, and what came of it.

    Raises
    ------
    AccessError
        If somebody other than a planner is logged in.
    """
    with writing(context, "do routine work", PLANNER) as connection:
        last = documents.document(connection, context.year, context.scenario, KIND, "", what)
        written = replace(last or Document(KIND, "", key=what), body={"came": came})
        documents.keep(connection, context.year, context.scenario, written, context.actor(TICK))


def months_over(context: Context, day: date) -> list[str]:
    """Give the months of the year in course that are over as of a day and whose results are in."""
    with open_history(context.settings) as history:
        _, last = results.months_in(history)
    return [month for month in context.calendar.months(context.year) if month <= last and last_day(month) < day]


def months_to_close(context: Context) -> list[str]:
    """Give the months that can be closed and whose closing was not proposed yet."""
    table = closing.standing(context)
    ready = table.loc[table["state"] == "to close", "month"]
    return [str(month) for month in ready if not done(context, f"close {month}")]


def close_due(context: Context, day: date) -> list[str]:
    """Close the months that the rule of the workspace says are to be closed as of a day, in order.

    A month that somebody opened again is theirs to close, and so are those after it.

    Returns
    -------
    The months that were closed; none where the workspace has no such rule.

    Raises
    ------
    AccessError
        If somebody other than a planner is logged in.
    """
    after = context.settings.close_after_days
    if after is None:
        return []
    with open_history(context.settings) as history:
        months = [each for each in closing.closings(context) if not each.closed]
        due = list(takewhile(
            lambda each: each.state == "open" and last_day(each.month) + timedelta(days=after) <= day
            and results.is_complete(history, context.calendar, each.month),
            months,
        ))  # fmt: skip
    reason = f"By the rule of the workspace: {after} days after the month's end, once its results are in."
    for each in due:
        closing.close(context, each.month, TICK, reason)
    return [each.month for each in due]


def propose_close(context: Context, month: str) -> dict[str, str]:
    """Tell planners that a month can be closed, once.

    Returns
    -------
    What became of each person's message (`planning.workbook.outbox.post`).
    """
    settings, book = context.settings, addresses(context.settings)
    planners = [each.name for each in access.people(settings) if each.role == "planner"]
    lines = [f"all results of {month} are in at {settings.company}. To freeze what was reported for it:", "",
             f"planning close {month}"]  # fmt: skip
    subject = f"{month} can be closed, FY{context.year}"
    letters = [letter(settings, book, who, f"close {month}", subject, [f"{who},", "", *lines]) for who in planners]
    became = post(settings, letters)
    note(context, f"close {month}", ", ".join(planners))
    return became


def tell_of_reports(context: Context, month: str, where: str) -> dict[str, str]:
    """Tell planners and managers who log in with a mail address where the reports of a month are.

    Returns
    -------
    What became of each person's message (`planning.workbook.outbox.post`).
    """
    settings, book = context.settings, addresses(context.settings)
    people = [each.name for each in access.people(settings) if each.role in ("planner", "manager")]
    lines = [f"the reports of {settings.company} with the results of {month} are made:", "", where]
    subject = f"Reports of {month}, FY{context.year}"
    return post(
        settings,
        [letter(settings, book, who, f"reports {month}", subject, [f"{who},", "", *lines]) for who in people],
    )
