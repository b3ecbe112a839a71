"""The account of a goal: the way from last year's result to it, as a picture, a table and who carries it."""

from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.assumptions.kinds import KINDS
from planning.forms.page import Page
from planning.goals.methods import METHODS
from planning.sheets import Field

NAMES = {each.name: each.label for each in KINDS.values()} | {
    "last_year": "Last year's result",
    "completion": "Months not in yet",
    "taken_over": "Accounts taken over",
    "outlook": "As history goes on",
    "presence": "Who is there how long",
    "ambition": "Asked for on top",
    **{f"by_{name}": f"By {each.label[0].lower()}{each.label[1:]}" for name, each in METHODS.items()},
    "over_assignment": "Over-assignment",
    "agreed": "Agreed change",
    "edited": "Changed beside others",
    "transferred": "Transferred",
    "together": "What they do to one another",
}
"""How a step of the ledger is called on a page; a step without a name is called as it is."""

FIELDS = [
    Field("label", "Step"),
    Field("amount", "Amount", "money"),
    Field("reason", "Reason"),
    Field("source", "Source"),
]


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
