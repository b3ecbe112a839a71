"""Reminders to those who have to move: written as messages into a folder, and sent where a mail server is set."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pandas as pd

from planning.errors import SettingsError
from planning.settings import Settings, safe_name
from planning.workbook import access
from planning.workbook.context import Context
from planning.workbook.negotiation import overview
from planning.workbook.negotiation.seats import today
from planning.workbook.place import PLANNER, writing

_PATIENCE = 20
"""Seconds that a mail server has to answer."""


@dataclass(frozen=True)
class Reminder:
    """A message to somebody who has to move.

    Parameters
    ----------
    person
        Who.
    address
        Where to; empty if nobody has said, and the message waits in the folder.
    goals
        Of whom the goals are that wait.
    message
        What is sent.
    """

    person: str
    address: str
    goals: list[str]
    message: EmailMessage


def reminders(context: Context) -> list[Reminder]:
    """Write a message to everybody who has to move in a negotiation, one each."""
    table = overview.waiting(context)
    address = {each.name: each.user for each in access.people(context.settings) if "@" in each.user}
    return [_reminder(context, str(name), rows, address) for name, rows in table.groupby("person", sort=True) if name]


def remind(context: Context) -> dict[str, str]:
    """Put reminders into the outbox of the workspace, one a person and day, and send those that can be sent.

    Returns
    -------
    What became of each person's: ``sent``, ``waits`` (in the folder: no mail server, or no address), or ``already``
    (reminded today).

    Raises
    ------
    AccessError
        If somebody other than a planner is logged in.
    SettingsError
        If the mail server cannot be reached or refuses; the messages stay in the folder and are sent next time.
    """
    with writing(context, "remind people", PLANNER):
        pass
    folder = context.settings.workspace / "outbox"
    done = folder / "sent"
    done.mkdir(parents=True, exist_ok=True)
    found: dict[str, str] = {}
    waiting: list[tuple[Reminder, Path]] = []
    for each in reminders(context):
        name = f"{today().isoformat()} {safe_name(each.person)}.eml"
        if (done / name).exists():
            found[each.person] = "already"
            continue
        (folder / name).write_bytes(bytes(each.message))
        found[each.person] = "waits"
        if each.address and context.settings.smtp:
            waiting.append((each, folder / name))
    return found | dict.fromkeys(_sent(context.settings, waiting), "sent")


def _sent(settings: Settings, waiting: list[tuple[Reminder, Path]]) -> list[str]:
    """Send messages, and move each that is sent out of the way at once, so that none is sent twice."""
    if not waiting:
        return []
    host, _, port = settings.smtp.partition(":")
    found = []
    try:
        with smtplib.SMTP(host, int(port or 25), timeout=_PATIENCE) as server:
            for each, file in waiting:
                server.send_message(each.message)
                file.rename(file.parent / "sent" / file.name)
                found.append(each.person)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise SettingsError(
            f"The mail server {settings.smtp} did not take the reminders ({error}); {len(found)} were sent, the "
            f"others wait in {waiting[0][1].parent}."
        ) from error
    return found


def _reminder(context: Context, person: str, rows: pd.DataFrame, address: dict[str, str]) -> Reminder:
    settings, to = context.settings, address.get(person, "")
    message = EmailMessage()
    message["Subject"] = f"{len(rows)} {'goal waits' if len(rows) == 1 else 'goals wait'} for you, FY{context.year}"
    message["To"] = to or "undisclosed-recipients:;"
    message["From"] = settings.mail_from or "planning@localhost"
    lines = [f"{person},", "", f"these goals of {settings.company} for FY{context.year} wait for you:", ""]
    lines += [f"- {row['rep']}: {_since(row)}" for row in rows.to_dict("records")]
    due = str(rows["due"].iloc[0])
    if due:
        lines += ["", f"The deadline {'was' if bool(rows['late'].iloc[0]) else 'is'} {due}."]
    message.set_content("\n".join(lines) + "\n")
    return Reminder(person, to, list(rows["rep"]), message)


def _since(row: dict[str, object]) -> str:
    if row["state"] == "not started":
        return "not begun"
    days = f", {row['days']} days ago" if row["days"] else ", today"
    asked = f"; {row['questions']} open questions" if row["questions"] else ""
    return f"{row['state']}, {row['last_move']}{days}{asked}"
