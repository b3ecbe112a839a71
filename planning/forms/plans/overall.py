"""Plans of everybody in view: who has which, what contradicts, and growth and retention in balance."""

from typing import Any

import pandas as pd

from planning import sheets
from planning.forms.page import Page, beginning, folded, words
from planning.papers.plans import figure_of
from planning.plans import coverage as shape
from planning.plans.gaps import METHOD
from planning.sheets import Field
from planning.workbook.plans import checked, coverage

_BALANCE = (
    "Attrition and expansion by tier are those of the company, since a single rep's customers are too few; the "
    "shares of the tiers are the rep's own. All figures are parts of the rep's sales of the last twelve months."
)


def covered(here: Page) -> list[Any]:
    """Show who has which plan, signed or not, and how much of the goal the plans' accounts stand for."""
    table, settings = coverage.coverage(here.context), here.settings
    if table.empty:
        return [words("There is nobody here whose plans are yours to see.")]
    told = _told(here, shape.summed(table))
    shown = table.assign(
        tops=[f"{row.top_planned} of {row.top}" for row in table.itertuples()],
        must=[f"{row.musts_planned} of {row.musts}" for row in table.itertuples()],
        covered=table["covered"].where(table["planned"] > 0),
    )
    fields = [
        Field("rep", "Rep"),
        Field("manager", "Manager"),
        Field("territory_plan", "Territory plan"),
        Field("since", "Since", "moment"),
        Field("tops", "Plans for top accounts"),
        Field("must", "Must keep and expand"),
        Field("development", "Development"),
        Field("support", "Support"),
        Field("named", "Named accounts", "count"),
        Field("goal", "Goal", "rounded"),
        Field("covered", "Of it in planned accounts", "percent"),
    ]
    return [words(told), *beginning(shown, fields, settings, "Plans of everybody")]


def _told(here: Page, whole: dict[str, float]) -> str:
    part = {name: sheets.percent(each, here.settings, digits=0) for name, each in whole.items()}
    return (
        f"Of {whole['reps']} reps <strong>{part['planned']}</strong> have a territory plan and {part['signed']} a "
        f"signed one; {part['development']} have a development plan, {part['support']} the manager's support. Of "
        f"everybody's five largest accounts {part['top']} have a plan. Accounts in plans stand for {part['covered']} "
        "of the goals."
    )


def clashing(here: Page) -> list[Any]:
    """List what plans contradict, with what would mend it."""
    found = checked.checked(here.context)
    rows = [
        {"rep": each.rep, "text": each.text, "mend": each.mend,
         "asked": figure_of(each, each.asked, here.settings), "follows": figure_of(each, each.follows, here.settings)}
        for each in found.clashes
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["rep", "text", "asked", "follows", "mend"])
    fields = [
        Field("rep", "Plan of"),
        Field("text", "What does not hold"),
        Field("asked", "Asked"),
        Field("follows", "There is"),
        Field("mend", "How to mend it"),
    ]
    table = sheets.table(frame, fields, here.settings, caption="Plans that do not hold",
                         empty="No plan that was kept contradicts anything.")  # fmt: skip
    return [table, *(words(each) for each in found.unknown), folded("How gaps to peers are found", words(METHOD))]


def balanced(here: Page) -> list[Any]:
    """Show for each rep what must come from new customers, given who stays and how they grow."""
    table = coverage.balances(here.context)
    out = int((table["missing"] > 0).sum())
    fields = [
        Field("rep", "Rep"),
        Field("growth", "Growth asked", "change"),
        Field("lost", "Usually leaves", "percent"),
        Field("expanded", "Those who stay add", "percent"),
        Field("new", "Needed of new", "percent"),
        Field("capacity", "New usually bring", "percent"),
        Field("new_kept", "Needed if the best stay", "percent"),
        Field("musts", "Sales in must keep", "percent"),
        Field("says", "Verdict"),
    ]
    told = f"{out} of {len(table)} reps need more from new customers than these usually bring."
    caption = "Growth and retention in balance, rep by rep"
    return [
        words(told),
        *beginning(table, fields, here.settings, caption, empty="No goals were set yet."),
        folded("How it is reckoned", words(_BALANCE)),
    ]
