"""What somebody promised to do, until when: the one shape of it, wherever it was promised."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from planning.errors import TrackingError, bulleted

State = Literal["open", "done", "dropped"]
STATES: tuple[State, ...] = ("open", "done", "dropped")


@dataclass(frozen=True)
class Action:
    """Something that somebody promised to do.

    Parameters
    ----------
    what
        What is to be done.
    owner
        Who does it.
    whom
        Whose goal or plan it serves; they and those who lead them see it.
    due
        Until when.
    state
        Where it stands.
    source
        Where it was promised: a kind and a key, such as ``checkpoint:weekly:2027-03-05``; empty for nowhere.
    note
        What came of it.
    begin
        When it begins, for what takes longer; none if nobody said.
    key, version
        Told by the store: which one it is, and the version that was read; empty and 0 for a new one.
    """

    what: str
    owner: str
    whom: str
    due: date
    state: State = "open"
    source: str = ""
    note: str = ""
    begin: date | None = None
    key: str = ""
    version: int = 0

    def late(self, day: date) -> bool:
        """Say whether it should have been done by a day and is not."""
        return self.state == "open" and self.due < day


def check(action: Action) -> None:
    """Refuse an action that nobody could follow up.

    Raises
    ------
    TrackingError
        With everything that is wrong with it.
    """
    problems = [f"it does not say {name}" for name in ("what", "owner", "whom") if not getattr(action, name).strip()]
    problems += [f"{action.state!r} is no state; known: {', '.join(STATES)}"] if action.state not in STATES else []
    if action.begin is not None and action.begin > action.due:
        problems.append(f"it begins on {action.begin} and is due before, on {action.due}")
    if problems:
        raise TrackingError(bulleted(f"The action {action.what[:60]!r} cannot be kept:", problems))


def body(action: Action) -> dict[str, Any]:
    """Write what an action says as JSON can hold it."""
    return {
        "what": action.what.strip(), "owner": action.owner.strip(), "due": action.due.isoformat(),
        "state": action.state, "source": action.source, "note": action.note.strip(),
        "begin": action.begin.isoformat() if action.begin else "",
    }  # fmt: skip


def read(said: dict[str, Any], whom: str, key: str, version: int) -> Action:
    """Read an action as `body` wrote it."""
    begin = date.fromisoformat(said["begin"]) if said.get("begin") else None
    return Action(
        said["what"], said["owner"], whom, date.fromisoformat(said["due"]), said["state"], said["source"],
        said["note"], begin, key, version,
    )  # fmt: skip
