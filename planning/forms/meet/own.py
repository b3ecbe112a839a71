"""A manager's own week: plan it, say how it went, and see whether it can be done."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from typing import Any

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.meet.who import Who
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, of_company, words
from planning.plans.own import KINDS, OwnPlan
from planning.sheets import Field, Html
from planning.tracking.cadence import WEEKDAYS
from planning.workbook.plans import own

_USUAL = OwnPlan()


class Week:
    """The form of a manager's own goals.

    Parameters
    ----------
    here, who
        The page, and who sits at it.
    day
        As of when.
    changed
        Called when the plan was changed.
    """

    def __init__(self, here: Page, who: Who, day: date, changed: Callable[[], None]) -> None:
        self._here, self._who, self._day, self._changed, self._messages = here, who, day, changed, Messages()
        self._seen = Live(self._draw)
        self._hours = {kind: inputs.number(label) for kind, label in KINDS.items()}
        days = {name: place for place, name in enumerate(WEEKDAYS)}
        self._days = {
            kind: inputs.choice(f"{label}: usual day", days, required=False) for kind, label in KINDS.items()
        }
        self._working = inputs.number("Hours worked a week", required=True)
        self._admin = inputs.number("Of them for everything else", hint="Mail, reports, forecasts.", required=True)
        inputs.all_optional(*self._hours.values(), *self._days.values())
        self._week = inputs.choice("Week of", self._weeks(), self._weeks_last())
        self._done = {kind: inputs.number(label) for kind, label in KINDS.items()}
        inputs.all_optional(*self._done.values())
        self._plan = blocks.panel(
            "Plan the week",
            words("Hours a week, and on which day they usually are, so that they stand in the calendar."),
            inputs.side_by_side(*(each for kind in KINDS for each in (self._hours[kind], self._days[kind]))),
            inputs.side_by_side(self._working, self._admin),
            blocks.actions(blocks.button("Keep the plan", self._messages, self._keep, main=True)),
        )
        self._log = blocks.panel(
            "How a week went",
            self._week.view,
            blocks.actions(blocks.button("It went as planned", self._messages, self._as_planned)),
            words("Or say how many hours each took; what is left empty was not done."),
            inputs.side_by_side(*self._done.values()),
            blocks.actions(blocks.button("Keep these hours", self._messages, self._spent)),
        )
        self.view = blocks.panel("", self._seen.view, self._messages.view, self._log, self._plan)
        self.fill()

    def fill(self) -> None:
        """Show the week of who sits at the page now."""
        leads = self._who.leads
        for each in (self._plan, self._log):
            blocks.show(each, leads)
        self._seen.redraw()
        if not leads:
            return
        plan = own.plan_of(of_company(self._here), self._who.name) or _USUAL
        for kind in KINDS:
            self._hours[kind].fill(_typed(plan.hours.get(kind)))
            self._days[kind].fill(plan.days.get(kind))
        self._working.fill(_typed(plan.working))
        self._admin.fill(_typed(plan.admin))

    def redraw(self) -> None:
        """Show how it goes now; what is being typed stays."""
        self._seen.redraw()

    def _weeks(self) -> dict[str, date]:
        calendar, settings = self._here.context.calendar, self._here.settings
        mondays = [each for each in calendar.weeks(self._here.context.year) if each <= self._day]
        return {sheets.day(each, settings): each for each in mondays[::-1]}

    def _weeks_last(self) -> date:
        """Give the last week that is over; the first of the year while none is."""
        weeks = list(self._weeks().values())
        over = [each for each in weeks if each + timedelta(days=4) <= self._day]
        return over[0] if over else weeks[-1]

    def _draw(self) -> Any:
        if not self._who.leads:
            return words("Nobody with a goal reports to you, so there are no hours to set aside for a team.")
        settings = self._here.settings
        found = own.of(of_company(self._here), self._who.name, self._day)
        talks = found.talks
        told = (
            f"Your team has {len(found.team)} people with a goal; the conversations planned with them take "
            f"{sheets.number(found.needed, settings)} hours a week. Of {talks['planned']} planned until now, "
            f"{talks['held']} were held and {talks['missed']} missed; {talks['besides']} were held besides."
        )
        parts: list[Any] = [words(told), *_contradictions(found)]
        if found.plan is None:
            return [*parts, words("Nothing is planned yet: say below what your week is meant to be spent on.")]
        fields = [
            Field("label", "What"), Field("planned", "Planned hours", "number"), Field("done", "Done", "number"),
            Field("between", "Difference"), Field("told", "Weeks told", "count"),
        ]  # fmt: skip
        table = found.against.assign(
            between=[sheets.number(each, settings, signed=True) for each in found.against["difference"]]
        )
        caption = (
            "Planned and done until now, of the weeks that were told; confirmed conversations count by themselves"
        )
        return [*parts, sheets.table(table, fields, settings, caption=caption)]

    def _keep(self) -> str:
        read = inputs.read_all(working=self._working, admin=self._admin, **self._hours)
        hours = {kind: float(read[kind]) for kind in KINDS if read[kind]}
        days = {kind: int(each.control.value) for kind, each in self._days.items() if each.control.value is not None}
        context, me = of_company(self._here), self._who.name
        now = own.plan_of(context, me) or _USUAL
        plan = OwnPlan(hours, days, float(read["working"]), float(read["admin"]), now.version)
        own.keep(context, me, plan, me)
        self._seen.redraw()
        self._changed()
        return "The plan is kept; the hours stand in the calendar."

    def _as_planned(self) -> str:
        own.log(of_company(self._here), self._who.name, self._monday(), None, self._who.name)
        self._seen.redraw()
        return "Kept: the week went as planned."

    def _spent(self) -> str:
        read = inputs.read_all(**self._done)
        hours = {kind: float(read[kind] or 0) for kind in KINDS}
        own.log(of_company(self._here), self._who.name, self._monday(), hours, self._who.name)
        for each in self._done.values():
            each.fill("")
        self._seen.redraw()
        return "Kept."

    def _monday(self) -> date:
        monday = self._week.control.value
        if monday is None:
            raise PlanningError("Choose a week first.")
        return date.fromisoformat(str(monday))


def _contradictions(found: own.Own) -> list[Html]:
    if not found.contradictions:
        return []
    items = "".join(
        f"<li>{escape(each.says)} <strong>{escape(each.mend)}</strong></li>" for each in found.contradictions
    )
    return [
        Html(f'<div class="message info"><strong class="kind">What cannot come true</strong><ul>{items}</ul></div>')
    ]


def _typed(hours: float | None) -> str:
    return "" if not hours else f"{Decimal(str(hours)).normalize():f}"
