"""The front page: how far the season is, and where each territory stands."""

from html import escape

import pandas as pd

from planning import charts, sheets
from planning.forms import shell
from planning.forms.page import Page, of_company, section
from planning.sheets import Field, Html
from planning.workbook import leading
from planning.workbook.access import may_open
from planning.workbook.overview import overview

_SAYS = {
    "history": "What happened last year, and why",
    "assumptions": "What we expect of the coming year",
    "what_if": "Scenarios, how sure the number is, what it asks of people",
    "goals": "What we ask for, and how it adds up",
    "takes": "Goals on activities and customers, and what they take",
    "negotiation": "What manager and rep agree on",
    "plans": "How it is done: territory, accounts, development, support",
    "tracking": "How the year goes, where it lands, and what is warned of",
    "checkpoints": "What was promised, what became of it, and what comes next",
    "week": "What is to be done, by whom, and when",
    "evaluation": "What the year came to, by criteria made known before it",
}


@section
def steps(here: Page) -> Html:
    """Show the steps of the season as cards: what each is for, and how far it is."""
    seen = overview(of_company(here))
    told = {**seen.done, "history": " to ".join(sheets.month(each, here.settings) for each in seen.months)}
    row = seen.total.iloc[0]
    if pd.notna(row["goal"]) and row["goal"] != row["original"]:
        goal, original = (sheets.money(int(row[name]), here.settings, compact=True) for name in ("goal", "original"))
        told["goals"] = f"{goal}; set as {original}, and changed during the year"
    cards = []
    for (page, number, name), (step, says) in zip(shell.STEPS[1:], _SAYS.items(), strict=True):
        if not may_open(here.context.person, page):
            continue
        far = told[step] or "Not begun"
        title = shell.link(f"{number} · {name}", page, here.context, here.person)
        state = "begun" if told[step] else "open"
        cards.append(
            f'<li class="card {state}"><p class="title">{title}</p><p>{escape(says)}</p>'
            f'<p class="far">{escape(far)}</p></li>'
        )
    return Html(f'<ol class="cards">{"".join(cards)}</ol>')


@section
def territories(here: Page) -> Html:
    """Show where each territory stands; its name leads to its own front page."""
    seen = overview(of_company(here))
    rows = seen.territories
    if here.context.territory:
        rows = rows[rows["territory"] == here.context.territory]
    places = [shell.address(shell.FRONT_PAGE, here.context, here.person, each) for each in rows["territory"]]
    last, year = f"FY{here.context.year - 1}", f"FY{here.context.year}"
    fields = [
        Field("territory", "Territory", "link", "address"),
        Field("region", "Region"),
        Field("last_result", f"Result {last}", "money"),
        Field("attainment", "of its goal", "percent"),
        *([Field("original", f"Goal {year} as set", "money")] if (rows["goal"] != rows["original"]).any() else []),
        Field("goal", f"Goal {year}", "money"),
        Field("growth", "over last year", "change"),
        Field("state", "Negotiation"),
    ]
    total = None if here.context.territory else seen.total.assign(address="")
    theirs = leading.territories(here.context) is not None
    caption = f"{'Your territories' if theirs else 'Territories'} of {here.settings.company}"
    if theirs and total is not None:
        total = total.assign(territory="Whole company")
    return sheets.table(rows.assign(address=places), fields, here.settings, caption=caption, total=total)


@section
def picture(here: Page) -> charts.Picture:
    """Draw each territory's goal against last year's result."""
    rows = overview(of_company(here)).territories
    rows = rows[rows["goal"].notna()].sort_values("goal", ascending=False)
    told = [
        f"{sheets.money(goal, here.settings, compact=True)}  {sheets.percent(growth, here.settings, signed=True)}"
        for goal, growth in zip(rows["goal"], rows["growth"], strict=True)
    ]
    bars = {"name": rows["territory"], "result": rows["goal"], "goal": rows["base"], "told": told}
    says = f"Goals of FY{here.context.year}, and how much more they are than last year's results, made whole."
    return charts.against_goal(pd.DataFrame(bars), here.settings, says, compared="result of last year")
