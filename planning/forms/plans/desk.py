"""The desk at which a plan is written, talked about, submitted, returned and signed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from time import monotonic
from typing import Any

from planning import sheets
from planning.errors import AccessError, PlanningError, PlansError
from planning.forms import blocks, inputs, shell
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, of_company, words
from planning.forms.plans.sheet import Sheet, told
from planning.forms.plans.stood import DID, state
from planning.forms.watch import TO_READ, watch
from planning.forms.widgets import VBox
from planning.papers.files import KINDS, written
from planning.papers.plans import clash_words, plan_paper
from planning.plans.plans import RELATIONSHIP, SORTS, SUPPORT, TERRITORY, Plan, Relationship, Sort, title
from planning.plans.sections import asked
from planning.plans.signing import CHANGED, SIGNED, SUBMITTED, Stand, Word
from planning.sheets import Html
from planning.workbook.leading import managers
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
    """

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._on = proposals.year(of_company(here))
        reps = proposals.reps(here.context, self._on)
        if not reps:
            raise PlanningError("There is nobody here whose plans are yours to see.")
        first = here.person if here.person in reps else reps[0]
        self._rep = inputs.choice("Rep", {each: each for each in reps}, first)
        self._sort = inputs.choice("Plan", {each.title: each.kind for each in SORTS.values()}, TERRITORY.kind)
        self._account = inputs.choice("Account", {"": ""}, "", hint="Must keep and must expand accounts first.")
        self._who = inputs.choice("I am", {"": ""}, "")
        self._text = inputs.long_text("Comment, or what must change")
        self._about = inputs.choice("On which part", {_WHOLE: ""}, "")
        inputs.all_optional(self._text)
        self._place, self._links = VBox(), blocks.shown(Html(""))
        self._sheet: Sheet | None = None
        self._filling = False
        self.found: Written = Written(proposals.territory_plan(self._context, first, self._on).plan, Stand())
        self._opened = False
        self._read, self._came_at = 0, 0.0
        self._stand, self._holds = (
            Live(lambda: state(here, self.found) if self._opened else Html("")),
            Live(lambda: self._clashes() if self._opened else Html("")),
        )
        self._buttons = self._made_buttons()
        self.view = self._laid()
        self._offer_accounts()
        self._offer_people()
        self._open()
        for each, does in ((self._rep, self._sit_down), (self._sort, self._change_sort), (self._account, self._open),
                           (self._who, self._open)):  # fmt: skip
            each.control.observe(lambda _, does=does: None if self._filling else does(), names="value")
        if shell.served():
            watch(self._look, self._came)

    @property
    def _context(self) -> Any:
        return of_company(self._here)

    @property
    def rep(self) -> str:
        """Whose plan it is."""
        return str(self._rep.control.value)

    @property
    def sort(self) -> Sort:
        """Which sort of plan."""
        return SORTS[str(self._sort.control.value)]

    @property
    def account(self) -> str:
        """Account of a relationship plan; empty for others."""
        return str(self._account.control.value or "") if self.sort is RELATIONSHIP else ""

    @property
    def person(self) -> str:
        """Who sits here."""
        me = self._here.context.person
        return me.name if me is not None else str(self._who.control.value or "")

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
            inputs.side_by_side(self._rep, self._sort, self._account, self._who),
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

    def _sit_down(self) -> None:
        if self._rep.control.value is not None:
            self._offer_accounts()
            self._offer_people()
            self._open()

    def _change_sort(self) -> None:
        if self._sort.control.value is not None:
            self._offer_people()
            self._open()

    def _offer_accounts(self) -> None:
        """Offer the accounts of the rep that are to be kept or expanded, and those that have a plan already."""
        musts = proposals.relationships(self._context, self.rep, self._on)
        have = [of for rep, of in kept.everybody(self._context, RELATIONSHIP) if rep == self.rep]
        names = list(dict.fromkeys([*musts, *have]))
        self._filling = True
        self._account.control.options = [(each, each) for each in names] or [("–", "")]
        self._filling = False

    def _offer_people(self) -> None:
        """Offer who may sit here; who is logged in sits as themselves."""
        blocks.show(self._account.view, self.sort is RELATIONSHIP)
        if self._here.context.person is not None:
            blocks.show(self._who.view, False)
            return
        manager = managers(self._context).get(self.rep, "")
        people = {f"{self.rep}, rep": self.rep}
        people |= {f"{manager}, manager": manager} if manager else {}
        people |= {"The planner": "The planner"}
        writer = manager if self.sort.writer == "leader" and manager else self.rep
        values = list(people.values())
        chosen = self._who.control.value
        self._filling = True
        self._who.control.options = list(people.items())
        self._who.control.value = chosen if chosen in values and chosen != self.rep else writer
        self._filling = False

    def _open(self) -> None:
        """Show the plan as it is kept or proposed, with what one was writing of it."""
        if self._filling or self._who.control.value is None:
            return
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
        if self.sort is RELATIONSHIP and not self.account:
            raise PlansError(f"{self.rep} has no account that is must keep or must expand.")
        self.found = proposals.any_plan(self._context, self.sort, self.rep, self.account, self._on)

    def _look(self) -> list[Written]:
        """Give the plan where somebody else has kept a version or said something since it was shown."""
        if self._rep.control.value is None or self._sort.control.value is None:
            return []
        found = kept.find(self._context, self.sort, self.rep, self.account)
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
        return kept.draft(self._context, self.sort, self.rep, self.person, self.account) if self._writes() else None

    def _writes(self) -> bool:
        return kept.may_write(self._context, self.sort, self.rep, self.person)

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
        _, side = speaker(self._context, self.rep, self.person)
        may.add("comment")
        if side == self.sort.writer and stand.state not in (SUBMITTED, SIGNED):
            may.add("submit")
        if side in ("rep", "leader") and side != self.sort.writer:
            may |= {"sign", "return"} if stand.state == SUBMITTED else {"return"} if stand.state == SIGNED else set()
        return may

    def _clashes(self) -> list[Any]:
        """Say what does not hold of the plan as it is being written."""
        plan = self._sheet.peek() if self._sheet else self.found.plan
        if isinstance(plan, Relationship) or self.sort is SUPPORT:
            return []
        found = checked.of_plan(self._context, plan, self._on)  # type: ignore[arg-type]
        if not found:
            return [
                words("It holds: nothing in it contradicts the goal, the activity it takes, or the days there are.")
            ]
        items = "".join(f"<li>{escape(clash_words(each, self._here.settings))}</li>" for each in found)
        return [folded(f"What does not hold yet ({len(found)})", Html(f"<ul>{items}</ul>"))]

    def _typed(self) -> None:
        """Keep what one is writing, so that a reload or a lost connection loses nothing."""
        if self._filling or self._sheet is None:
            return
        kept.keep_draft(self._context, self._sheet.peek(), self.person)
        self._holds.redraw()

    def _keep(self) -> str:
        if self._sheet is None:
            raise AccessError("It is not yours to write.")
        self.found = kept.keep(self._context, self._sheet.read(), self.person)
        self._sheet.stands(self.found.plan)
        self._refresh()
        self._changed()
        again = " It was signed before, and is to be signed again." if self.found.stand.state == CHANGED else ""
        return f"{title(self.found.plan)}: version {self.found.plan.version} is kept.{again}"

    def _anew(self) -> str:
        """Fill the form in from the data as it is now; nothing is kept yet."""
        self._on = proposals.year(self._context)
        fresh = proposals.fresh(self._context, self.sort, self.rep, self.account, self._on)
        self._fill(replace(fresh, version=self.found.plan.version))
        self._typed()
        return "It is filled in from the data as it is now; it is kept when you keep it."

    def _drop(self) -> str:
        kept.drop_draft(self._context, self.sort, self.rep, self.person, self.account)
        self._fill(self.found.plan)
        return "What you typed since the last version is forgotten."

    def _says(self, did: str) -> Callable[[], str]:
        def act() -> str:
            word = Word(did, self._seen(), str(self._text.read() or ""), str(self._about.control.value or ""))
            try:
                kept.say(self._context, self.sort, self.rep, word, self.person, self.account)
            finally:
                # What somebody else did meanwhile is shown, and told in the refusal.
                self._found()
                self._refresh()
            self._text.fill("")
            self._changed()
            return f"You {DID[did]} version {word.version}."

        return act

    def _print(self) -> str:
        paper = plan_paper(self._context, self.sort, self.rep, self.account)
        stem = sheets.file_name(paper.title)
        links = [
            sheets.file_link(f"{paper.title} ({ending.upper()})", f"{stem}.{ending}", written(paper, ending), kind,
                             f"Save: {paper.title} as {ending.upper()}")
            for ending, kind in KINDS.items()
        ]  # fmt: skip
        self._links.value = f'<p class="words">{" ".join(links)}</p>'
        return "They stand below, to be saved."
