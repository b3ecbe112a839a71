"""The account of a goal: the way from last year's result to it, as a picture, a table and who carries it."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.assumptions.kinds import KINDS
from planning.forms.page import Page, of_company, words
from planning.goals.setting.methods import METHODS
from planning.sheets import Field
from planning.workbook import goals

NAMES = {each.name: each.label for each in KINDS.values()} | {
    "last_year": "Last year's result",
    "completion": "Months not in yet",
    "taken_over": "Accounts taken over",
    "moved_account": "Accounts that moved",
    "one_off": "Will not come again",
    "outlook": "As history goes on",
    "presence": "Who is there how long",
    "ambition": "Asked for on top",
    **{f"by_{name}": f"By {each.label[0].lower()}{each.label[1:]}" for name, each in METHODS.items()},
    "over_assignment": "Over-assignment",
    "typed": "Typed",
    "fitted": "Fitted to two cuts",
    "profile": "Spread over the year anew",
    "agreed": "Agreed change",
    "adjusted": "Changed during the year",
    "carried": "Carried out of months that are over",
    "company_changed": "Company goal changed",
    "edited": "Changed beside others",
    "transferred": "Transferred",
    "relief": "Relief",
    "together": "What they do to one another",
}
"""How a step of the ledger is called on a page; a step without a name is called as it is."""

_SENTENCES = {
    "one_off": "Orders that will not come again are taken out: {amount}.",
    "outlook": "As history goes on, with the people who are there, the year changes by {amount}.",
    "assumed": "What is assumed changes it by {amount}; most of all: {largest}.",
    "asked": "The company asks for {amount} beyond what is expected.",
    "on_top": "{amount} is passed down on top, so that the goal above is met though some miss theirs.",
    "changed": "{amount} was changed, transferred or agreed since.",
    "adjusted": "{amount} was changed during the year; the original goal was {original}.",
}
"""How a part of a goal is told to whoever carries it."""

_SHORT = "{amount} that months which are over fell short of was carried to the months left; the year is what it was."
_BEYOND = "{amount} that months which are over brought on top was taken off the months left; the year is what it was."

FIELDS = [
    Field("label", "Step"),
    Field("amount", "Amount", "money"),
    Field("reason", "Reason"),
    Field("source", "Source"),
]


def told(here: Page, owner: str, name: str) -> Any:
    """Tell a goal in one paragraph that whoever carries it can read.

    Parameters
    ----------
    here
        The page.
    owner, name
        Whose goal, as the book and as a person calls it.
    """
    seen, settings, year = goals.told(of_company(here), owner), here.settings, here.context.year
    parts = seen.parts

    base, goal, original = (sheets.money(value, settings) for value in (parts["base"], seen.goal, seen.original))
    growth = sheets.percent(seen.goal / parts["base"] - 1, settings, signed=True) if parts["base"] > 0 else ""
    said = [f"The goal of {escape(name)} for FY{year} is <strong>{goal}</strong>."]
    said += [f"FY{year - 1} brought {base}; that is {growth}." if growth else f"FY{year - 1} brought {base}."]
    reason, most = seen.largest
    largest = f"{escape(reason)}, {sheets.money(most, settings, compact=True, signed=True)}"
    for part, sentence in _SENTENCES.items():
        if parts[part]:
            amount = sheets.money(parts[part], settings, compact=True, signed=True)
            said.append(sentence.format(amount=amount, largest=largest, original=original))
    if seen.carried:
        amount = sheets.money(abs(seen.carried), settings, compact=True)
        said.append((_SHORT if seen.carried > 0 else _BEYOND).format(amount=amount))
    return words(*said)


def waterfall(here: Page, steps: pd.DataFrame, end: str, says: str) -> list[Any]:
    """Show steps that add up to an amount: a waterfall, and the table behind it with reasons and sources.

    Parameters
    ----------
    here
        The page.
    steps
        Columns ``step``, ``amount`` (whole minor units), ``reason``, ``source``.
    end
        What they add up to.
    says
        What is shown.
    """
    labels = steps["step"].map(lambda step: NAMES.get(step, step))
    total = int(steps["amount"].sum())
    several = steps["step"].map(steps["step"].value_counts()) > 1
    told = labels.where(~several, steps["reason"].str.split(":").str[0])
    bars = pd.DataFrame({"label": told, "amount": steps["amount"], "role": "step"})
    bars.loc[len(bars)] = {"label": end, "amount": total, "role": "total"}
    foot = pd.DataFrame([{"label": end, "amount": total}])
    return [
        charts.waterfall(bars, here.settings, says),
        sheets.table(steps.assign(label=labels), FIELDS, here.settings, caption=says, total=foot),
    ]
