"""Last year's assumptions, reviewed: what was assumed, what happened, and what their owners say."""

from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, later, section, words
from planning.forms.widgets import VBox
from planning.history.review import ABOVE, BELOW, HELD, RULES, UNKNOWN
from planning.sheets import Field, Html
from planning.workbook.expected import review

VERDICTS = {
    HELD: "Held",
    ABOVE: "Above what was assumed",
    BELOW: "Below what was assumed",
    UNKNOWN: "Cannot be measured",
}
KINDS = {"market_growth": "Market growth", "price_change": "Price change", "rep_turnover": "Rep turnover"}


@later
@section
def assumed(here: Page) -> Any:
    """Show the review, and let owners say what the history does not tell."""
    if listing(here) is None:
        return nothing(here)
    drawn = Live(lambda: listing(here))
    return VBox([drawn.view, _Form(here, drawn.redraw).view, blocks.shown(_rules())])


@section
def lessons(here: Page) -> Any:
    """Show what became of the assumptions of the year before, to be seen while next year's are set."""
    return listing(here) or nothing(here)


def nothing(here: Page) -> Html:
    """Say that there is nothing to review."""
    year = here.context.year - 1
    return words(
        f"The history holds no assumptions for FY{year}, so there is nothing to review.",
        f"Those that are stated for FY{here.context.year} can be reviewed a year from now.",
    )


def listing(here: Page) -> Html | None:
    """Hold each assumption against what happened; none if there are none."""
    table = review.reviewed(here.context)
    if table.empty:
        return None
    rows = table.to_dict("records")
    shown = table.assign(
        name=[_name(row) for row in rows],
        verdict=[VERDICTS[row["verdict"]] for row in rows],
        range=[_range(here, row) for row in rows],
        says=[_says(row) for row in rows],
    )
    fields = [
        Field("name", "Assumption"),
        Field("likely", "Assumed", "percent"),
        Field("range", "Range"),
        Field("happened", "Happened", "percent"),
        Field("effect", "Effect of the difference", "difference"),
        Field("verdict", "Verdict"),
        Field("owner", "Owner"),
    ]
    if any(shown["says"]):
        fields.append(Field("says", "What is said of it"))
    caption = f"What was assumed for FY{here.context.year - 1}, and what happened"
    return sheets.table(shown, fields, here.settings, caption=caption)


class _Form:
    """Ask the owner of an assumption what became of it."""

    def __init__(self, here: Page, changed: Any) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        rows = review.reviewed(here.context).to_dict("records")
        self._keys = [(row["kind"], row["territory"], row["product_line"]) for row in rows]
        # What cannot be measured is asked first.
        order = sorted(range(len(rows)), key=lambda place: rows[place]["verdict"] != UNKNOWN)
        told = {_name(rows[place]): place for place in order}
        self._which = inputs.choice("Assumption", told, order[0])
        self._verdict = inputs.choice(
            "What became of it", {VERDICTS[each]: each for each in (HELD, ABOVE, BELOW)}, HELD
        )
        self._happened = inputs.long_text(
            "What happened", hint="In a sentence, with a figure if there is one.", required=True
        )
        self._who = inputs.text("Who answers", here.person, required=True)
        self.view = blocks.panel(
            "What its owner says",
            inputs.side_by_side(self._which, self._verdict, self._who),
            self._happened.view,
            blocks.actions(blocks.button("Save", self._messages, self._save, main=True)),
            self._messages.view,
        )

    def _save(self) -> str:
        read = inputs.read_all(verdict=self._verdict, happened=self._happened, actor=self._who)
        review.answer(self._here.context, *self._keys[self._which.control.value], **read)
        self._happened.fill("")
        self._changed()
        return "The answer is kept, and is shown where next year's assumptions are set."


def _name(row: dict[Any, Any]) -> str:
    scope = ", ".join(part for part in (row["territory"], row["product_line"]) if part) or "everything"
    kind = KINDS.get(row["kind"], str(row["kind"]).replace("_", " ").capitalize())
    return f"{kind} on {scope}"


def _range(here: Page, row: dict[Any, Any]) -> str:
    low, high = (sheets.percent(row[end], here.settings) for end in ("low", "high"))
    return f"{low} to {high}"


def _says(row: dict[Any, Any]) -> str:
    if pd.notna(row["told"]):
        return f"{VERDICTS[row['said']]}: {row['told']} ({row['actor']})"
    return str(row["reason"])


def _rules() -> Html:
    listed = "".join(f"<li>{escape(each)}</li>" for each in RULES)
    return folded("How this is reviewed", Html(f"<ul>{listed}</ul>"))
