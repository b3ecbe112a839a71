"""The page of goals: set the company's goal, see who carries what, and why."""

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.forms import accounts, blocks, bottom, change, cuts, exchange, grid, handing, inputs, met, relief
from planning.forms.account import told, waterfall
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, afterwards, chooser, folded, of_company, section, words
from planning.goals.owners import COMPANY
from planning.sheets import Field
from planning.workbook import goals
from planning.workbook.setting import asked as setting
from planning.workbook.setting.asked import Asked

_WAYS = {"What is expected": "expected", "A growth over last year": "growth", "An amount": "amount"}
_LEVELS = {"Territories": "territory", "Reps": "position", "Regions": "region", "Teams": "team"}


class Board:
    """The page's live parts: they are drawn again when the goals are set.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here = here
        self._begun = goals.begun(of_company(here))
        self._drawn: list[Any] = []
        # There is nothing to change before goals are set; afterwards these forms would lose what they say if they
        # were drawn each time.
        self._at_first: list[Live] = []

    @property
    def form(self) -> Any:
        """The form to set the company's goal, and the number as it is."""
        return blocks.panel("", self._live(self._draw_summary), *_Form(self._here, self.redraw).parts)

    @property
    def listing(self) -> Any:
        """Who carries what."""
        return self._live(self._draw_listing)

    @property
    def change(self) -> Any:
        """The form to change a goal."""
        return self._live(lambda: change.form(self._here, self.redraw), self._at_first)

    @property
    def cuts(self) -> Any:
        """The form to fit a goal to product lines and quarters at once."""
        return self._live(lambda: cuts.form(self._here, self.redraw), self._at_first)

    @property
    def relief(self) -> Any:
        """The form to take part of a goal off somebody."""
        return self._live(lambda: relief.form(self._here, self.redraw), self._at_first)

    @property
    def account(self) -> Any:
        """Why a goal is what it is."""
        return self._live(self._draw_account)

    @property
    def chances(self) -> Any:
        """Whether the goals can be met."""
        return met.chances(self._here, self._drawn.append)

    @property
    def methods(self) -> Any:
        """What each method of handing out the number would ask of whom."""
        return handing.compared(self._here)

    @property
    def bottom(self) -> Any:
        """What reps say they can bring, beside what is asked of them."""
        return bottom.form(self._here, self.redraw)

    @property
    def accounts(self) -> Any:
        """Goals of accounts and customer groups."""
        return accounts.form(self._here)

    @property
    def grid(self) -> Any:
        """The goals as a table to type into."""
        return grid.grid(self._here, self.redraw, self._drawn.append)

    @property
    def exchange(self) -> Any:
        """The plan out to a spreadsheet and back."""
        return exchange.out_and_back(self._here, self.redraw)

    def redraw(self) -> None:
        """Show the goals as they are now."""
        for part in self._drawn:
            part.redraw()
        if not self._begun:
            self._begun = True
            for part in self._at_first:
                part.redraw()

    def _live(self, draw: Callable[[], Any], among: list[Any] | None = None) -> Any:
        """Draw a part after the page is there, and again when goals have changed."""
        parts = self._drawn if among is None else among

        def made() -> Any:
            parts.append(Live(draw))
            return parts[-1].view

        return afterwards(self._here, made)

    def _draw_summary(self) -> Any:
        context = of_company(self._here)
        seen = goals.outlook(context)
        rows = [
            {"what": f"Result of FY{context.year - 1}, made whole", "amount": seen.last_year, "growth": None},
            {"what": f"Expected in FY{context.year}", "amount": seen.expected, "growth": seen.growth(seen.expected)},
        ]
        if goals.begun(context):
            asked = int(goals.goals(context)["assigned"].iloc[0])
            rows.append({"what": f"Goal of FY{context.year}", "amount": asked, "growth": seen.growth(asked)})
        fields = [Field("what", ""), Field("amount", "Amount", "money"), Field("growth", "over last year", "change")]
        return sheets.table(pd.DataFrame(rows), fields, self._here.settings, caption="The company's number")

    def _draw_listing(self) -> Any:
        table = goals.goals(of_company(self._here))
        return chooser("Show", _LEVELS, lambda kind: _carried(self._here, table, kind))

    def _draw_account(self) -> Any:
        context = of_company(self._here)
        table = goals.goals(context)
        people = sorted(set(table["rep"]) - {""})
        places = list(table.loc[table["kind"] == "territory", "name"])
        if context.territory or self._here.context.territory:
            places = [self._here.context.territory]
            people = sorted(set(table.loc[table["territory"] == places[0], "rep"]) - {""})
        company = {f"{context.settings.company} (the company)": COMPANY}
        territories = {f"{each} (territory)": f"territory:{each}" for each in places}
        above = territories | company if self._here.context.territory else company | territories
        options = above | {each: each for each in people}
        return chooser("Goal of", options, lambda owner: explained(self._here, owner))


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)


def explained(here: Page, owner: str) -> list[Any]:
    """Show the way to a goal, and how it is split over product lines and quarters."""
    context = of_company(here)
    name = owner.removeprefix("territory:") if owner != COMPANY else context.settings.company
    says = f"From last year's result to the goal of {name} for FY{context.year}."
    parts = [told(here, owner, name), *_beside(here, owner)]
    parts += waterfall(here, goals.explain(context, owner), f"Goal of FY{context.year}", says)
    for by, label in (("product", "Product line"), ("quarter", "Quarter")):
        table = goals.split(context, owner, by)
        table = table.assign(**{by: table[by].replace("", "Not split yet")})
        total = pd.DataFrame([{by: "Together", "goal": table["goal"].sum()}])
        fields = [Field(by, label), Field("goal", "Goal", "money")]
        caption = f"The goal of {name} by {label.lower()}"
        parts.append(sheets.table(table, fields, here.settings, caption=caption, total=total))
    return parts


def _beside(here: Page, owner: str) -> list[Any]:
    """Show what is asked of a rep beside those of the same territories; fairness asks for it."""
    table = goals.beside(of_company(here))
    mine = table[table["rep"] == owner]
    if mine.empty:
        return []
    near = table[table["territory"].isin(mine["territory"])]
    middle = table["growth"].median()
    rank = int((table["growth"] > mine["growth"].max()).sum())
    places = escape(", ".join(sorted(set(mine["territory"]))))
    said = (
        f"Of {len(table)} goals, {rank} ask for more growth. The middle one asks for "
        f"{sheets.percent(middle, here.settings, signed=True)}; in {places} it "
        f"is {sheets.percent(near['growth'].median(), here.settings, signed=True)}."
    )
    fields = [
        Field("rep", "Rep"),
        Field("territory", "Territory"),
        Field("base", f"Result FY{here.context.year - 1}", "money"),
        Field("goal", "Goal", "money"),
        Field("growth", "Growth asked", "change"),
    ]
    part = sheets.table(near, fields, here.settings, caption="Beside others in the same territory")
    return [words(said), folded("Beside others in the same territory", part)]


def _carried(here: Page, table: pd.DataFrame, kind: str) -> Any:
    if kind == "team":
        fields = [
            Field("manager", "Manager"),
            Field("reps", "Reps", "count"),
            Field("goal", "The team carries", "money"),
        ]
        return sheets.table(
            goals.teams(of_company(here)), fields, here.settings, caption="Teams, with all below them"
        )
    rows = table[table["kind"] == kind]
    if here.context.territory and kind != "region":
        rows = rows[rows["territory"] == here.context.territory]
    fields = [Field("name", "Rep" if kind == "position" else "Name")]
    fields += [Field("territory", "Territory")] if kind == "position" else []
    fields += [Field("assigned", "Carries", "money")]
    if kind != "position":
        fields += [Field("allocated", "Passed down", "money"), Field("unplaced", "Unplaced", "difference")]
    total = table[table["kind"] == "company"].assign(territory="") if not here.context.territory else None
    return sheets.table(rows, fields, here.settings, caption=f"Goals of FY{here.context.year}", total=total)


class _Form:
    """The form to set the company's goal."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._way = inputs.choice("Ask for", _WAYS, "expected")
        self._growth = inputs.percent("Growth over last year", here.settings, required=True)
        self._amount = inputs.money("Goal of the company", here.settings, required=True)
        self._reason = inputs.text("Reason", hint="Why more or less is asked for than is expected.")
        self._handing = handing.Handing(here.settings)
        self._choose()
        self._way.control.observe(lambda _: self._choose(), names="value")
        self.parts = (
            self._way.view,
            self._growth.view,
            self._amount.view,
            self._reason.view,
            self._handing.view,
            blocks.actions(blocks.button("Set the goals", self._messages, self._set, main=True)),
            self._messages.view,
        )

    def _choose(self) -> None:
        """Show only what the chosen way asks for."""
        way = self._way.control.value
        blocks.show(self._growth.view, way == "growth")
        blocks.show(self._amount.view, way == "amount")
        blocks.show(self._reason.view, way != "expected")

    def _set(self) -> str:
        way = self._way.read()
        growth = self._growth.read() if way == "growth" else None
        target = self._amount.read() if way == "amount" else None
        reason = (self._reason.read() or "") if way != "expected" else ""
        weights, over = self._handing.read()
        context = of_company(self._here)
        setting.set_goals(context, self._here.person or "planner", Asked(target, growth, reason, weights, over))
        self._changed()
        total = sheets.money(goals.goals(context)["assigned"].iloc[0], self._here.settings)
        return f"The goal of FY{context.year} is {total}, split to every rep and month."
