"""Messages to people: written into the workspace's outbox, and sent where a mail server is set; none goes twice."""

import smtplib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path

from planning.errors import SettingsError
from planning.settings import Settings, safe_name
from planning.workbook import access

_PATIENCE = 20
"""Seconds that a mail server has to answer."""


@dataclass(frozen=True)
class Letter:
    """A message to somebody.

    Parameters
    ----------
    person
        Who.
    address
        Where to; empty if nobody has said, and the message waits in the folder.
    name
        Tells it apart: a second message of the same name to the same person is not sent.
    message
        What is sent.
    """

    person: str
    address: str
    name: str
    message: Message


def addresses(settings: Settings) -> dict[str, str]:
    """Give the mail address of everybody who logs in with one, by name."""
    return {each.name: each.user for each in access.people(settings) if "@" in each.user}


def letter(
    settings: Settings, book: Mapping[str, str], person: str, name: str, subject: str, lines: Sequence[str]
) -> Letter:
    """Write a message.

    Parameters
    ----------
    settings
        Of the workspace.
    book
        Address by person (`addresses`).
    person, name
        To whom, and what tells the message apart.
    subject, lines
        What it says.
    """
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["To"] = book.get(person, "") or "undisclosed-recipients:;"
    message["From"] = settings.mail_from or "planning@localhost"
    message.set_content("\n".join(lines) + "\n")
    return Letter(person, book.get(person, ""), name, message)


def post(settings: Settings, letters: Iterable[Letter]) -> dict[str, str]:
    """Put messages into the outbox, and send those that can be sent.

    Returns
    -------
    What became of each person's: ``sent``, ``waits`` (in the folder: no mail server, or no address), or ``already``
    (sent before).

    Raises
    ------
    SettingsError
        If the mail server cannot be reached or refuses; the messages stay in the folder and are sent next time.
    """
    folder = settings.workspace / "outbox"
    done = folder / "sent"
    done.mkdir(parents=True, exist_ok=True)
    found: dict[str, str] = {}
    waiting: list[tuple[Letter, Path]] = []
    for each in letters:
        name = f"{each.name} {safe_name(each.person)}.eml"
        if (done / name).exists():
            found[each.person] = "already"
            continue
        (folder / name).write_bytes(bytes(each.message))
        found[each.person] = "waits"
        if each.address and settings.smtp:
            waiting.append((each, folder / name))
    return found | dict.fromkeys(_sent(settings, waiting), "sent")


def send_waiting(settings: Settings) -> int:
    """Send what an earlier try could not, where a mail server is set; gives how many messages were sent.

    Raises
    ------
    SettingsError
        If the mail server cannot be reached or refuses.
    """
    folder = settings.workspace / "outbox"
    if not settings.smtp or not folder.is_dir():
        return 0
    (folder / "sent").mkdir(exist_ok=True)
    files = [(file, message_from_bytes(file.read_bytes())) for file in sorted(folder.glob("*.eml"))]
    waiting = [
        (Letter(str(message["To"]), str(message["To"]), file.stem, message), file)
        for file, message in files
        if "@" in str(message["To"])
    ]
    return len(_sent(settings, waiting))


def _sent(settings: Settings, waiting: list[tuple[Letter, Path]]) -> list[str]:
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
