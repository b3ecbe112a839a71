"""Goals of accounts and customer groups: a rep's goal by account, and all customers by group."""

from typing import Any

import pandas as pd

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, chooser, folded, later, of_company, section, words
from planning.forms.widgets import VBox
from planning.goals.setting.accounts import NEW, OPEN, RULE, Said
from planning.history.accounts import GROUPS
from planning.settings import Settings
from planning.sheets import Field
from planning.workbook import goals
from planning.workbook.setting import accounts
from planning.workbook.setting.accounts import NO_REP, Split

_ALL = {"Customer segments": "segment", "Tiers": "tier", "Channels": "channel", "Customers": "customer"}
_SHOWN = 12
"""Accounts that are shown at once; the rest is folded."""


@later
@section
def form(here: Page) -> Any:
    """Show all customers by group, and a rep's goal by account."""
    return _Form(here).view


class _Form:
    """Both tables, and the form to give an account or a group a number."""

    def __init__(self, here: Page) -> None:
        self._here, self._messages = here, Messages()
        table = goals.goals(of_company(here))
        if here.context.territory:
            table = table[table["territory"] == here.context.territory]
        people = sorted(set(table.loc[(table["kind"] == "position") & (table["assigned"] > 0), "rep"]))
        if not people:
            raise PlanningError("Nobody carries a goal here, so there is none to split over accounts.")
        self._who = inputs.choice("Rep", {each: each for each in people}, here.person or people[0])
        self._by = inputs.choice("Customers grouped by", {each.capitalize(): each for each in GROUPS}, GROUPS[0])
        self._which = inputs.choice("Account or group", {NEW: ("accounts", NEW)}, ("accounts", NEW))
        self._amount = inputs.money("Its goal", here.settings, hint="Empty: it shares what is left.")
        self._shown = self._found()
        self._offer()
        self._split = Live(self._draw)
        for each in (self._who, self._by):
            each.control.observe(lambda _: self._again(), names="value")
        company = Live(lambda: chooser("Show", _ALL, self._all))
        self._company = company
        self.view = VBox(
            [
                company.view,
                blocks.panel(
                    "A rep's goal by account",
                    inputs.side_by_side(self._who, self._by),
                    self._split.view,
                    inputs.side_by_side(self._which, self._amount),
                    blocks.actions(blocks.button("Keep it", self._messages, self._keep, main=True)),
                    self._messages.view,
                ),
            ]
        )

    def _found(self) -> Split:
        return accounts.of(of_company(self._here), str(self._who.control.value), str(self._by.control.value))

    def _again(self) -> None:
        """Show the rep in view as it stands now."""
        self._shown = self._found()
        self._offer()
        self._split.redraw()

    def _offer(self) -> None:
        """Offer the accounts and the groups of the rep in view."""
        table = self._shown.table
        groups = [each for each in dict.fromkeys(table["group"]) if each not in ("", NEW)]
        options = {f"{each} (group)": ("groups", each) for each in groups}
        options |= {each: ("accounts", each) for each in table["customer"] if each != OPEN}
        self._which.control.options = list(options.items())

    def _draw(self) -> list[Any]:
        found, settings = self._shown, self._here.settings
        fields = [
            Field("customer", "Account"),
            Field("goal", "Goal", "money"),
            Field("last_year", f"Bought FY{self._here.context.year - 1}", "rounded"),
            Field("typed", "Said", "rounded"),
            Field("group", "Group"),
        ]
        total = pd.DataFrame([{"customer": f"Goal of {found.rep}", "goal": found.goal}])
        rows = found.table.sort_values("goal", ascending=False, kind="stable")
        parts: list[Any] = [words(*_because(found, settings)), folded("By which rule", words(RULE))]
        if found.open:
            gap = sheets.money(found.open, settings, signed=True)
            parts.append(
                words(f"What was said no longer fits the goal: <strong>{gap}</strong> stands on no account.")
            )
        caption = f"The goal of {found.rep} by account"
        if len(rows) <= 2 * _SHOWN:
            return [*parts, sheets.table(rows, fields, settings, caption=caption, total=total)]
        top, rest = rows.head(_SHOWN), rows.iloc[_SHOWN:]
        others = {"customer": f"{len(rest)} others", "last_year": rest["last_year"].sum(), "goal": rest["goal"].sum()}
        shown = pd.concat([top, pd.DataFrame([others])], ignore_index=True)
        shown["typed"] = shown["typed"].astype("Int64")
        whole = sheets.table(rows, fields, settings, caption=f"All accounts of {found.rep}", total=total)
        return [
            *parts,
            sheets.table(shown, fields, settings, caption=caption, total=total),
            folded(f"All {len(rows)} accounts", whole),
        ]

    def _all(self, by: str) -> Any:
        table = accounts.summed(self._here.context, by)
        fields = [
            Field("group", next(label for label, name in _ALL.items() if name == by)),
            Field("goal", "Goal", "rounded"),
            Field("last_year", f"Bought FY{self._here.context.year - 1}", "rounded"),
        ]
        total = pd.DataFrame([{"group": "Together", **table[["goal", "last_year"]].sum()}])
        parts: list[Any] = [
            sheets.table(table, fields, self._here.settings, caption="Goals by customer", total=total)
        ]
        above = int(table.loc[table["group"] == NO_REP, "goal"].sum())
        if above < 0:
            more = sheets.money(-above, self._here.settings, compact=True)
            parts.append(words(f"Reps carry {more} more than the company does: it is passed down on top."))
        return parts

    def _keep(self) -> str:
        # As it was seen: what somebody else changed meanwhile is not overwritten.
        found, amount = self._shown, self._amount.read()
        kind, name = self._which.control.value
        said = {"accounts": dict(found.said.accounts), "groups": dict(found.said.groups)}
        said[kind].pop(name, None)
        said[kind] |= {} if amount is None else {name: amount}
        context, who = of_company(self._here), self._here.person or "planner"
        self._shown = accounts.keep(context, found.rep, Said(**said), found.by, who, found.version)
        self._amount.fill("")
        self._split.redraw()
        self._company.redraw()
        return (
            f"{name} {'shares what is left' if amount is None else 'has its goal'}; {found.rep} carries what it was."
        )


def _because(found: Split, settings: Settings) -> list[str]:
    """Say in words what accounts and new customers are asked for, and what that rests on."""
    asked = found.table.set_index("customer")["goal"].get(NEW, 0)
    said = [
        f"<strong>{sheets.money(int(asked), settings, compact=True)}</strong> of the "
        f"{sheets.money(found.goal, settings, compact=True)} is to come from new customers: last year, accounts that "
        f"were new in it brought {sheets.percent(found.usual.new, settings, digits=0)} of what the company sold."
    ]
    if found.usual.kept is not None:
        part = sheets.percent(found.usual.kept, settings, digits=0)
        said.append(f"Accounts that had bought the year before bought {part} of it again.")
    return said
