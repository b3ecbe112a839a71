"""The page around a step: where one stands, the way to the other steps, and the style sheet."""

import os
from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from planning.sheets import Html
from planning.workbook.access import REPORT, may_open
from planning.workbook.context import PLAN, Context
from planning.workbook.season import Season

FRONT_PAGE = "index.ipynb"
STEPS = (
    (FRONT_PAGE, "", "Front page"),
    ("1_history.ipynb", "1", "History"),
    ("2_assumptions.ipynb", "2", "Assumptions"),
    ("3_what_if.ipynb", "3", "What if"),
    ("4_goals.ipynb", "4", "Goals"),
    ("5_what_it_takes.ipynb", "5", "What it takes"),
    ("6_negotiation.ipynb", "6", "Negotiation"),
    ("7_plans.ipynb", "7", "Plans"),
    ("8_tracking.ipynb", "8", "Tracking"),
    ("9_checkpoints.ipynb", "9", "Checkpoints"),
    ("10_my_week.ipynb", "10", "My week"),
    ("11_evaluation.ipynb", "11", "Evaluation"),
)
"""File, number and name of every step, in the order of the season."""

QUERY = ("territory", "year", "scenario", "person", "rep", "warning")


def query() -> dict[str, str]:
    """Give what the page's address says, such as ``territory`` of ``?territory=N07``; other names are left out.

    Values are as they were typed: whoever uses one checks it. A name that is given twice counts as it stands last.
    """
    given = parse_qsl(os.environ.get("QUERY_STRING", ""))
    return {name: value for name, value in given if name in QUERY}


def served() -> bool:
    """Say whether this is a page of the server of the forms."""
    return "VOILA_BASE_URL" in os.environ


def address(page: str, context: Context, person: str = "", territory: str | None = None, **about: str) -> str:
    """Give the address of a page that keeps where one stands.

    Parameters
    ----------
    page
        File name of the notebook.
    context
        Where one stands.
    person
        Who one acts as; empty for nobody.
    territory
        Goes to another territory than the one in view; empty means the whole company.
    **about
        What else the page is opened for, by the names of `QUERY`.

    Returns
    -------
    An address under the server of the forms; in JupyterLab, the file beside this one; empty elsewhere, where no
    page can be opened, as in a report that was published.
    """
    base = os.environ.get("VOILA_BASE_URL")
    if base is None:
        return page if os.environ.get("JPY_SESSION_NAME") else ""
    place = {
        "territory": context.territory if territory is None else territory,
        "year": str(context.year),
        "scenario": "" if context.scenario == PLAN else context.scenario,
        "person": person,
        **about,
    }
    return f"{base}voila/render/{page}?{urlencode({name: value for name, value in place.items() if value})}"


def link(text: str, page: str, context: Context, person: str = "", territory: str | None = None) -> str:
    """Make a link to a page as HTML, or its text alone where no page can be opened."""
    href = address(page, context, person, territory)
    return f'<a href="{escape(href)}">{escape(text)}</a>' if href else escape(text)


def header(context: Context, active: str, person: str = "", season: Season | None = None) -> Html:
    """Show whose company this is, where one stands, and the steps with the current one marked.

    Parameters
    ----------
    context
        Where one stands.
    active
        File name of the page that is shown.
    person
        Who one acts as; empty for nobody.
    season
        How far each step is, and where else one can stand: on a served page one goes there from the header.
    """
    before = '<a class="skip-link" href="#rendered_cells">Skip to the page</a>' if served() else _style()
    where = _where(context, active, person, season) if season is not None and served() else ""
    place = "".join(f"<li>{phrase}</li>" for phrase in _place(context, person, bool(where)))
    states = dict(zip((page for page, *_ in STEPS[1:]), season.states.values(), strict=True)) if season else {}
    steps = "".join(
        _step(context, person, active, states.get(step[0], ""), *step)
        for step in _open_to(context) if address(active, context)
    )  # fmt: skip
    nav = f'<nav class="steps" aria-label="Steps"><ol>{steps}</ol></nav>' if steps else ""
    company = escape(context.settings.company)
    return Html(
        f'{before}<header class="page-header"><div class="top"><p class="company">{company}</p>{where}</div>'
        f'<ul class="place">{place}</ul>{nav}</header>'
    )


def _where(context: Context, active: str, person: str, season: Season) -> str:
    """Let one go to another year, scenario or territory and stay on the page; the address says where one is."""
    territories = {**({"": "Whole company"} if season.whole else {}), **{each: each for each in season.territories}}
    scenarios = {"" if each == PLAN else each: "The plan" if each == PLAN else each for each in season.scenarios}
    chosen = [
        _choice("Goals for", "year", {str(each): f"FY{each}" for each in season.years}, str(context.year)),
        _choice("Scenario", "scenario", scenarios, "" if context.scenario == PLAN else context.scenario),
        _choice("Territory", "territory", territories, context.territory),
    ]
    acts = f'<input type="hidden" name="person" value="{escape(person)}">' if person and not context.person else ""
    page = escape(f"{os.environ['VOILA_BASE_URL']}voila/render/{active}")
    inside = "".join(chosen) + acts
    return f'<form class="where" method="get" action="{page}" aria-label="Where you stand">{inside}</form>'


def _choice(label: str, name: str, options: Mapping[str, str], chosen: str) -> str:
    """Offer what can be chosen; what is the only one is said."""
    if len(options) == 1:
        [(value, shown)] = options.items()
        hidden = f'<input type="hidden" name="{name}" value="{escape(value)}">' if value else ""
        return f"<span><span>{label}</span> <strong>{escape(shown)}</strong>{hidden}</span>"
    listed = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(shown)}</option>'
        for value, shown in options.items()
    )
    return f'<label><span>{label}</span> <select name="{name}">{listed}</select></label>'


def _open_to(context: Context) -> list[tuple[str, str, str]]:
    return [step for step in STEPS if may_open(context.person, step[0])]


def style() -> Html:
    """Bring the style sheet into a page that has none of its own, as in JupyterLab."""
    return Html(_style())


def _style() -> str:
    return f"<style>{(Path(__file__).parent / 'planning.css').read_text(encoding='utf-8')}</style>"


def _place(context: Context, person: str, chosen: bool) -> list[str]:
    """Say where one stands, a phrase each; not again where it can be chosen."""
    phrases = [] if chosen else [f"Goals for <strong>FY{context.year}</strong>"]
    if context.scenario != PLAN:
        phrases.append(f"What-if <strong>{escape(context.scenario)}</strong>")
    if context.territory:
        phrases += [] if chosen else [f"Territory <strong>{escape(context.territory)}</strong>"]
        if address(REPORT, context) and may_open(context.person, REPORT):
            phrases.append(link("Its report", REPORT, context, person))
            phrases.append(link("Back to the whole company", FRONT_PAGE, context, person, territory=""))
    elif not chosen:
        phrases.append("Whole company")
    if person:
        phrases.append(f"You act as <strong>{escape(person)}</strong>")
    if context.person is not None:
        phrases.append(f'<a href="{escape(os.environ.get("VOILA_BASE_URL", "/"))}logout">Log out</a>')
    return phrases


_STATES = {"done": ", done", "begun": ", begun", "open": ", not begun", "": ""}


def _step(context: Context, person: str, active: str, state: str, page: str, number: str, name: str) -> str:
    told = f'<span class="told">{_STATES[state]}</span>' if state else ""
    shown = f'<span class="number">{number}</span> {name}{told}' if number else name
    current = ' aria-current="page"' if page == active else ""
    look = f' class="{state}"' if state else ""
    return f'<li{look}><a href="{escape(address(page, context, person))}"{current}>{shown}</a></li>'
