"""The desk at which a plan is written, talked about, submitted, returned and signed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from time import monotonic
from typing import Any

from planning import sheets
from planning.errors import AccessError, PlansError
from planning.forms import blocks, inputs, shell
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, of_company, words
from planning.forms.plans.sheet import Sheet, told
from planning.forms.plans.stood import DID, state
from planning.forms.plans.which import Which
from planning.forms.watch import TO_READ, watch
from planning.forms.widgets import VBox
from planning.papers.files import KINDS, written
from planning.papers.plans import clash_words, plan_paper
from planning.plans.plans import RELATIONSHIP, SUPPORT, Plan, Relationship, title
from planning.plans.sections import asked
from planning.plans.signing import CHANGED, SIGNED, SUBMITTED, Stand, Word
from planning.sheets import Html
from planning.workbook.plans import checked, kept, proposals
from planning.workbook.plans.kept import Written
from planning.workbook.plans.sides import speaker

_WHOLE = "The whole plan"
_VERBS = {"submit": "Submit it", "sign": "Sign it", "return": "Return it", "comment": "Comment"}


class Desk:
    """One plan of one rep.

    Parameters
    ----------
    here
        The page.
    changed
        Called after something was kept or said.

    Attributes
    ----------
    which
        Which plan it is, and who sits here.
    found
        The plan, and where it stands.
    view
        The widget to show.
    """

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self.which = Which(here, self._open)
        self._text = inputs.long_text("Comment, or what must change")
        self._about = inputs.choice("On which part", {_WHOLE: ""}, "")
        inputs.all_optional(self._text)
        self._place, self._links = VBox(), blocks.shown(Html(""))
        self._sheet: Sheet | None = None
        first = proposals.territory_plan(self._context, self.which.rep, self.which.on)
        self.found: Written = Written(first.plan, Stand())
        self._opened = False
        self._read, self._came_at = 0, 0.0
        self._stand, self._holds = (
            Live(lambda: state(here, self.found) if self._opened else Html("")),
            Live(lambda: self._clashes() if self._opened else Html("")),
        )
        self._buttons = self._made_buttons()
        self.view = self._laid()
        self._open()
        if shell.served():
            watch(self._look, self._came)

    @property
    def _context(self) -> Any:
        return of_company(self._here)

    def _made_buttons(self) -> dict[str, Any]:
        button = blocks.button
        made = {
            "keep": button("Keep this version", self._messages, self._keep, main=True),
            "anew": button("Fill in anew from the data", self._messages, self._anew),
            "drop": button("Forget what I typed", self._messages, self._drop),
        }
        for did, verb in _VERBS.items():
            made[did] = button(verb, self._messages, self._says(did))
        return made

    def _laid(self) -> Any:
        buttons = self._buttons
        papers = blocks.button("Make the papers", self._messages, self._print, hint="To bring to the meeting.")
        return blocks.panel(
            "",
            self.which.view,
            self._stand.view,
            self._place,
            self._holds.view,
            blocks.actions(*(buttons[name] for name in ("keep", "anew", "drop"))),
            self._text.view,
            inputs.side_by_side(self._about),
            blocks.actions(*(buttons[name] for name in _VERBS), papers),
            self._messages.view,
            self._links,
        )

    def _open(self) -> None:
        """Show the plan as it is kept or proposed, with what one was writing of it."""
        self._links.value = ""
        self._messages.clear()
        self._found()
        draft = self._draft()
        self._fill(draft or self.found.plan)
        if draft is not None:
            said = "What you were writing is here again."
            if draft.version != self.found.plan.version:
                said += f" It was begun from version {draft.version}; version {self.found.plan.version} is in force."
            self._messages.say("info", said)

    def _found(self) -> None:
        if self.which.sort is RELATIONSHIP and not self.which.account:
            raise PlansError(f"{self.which.rep} has no account that is must keep or must expand.")
        self.found = proposals.any_plan(
            self._context, self.which.sort, self.which.rep, self.which.account, self.which.on
        )

    def _look(self) -> list[Written]:
        """Give the plan where somebody else has kept a version or said something since it was shown."""
        if not self.which.chosen:
            return []
        found = kept.find(self._context, self.which.sort, self.which.rep, self.which.account)
        return [found] if found is not None and found.stand != self.found.stand else []

    def _came(self, found: Sequence[Written]) -> None:
        """Show what somebody else did meanwhile; what one is writing stays."""
        before, self.found = self.found, found[-1]
        stand = self.found.stand
        words_since = stand.words[len(before.stand.words) :]
        said = [f"{word.actor} {DID[word.did]} version {word.version}" for word in words_since]
        if stand.version != before.plan.version:
            self._read, self._came_at = before.plan.version, monotonic()
            said = [f"version {stand.version} was kept", *said]
            if self._sheet is None:
                self._place.children = [blocks.shown(each) for each in told(self.found.plan, self._here.settings)]
        self._refresh()
        self._changed()
        mine = " What you typed is still here." if self._sheet is not None or self._text.control.value else ""
        self._messages.say("info", f"Meanwhile: {'; '.join(said)}.{mine}")

    def _seen(self) -> int:
        """Say which version one can have seen: what has only just come on the page was not read yet."""
        return self._read if monotonic() - self._came_at < TO_READ else self.found.plan.version

    def _draft(self) -> Plan | None:
        return (
            kept.draft(self._context, self.which.sort, self.which.rep, self.which.person, self.which.account)
            if self._writes()
            else None
        )

    def _writes(self) -> bool:
        return kept.may_write(self._context, self.which.sort, self.which.rep, self.which.person)

    def _fill(self, plan: Plan) -> None:
        """Show a plan as a form to who writes it, and to be read to all others."""
        settings = self._here.settings
        if self._writes():
            self._sheet = Sheet(plan, settings, self._typed)
            self._place.children = [self._sheet.view]
        else:
            self._sheet = None
            self._place.children = [blocks.shown(each) for each in told(plan, settings)]
        chosen = [(_WHOLE, ""), *((each.label, each.name) for each in asked(type(plan)))]
        self._about.control.options = chosen
        self._refresh()

    def _refresh(self) -> None:
        self._opened = True
        self._stand.redraw()
        self._holds.redraw()
        may = self._may()
        for name, button in self._buttons.items():
            blocks.show(button, name in may)
        for each in (self._text, self._about):
            blocks.show(each.view, "comment" in may)

    def _may(self) -> set[str]:
        """Say what one may do now."""
        stand = self.found.stand
        may = {"keep", "anew", "drop"} if self._sheet is not None else set[str]()
        if not stand.version:
            return may
        _, side = speaker(self._context, self.which.rep, self.which.person)
        may.add("comment")
        if side == self.which.sort.writer and stand.state not in (SUBMITTED, SIGNED):
            may.add("submit")
        if side in ("rep", "leader") and side != self.which.sort.writer:
            may |= {"sign", "return"} if stand.state == SUBMITTED else {"return"} if stand.state == SIGNED else set()
        return may

    def _clashes(self) -> list[Any]:
        """Say what does not hold of the plan as it is being written."""
        plan = self._sheet.peek() if self._sheet else self.found.plan
        if isinstance(plan, Relationship) or self.which.sort is SUPPORT:
            return []
        found = checked.of_plan(self._context, plan, self.which.on)  # type: ignore[arg-type]
        if not found:
            return [
                words("It holds: nothing in it contradicts the goal, the activity it takes, or the days there are.")
            ]
        items = "".join(f"<li>{escape(clash_words(each, self._here.settings))}</li>" for each in found)
        return [folded(f"What does not hold yet ({len(found)})", Html(f"<ul>{items}</ul>"))]

    def _typed(self) -> None:
        """Keep what one is writing, so that a reload or a lost connection loses nothing."""
        if self._sheet is None:
            return
        kept.keep_draft(self._context, self._sheet.peek(), self.which.person)
        self._holds.redraw()

    def _keep(self) -> str:
        if self._sheet is None:
            raise AccessError("It is not yours to write.")
        self.found = kept.keep(self._context, self._sheet.read(), self.which.person)
        self._sheet.stands(self.found.plan)
        self._refresh()
        self._changed()
        again = " It was signed before, and is to be signed again." if self.found.stand.state == CHANGED else ""
        return f"{title(self.found.plan)}: version {self.found.plan.version} is kept.{again}"

    def _anew(self) -> str:
        """Fill the form in from the data as it is now; nothing is kept yet."""
        self.which.read_again()
        fresh = proposals.fresh(self._context, self.which.sort, self.which.rep, self.which.account, self.which.on)
        self._fill(replace(fresh, version=self.found.plan.version))
        self._typed()
        return "It is filled in from the data as it is now; it is kept when you keep it."

    def _drop(self) -> str:
        kept.drop_draft(self._context, self.which.sort, self.which.rep, self.which.person, self.which.account)
        self._fill(self.found.plan)
        return "What you typed since the last version is forgotten."

    def _says(self, did: str) -> Callable[[], str]:
        def act() -> str:
            word = Word(did, self._seen(), str(self._text.read() or ""), str(self._about.control.value or ""))
            try:
                kept.say(self._context, self.which.sort, self.which.rep, word, self.which.person, self.which.account)
            finally:
                # What somebody else did meanwhile is shown, and told in the refusal.
                self._found()
                self._refresh()
            self._text.fill("")
            self._changed()
            return f"You {DID[did]} version {word.version}."

        return act

    def _print(self) -> str:
        paper = plan_paper(self._context, self.which.sort, self.which.rep, self.which.account)
        stem = sheets.file_name(paper.title)
        links = [
            sheets.file_link(f"{paper.title} ({ending.upper()})", f"{stem}.{ending}", written(paper, ending), kind,
                             f"Save: {paper.title} as {ending.upper()}")
            for ending, kind in KINDS.items()
        ]  # fmt: skip
        self._links.value = f'<p class="words">{" ".join(links)}</p>'
        return "They stand below, to be saved."
