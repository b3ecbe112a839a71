"""Who may log in, and whether a password is theirs."""

import hashlib
import hmac
import os
from dataclasses import replace

from planning.errors import AccessError
from planning.settings import LOGIN_VARIABLE, USER_VARIABLE, Settings
from planning.store import people as store
from planning.store.people import Person
from planning.workbook.context import Context
from planning.workbook.leading import territories
from planning.workbook.place import plan

REPORT = "report_territory.ipynb"

SHORTEST = 10
"""Characters that a password has at least."""

_COST = {"n": 2**14, "r": 8, "p": 1}
"""What a guess costs: some 50 ms and 16 MB (RFC 7914, interactive logins)."""

_YEAR = ("7_plans.ipynb", "8_tracking.ipynb", "9_checkpoints.ipynb", "10_my_week.ipynb", "11_evaluation.ipynb")
"""Pages of the year in course, for those whose year it is and those who lead them."""

_PAGES = {
    "rep": ("index.ipynb", "6_negotiation.ipynb", *_YEAR),
    "viewer": ("index.ipynb", "1_history.ipynb"),
    "manager": ("index.ipynb", "1_history.ipynb", "2_assumptions.ipynb", "6_negotiation.ipynb", *_YEAR, REPORT),
}
"""Pages that a role may open, where it may not open all of them."""

_OF_ONE = ("1_history.ipynb", REPORT)
"""Pages that show people of a territory: who does not see the whole company sees their own territories there."""


def people(settings: Settings) -> list[Person]:
    """List who may log in."""
    with plan(settings) as database, database.reading() as connection:
        return list(store.people(connection).values())


def add(settings: Settings, person: Person, password: str, actor: str) -> None:
    """Let somebody log in, in place of what was said of the user before.

    Parameters
    ----------
    settings, person
        Of which plan, and who.
    password
        Empty for somebody whom a trusted proxy names, who needs none here.
    actor
        Who says so.

    Raises
    ------
    AccessError
        If the role is unknown, a name is missing, or the password is too short.
    """
    if password and len(password) < SHORTEST:
        raise AccessError(f"A password has {SHORTEST} characters or more.")
    with plan(settings) as database, database.writing() as connection:
        store.keep(connection, person, _hashed(password) if password else "", actor)


def remove(settings: Settings, user: str, actor: str) -> None:
    """Let a user no longer log in; pages that are open stop at the next thing that is done.

    Raises
    ------
    AccessError
        If there is no such user.
    """
    with plan(settings) as database, database.writing() as connection:
        store.withdraw(connection, user, actor)


def known(settings: Settings, user: str) -> Person | None:
    """Give who a user is; none if they may not log in."""
    with plan(settings) as database, database.reading() as connection:
        return store.people(connection).get(user)


def matches(settings: Settings, user: str, password: str) -> bool:
    """Say whether a password is the user's; it takes as long whether there is such a user or not."""
    with plan(settings) as database, database.reading() as connection:
        secret = store.secret(connection, user)
    salt, _, wanted = (secret or _hashed("", b"\0" * 16)).removeprefix("scrypt$").partition("$")
    found = _hashed(password, bytes.fromhex(salt)).rpartition("$")[2]
    return hmac.compare_digest(found, wanted) and bool(secret)


def visitor(settings: Settings) -> Person | None:
    """Give who is logged in to the page of this process; none where the server asks for no login.

    Raises
    ------
    AccessError
        If a login is asked for, and the user is unknown or may not log in any more.
    """
    if not os.environ.get(LOGIN_VARIABLE):
        return None
    user = os.environ.get(USER_VARIABLE, "")
    found = known(settings, user) if user else None
    if found is None:
        raise AccessError(f"{user or 'Nobody'} may not log in to this plan. Ask the planner to be added.")
    return found


def may_open(person: Person | None, page: str) -> bool:
    """Say whether somebody may open a page, by its file."""
    return person is None or page in _PAGES.get(person.role, (page,))


def open_page(person: Person | None, page: str) -> None:
    """Refuse a page to whom it is not for.

    Raises
    ------
    AccessError
        If it is not for the person's role.
    """
    if person is not None and not may_open(person, page):
        raise AccessError(f"This page is not for a {person.role}. {person.name} is logged in.")


def placed(context: Context, page: str) -> Context:
    """Give where a page opens for who is asking: on a page about people, in a territory that is theirs.

    Parameters
    ----------
    context
        Where one asks to stand, and who is asking.
    page
        File of the page.

    Raises
    ------
    AccessError
        If the territory is none of their business.
    """
    mine = territories(context)
    if mine is None or (page not in _OF_ONE and not context.territory):
        return context
    name = context.person.name if context.person else ""
    if context.territory and context.territory not in mine:
        raise AccessError(
            f"{context.territory} is not a territory of {name} or of anybody who reports to them. "
            + (f"Theirs: {', '.join(mine)}." if mine else "They have none.")
        )
    if not mine:
        raise AccessError(f"{name} leads nobody who has a territory, so there is nothing to show here.")
    return context if context.territory else replace(context, territory=mine[0])


def _hashed(password: str, salt: bytes = b"") -> str:
    salt = salt or os.urandom(16)
    return f"scrypt${salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, **_COST).hex()}"
