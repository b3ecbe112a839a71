"""The record of a conversation between a rep and who leads them: one shape for every kind."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, get_args

from planning.errors import TrackingError, bulleted
from planning.tracking.agenda import AGENDAS, Kind
from planning.tracking.cadence import key

Verdict = Literal["renew", "revise", "replace"]
VERDICTS: dict[Verdict, str] = {
    "renew": "Goes on as it is", "revise": "Goes on, changed", "replace": "Ends; something else begins",
}  # fmt: skip
Side = Literal["manager", "rep"]
SIDES: tuple[Side, ...] = get_args(Side)
LONGEST = 600
"""Minutes that a conversation may take."""

_LISTS = ("problems", "priorities", "resources")
_TEXTS = ("observation", "behaviour", "for_manager", "for_rep")


@dataclass(frozen=True)
class Decision:
    """What was decided on a part of the plan."""

    verdict: Verdict
    what: str


@dataclass(frozen=True)
class Surprise:
    """What came, or will come, from above, and the response that was prepared."""

    what: str
    response: str


@dataclass(frozen=True)
class Checkpoint:
    """What a conversation came to.

    Parameters
    ----------
    kind
        Which conversation.
    rep, manager
        Who sat there.
    held
        Day on which it was held.
    first, last
        First and last day of the period that was looked at.
    minutes
        How long it took.
    problems, priorities, resources
        What is in the way, what comes first in the next period, what was promised to make it possible.
    decisions
        Which parts of the plan go on, change or end.
    surprises
        What comes from above, and the response prepared.
    observation
        What was seen in the field.
    behaviour
        Behaviour and skills: what went well, what shall be tried.
    for_manager, for_rep
        What each side got from the conversation.
    extra
        Whether it was held without having been planned.
    version
        Told by the store: the version that was read; 0 for a new one.
    """

    kind: Kind
    rep: str
    manager: str
    held: date
    first: date
    last: date
    minutes: int
    problems: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    priorities: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    surprises: tuple[Surprise, ...] = ()
    observation: str = ""
    behaviour: str = ""
    for_manager: str = ""
    for_rep: str = ""
    extra: bool = False
    version: int = 0

    @property
    def key(self) -> str:
        """What tells it apart among those of the rep."""
        return key(self.kind, self.last)

    @property
    def says(self) -> bool:
        """Whether anything was written down."""
        return any(getattr(self, name) for name in (*_LISTS, *_TEXTS, "decisions", "surprises"))


def check(record: Checkpoint, promised: int = 0) -> None:
    """Refuse a record that would tell nobody anything.

    Parameters
    ----------
    record
        What the conversation came to.
    promised
        How many actions were promised in it.

    Raises
    ------
    TrackingError
        With everything that is wrong with it.
    """
    problems = [] if record.kind in AGENDAS else [f"{record.kind!r} is no kind; known: {', '.join(AGENDAS)}"]
    problems += [f"it does not say who the {name} is" for name in SIDES if not getattr(record, name).strip()]
    if record.first > record.last:
        problems.append(f"the period begins on {record.first} and ends before, on {record.last}")
    if record.held < record.first:
        problems.append(f"it was held on {record.held}, before the period that it looks at ({record.first})")
    if not 0 < record.minutes <= LONGEST:
        problems.append(f"it took {record.minutes} minutes; 1 to {LONGEST} can be kept")
    problems += [f"the decision {each.what!r} is none of {', '.join(VERDICTS)}" for each in record.decisions
                 if each.verdict not in VERDICTS]  # fmt: skip
    problems += [f"there is no response to {each.what!r}" for each in record.surprises if not each.response]
    if not record.says and not promised:
        problems.append("nothing was written down: at least a problem, a decision, a priority or an action")
    if problems:
        raise TrackingError(bulleted("The checkpoint cannot be kept:", problems))


def body(record: Checkpoint) -> dict[str, Any]:
    """Write what a record says as JSON can hold it; of whom it is and its version are told by the store."""
    said = asdict(record)
    said |= {name: said[name].isoformat() for name in ("held", "first", "last")}
    return {name: said[name] for name in said if name not in ("rep", "version")}


def read(said: Mapping[str, Any], rep: str, version: int) -> Checkpoint:
    """Read a record as `body` wrote it."""
    days = {name: date.fromisoformat(said[name]) for name in ("held", "first", "last")}
    lists = {name: tuple(said[name]) for name in _LISTS}
    made = {
        "decisions": tuple(Decision(**each) for each in said["decisions"]),
        "surprises": tuple(Surprise(**each) for each in said["surprises"]),
    }
    return Checkpoint(**{**said, **days, **lists, **made, "rep": rep, "version": version})


def lines(text: str) -> tuple[str, ...]:
    r"""Take a text apart into what its lines say, without dashes before them and without empty ones.

    Examples
    --------
    >>> lines("- Hotel Bristol waits\n\n  No demo kit ")
    ('Hotel Bristol waits', 'No demo kit')
    """
    return tuple(filter(None, (each.strip().lstrip("-•*").strip() for each in text.splitlines())))


def surprises(text: str) -> tuple[Surprise, ...]:
    """Read what came from above: a line each, with the response after a colon.

    Examples
    --------
    >>> surprises("A new forecast by Friday: last week's, with two changes")
    (Surprise(what='A new forecast by Friday', response="last week's, with two changes"),)
    """
    pairs = (each.partition(":") for each in lines(text))
    return tuple(Surprise(what.strip(), response.strip()) for what, _, response in pairs)
