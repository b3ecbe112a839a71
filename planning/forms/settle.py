"""The page of negotiation: both offers line by line, the exchange so far, and the moves that are one's to make."""

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd
from ipywidgets import VBox

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.account import waterfall
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, of_company, section
from planning.sheets import Field, Html
from planning.workbook import goals, negotiation
from planning.workbook.negotiation import Person, Talk

STATES = {"not started": "Not started", "proposed": "Proposed", "countered": "Countered", "agreed": "Agreed"}
_KINDS = {"propose": "proposed", "counter": "made a counter-proposal", "comment": "commented", "accept": "accepted"}
_VERBS = {"propose": "Propose", "counter": "Counter", "comment": "Comment", "accept": "Accept"}
STANDING = [
    Field("rep", "Rep"),
    Field("territories", "Territories"),
    Field("goal", "Goal as it stands", "money"),
    Field("state", "Negotiation"),
    Field("last_move", "Last move"),
    Field("since", "When", "moment"),
]


class Board:
    """The page's live parts.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here = here
        self._listing = Live(self._draw_listing)
        self.listing = self._listing.view
        self.table = _Table(here, self._listing.redraw).view

    def _draw_listing(self) -> Any:
        table = standing(self._here)
        table = table.assign(state=table["state"].map(STATES))
        caption = f"Negotiations of FY{self._here.context.year}"
        return sheets.table(table, STANDING, self._here.settings, caption=caption)


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)


def standing(here: Page) -> pd.DataFrame:
    """Say where the negotiations in view stand (`planning.workbook.negotiation.standing`)."""
    table = negotiation.standing(of_company(here))
    place = here.context.territory
    return table[table["territories"].str.split(", ").map(lambda names: place in names)] if place else table


class _Table:
    """The table that manager and rep sit at: one rep's goal."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        reps = list(standing(here)["rep"])
        if not reps:
            raise PlanningError("Nobody carries a goal here, so there is nothing to negotiate.")
        asked = here.person if here.person in reps else reps[0]
        self._rep = inputs.choice("Rep", {each: each for each in reps}, asked)
        self._role = inputs.choice("I am", {"The manager": "manager", "The rep": "rep"}, "manager")
        self._name = inputs.text("My name", hint="Kept with every move.", required=True)
        self._lines: dict[str, inputs.Input] = {}
        self._note = inputs.long_text(
            "Reason or comment", hint="A proposal needs a justification, a counter its detail."
        )
        self._offer, self._total = VBox(), blocks.shown(Html(""))
        self._buttons = {
            kind: blocks.button(verb, self._messages, self._does(kind), main=kind == "accept")
            for kind, verb in _VERBS.items()
        }
        self._talk: Talk = self._look()
        self._seen, self._origin = Live(self._draw), Live(self._draw_origin)
        self._rep.control.observe(lambda _: self._sit_down(), names="value")
        self._role.control.observe(lambda _: self._change_sides(), names="value")
        self._sit_down()
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._rep, self._role, self._name),
            self._seen.view,
            self._offer,
            self._total,
            self._note.view,
            blocks.actions(*self._buttons.values()),
            self._messages.view,
            self._origin.view,
        )

    def _look(self) -> Talk:
        return negotiation.talk(of_company(self._here), self._rep.control.value)

    def _sit_down(self) -> None:
        """Show the chosen rep's goal as it stands now, and begin an offer from it."""
        if self._rep.control.value is None:
            return
        self._talk = self._look()
        self._fill_lines()
        self._change_sides()

    def _change_sides(self) -> None:
        """Offer the moves that are the chosen role's; what was typed stays."""
        role = self._role.control.value
        if role is None:
            return
        self._name.fill(self._talk.thread.rep if role == "rep" else self._talk.manager)
        self._refresh()

    def _refresh(self) -> None:
        self._seen.redraw()
        self._origin.redraw()
        allowed = self._talk.thread.allowed(self._role.control.value)
        for kind, button in self._buttons.items():
            button.layout.display = None if kind in allowed else "none"
        offering = {"propose", "counter"} & set(allowed)
        self._offer.layout.display = self._total.layout.display = None if offering else "none"
        self._note.view.layout.display = None if allowed else "none"

    def _fill_lines(self) -> None:
        """Start an offer from the one on the table, else from the goal as it stands."""
        start = dict(self._talk.held) | dict(self._talk.thread.offer.lines if self._talk.thread.offer else {})
        self._lines = {
            product: inputs.money(product, self._here.settings, amount, required=True)
            for product, amount in sorted(start.items())
        }
        for each in self._lines.values():
            each.control.observe(lambda _: self._add_up(), names="value")
        self._offer.children = [inputs.side_by_side(*self._lines.values())]
        self._add_up()

    def _add_up(self) -> None:
        try:
            total = sum(inputs.read_all(**self._lines).values())
        except PlanningError:
            self._total.value = '<p class="words">The total shows when every line can be read.</p>'
            return
        difference = total - sum(self._talk.held.values())
        settings = self._here.settings
        self._total.value = (
            f'<p class="words">Together <strong>{sheets.money(total, settings)}</strong>, '
            f"{sheets.money(difference, settings, signed=True)} to the goal as it stands.</p>"
        )

    def _draw(self) -> list[Any]:
        settings, rep = self._here.settings, self._talk.thread.rep
        table = self._talk.table()
        sums = table.drop(columns="product").sum(min_count=1)
        total = pd.DataFrame([{"product": "Together", **sums.to_dict()}])
        fields = [
            Field("product", "Product line"),
            Field("goal", "Goal as it stands", "money"),
            Field("manager", "Manager's last offer", "money"),
            Field("rep", "Rep's last offer", "money"),
        ]
        return [
            _state(self._talk),
            sheets.table(table, fields, settings, caption=f"Both sides of the goal of {rep}", total=total),
            _exchange(self._talk, self._here),
        ]

    def _draw_origin(self) -> list[Any]:
        context, rep = of_company(self._here), self._talk.thread.rep
        says = f"How the goal of {rep} came about."
        return waterfall(self._here, goals.explain(context, rep), f"Goal of FY{context.year}", says)

    def _does(self, kind: str) -> Callable[[], str]:
        def act() -> str:
            person = Person(self._name.read(), self._role.read())
            note = self._note.read() or ""
            offering = kind in ("propose", "counter")
            lines = inputs.read_all(**self._lines) if offering else None
            rep = self._talk.thread.rep
            try:
                after = negotiation.move(
                    of_company(self._here), rep, kind, person, self._talk.thread.version, note, lines
                )
            except PlanningError:
                # What was typed stays; what the other side did meanwhile is shown.
                self._talk = self._look()
                self._refresh()
                raise
            self._talk = self._look()
            self._note.fill("")
            self._fill_lines()
            self._refresh()
            self._changed()
            ends = " Both have accepted it: it is agreed and posted." if after.state == "agreed" else ""
            return f"You {_KINDS[kind]} (version {after.version}).{ends}"

        return act


def _state(talk: Talk) -> Html:
    thread = talk.thread
    accepted = " and ".join(sorted(thread.accepted_by)) or "nobody yet"
    told = f"Version {thread.version} is on the table, accepted by {accepted}." if thread.offer else "No offer yet."
    return Html(f'<p class="words"><strong>{STATES[thread.state]}.</strong> {told}</p>')


def _exchange(talk: Talk, here: Page) -> Html:
    """Show the exchange in order; what people wrote is shown as text."""
    items = []
    for move in talk.thread.moves:
        total = f", {sheets.money(sum(move.lines.values()), here.settings)} in all" if move.lines else ""
        said = f"<blockquote>{escape(move.note)}</blockquote>" if move.note else ""
        items.append(
            f"<li><strong>{escape(move.person)}</strong> ({move.role}) {_KINDS[move.kind]}, version {move.version}"
            f'{total} <span class="when">{sheets.moment(move.at, here.settings)}</span>{said}</li>'
        )
    return Html(f'<ol class="exchange">{"".join(items)}</ol>' if items else "")
