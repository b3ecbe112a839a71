"""Reminders to those who have to move in a negotiation, one a person and day."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from planning.workbook.context import Context
from planning.workbook.negotiation import overview
from planning.workbook.negotiation.seats import today
from planning.workbook.outbox import Letter, addresses, letter, post
from planning.workbook.place import PLANNER, writing


@dataclass(frozen=True)
class Reminder(Letter):
    """A message to somebody who has to move.

    Parameters
    ----------
    goals
        Of whom the goals are that wait.
    """

    goals: list[str]


def reminders(context: Context) -> list[Reminder]:
    """Write a message to everybody who has to move in a negotiation, one each."""
    table, book = overview.waiting(context), addresses(context.settings)
    return [_reminder(context, str(name), rows, book) for name, rows in table.groupby("person", sort=True) if name]


def remind(context: Context) -> dict[str, str]:
    """Put reminders into the outbox of the workspace, one a person and day, and send those that can be sent.

    Returns
    -------
    What became of each person's (`planning.workbook.outbox.post`).

    Raises
    ------
    AccessError
        If somebody other than a planner is logged in.
    SettingsError
        If the mail server cannot be reached or refuses; the messages stay in the folder and are sent next time.
    """
    with writing(context, "remind people", PLANNER):
        pass
    return post(context.settings, reminders(context))


def _reminder(context: Context, person: str, rows: pd.DataFrame, book: Mapping[str, str]) -> Reminder:
    settings = context.settings
    subject = f"{len(rows)} {'goal waits' if len(rows) == 1 else 'goals wait'} for you, FY{context.year}"
    lines = [f"{person},", "", f"these goals of {settings.company} for FY{context.year} wait for you:", ""]
    lines += [f"- {row['rep']}: {_since(row)}" for row in rows.to_dict("records")]
    due = str(rows["due"].iloc[0])
    if due:
        lines += ["", f"The deadline {'was' if bool(rows['late'].iloc[0]) else 'is'} {due}."]
    made = letter(settings, book, person, today().isoformat(), subject, lines)
    return Reminder(made.person, made.address, made.name, made.message, list(rows["rep"]))


def _since(row: dict[str, object]) -> str:
    if row["state"] == "not started":
        return "not begun"
    days = f", {row['days']} days ago" if row["days"] else ", today"
    asked = f"; {row['questions']} open questions" if row["questions"] else ""
    return f"{row['state']}, {row['last_move']}{days}{asked}"
