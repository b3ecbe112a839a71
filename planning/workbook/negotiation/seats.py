"""Who sits where: in which role a person speaks on a goal, and what they may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from planning.errors import AccessError, NegotiationError
from planning.goals.owners import team
from planning.negotiation.moves import PLANNERS, Role, Side
from planning.negotiation.thread import Thread
from planning.workbook.context import Context
from planning.workbook.leading import managers


@dataclass(frozen=True)
class Seats:
    """Who manages whom, and who is asking.

    Parameters
    ----------
    context
        Where one stands, and as whom.
    managers
        Manager by person.
    """

    context: Context
    managers: Mapping[str, str]

    def manager(self, thread: Thread) -> str:
        """Name the manager of a rep in a thread; empty if nobody is told."""
        return thread.manager(self.managers.get(thread.rep, ""))

    def senior(self, thread: Thread) -> str:
        """Name the manager's manager in a thread; empty if nobody is told."""
        return self.managers.get(self.manager(thread), "")

    def role(self, thread: Thread, name: str) -> Role | None:
        """Say in which role somebody speaks on a rep's goal; nothing if it is none of their business."""
        if name == thread.rep:
            return "rep"
        manager, me = self.manager(thread), self.context.person
        leads = me is None or (me.name == name and me.role in ("manager", "planner"))
        if name in (manager, thread.delegate(today())) or (leads and not manager):
            return "manager"
        if name in _above(self.managers, manager):
            return "senior"
        return "planner" if me is None or (me.name == name and me.role == "planner") else None

    def speaker(self, thread: Thread, name: str, kind: str = "") -> tuple[str, Role]:
        """Say who speaks, and in which role: the person who is logged in, whoever the form says it is.

        What the planner alone may do, a planner does as such, also where they lead the people it is about.

        Raises
        ------
        AccessError
            If the person has no say in this goal.
        """
        me = self.context.person
        who = me.name if me is not None else name.strip()
        if not who:
            raise NegotiationError("It does not say who sends it.")
        plans = me is None or me.role == "planner"
        role: Role | None = "planner" if kind in PLANNERS and plans else self.role(thread, who)
        if role is None or (me is not None and me.role == "viewer"):
            raise AccessError(f"{who} has no say in the goal of {thread.rep}.")
        return who, role

    def sees(self, thread: Thread) -> bool:
        """Say whether who is asking may read a thread."""
        me = self.context.person
        return me is None or me.role == "planner" or self.role(thread, me.name) is not None

    def see(self, thread: Thread) -> None:
        """Refuse to show a thread to whom it is none of their business.

        Raises
        ------
        AccessError
            If it is none of theirs.
        """
        if not self.sees(thread):
            raise AccessError(f"The goal of {thread.rep} is between them and those who lead them.")

    def team(self, name: str) -> set[str]:
        """Give everybody who reports to a person, directly or through others."""
        return team(self.managers, name)


def seats(context: Context) -> Seats:
    """Read who manages whom."""
    return Seats(context, managers(context))


def side(role: Role) -> Side:
    """Say whose side a role is on; the planner keeps notes with the managers."""
    return "rep" if role == "rep" else "manager"


def today() -> date:
    """Give the day, UTC."""
    return datetime.now(UTC).date()


def _above(managers: Mapping[str, str], name: str) -> list[str]:
    found: list[str] = []
    while (name := managers.get(name, "")) and name not in found:
        found.append(name)
    return found
