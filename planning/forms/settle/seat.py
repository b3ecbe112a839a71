"""The table that both sides sit at: one rep's goal, the moves that are one's to make, and what one is writing."""

from collections.abc import Callable, Mapping
from html import escape
from time import monotonic
from typing import Any

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs, shell
from planning.forms.account import waterfall
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, of_company, together
from planning.forms.settle.overall import in_view
from planning.forms.settle.said import DID, both_sides, exchange, state
from planning.forms.watch import TO_READ, watch
from planning.forms.widgets import VBox
from planning.negotiation.moves import OFFERS, SETS, TALK, Role, Say
from planning.papers.agreement import agreement
from planning.papers.html import html
from planning.papers.meeting import meeting
from planning.papers.pdf import pdf
from planning.sheets import Html
from planning.workbook import goals
from planning.workbook.negotiation import adjusting, moving, talks
from planning.workbook.negotiation.seats import today
from planning.workbook.negotiation.talks import Talk

_VERBS = {
    "propose": "Propose", "counter": "Propose my own", "accept": "Accept", "withdraw": "Withdraw", "return": "Return",
    "escalate": "Ask the manager's manager", "decide": "Decide", "reopen": "Ask to reopen", "consent": "Consent",
    "refuse": "Refuse", "comment": "Comment", "question": "Ask", "delegate": "Let them speak for me",
    "hand_over": "Hand over", "leave": "End it: the rep leaves", "lapse": "Let the manager's offer stand",
}  # fmt: skip
_WHOLE = "The whole goal"
_ABOUT = (*TALK, "accept")
"""Moves that may be about one line."""

_GIVEN = ("delegate", "hand_over")


class Seat:
    """The table that manager and rep sit at.

    Parameters
    ----------
    here
        The page.
    changed
        Called after a move, one's own or another's.
    sat
        Called when one sits down at another goal, or on another side.
    """

    def __init__(self, here: Page, changed: Callable[[], None], sat: Callable[[], None]) -> None:
        self._here, self._changed, self._sat, self._messages = here, changed, sat, Messages()
        reps = list(in_view(here)["rep"])
        if not reps:
            raise PlanningError("Nobody carries a goal here, so there is nothing to negotiate.")
        asked = [name for name in (shell.query().get("rep", ""), here.person, reps[0]) if name in reps]
        self._rep = inputs.choice("Rep", {each: each for each in reps}, asked[0])
        self._who = inputs.choice("I am", {"": ""}, "")
        self._lines: dict[str, inputs.Input] = {}
        self._detail: dict[str, Any] = {}
        self._note = inputs.long_text(
            "Reason or comment", hint="A proposal needs a justification, one's own proposal its supporting detail."
        )
        self._about = inputs.choice(
            "About", {_WHOLE: ""}, "", hint="A comment, a question or a signature on one line."
        )
        self._to = inputs.text("To whom", hint="To let somebody speak for you, or to hand over.")
        self._private = inputs.text("Private note", hint="Your own side alone sees it.")
        self._offer, self._total = VBox().add_class("kept"), blocks.shown(Html(""))
        self._note.view.add_class("kept")
        self._carries = blocks.shown(Html(""))
        self._buttons = {
            kind: blocks.button(verb, self._messages, self._does(kind), main=kind == "accept")
            for kind, verb in _VERBS.items()
        }
        self._noting = blocks.button("Keep the note", self._messages, self._keep_note)
        self._papers = blocks.button(
            "Make the papers", self._messages, self._print, hint="To take along, or to keep."
        )
        self._links = blocks.shown(Html(""))
        self._filling = False
        self._came, self._came_at = 0, 0.0
        context = of_company(here)
        self._running = len(adjusting.open_months(context)) < len(context.calendar.months(context.year))
        self.talk: Talk = self._look()
        self._seen, self._origin = Live(self._draw), Live(self._draw_origin)
        self._rep.control.observe(lambda _: self._sit_down(), names="value")
        self._who.control.observe(lambda _: self._change_sides(), names="value")
        self._note.control.observe(lambda _: self._keep_draft(), names="value")
        self._sit_down()
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._rep, self._who),
            self._seen.view,
            self._offer,
            self._total,
            self._carries,
            self._note.view,
            inputs.side_by_side(self._about, self._to),
            blocks.actions(*self._buttons.values()),
            self._messages.view,
            inputs.side_by_side(self._private),
            blocks.actions(self._noting, self._papers),
            self._links,
            self._origin.view,
        )
        if shell.served():
            watch(lambda: self._look().thread.moves[len(self.talk.thread.moves) :], self._moved)

    def take(self, lines: Mapping[str, int], detail: Mapping[str, Any]) -> str:
        """Take lines into the offer that is being written; nothing is sent.

        Raises
        ------
        PlanningError
            If it is not one's turn to make an offer.
        """
        if not self._offering():
            raise PlanningError("It is not for you to make an offer now, so it was not taken into the form.")
        self._filling = True
        for name, each in self._lines.items():
            each.fill(inputs.typed_money(lines[name], self._here.settings) if name in lines else "")
        self._detail = dict(detail)
        self._filling = False
        self._add_up()
        self._keep_draft()
        return "It stands in the form above, with what it rests on. Nothing was sent yet."

    def look_again(self) -> None:
        """Show the goal at the table as it stands now, after something was sent beside the table."""
        self._sit_down()

    @property
    def rep(self) -> str:
        """Whose goal it is."""
        return self.talk.thread.rep

    @property
    def person(self) -> str:
        """Who sits here."""
        me = self._here.context.person
        return me.name if me is not None else str(self._who.control.value or "")

    @property
    def role(self) -> Role | None:
        """In which role."""
        return self.talk.seats.role(self.talk.thread, self.person)

    def _look(self) -> Talk:
        return talks.talk(of_company(self._here), str(self._rep.control.value))

    def _sit_down(self) -> None:
        """Show the chosen rep's goal as it stands now, and what one was writing on it."""
        if self._rep.control.value is None:
            return
        self.talk = self._look()
        self._links.value = ""
        self._offer_seats()
        self._change_sides()

    def _offer_seats(self) -> None:
        """Offer the people who may sit at this goal; who is logged in sits as themselves."""
        if self._here.context.person is not None:
            blocks.show(self._who.view, False)
            return
        talk, thread = self.talk, self.talk.thread
        people = {
            f"{talk.manager or 'The manager'}, manager": talk.manager or "The manager",
            f"{thread.rep}, rep": thread.rep,
        }
        spoken = thread.delegate(today())
        people |= {f"{spoken}, for the manager": spoken} if spoken else {}
        people |= {f"{talk.senior}, manager's manager": talk.senior} if talk.senior else {}
        people |= {"The planner": "The planner"}
        chosen = self._who.control.value
        asked = self._here.person
        self._filling = True
        self._who.control.options = list(people.items())
        values = list(people.values())
        self._who.control.value = chosen if chosen in values else asked if asked in values else values[0]
        self._filling = False

    def _change_sides(self) -> None:
        """Offer the moves that are one's to make, and what one was writing."""
        if self._filling:
            return
        self._fill_lines()
        self._restore()
        self._refresh()
        self._sat()

    def _allowed(self) -> list[str]:
        role = self.role
        return self.talk.allowed(role) if role else []

    def _offering(self) -> bool:
        return bool({*OFFERS, "decide"} & set(self._allowed()))

    def _refresh(self) -> None:
        self._seen.redraw()
        self._origin.redraw()
        allowed = self._allowed()
        # Once months are over, a settled goal is changed by the form below, which says from when and to what.
        offered = {*allowed} - ({"reopen"} if self._running else set())
        for kind, button in self._buttons.items():
            blocks.show(button, kind in offered)
        for each in (self._offer, self._total, self._carries):
            blocks.show(each, self._offering())
        blocks.show(self._to.view, set(_GIVEN) & set(allowed))
        for each in (self._note, self._about):
            blocks.show(each.view, allowed)

    def _fill_lines(self) -> None:
        """Start an offer from the one on the table, else from the goal as it stands."""
        settings = self._here.settings
        self._lines = {
            product: inputs.money(product, settings, amount, required=True)
            for product, amount in sorted(self.talk.start.items())
        }
        for each in self._lines.values():
            each.control.observe(lambda _: self._typed(), names="value")
        self._detail = {}
        self._offer.children = [inputs.side_by_side(*self._lines.values())]
        about = str(self._about.control.value or "")
        self._about.control.options = [(_WHOLE, ""), *((each, each) for each in sorted(self.talk.start))]
        self._about.control.value = about if about in self.talk.start else ""
        self._add_up()

    def _typed(self) -> None:
        if not self._filling:
            self._add_up()
            self._keep_draft()

    def _add_up(self) -> None:
        self._carries.value = _carried(self._detail, self._here)
        try:
            total = sum(inputs.read_all(**self._lines).values())
        except PlanningError:
            self._total.value = '<p class="words">The total shows when every line can be read.</p>'
            return
        difference = total - sum(self.talk.held.values())
        settings = self._here.settings
        self._total.value = (
            f'<p class="words">Together <strong>{sheets.money(total, settings)}</strong>, '
            f"{sheets.money(difference, settings, signed=True)} to the goal as it stands.</p>"
        )

    def _draw(self) -> list[Any]:
        return [state(self.talk), both_sides(self.talk, self._here), exchange(self.talk, self._here), self._notes()]

    def _notes(self) -> Html:
        if self.role is None:
            return Html("")
        found = moving.notes(of_company(self._here), self.rep, self.person)
        if not found:
            return Html("")
        items = [f'<li>{escape(text)} <span class="when">{escape(who)}</span></li>' for who, text, _ in found]
        return folded(f"Private notes of your side ({len(found)})", Html(f"<ul>{''.join(items)}</ul>"))

    def _draw_origin(self) -> list[Any]:
        context, rep = of_company(self._here), self.rep
        says = f"How the goal of {rep} came about."
        parts = waterfall(self._here, goals.explain(context, rep), f"Goal of FY{context.year}", says)
        return [folded(says, together(parts))]

    def _say(self, kind: str) -> Say:
        """Give what one wants to say, as it stands in the form."""
        note, about = str(self._note.read() or ""), str(self._about.control.value or "")
        if kind in (*OFFERS, *SETS) and kind != "lapse":
            return Say(kind, note, inputs.read_all(**self._lines), self._detail)
        if kind == "lapse":
            offer = self.talk.thread.last_offer("manager")
            return Say(kind, note, dict(offer.lines) if offer else {})
        detail: dict[str, Any] = {}
        if about and kind in _ABOUT:
            detail = {"lines": [about]} if kind == "accept" else {"line": about}
        if kind == "return":
            detail = {"to": "manager" if self.role == "rep" else "rep"}
        if kind in _GIVEN:
            detail = {"to": str(self._to.read() or "")}
        return Say(kind, note, {}, detail)

    def _does(self, kind: str) -> Callable[[], str]:
        def act() -> str:
            context, rep, said = of_company(self._here), self.rep, self._say(kind)
            try:
                after = moving.move(context, rep, said, self.person, self._seen_moves())
            except PlanningError:
                # What was typed stays; what the other side did meanwhile is shown, and told in the refusal.
                self.talk, self._came = self._look(), 0
                self._refresh()
                raise
            self.talk = self._look()
            self._filling = True
            self._note.fill("")
            self._filling = False
            self._offer_seats()
            self._fill_lines()
            self._refresh()
            self._changed()
            ends = {
                "agreed": " Both have signed every line: it is agreed and posted.",
                "set": " It is set and posted.",
            }
            version = f" (version {after.version})" if after.version else ""
            return f"You {DID[kind]}{version}.{ends.get(after.state, '')}"

        return act

    def _seen_moves(self) -> int:
        """Say how many moves one can have seen: what has only just come on the page was not read yet."""
        moves, came, when = len(self.talk.thread.moves), self._came, self._came_at
        return moves - came if monotonic() - when < TO_READ else moves

    def _moved(self, since: Any) -> None:
        """Show what somebody else did meanwhile; what one is writing stays."""
        self._came, self._came_at = len(since), monotonic()
        self.talk = self._look()
        self._offer_seats()
        self._refresh()
        self._changed()
        said = "; ".join(f"{move.person} {DID[move.kind]}" for move in since)
        self._messages.say("info", f"Meanwhile: {said}. What you typed is still here.")

    def _keep_draft(self) -> None:
        """Keep what one is writing, so that a reload or a lost connection loses nothing."""
        if self._filling or self.role is None:
            return
        lines = {}
        for name, each in self._lines.items():
            try:
                lines[name] = each.peek()
            except PlanningError:
                continue
        note = str(self._note.control.value or "")
        said = Say(
            "draft", note, {name: amount for name, amount in lines.items() if amount is not None}, self._detail
        )
        moving.keep_draft(of_company(self._here), self.rep, said, self.person, len(self.talk.thread.moves))

    def _restore(self) -> None:
        """Put back what one was writing, unless the table has moved on since."""
        self._filling = True
        found = moving.draft(of_company(self._here), self.rep, self.person) if self.role else None
        self._note.fill(found[0].note if found else "")
        if found and set(found[0].lines) == set(self._lines) and not self.talk.thread.since(found[1]):
            for name, each in self._lines.items():
                each.fill(inputs.typed_money(found[0].lines[name], self._here.settings))
            self._detail = dict(found[0].detail)
        self._filling = False
        self._add_up()

    def _print(self) -> str:
        """Make the meeting sheet, and the agreement once there is one."""
        context, rep = of_company(self._here), self.rep
        papers = {"Meeting sheet": meeting(context, rep)}
        if self.talk.thread.settled:
            papers["Agreement"] = agreement(context, rep)
        links = []
        for name, paper in papers.items():
            stem = sheets.file_name(f"{name} {rep}")
            for ending, content, kind in (
                ("pdf", pdf(paper), "application/pdf"),
                ("html", html(paper).encode(), "text/html"),
            ):
                text = f"{name} ({ending.upper()})"
                links.append(sheets.file_link(text, f"{stem}.{ending}", content, kind, f"Save: {text}"))
        self._links.value = f'<p class="words">{" ".join(links)}</p>'
        return "They stand below, to be saved."

    def _keep_note(self) -> str:
        moving.note(of_company(self._here), self.rep, str(self._private.read() or ""), self.person)
        self._private.fill("")
        self._seen.redraw()
        return "The note is kept; the other side does not see it."


def _carried(detail: Mapping[str, Any], here: Page) -> str:
    """Say what an offer that is being written carries besides its lines."""
    rests = [each for each in detail.get("support") or []]
    told = [f"It rests on {len(rests)} accounts and activities."] if rests else []
    told += ["Its quarters are phased."] if detail.get("phase") else []
    told += [f"With a stretch of {sheets.money(detail['stretch'], here.settings)}."] if detail.get("stretch") else []
    return f'<p class="words">{" ".join(told)}</p>' if told else ""
