"""The sheet of a conversation, as the batch makes it: to read, to print and to take along."""

from datetime import date
from html import escape
from typing import Any

from planning import sheets
from planning.errors import TrackingError, unknown_name
from planning.forms.page import Page, of_company, section, words
from planning.papers.checkpoint import checkpoint
from planning.papers.html import fragment
from planning.papers.pdf import pdf
from planning.sheets import Html
from planning.tracking.cadence import Planned
from planning.workbook.tracking import team
from planning.workbook.tracking.cadences import cadences
from planning.workbook.tracking.meeting import facts


@section
def sheet(here: Page, rep: str, key: str, day: str) -> list[Any]:
    """Show the sheet of one rep, or of all in the territory in view.

    Parameters
    ----------
    here
        The page.
    rep
        With whom; empty for all in view.
    key
        Which conversation, such as ``weekly:2027-02-28``; empty for the next one of each.
    day
        As of when, as ISO text; empty for the day of the conversation.
    """
    context = of_company(here)
    both = [team.pair(context, rep)] if rep else team.pairs(here.context)
    from_ = date.fromisoformat(day) if day else team.day(context)
    rules, parts = cadences(context), []
    for each in both:
        planned = _which(rules.planned(each), key, from_)
        found = facts(context, planned.first, planned.last)
        paper = checkpoint(context, each.rep, planned, date.fromisoformat(day) if day else planned.day, found)
        parts.append(Html(f'<section class="paper">{fragment(paper)}</section>'))
        if rep:
            parts.insert(0, _pdf(f"{paper.title}", pdf(paper)))
    return parts or [words("Nobody in view carries a goal.")]


def figures(here: Page, rep: str, key: str, day: str) -> dict[str, str]:
    """Give the headline figures for the list of the sheets."""
    context = of_company(here)
    if not rep:
        return {}
    from_ = date.fromisoformat(day) if day else team.day(context)
    planned = _which(cadences(context).planned(team.pair(context, rep)), key, from_)
    found = facts(context, planned.first, planned.last).of(rep)
    return {
        "Goal to date": sheets.money(found.goal_to_date, here.settings, compact=True),
        "Result to date": sheets.money(found.result_to_date, here.settings, compact=True),
        "Open deals": sheets.count(len(found.deals), here.settings),
    }


def _which(planned: list[Planned], key: str, day: date) -> Planned:
    """Give the conversation that is meant; without a key the next one from a day on, else the last."""
    if not planned:
        raise TrackingError("No conversations are planned. The planner sets the cadence on the page of checkpoints.")
    if not key:
        return next((each for each in planned if each.day >= day), planned[-1])
    found = {each.key: each for each in planned}
    if key not in found:
        raise TrackingError(unknown_name("planned checkpoint", key, found))
    return found[key]


def _pdf(title: str, content: bytes) -> Html:
    link = sheets.file_link(
        "PDF", f"{sheets.file_name(title)}.pdf", content, "application/pdf", f"Save {title} as PDF"
    )
    return Html(f'<p class="words">{escape("To take along:")} {link}</p>')
