"""A conversation for people to read: what was promised, planned and actual, open deals, what it came to."""

from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.forms.page import folded, together, words
from planning.papers.checkpoint import pace_told
from planning.settings import Settings
from planning.sheets import Field, Html, Kind
from planning.tracking.agenda import Agenda
from planning.tracking.checkpoint import VERDICTS, Checkpoint
from planning.workbook.tracking.checkpoints import Held
from planning.workbook.tracking.meeting import Compared, Meeting

_STANDS = {"late": "Late", "carried over": "Carried over", "open": "Open", "done": "Done", "dropped": "Dropped"}
STEPS = {"opened": "Opened", "qualified": "Qualified", "presented": "Presented", "proposed": "Proposed"}


def told(found: Meeting, settings: Settings) -> list[Any]:
    """Show everything that the conversation looks at, what was promised first."""
    return [
        _promised(found, settings),
        *_compared(found, settings),
        folded(f"Open deals ({len(found.compared.deals)})", _deals(found.compared, settings)),
        folded(f"Agenda: {found.agenda.name.lower()}, {found.agenda.minutes} minutes", _agenda(found.agenda)),
        *([came_to(found.held, settings)] if found.held else []),
    ]


def _promised(found: Meeting, settings: Settings) -> Html:
    table = found.promised.assign(stands=found.promised["stands"].map(_STANDS))
    table["stands"] = [
        f"{stands}, {days} days" if days else stands
        for stands, days in zip(table["stands"], table["days"], strict=True)
    ]
    fields = [Field("what", "What"), Field("stands", "Stands"), Field("owner", "Who"), Field("due", "Until", "day")]
    empty = "Nothing is open from earlier conversations."
    return sheets.table(table, fields, settings, caption="What was promised last time", empty=empty)


def _compared(found: Meeting, settings: Settings) -> list[Any]:
    compared = found.compared
    rows = [
        ("Revenue of the period", compared.goal, compared.result),
        ("Of the year to date", compared.goal_to_date, compared.result_to_date),
    ]
    money = pd.DataFrame(rows, columns=["what", "planned", "actual"]).astype({"planned": "Int64", "actual": "Int64"})
    acts = compared.activities.rename(columns={"label": "what", "done": "actual"})
    span = f"{sheets.day(found.planned.first, settings)} to {sheets.day(found.planned.last, settings)}"
    parts = [
        _side_by_side(money, ("money", "difference"), f"Planned and actual, {span}", settings),
        _side_by_side(acts, ("count", "count_difference"), f"Activity, {span}", settings),
    ]
    told = [compared.says] if compared.says else []
    told += [pace_told(compared.pace, settings)] if compared.pace else []
    if compared.through is None or compared.through < found.planned.last:
        told.append(
            f"Results are in until {sheets.day(compared.through, settings)}; a dash stands for what is not in yet."
            if compared.through
            else "No results are in yet."
        )
    return [*parts, *([words(escape(" ".join(told)))] if told else [])]


def _side_by_side(table: pd.DataFrame, kinds: tuple[Kind, Kind], caption: str, settings: Settings) -> Html:
    figure, between = kinds
    fields = [
        Field("what", ""), Field("planned", "Planned", figure), Field("actual", "Actual", figure),
        Field("between", "Difference", between),
    ]  # fmt: skip
    shown = table.assign(between=table["actual"] - table["planned"])
    return sheets.table(shown, fields, settings, caption=caption)


def _deals(compared: Compared, settings: Settings) -> Html:
    table = compared.deals.assign(step=compared.deals["step"].map(STEPS))
    table["customer"] = table["customer"].where(table["customer"] != "", table["opportunity"])
    table["sits"] = ["Longer than usual" if over else "" for over in table["over"]]
    fields = [
        Field("customer", "Customer"), Field("step", "Last step"), Field("amount", "Value", "money"),
        Field("days", "Days in it", "count"), Field("usual", "Usual", "number"), Field("sits", "Sits"),
    ]  # fmt: skip
    return sheets.table(
        table, fields, settings, caption="Open deals, the longest for their step first", empty="No deal is open."
    )


def _agenda(agenda: Agenda) -> Html:
    items = "".join(
        f"<li><strong>{escape(each.topic)}</strong> ({each.minutes} min): {escape(each.asks)}</li>"
        for each in agenda.items
    )
    return Html(f'<p class="words">{escape(agenda.purpose)}</p><ol class="agenda-points">{items}</ol>')


def came_to(held: Held, settings: Settings) -> Html:
    """Show what was written down, by whom, and who has confirmed it."""
    record = held.record
    signed = " and ".join(escape(each) for each in held.confirmed.values()) or "nobody yet"
    missing = "" if held.whole else " It waits for the other side."
    head = (
        f"<strong>What it came to</strong>, held on {sheets.day(record.held, settings)}, {record.minutes} minutes. "
        f"Version {record.version}, written by {escape(held.by)}; confirmed by {signed}.{missing}"
    )
    items = "".join(f"<li>{each}</li>" for each in _points(record))
    return together([words(head), Html(f'<ul class="came-to">{items}</ul>')])


def _points(record: Checkpoint) -> list[str]:
    said = [("Problem", each) for each in record.problems]
    said += [(VERDICTS[each.verdict], each.what) for each in record.decisions]
    said += [("Priority", each) for each in record.priorities]
    said += [("Resource promised", each) for each in record.resources]
    said += [("From above", f"{each.what}. Response: {each.response}") for each in record.surprises]
    texts = {"Seen in the field": record.observation, "Behaviour and skills": record.behaviour,
             f"What {record.manager} got from it": record.for_manager,
             f"What {record.rep} got from it": record.for_rep}  # fmt: skip
    said += [(name, text) for name, text in texts.items() if text]
    return [f"<strong>{escape(name)}</strong>: {escape(text)}" for name, text in said]
