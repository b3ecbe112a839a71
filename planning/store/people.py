"""Who may log in, as whom, and in which role."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from planning.errors import AccessError, unknown_name
from planning.store import schema
from planning.store.clock import now

ROLES = ("planner", "manager", "rep", "viewer")


@dataclass(frozen=True)
class Person:
    """Who is asking.

    Parameters
    ----------
    user
        Name that they log in with.
    name
        Name in the history.
    role
        One of `ROLES`. What somebody may do in a negotiation follows from who manages whom besides.
    """

    user: str
    name: str
    role: str


def people(connection: Connection) -> dict[str, Person]:
    """Read who may log in, by user."""
    return {row.user: Person(row.user, row.person, row.role) for row in _last(connection)}


def secret(connection: Connection, user: str) -> str:
    """Give the hashed password of a user; empty if there is none."""
    table = schema.access
    query = select(table.c.secret, table.c.withdrawn).where(table.c.user == user).order_by(table.c.row.desc())
    row = connection.execute(query.limit(1)).first()
    return "" if row is None or row.withdrawn else str(row.secret)


def keep(connection: Connection, person: Person, hashed: str, actor: str) -> None:
    """Let somebody log in, in place of what was kept of the user before.

    Raises
    ------
    AccessError
        If the role is unknown, or a name is missing.
    """
    if person.role not in ROLES:
        raise AccessError(unknown_name("role", person.role, ROLES))
    if not person.user.strip() or not person.name.strip():
        raise AccessError("Who logs in needs a user name and the name of a person.")
    _keep(connection, person, hashed, False, actor)


def withdraw(connection: Connection, user: str, actor: str) -> None:
    """Let a user no longer log in.

    Raises
    ------
    AccessError
        If there is no such user.
    """
    known = people(connection)
    if user not in known:
        raise AccessError(unknown_name("user", user, known))
    _keep(connection, known[user], "", True, actor)


def _keep(connection: Connection, person: Person, hashed: str, withdrawn: bool, actor: str) -> None:
    values = {"user": person.user, "person": person.name, "role": person.role, "secret": hashed}
    connection.execute(insert(schema.access).values(withdrawn=withdrawn, actor=actor, at=now(), **values))


def _last(connection: Connection):  # type: ignore[no-untyped-def]
    table = schema.access
    newest = select(func.max(table.c.row)).group_by(table.c.user)
    # Not the secrets: somebody who is logged in may not read them.
    columns = (table.c.user, table.c.person, table.c.role)
    query = select(*columns).where(table.c.row.in_(newest), table.c.withdrawn.is_(False)).order_by(table.c.user)
    return connection.execute(query).all()
