"""A calendar of one's own that other programs may read: its address is made and revoked by the person alone."""

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import date

from planning.errors import AccessError, LedgerError
from planning.settings import Settings
from planning.store import documents
from planning.tracking.entries import Entry
from planning.workbook import access
from planning.workbook.context import PLAN, Context
from planning.workbook.place import plan, stand
from planning.workbook.tracking import mine
from planning.workbook.tracking.schedule import entries
from planning.workbook.tracking.team import day as as_of

KIND = "calendar_feed"
_BYTES = 32
"""Of chance in an address, so that it cannot be guessed (256 bits)."""


def open_feed(context: Context, actor: str) -> str:
    """Make the secret of a calendar of one's own; the one before it holds no longer.

    Returns
    -------
    The secret, which is told this once: the store keeps only its hash.
    """
    secret = secrets.token_urlsafe(_BYTES)
    mine.keep(_of_no_year(context), KIND, "", {"hash": _hash(secret)}, actor)
    return secret


def close_feed(context: Context, actor: str) -> None:
    """Let nobody read the calendar any more."""
    mine.keep(_of_no_year(context), KIND, "", {}, actor)


def is_open(context: Context, actor: str) -> bool:
    """Say whether an address of one's own calendar holds."""
    return bool(mine.kept(_of_no_year(context), KIND, actor))


def read(settings: Settings, secret: str) -> tuple[Context, str, list[Entry]]:
    """Give whose calendar a secret opens, and what stands in it.

    Parameters
    ----------
    settings
        Of the workspace.
    secret
        As it stands in the address.

    Returns
    -------
    Where the person stands, their name, and their own entries.

    Raises
    ------
    AccessError
        If it opens no calendar: it is wrong, was revoked, or the person may not log in any more.
    """
    context = stand(str(settings.workspace))
    name = _owner(context, secret)
    logins = access.people(settings)
    person = next((each for each in logins if each.name == name), None)
    if not name or (logins and person is None):
        raise AccessError("There is no such calendar.")
    whose = replace(context, person=person)
    try:
        return whose, name, entries(whose, as_of(whose), name)
    except LedgerError:
        # A year without goals has no conversations yet: the calendar is there, and empty.
        return whose, name, []


def file(context: Context, day: date, actor: str) -> tuple[str, list[Entry]]:
    """Give one's name, and what stands in the calendar of one's own.

    Raises
    ------
    AccessError
        If nobody says who is asking.
    """
    me = context.actor(actor).strip()
    if not me:
        raise AccessError("Say whose calendar it is to be.")
    return me, entries(context, day, me)


def _owner(context: Context, secret: str) -> str:
    """Find whose secret it is; each is looked at, so that time tells nothing."""
    wanted, found = _hash(secret), ""
    with plan(context.settings) as database, database.reading() as connection:
        of = _of_no_year(context)
        kept = documents.documents(connection, of.year, of.scenario, KIND)
    for each in kept:
        # Who wrote it is told by the store: nobody can open a calendar in another's name.
        if hmac.compare_digest(str(each.body["hash"]), wanted) and each.actor == each.whom:
            found = each.whom
    return found


def _of_no_year(context: Context) -> Context:
    """Give the place of what holds in every year: an address goes on with the next one."""
    return replace(context, year=0, scenario=PLAN)


def _hash(secret: str) -> str:
    # A secret of 256 bits of chance needs no slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()
