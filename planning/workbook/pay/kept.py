"""Pay plans of a year and scenario: kept, looked up, withdrawn."""

from planning.errors import LedgerError, unknown_name
from planning.goals.pay.plan import PayPlan, check
from planning.history.engine import open_history
from planning.history.results import roles
from planning.store import pays
from planning.workbook.aims.aimed import known
from planning.workbook.context import Context
from planning.workbook.place import PLANNER, plan, writing


def plans(context: Context) -> list[PayPlan]:
    """Give the pay plans of the year and scenario in view."""
    with plan(context.settings) as database, database.reading() as connection:
        return pays.plans(connection, context.year, context.scenario)


def of(context: Context, role: str) -> PayPlan:
    """Give the plan that is kept for a role; empty is everybody whose role has none.

    Raises
    ------
    LedgerError
        If there is none.
    """
    found = {each.role: each for each in plans(context)}
    if role not in found:
        raise LedgerError(_none(role, found))
    return found[role]


def all_roles(context: Context) -> list[str]:
    """Name the roles that the history tells of people."""
    with open_history(context.settings) as history:
        return sorted(set(roles(history).values()) - {""})


def keep(context: Context, made: PayPlan, actor: str) -> PayPlan:
    """Keep a pay plan.

    Raises
    ------
    LedgerError
        With everything that is wrong with it, or if it was changed meanwhile.
    """
    check(made, list(known(context)))
    names = all_roles(context)
    if made.role and made.role not in names:
        raise LedgerError(unknown_name("role", made.role, names))
    with writing(context, "change pay plans", PLANNER) as connection:
        return pays.keep(connection, context.year, context.scenario, made, actor)


def withdraw(context: Context, role: str, actor: str) -> PayPlan:
    """Withdraw the plan of a role.

    Raises
    ------
    LedgerError
        If there is none.
    """
    with writing(context, "change pay plans", PLANNER) as connection:
        found = {each.role: each for each in pays.plans(connection, context.year, context.scenario)}
        if role not in found:
            raise LedgerError(_none(role, found))
        return pays.keep(connection, context.year, context.scenario, found[role], actor, withdrawn=True)


def _none(role: str, found: dict[str, PayPlan]) -> str:
    if role:
        return unknown_name("role with a pay plan of its own", role, filter(None, found))
    return (
        "There is no pay plan for everybody whose role has none of its own. Roles with one: "
        f"{', '.join(found) or 'none yet'}. To begin one: planning pay example."
    )
