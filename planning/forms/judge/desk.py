"""The desk at which one evaluation is prepared, shared, answered and closed."""

from collections.abc import Callable
from typing import Any

from planning import sheets
from planning.errors import PlanningError, TrackingError
from planning.forms import blocks, inputs
from planning.forms.judge import shown
from planning.forms.messages import Messages
from planning.forms.page import Live, Page
from planning.forms.widgets import VBox
from planning.papers.evaluation import evaluation as paper
from planning.papers.html import html
from planning.papers.pdf import pdf
from planning.sheets import Html
from planning.tracking.judging import TABLE
from planning.workbook.tracking import evaluating
from planning.workbook.tracking.criteria import of_role, role_of
from planning.workbook.tracking.evaluating import Record
from planning.workbook.tracking.evaluation import evaluation, share

_SAID = {"share": "It is shared with the rep.", "answer": "Your answer is kept.", "say": "It is kept.",
         "close": "It is closed."}  # fmt: skip


class Desk:
    """One evaluation, and what is one's to do with it.

    Parameters
    ----------
    here
        The page, in the year that is evaluated.
    territory
        Only those who serve it; empty for all.
    changed
        Called after something was kept.
    """

    def __init__(self, here: Page, territory: str, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        people = evaluating.people(here.context, territory)
        if not people:
            raise PlanningError("There is nobody here whose year is yours to see.")
        me = here.person
        self._rep = inputs.choice("Rep", {each: each for each in people}, me if me in people else people[0])
        self._who = inputs.choice("I am", {"": ""}, "")
        self._ratings: dict[str, tuple[inputs.Input, inputs.Input]] = {}
        self._place = VBox()
        self._summary = inputs.long_text("What you say of the year")
        self._text = inputs.long_text(
            "Answer or feedback", hint="To disagree, to say something and to close need a text."
        )
        inputs.all_optional(self._summary, self._text)
        verbs: dict[str, tuple[str, Callable[[], str]]] = {
            "rate": ("Keep what was prepared", self._rate),
            "share": ("Share it with the rep", lambda: self._step("share")),
            "agree": ("I agree", lambda: self._step("answer", True)),
            "disagree": ("I do not agree", lambda: self._step("answer", False)),
            "say": ("Say it", lambda: self._step("say")),
            "close": ("Close it", lambda: self._step("close")),
        }
        self._buttons = {
            kind: blocks.button(verb, self._messages, act, main=kind in ("share", "agree"))
            for kind, (verb, act) in verbs.items()
        }
        self._papers = blocks.button("Make the paper", self._messages, self._print, hint="To keep, as PDF or HTML.")
        self._links = blocks.shown(Html(""))
        self._figures, self._said = Live(self._draw), Live(self._draw_said)
        self._rep.control.observe(lambda _: self._sit(), names="value")
        self._who.control.observe(lambda _: self._offer(), names="value")
        self.view = blocks.panel(
            "", inputs.side_by_side(self._rep, self._who), self._figures.view, self._said.view, self._place,
            self._text.view, blocks.actions(*self._buttons.values(), self._papers), self._messages.view, self._links,
        )  # fmt: skip
        self._sit()

    @property
    def rep(self) -> str:
        """Whose evaluation it is."""
        return str(self._rep.control.value)

    def redraw(self) -> None:
        """Show it as it stands now."""
        self._said.redraw()
        self._fill()
        self._offer()

    def _sit(self) -> None:
        if self._rep.control.value is None:
            return
        self._links.value = ""
        blocks.show(self._who.view, self._here.context.person is None)
        manager = evaluating.manager(self._here.context, self.rep) or "The manager"
        self._who.control.options = [(f"{manager}, who leads", manager), (f"{self.rep}, rep", self.rep)]
        self._who.control.value = self.rep if self._here.person == self.rep else manager
        self.redraw()

    def _side(self) -> str:
        if self._here.context.person is not None:
            return evaluating.side(self._here.context, self.rep)
        return "rep" if self._who.control.value == self.rep else "lead"

    def _person(self) -> str:
        me = self._here.context.person
        return me.name if me is not None else str(self._who.control.value or "")

    def _record(self) -> Record:
        return evaluating.record(self._here.context, self.rep)

    def _fill(self) -> None:
        """Ask for a level and a reason of every behaviour that counts."""
        self._ratings, before = {}, self._record().ratings
        try:
            criteria = of_role(self._here.context, role_of(self._here.context, self.rep))
        except PlanningError:
            self._place.children = []
            return
        levels = {name[:1].upper() + name[1:]: name for name in criteria.scale}
        for each in criteria.of("behaviour"):
            now = before.get(each.name, {})
            level = now.get("level") if now.get("level") in criteria.scale else None
            self._ratings[each.name] = (
                inputs.choice(each.name, levels, level, required=False),
                inputs.text("Why", str(now.get("reason", "")), hint=f"{each.name}: what you saw.", longest=1000),
            )
        inputs.all_optional(*(each for pair in self._ratings.values() for each in pair))
        rows = [inputs.side_by_side(*pair) for pair in self._ratings.values()]
        self._place.children = [*rows, self._summary.view]

    def _offer(self) -> None:
        self._figures.redraw()
        side, state = self._side(), self._record().state
        may = set(TABLE[state][side])
        may |= {"agree", "disagree"} if "answer" in may else set()
        for kind, button in self._buttons.items():
            blocks.show(button, kind in may)
        blocks.show(self._place, "rate" in may)
        blocks.show(self._papers, side == "lead" or state != "draft")
        blocks.show(self._text.view, may - {"rate"})

    def _draw(self) -> list[Any]:
        if self._side() == "rep" and self._record().state == "draft":
            raise TrackingError(f"The evaluation of FY{self._here.context.year} was not shared with you yet.")
        found = evaluation(self._here.context, self.rep)
        settings = self._here.settings
        return [
            *shown.figures(found, settings),
            _title("Beside others"), *shown.peers(found, settings),
            _title("What the market and our assumptions did"), *shown.happened(found, settings),
            _title("Pay"), *shown.paid(found, settings),
        ]  # fmt: skip

    def _draw_said(self) -> list[Any]:
        record = self._record()
        state = f'<p class="words"><strong>{shown.STATES[record.state]}.</strong></p>'
        fresh = "Something was prepared since that the rep has not seen." if record.prepared and record.said else ""
        return [
            _title("What both sides said"), Html(state),
            *([Html(f'<p class="words">{fresh}</p>')] if fresh else []), shown.said(record, self._here.settings),
        ]  # fmt: skip

    def _rate(self) -> str:
        given = {
            name: (str(level.control.value), str(why.read() or ""))
            for name, (level, why) in self._ratings.items()
            if level.control.value is not None
        }
        summary = str(self._summary.read() or "")
        evaluating.rate(self._here.context, self.rep, given, summary, self._person())
        self._after()
        return "It is kept; the rep sees it once it is shared."

    def _step(self, done: str, agrees: bool | None = None) -> str:
        context, text = self._here.context, str(self._text.read() or "")
        if done == "share":
            share(context, self.rep, text, self._person())
        else:
            evaluating.step(context, self.rep, done, text, self._person(), agrees)
        self._text.fill("")
        self._after()
        return _SAID[done]

    def _after(self) -> None:
        self.redraw()
        self._changed()

    def _print(self) -> str:
        made = paper(self._here.context, self.rep)
        stem = sheets.file_name(f"FY{self._here.context.year} {self.rep}")
        links = [
            sheets.file_link(f"Evaluation ({ending.upper()})", f"{stem}.{ending}", content, kind, "Save it")
            for ending, content, kind in (
                ("pdf", pdf(made), "application/pdf"), ("html", html(made).encode(), "text/html"),
            )
        ]  # fmt: skip
        self._links.value = f'<p class="words">{" ".join(links)}</p>'
        return "It stands below, to be saved."


def _title(text: str) -> Html:
    return Html(f'<h3 class="panel-title">{text}</h3>')
