"""Who may read and write which rows, held by the database itself: row-level security of PostgreSQL.

A transaction of somebody who is logged in takes on a role that owns nothing and is let past nothing, and says who it
is; the policies look up what that person may do. Without a person it sees no row of anybody. SQLite has no roles:
there, who can open the file can read it, and the workbook's own functions are the only guard.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from planning.errors import StoreError
from planning.store import schema

ROLE = "planning_person"
"""The role of PostgreSQL that a transaction takes on for somebody who is logged in."""


@dataclass(frozen=True)
class Asking:
    """Who is asking the database.

    Parameters
    ----------
    user
        Name they log in with. Which person and which role that is, the database looks up itself.
    leads
        Everybody who reports to them, directly or through others: it comes from the history, which lies elsewhere.
    managed
        Everybody who has a manager; any manager leads who has none.
    """

    user: str
    leads: Sequence[str] = ()
    managed: Sequence[str] = ()


def take_on(connection: Connection, asking: Asking) -> None:
    """Let the rest of a transaction see and write what a person may; nothing on a database without roles."""
    if connection.dialect.name != "postgresql":
        return
    told = {"user": asking.user, "leads": json.dumps(list(asking.leads)), "managed": json.dumps(list(asking.managed))}
    names = ", ".join(f"set_config('planning.{name}', :{name}, true)" for name in told)
    connection.execute(text(f"SELECT {names}"), told)
    connection.execute(text(f"SET LOCAL ROLE {ROLE}"))


def limited(connection: Connection) -> bool:
    """Say whether the transaction sees only what a person may."""
    query = "SELECT row_security_active('entry')"
    return connection.dialect.name == "postgresql" and bool(connection.execute(text(query)).scalar())


def enforce(connection: Connection) -> None:
    """Write the policies into the database.

    Raises
    ------
    StoreError
        If the database's user may not make the role that they need.
    """
    if connection.dialect.name != "postgresql":
        return
    _role(connection)
    for name, returns, body in _FUNCTIONS:
        # They look up what the person may not read, so they run as the plan's owner, and find its tables alone.
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION planning_{name}() RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER "
            f"SET search_path FROM CURRENT AS $$ {body} $$"
        )
    # A table that a later migration makes is not there yet, and is written into then.
    there = set(inspect(connection).get_table_names())
    for table in (each for each in schema.METADATA.sorted_tables if each.name in there):
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY")
        for action, wanted in _policies(table.name).items():
            clause = "WITH CHECK" if action == "INSERT" else "USING"
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS planning_{action.lower()} ON {table.name}")
            connection.exec_driver_sql(
                f"CREATE POLICY planning_{action.lower()} ON {table.name} FOR {action} TO {ROLE} {clause} ({wanted})"
            )
            columns = f"({', '.join(_READABLE[table.name])})" if (table.name in _READABLE) else ""
            connection.exec_driver_sql(f"GRANT {action} {columns} ON {table.name} TO {ROLE}")
    connection.exec_driver_sql(f"GRANT SELECT ON {schema.chain_head.name} TO {ROLE}")
    place = connection.execute(text("SELECT quote_ident(current_schema())")).scalar()
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {place} TO {ROLE}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {place} TO {ROLE}")


def open_tables(connection: Connection) -> list[str]:
    """Name the tables on which row-level security was switched off."""
    if connection.dialect.name != "postgresql":
        return []
    query = "SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass(:table)"
    names = [table.name for table in schema.METADATA.sorted_tables]
    return [name for name in names if connection.execute(text(query), {"table": name}).scalar() is False]


def _role(connection: Connection) -> None:
    """Make the role, once a server, and let the plan's own user take it on."""
    try:
        with connection.begin_nested():
            # Two plans of one server may be made at once.
            connection.exec_driver_sql(
                f"DO $$ BEGIN IF to_regrole('{ROLE}') IS NULL THEN CREATE ROLE {ROLE} NOLOGIN; END IF; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
            member = f"SELECT pg_has_role(current_user, '{ROLE}', 'MEMBER')"
            if not connection.execute(text(member)).scalar():
                connection.exec_driver_sql(f"GRANT {ROLE} TO CURRENT_USER")
    except (ProgrammingError, DBAPIError) as error:
        raise StoreError(
            f"The plan's database needs a role for people who log in, and may not make it ({error.orig}). Let the "
            f"server's administrator do it once: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO the plan's user."
        ) from error


_LISTED = (
    "ARRAY(SELECT jsonb_array_elements_text("
    "COALESCE(NULLIF(current_setting('planning.{0}', true), ''), '[]')::jsonb))"
)

_FUNCTIONS = (
    (
        "me",
        "TABLE (name text, role text)",
        """
        SELECT person, role FROM (
            SELECT person, role, withdrawn FROM access
            WHERE "user" = current_setting('planning.user', true) ORDER BY "row" DESC LIMIT 1
        ) AS last WHERE NOT withdrawn
        """,
    ),
    ("name", "text", "SELECT name FROM planning_me()"),
    ("role", "text", "SELECT role FROM planning_me()"),
    (
        "seen",
        "TABLE (book bigint, rep text)",
        # What `Seats.role` says of a thread, in the database's words.
        f"""
        WITH led AS (SELECT {_LISTED.format("leads")} AS leads, {_LISTED.format("managed")} AS managed),
        given AS (
            SELECT DISTINCT ON (book, rep) book, rep, kind, detail::jsonb ->> 'to' AS whom,
                COALESCE(detail::jsonb ->> 'until', '') AS until
            FROM event WHERE kind IN ('delegate', 'hand_over') ORDER BY book, rep, sequence DESC
        ),
        handed AS (
            SELECT DISTINCT ON (book, rep) book, rep, detail::jsonb ->> 'to' AS whom
            FROM event WHERE kind = 'hand_over' ORDER BY book, rep, sequence DESC
        ),
        every AS (SELECT DISTINCT book, rep FROM owner WHERE rep <> '')
        SELECT every.book, every.rep
        FROM planning_me() AS me CROSS JOIN led CROSS JOIN every
        LEFT JOIN handed USING (book, rep) LEFT JOIN given USING (book, rep)
        WHERE me.role = 'planner' OR every.rep = me.name
            OR COALESCE(handed.whom = me.name OR handed.whom = ANY (led.leads), every.rep = ANY (led.leads))
            OR (me.role = 'manager' AND handed.whom IS NULL AND NOT every.rep = ANY (led.managed))
            OR (given.kind = 'delegate' AND given.whom = me.name
                AND (given.until = '' OR given.until >= to_char(now() AT TIME ZONE 'utc', 'YYYY-MM-DD')))
        """,
    ),
)

# Asked once a query, not once a row.
_I = "(SELECT planning_name())"
_MY = "(SELECT planning_role())"
_PLANNER = f"{_MY} = 'planner'"
_LEADER = f"{_MY} IN ('planner', 'manager')"
_SEEN = "(book, rep) IN (SELECT book, rep FROM planning_seen())"
_SIDE = f"(side = 'rep') = (rep = {_I})"
_MOVES = f"{_PLANNER} OR ({_MY} IN ('manager', 'rep') AND kind = 'agreement' AND actor = {_I})"
_SETTLES = f"{_PLANNER} OR step IN ('agreed', 'adjusted', 'carried')"
_CARRIED = (
    f"{_PLANNER} OR owner NOT IN (SELECT owner FROM owner WHERE kind = 'position') OR owner IN "
    "(SELECT owner FROM owner WHERE (book, rep) IN (SELECT book, rep FROM planning_seen()))"
)
_OWN_LINES = (
    f"line IN (SELECT l.line FROM line AS l JOIN posting AS p USING (posting) "
    f"WHERE p.kind = 'agreement' AND p.actor = {_I})"
)
_MINE = "\"user\" = current_setting('planning.user', true)"

_BUSINESS = (
    f"{_PLANNER} OR whom = {_I} OR whom = ANY ({_LISTED.format('leads')}) "
    "OR whom IN (SELECT rep FROM planning_seen())"
)

_PRIVATE = ", ".join(f"'{kind}'" for kind in schema.PRIVATE)
_TO_READ = f"kind NOT IN ({_PRIVATE}) OR actor = {_I}"

_ALL = {"SELECT": f"{_MY} IS NOT NULL"}
_RULES: dict[str, dict[str, str]] = {
    "event": {"SELECT": _SEEN, "INSERT": f"{_SEEN} AND person = {_I} AND {_MINE} AND {_MY} <> 'viewer'"},
    "private_note": {
        "SELECT": f"{_SEEN} AND {_SIDE}",
        "INSERT": f"{_SEEN} AND {_SIDE} AND person = {_I} AND {_MY} <> 'viewer'",
    },
    "draft": {action: f"{_SEEN} AND person = {_I}" for action in ("SELECT", "INSERT", "DELETE")},
    "access": {"SELECT": f"{_PLANNER} OR {_MINE}"},
    "own_number": {
        action: f"rep IN (SELECT rep FROM planning_seen()) AND {_MY} <> 'viewer'" for action in ("SELECT", "INSERT")
    },
    "entry": {"SELECT": _CARRIED, "INSERT": f"{_PLANNER} OR (({_CARRIED}) AND {_OWN_LINES})"},
    "posting": {**_ALL, "INSERT": _MOVES},
    "line": {
        **_ALL,
        "INSERT": f"({_SETTLES}) AND "
        f"EXISTS (SELECT 1 FROM posting AS p WHERE p.posting = line.posting AND ({_MOVES}))",
    },
    "rules": {**_ALL, "INSERT": _PLANNER},
    "document": {
        "SELECT": f"{_MY} IS NOT NULL AND (whom = '' OR {_BUSINESS}) AND ({_TO_READ})",
        "INSERT": f"({_BUSINESS}) AND actor = {_I} AND {_MY} <> 'viewer'",
    },
    "unsent": {action: f"person = {_I} AND {_MY} <> 'viewer'" for action in ("SELECT", "INSERT", "DELETE")},
    "assumption": {**_ALL, "INSERT": _LEADER},
    "review": {**_ALL, "INSERT": _LEADER},
    "run": _ALL,
}  # fmt: skip
"""What a person may do with the rows of a table; of those that are not named, all may read and the planner adds."""

_READABLE = {"access": ('"row"', '"user"', "person", "role", "withdrawn", "actor", "at")}
"""Columns that may be read, where not all may be."""


def _policies(table: str) -> dict[str, str]:
    return _RULES.get(table, {**_ALL, "INSERT": _PLANNER})
