"""Warnings: what stands, how good its rule was, what is done about it, and the planner's settings."""

from datetime import date, timedelta
from decimal import Decimal
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs, shell
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, later, section, together, words
from planning.forms.track import look
from planning.forms.track.standards import StandardsForm
from planning.forms.widgets import VBox
from planning.sheets import Field, Html
from planning.tracking.alerts import NOTHING, Alert
from planning.tracking.replay import Record
from planning.tracking.rules import LEVELS, Chosen, Level, Rule
from planning.workbook.access import may_open
from planning.workbook.tracking import alerts

_OWN = "Something else …"
_FEW: dict[Level, int] = {"serious": 5, "watch": 3, "chance": 2}
"""Warnings of each level that are shown at once."""
_WEEKS = 2
TELLS = 0.1
"""How much more often than of everybody a rule has to come true, for its warnings to tell anything."""
NEGOTIATION = "6_negotiation.ipynb"
_FORM = "#Change-a-goal-during-the-year"
"""Heading of that page under which the form stands; a test holds it against the notebook."""


class Warnings:
    """The warnings that stand, and the form that answers them.

    Parameters
    ----------
    here
        The page.

    Attributes
    ----------
    view
        The widget to show.
    """

    def __init__(self, here: Page) -> None:
        self._here, self._messages = here, Messages()
        self._found = {each.key: each for each in alerts.alerts(here.context)}
        self._listing = Live(self._listed)
        names = {f"{each.whom}: {each.title}": key for key, each in self._found.items()}
        self._which = inputs.choice("Warning", names)
        self._response = inputs.choice("What is done", {})
        self._other = inputs.text("In your own words", hint="If nothing of the list fits.")
        self._owner = inputs.text("Who does it", here.person)
        until = (alerts.day_of(here.context) + timedelta(weeks=_WEEKS)).isoformat()
        self._due = inputs.text("Until when", until, hint="Such as 2027-04-30.")
        self._note = inputs.long_text("Note", hint="Needed where nothing is to be done: why not.")
        self._which.control.observe(lambda _: self._offer(), names="value")
        form = blocks.panel(
            "Answer a warning",
            inputs.side_by_side(self._which, self._response, self._other, self._owner, self._due),
            self._note.view,
            blocks.actions(blocks.button("Keep the answer", self._messages, self._keep, main=True)),
            self._messages.view,
        )
        answers = here.context.person is None or here.context.person.role != "viewer"
        self.view = VBox([self._listing.view, *([form] if self._found and answers else [])])

    def _offer(self) -> None:
        found = self._found.get(self._which.control.value or "")
        offered = [] if found is None else [*found.responses, _OWN, NOTHING]
        self._response.control.options = [("Choose …", None), *((each, each) for each in offered)]

    def _keep(self) -> str:
        given = inputs.read_all(which=self._which, response=self._response, owner=self._owner, note=self._note,
                                other=self._other, due=self._due)  # fmt: skip
        chosen = given["response"] if given["response"] != _OWN else given["other"] or ""
        if not given["which"] or not chosen:
            raise PlanningError("Choose a warning and what is done about it.")
        due = _day(given["due"]) if chosen != NOTHING else None
        actor = self._here.person or "planner"
        alerts.answer(
            self._here.context, given["which"], chosen, actor, given["owner"] or "", due, given["note"] or ""
        )
        self._listing.redraw()
        done = "Seen, and why nothing is to be done." if due is None else f"{chosen}: {given['owner']}, until {due}."
        return f"Kept. {done}"

    def _listed(self) -> list[Any]:
        if not self._found:
            return [words("No rule warns of anybody in view.")]
        answered = alerts.answers(self._here.context)
        records = {rule.name: found for rule, found in alerts.records(self._here.context)}
        items = [
            _item(self._here, each, answered.get(key, []), records[each.rule]) for key, each in self._found.items()
        ]
        return [part for level in LEVELS for part in _of_level(level, items, list(self._found.values()))]


class RulesForm:
    """The planner's rules: thresholds, with how good they would have been before they are set.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here, self._messages = here, Messages()
        now = alerts.chosen(here.context)
        self._fields = {
            rule.name: (
                inputs.percent(rule.title, here.settings, _decimal(rule.threshold), hint=rule.explains),
                inputs.choice(f"{rule.title}: warns", {"On": True, "Off": False}, rule.on),
            )
            for rule in now.rules
        }
        self._most = inputs.choice("Warnings that one gets at once", {str(n): n for n in range(1, 5)}, now.most)
        self._tried = Live(self._draw)
        flat = [each for pair in self._fields.values() for each in pair]
        for each in flat:
            each.control.observe(lambda _: self._tried.redraw(), names="value")
        self.view = blocks.panel(
            "Rules",
            inputs.side_by_side(*flat, self._most),
            self._tried.view,
            blocks.actions(blocks.button("Set the rules", self._messages, self._keep, main=True)),
            self._messages.view,
        )

    def _asked(self) -> Chosen:
        values = {name: (limit.read(), on.control.value) for name, (limit, on) in self._fields.items()}
        thresholds = {name: float(limit) for name, (limit, _) in values.items() if limit is not None}
        return Chosen(
            thresholds, {name: bool(on) for name, (_, on) in values.items()}, int(self._most.control.value or 2)
        )

    def _draw(self) -> Any:
        return record_table(
            self._here, alerts.records(self._here.context, self._asked()), "How these rules would have done"
        )

    def _keep(self) -> str:
        alerts.choose(self._here.context, self._asked(), self._here.person or "planner")
        return "The rules are set. Warnings follow them when the page is opened again."


@later
@section
@look.once_begun("Here will stand whoever is to be warned of, from the first month on.")
def standing(here: Page) -> Any:
    """Show the warnings that stand, and let one answer them."""
    return Warnings(here).view


@later
@section
def rules(here: Page) -> Any:
    """Show how good the rules were in past years; a planner may set them."""
    me = here.context.person
    if me is None or me.role == "planner":
        return VBox([RulesForm(here).view, StandardsForm(here).view])
    return record_table(here, alerts.records(here.context), "How the rules did in past years")


def record_table(here: Page, records: list[tuple[Rule, Record]], caption: str) -> Html:
    """Show how good rules were."""
    rows = [
        {"rule": rule.title, "says": rule.in_words(), "on": "On" if rule.on else "Off", "cases": found.cases,
         "warned": found.warned, "hit_rate": found.hit_rate, "usual": found.usual, "early": found.early,
         "unwarned": f"{found.unwarned} of {found.came}"}
        for rule, found in records
    ]  # fmt: skip
    years = records[0][1].years
    span = ", ".join(f"FY{year}" for year in years) or "no past year has years before it to learn from"
    fields = [
        Field("rule", "Rule"),
        Field("on", "Warns"),
        Field("warned", "Warned of", "count"),
        Field("cases", "of", "count"),
        Field("hit_rate", "Came true", "percent"),
        Field("usual", "True of everybody", "percent"),
        Field("early", "Months before the end", "number"),
        Field("unwarned", "Never warned of"),
        Field("says", "When it warns"),
    ]
    told = f"{caption} ({span}, month by month as known then)"
    table = sheets.table(pd.DataFrame(rows), fields, here.settings, caption=told)
    return together([table, *_told_by_few(records)])


def _told_by_few(records: list[tuple[Rule, Record]]) -> list[Html]:
    """Say of which rules past years tell nothing, and whether these warn all the same."""
    known = [(rule.title, rule.on, found) for rule, found in records if found.years]
    weak = [(title, on, found) for title, on, found in known if found.warned and found.hit_rate < found.usual + TELLS]
    never = [title for title, on, found in known if not found.warned and not on]
    off = [title for title, on, _ in weak if not on]
    said = [
        f"{title} is on, though past years tell little of it: of {found.warned} whom it warned of, it came true of "
        f"{found.right}."
        for title, on, found in weak if on
    ]  # fmt: skip
    if off:
        said.append(
            f"Off, since it came true hardly more often of whom they warned of than of everybody: {'; '.join(off)}."
        )
    if never:
        said.append(f"Off, since in past years nobody was ever that far from the usual: {'; '.join(never)}.")
    return [words(escape(each)) for each in said]


def _item(here: Page, each: Alert, answered: list[alerts.Answer], found: Record) -> str:
    write = look.money(here)
    away = f"{write(abs(each.short))} {'short of' if each.short > 0 else 'above'}"
    stake = f"The landing is {away} the goal" if each.rep else f"So far the territory is {away} what was due"
    good = "" if np.isnan(found.hit_rate) else (
        f" In past years this rule came true {found.right} of {found.warned} times"
        + (f", {found.early:.0f} months before the year's end." if not np.isnan(found.early) else ".")
    )  # fmt: skip
    said = "".join(f'<p class="said">{_answered(here, one)}</p>' for one in answered)
    place = f", {escape(each.territory)}" if each.rep and each.territory else ""
    return (
        f'<li class="alert {each.level}"><p class="title">{escape(each.whom)}{place}: {escape(each.title)} '
        f'<span class="level">{LEVELS[each.level]}, since {sheets.day(each.since, here.settings)}</span></p>'
        f"<p>{escape(each.says)} {escape(stake)}.</p>"
        f'<p class="said">{escape(good.strip())}</p>{said}{_change(here, each)}</li>'
    )


def _change(here: Page, each: Alert) -> str:
    """Lead to the form that changes the goal, the warning as evidence; a territory's leads to its first goal."""
    if not may_open(here.context.person, NEGOTIATION):
        return ""
    about = {"warning": each.key, **({"rep": each.rep} if each.rep else {})}
    href = shell.address(NEGOTIATION, here.context, here.person, each.territory, **about)
    whose = "the goal" if each.rep else f"a goal of {each.territory}"
    return f'<p><a href="{escape(href)}{_FORM}">Propose to change {escape(whose)}</a></p>' if href else ""


def _answered(here: Page, one: alerts.Answer) -> str:
    if one.due is None:
        return f"{escape(one.owner)} has seen it, nothing to do: {escape(one.note)}"
    state = {"open": "open", "done": "done", "dropped": "dropped"}[one.state]
    return f"Answered: {escape(one.what)}. {escape(one.owner)}, until {sheets.day(one.due, here.settings)}, {state}."


def _of_level(level: Level, items: list[str], found: list[Alert]) -> list[Html]:
    """Show the warnings of a level: the first of them, the others folded away."""
    mine = [item for item, each in zip(items, found, strict=True) if each.level == level]
    if not mine:
        return []
    shown = [words(f"<strong>{LEVELS[level]}</strong>: {len(mine)}"), _list(mine[: _FEW[level]])]
    rest = mine[_FEW[level] :]
    return [*shown, *([folded(f"{len(rest)} more", _list(rest))] if rest else [])]


def _list(items: list[str]) -> Html:
    return Html(f'<ul class="alerts">{"".join(items)}</ul>')


def _day(typed: str | None) -> date:
    try:
        return date.fromisoformat((typed or "").strip())
    except ValueError as error:
        raise PlanningError(f"{typed or 'Nothing'!r} is not a day. Write it as 2027-04-30.") from error


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))
