"""Why the result differs: five views of one difference, as a waterfall, and level by level."""

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Page, choosers, folded, later, section, words
from planning.forms.past.names import AGAINST, EFFECTS, LEVELS, level_name, told
from planning.history.drivers import METHOD, VIEWS, Against
from planning.sheets import Field, Html
from planning.workbook import history

ENDS = ("last_year", "months_before", "goal", "result")


@section
def why(here: Page) -> Any:
    """Let one choose a view and what the year is held against, and account for the difference."""
    options: dict[str, dict[str, Any]] = {"Seen by": _views(here), "Held against": _against(here)}
    return choosers(options, lambda seen, against: account(here, seen, against))


@later
@section
def level_by_level(here: Page) -> Any:
    """Let one choose a level, and show the same effects for each of its values; they add up to the whole."""
    options: dict[str, dict[str, Any]] = {
        "Seen by": _views(here),
        "Held against": _against(here),
        "Level": _levels(here),
    }
    return choosers(options, lambda seen, against, by: effects_by(here, seen, against, by))


def account(here: Page, seen: str = "sales", against: Against | None = None) -> list[Any]:
    """Show the account of a difference as a waterfall, the table behind it, and the rules it follows."""
    base = against or list(_against(here).values())[0]
    table = history.account(here.context, here.context.year - 1, None, base, seen)
    names = _names(here, table)
    rows = pd.DataFrame(
        {
            "label": table["effect"].map(names),
            "amount": table["amount"],
            "role": table["effect"].map(lambda effect: "total" if effect in ENDS else "step"),
        }
    )
    months = _span(here, table.attrs["months"])
    says = f"{VIEWS[seen].label}: why the result of {months} differs; the steps add up exactly."
    fields = [Field("label", "Step"), Field("amount", "Amount", "money")]
    sheet = sheets.table(rows, fields, here.settings, caption=says)
    return [charts.waterfall(rows, here.settings, says), folded("The figures", sheet), rules(seen, table.attrs)]


def effects_by(here: Page, seen: str, against: Against, by: str) -> list[Any]:
    """Show the effects of every value of a level in a row, and the whole, to which they add up, in the foot."""
    if VIEWS[seen].by and by not in VIEWS[seen].by:
        known = ", ".join(level_name(each).lower() for each in VIEWS[seen].by)
        return [words(f"{escape(VIEWS[seen].label)} are told by {escape(known)}, not by {level_name(by).lower()}.")]
    context, year = here.context, here.context.year - 1
    parts, whole = (history.account(context, year, each, against, seen) for each in (by, None))
    effects = list(whole["effect"])
    table = parts.pivot(index=by, columns="effect", values="amount").reindex(columns=effects)
    table = table.sort_values("result", ascending=False).reset_index()
    names = _names(here, whole)
    fields = [Field(by, level_name(by))]
    fields += [Field(each, names[each], "money" if each in ENDS else "difference") for each in effects]
    total = pd.DataFrame([{by: "Together", **dict(zip(whole["effect"], whole["amount"], strict=True))}])
    caption = f"{VIEWS[seen].label} by {level_name(by).lower()}"
    return [sheets.table(table.assign(**{by: told(table[by])}), fields, here.settings, caption=caption, total=total)]


def rules(seen: str, facts: dict[Any, Any]) -> Html:
    """Write what the figures of a view follow, and what is left out of them."""
    left_out: Sequence[str] = facts.get("left_out", [])
    listed = "".join(f"<li>{escape(each)}</li>" for each in (*VIEWS[seen].rules, METHOD))
    told_of = f"<li>Without a goal, and left out: {escape(', '.join(each or 'not told' for each in left_out))}.</li>"
    return folded("How this is calculated", Html(f"<ul>{listed}{told_of if left_out else ''}</ul>"))


def _views(here: Page) -> dict[str, str]:
    pipeline = history.has_pipeline(here.context)
    return {look.label: name for name, look in VIEWS.items() if name != "pipeline" or pipeline}


def _against(here: Page) -> dict[str, Against]:
    return {AGAINST[each]: each for each in history.held_against(here.context)}


def _levels(here: Page) -> dict[str, str]:
    """Begin one level below what is in view."""
    first = "Rep" if here.context.territory else "Territory"
    return {first: LEVELS[first], **LEVELS}


def _names(here: Page, table: pd.DataFrame) -> dict[str, str]:
    now, base = (_span(here, table.attrs[each]) for each in ("months", "base"))
    return {key: text.format(now=now, base=base) for key, text in EFFECTS.items()}


def _span(here: Page, months: tuple[str, str]) -> str:
    """Write the months from the first to the last; a whole fiscal year by its name."""
    first, last = months
    calendar = here.context.calendar
    year = calendar.year_of_month(first)
    if [first, last] == [calendar.months(year)[0], calendar.months(year)[-1]]:
        return f"FY{year}"
    return f"{sheets.month(first, here.settings)} to {sheets.month(last, here.settings)}"
