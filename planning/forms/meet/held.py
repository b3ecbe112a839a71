"""Which conversations were missed, what became of all of them, and how often they are held."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from planning import sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Page, beginning, chooser, of_company, words
from planning.sheets import Field
from planning.tracking.agenda import AGENDAS
from planning.tracking.cadence import WEEKDAYS, Cadence, hour
from planning.workbook.tracking import cadences, checkpoints
from planning.workbook.tracking.checkpoints import STATES, Meeting

_COUNTED = {"planned": "Planned", "held": "Held of these", "missed": "Missed", "extra": "Held besides"}


def missed(here: Page, day: date) -> list[Any]:
    """List the conversations that were missed, and count them by manager."""
    context = of_company(here)
    rules = cadences.cadences(context).of()
    if rules.begins is None:
        return [words("No cadence is set yet, so nothing counts as missed. The planner sets it below.")]
    table = checkpoints.missed(context, day)
    until = sheets.day(day, here.settings)
    told = (
        f"{len(table)} conversations were missed until {until}." if len(table) else f"None was missed until {until}."
    )
    fields = [
        Field("rep", "With"), Field("manager", "Manager"), Field("kind", "Conversation"),
        Field("day", "Planned for", "day"), Field("days", "Days since", "count"),
    ]  # fmt: skip
    shown = sheets.table(
        table, fields, here.settings, caption="Missed: planned, and no record of them", empty="None."
    )
    return [words(told), *_by_manager(here, day), *([] if table.empty else [shown])]


def _by_manager(here: Page, day: date) -> list[Any]:
    over = [each for each in checkpoints.meetings(of_company(here), day) if each.planned.day <= day]
    rows = [(each.manager or "Nobody", not each.planned.extra, each.held is not None and not each.planned.extra,
             each.state == "missed", each.planned.extra) for each in over]  # fmt: skip
    if not rows:
        return []
    table = pd.DataFrame(rows, columns=["manager", *_COUNTED]).groupby("manager", as_index=False).sum()
    fields = [Field("manager", "Manager"), *(Field(name, shown, "count") for name, shown in _COUNTED.items())]
    return [sheets.table(table, fields, here.settings, caption="Conversations until now, by manager")]


def listing(here: Page, day: date) -> Any:
    """Show all conversations in view, of one state or of all."""
    found = checkpoints.meetings(here.context, day)
    past = [each for each in found if each.planned.day <= day or each.held]
    counts = {state: sum(each.state == state for each in past) for state in STATES}
    options = {f"All until now ({len(past)})": ""}
    options |= {f"{STATES[state]} ({count})": state for state, count in counts.items() if count}
    return chooser("Show", options, lambda state: _listed(here, past, state))


def _listed(here: Page, found: list[Meeting], state: str) -> list[Any]:
    rows = [
        (each.rep, AGENDAS[each.planned.kind].name, None if each.planned.extra else each.planned.day,
         STATES[each.state], each.held.record.held if each.held else None,
         ", ".join(each.held.confirmed.values()) if each.held else "")
        for each in found[::-1]
        if state in ("", each.state)
    ]  # fmt: skip
    heads = ["rep", "kind", "day", "state", "held", "confirmed"]
    fields = [
        Field("rep", "With"), Field("kind", "Conversation"), Field("day", "Planned for", "day"),
        Field("state", "Stands"), Field("held", "Held on", "day"), Field("confirmed", "Confirmed by"),
    ]  # fmt: skip
    most = 200
    caption = "Conversations, the last first" + (f"; the last {most}" if len(rows) > most else "")
    return beginning(pd.DataFrame(rows[:most], columns=heads), fields, here.settings, caption)


class CadenceForm:
    """How often conversations are held: for the planner.

    Parameters
    ----------
    here
        The page.
    day
        From which day they are expected where nobody says another.
    changed
        Called after it was set.
    """

    def __init__(self, here: Page, day: date, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        now = cadences.cadences(of_company(here)).of()
        days = {"Not held": -1} | {name: place for place, name in enumerate(WEEKDAYS)}
        self._weekly = inputs.choice("Weekly on", days, -1 if now.weekly is None else now.weekly)
        how = {"Spread over the week, beginning then": True, "All on that day": False}
        self._spread = inputs.choice("A manager's", how, now.spread)
        every = {"Every week": 1, "Every second week": 2, "Every third week": 3, "Every fourth week": 4}
        self._every = inputs.choice("How often", every, now.every)
        places = {"Not held": 0} | {f"Working day {each} after it": each for each in range(1, 21)}
        self._after = {
            name: inputs.choice(f"{label}, on", places, getattr(now, name) or 0)
            for name, label in (("monthly", "Month"), ("quarterly", "Quarter"), ("half_yearly", "Half"))
        }
        self._patience = inputs.choice(
            "Missed after", {f"{each} working days": each for each in range(11)}, now.patience
        )
        self._begins = inputs.day("Expected from", now.begins or day, required=True)
        hint = "When a manager's day of conversations begins, such as 09:00; the others follow. Empty: no hours."
        self._at = inputs.text("First one at", f"{now.at:%H:%M}" if now.at else "", hint=hint)
        inputs.all_optional(self._at)
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._weekly, self._spread, self._every, *self._after.values()),
            inputs.side_by_side(self._patience, self._begins, self._at),
            blocks.actions(blocks.button("Set the cadence", self._messages, self._keep, main=True)),
            self._messages.view,
        )

    def _keep(self) -> str:
        read = inputs.read_all(
            weekly=self._weekly, every=self._every, patience=self._patience, begins=self._begins, **self._after
        )
        weekly = None if read["weekly"] is None or read["weekly"] < 0 else int(read["weekly"])
        after = {name: read[name] or None for name in self._after}
        made = Cadence(
            weekly,
            bool(self._spread.control.value),
            int(read["every"]),
            patience=int(read["patience"]),
            begins=read["begins"],
            at=hour(str(self._at.read() or "")),
            **after,
        )
        cadences.keep(of_company(self._here), made, self._here.person or "planner")
        self._changed()
        return "The cadence is set; days that fall on a weekend or a holiday move to the next working day."
