"""The inputs of a conversation's record: filled from what is kept, and read back."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from planning.errors import PlanningError, bulleted
from planning.forms import inputs
from planning.forms.widgets import VBox
from planning.tracking.actions import Action
from planning.tracking.agenda import AGENDAS
from planning.tracking.cadence import Planned
from planning.tracking.checkpoint import VERDICTS, Checkpoint, Decision, lines, surprises
from planning.workbook.tracking.team import Pair

_A_LINE = "One a line."
_ACTIONS = 4
"""Actions that can be promised at once; more are added after the record is kept."""


class Record:
    """What is asked for.

    Parameters
    ----------
    changed
        Called when something was filled in.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._filling = False
        text = inputs.long_text
        self._inputs = {
            "held": inputs.day("Held on", required=True),
            "minutes": inputs.number("Minutes", required=True),
            "problems": text("Problems", hint=f"What is in the way, with its cause. {_A_LINE}"),
            "renew": text("Decisions: goes on as it is", hint=_A_LINE),
            "revise": text("Decisions: goes on, changed", hint=_A_LINE),
            "replace": text("Decisions: ends, something else begins", hint=_A_LINE),
            "priorities": text("Priorities until the next time", hint=f"Two or three. {_A_LINE}"),
            "resources": text("Resources promised", hint=_A_LINE),
            "surprises": text(
                "From above, and our response", hint=f"What is asked, a colon, the response. {_A_LINE}"
            ),
            "observation": text("Seen in the field"),
            "behaviour": text("Behaviour and skills"),
            "for_manager": text("What the manager got from it"),
            "for_rep": text("What the rep got from it"),
        }
        inputs.all_optional(*(each for name, each in self._inputs.items() if name not in ("held", "minutes")))
        self._actions = [
            (inputs.text("What"), inputs.choice("Who", {"": ""}, "", required=False), inputs.day("Until"))
            for _ in range(_ACTIONS)
        ]
        for each in (*self._inputs.values(), *(one for row in self._actions for one in row)):
            each.control.observe(lambda _: None if self._filling else changed(), names="value")
        for row in self._actions:
            inputs.all_optional(*row)
        some = self._inputs
        self.view = VBox([
            inputs.side_by_side(some["held"], some["minutes"]),
            inputs.side_by_side(some["problems"], some["surprises"]),
            inputs.side_by_side(*(some[each] for each in VERDICTS)),
            inputs.side_by_side(some["priorities"], some["resources"]),
            inputs.side_by_side(some["observation"], some["behaviour"]),
            inputs.side_by_side(some["for_manager"], some["for_rep"]),
        ]).add_class("kept")  # fmt: skip
        self.actions = VBox([inputs.side_by_side(*row) for row in self._actions]).add_class("kept")

    def fill(self, planned: Planned, both: Pair, record: Checkpoint | None, draft: Mapping[str, Any]) -> None:
        """Fill in what is kept of a conversation, or what one was writing; else as it is planned."""
        self._filling = True
        said = _typed(record) if record else {
            "held": planned.day.isoformat(), "minutes": str(AGENDAS[planned.kind].minutes),
        }  # fmt: skip
        said |= dict(draft.get("texts", {}))
        for name, each in self._inputs.items():
            value = said.get(name, "")
            each.fill((date.fromisoformat(value) if value else None) if name == "held" else value)
        names = [each for each in (both.rep, both.manager) if each]
        for place, (what, owner, due) in enumerate(self._actions):
            owner.control.options = [("–", None), *((each, each) for each in names)]
            kept = (draft.get("actions") or [])[place : place + 1]
            row = kept[0] if kept else ("", "", "")
            what.fill(row[0])
            owner.fill(row[1] if row[1] in names else None)
            due.fill(date.fromisoformat(row[2]) if row[2] else None)
        self._filling = False

    def as_typed(self) -> dict[str, Any]:
        """Give what stands in the form, as text, to be kept as a draft."""
        texts = {name: _text(each.control.value) for name, each in self._inputs.items()}
        return {"texts": texts, "actions": [[_text(one.control.value) for one in row] for row in self._actions]}

    def read(self, planned: Planned, both: Pair, version: int) -> Checkpoint:
        """Read the record.

        Raises
        ------
        PlanningError
            With everything that is wrong.
        """
        said = inputs.read_all(**self._inputs)
        minutes: Decimal = said["minutes"]
        decisions = [Decision(verdict, each) for verdict in VERDICTS for each in lines(said[verdict] or "")]
        parts: dict[str, Any] = {
            name: lines(said[name] or "") for name in ("problems", "priorities", "resources")
        } | {name: said[name] or "" for name in ("observation", "behaviour", "for_manager", "for_rep")}
        return Checkpoint(
            planned.kind, both.rep, both.manager, said["held"], planned.first, planned.last, int(minutes),
            decisions=tuple(decisions), surprises=surprises(said["surprises"] or ""), extra=planned.extra,
            version=version, **parts,
        )  # fmt: skip

    def promised(self) -> list[Action]:
        """Read the actions.

        Raises
        ------
        PlanningError
            If one does not say who does it or until when.
        """
        found, problems = [], []
        for what, owner, due in self._actions:
            text = str(what.read() or "")
            if not text:
                continue
            if owner.control.value is None or due.control.value is None:
                problems.append(f"{text}: say who does it, and until when")
                continue
            found.append(Action(text, str(owner.control.value), "", due.control.value))
        if problems:
            raise PlanningError(bulleted("Please complete what was promised:", problems))
        return found


def _typed(record: Checkpoint) -> dict[str, str]:
    """Write a record as it is typed into the form."""
    said = {name: "\n".join(getattr(record, name)) for name in ("problems", "priorities", "resources")}
    said |= {name: getattr(record, name) for name in ("observation", "behaviour", "for_manager", "for_rep")}
    said |= {
        verdict: "\n".join(each.what for each in record.decisions if each.verdict == verdict) for verdict in VERDICTS
    }
    said["surprises"] = "\n".join(f"{each.what}: {each.response}" for each in record.surprises)
    return said | {"held": record.held.isoformat(), "minutes": str(record.minutes)}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")
