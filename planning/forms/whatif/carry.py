"""What the people can carry, against what the expected result asks for."""

from decimal import Decimal
from typing import Any

from planning import charts, sheets
from planning.forms import blocks, inputs
from planning.forms.page import Live, Page, folded, later, section, words
from planning.forms.widgets import VBox
from planning.history.seats import METHOD
from planning.sheets import Field
from planning.workbook.expected.capacity import Carried, carried

VERDICTS = {
    "over capacity": "Over capacity: more is asked than can be carried",
    "in balance": "In balance",
    "under capacity": "Under capacity: there is room for more",
    "": "Nothing is asked",
}
_FIGURES = [
    Field("heads", "Heads", "number"),
    Field("ramped", "Ramped", "number"),
    Field("capacity", "Capacity", "rounded"),
    Field("asked", "Asked", "rounded"),
    Field("spare", "To spare", "difference"),
    Field("implied", "Can carry", "percent"),
    Field("verdict", "Verdict"),
]


@later
@section
def people(here: Page) -> Any:
    """Let one say how much time for selling there is, and hold capacity against what is asked."""
    time = inputs.percent("Selling time, over last year's", here.settings, Decimal(1), required=True)
    drawn = Live(lambda: capacity(here, float(time.read())))
    time.control.observe(lambda _: drawn.redraw(), names="value")
    return VBox([blocks.panel("", time.view), drawn.view])


def capacity(here: Page, selling_time: float = 1.0) -> list[Any]:
    """Show capacity against what the expected result asks for, by territory (or the one in view) and by month."""
    found = carried(here.context, selling_time)
    parts: list[Any] = [_sentence(here, found)]
    if not here.context.territory:
        parts += _territories(here, found)
    parts += [_months(here, found), folded("Territory by month", _grid(here, found)), _steps(here, found)]
    return [*parts, folded("How capacity is found", words(METHOD))]


def _sentence(here: Page, found: Carried) -> Any:
    year = found.year.iloc[0]
    told = f"{sheets.count(round(year['heads']), here.settings)} people"
    can = sheets.money(int(year["capacity"]), here.settings, compact=True, digits=2)
    asked = sheets.money(int(year["asked"]), here.settings, compact=True, digits=2)
    over = found.territories[found.territories["verdict"] == "over capacity"]
    names = ", ".join(over["territory"])
    where = f" More is asked than can be carried in {names}." if len(over) and not here.context.territory else ""
    return words(
        f"{told} can carry <strong>{can}</strong> in FY{here.context.year}; the expected result asks for {asked}: "
        f"{VERDICTS[year['verdict']].lower()}.{where}"
    )


def _territories(here: Page, found: Carried) -> list[Any]:
    table = found.territories.sort_values("implied", kind="stable")
    shown = table.assign(verdict=table["verdict"].map(VERDICTS).str.split(":").str[0])
    told = [f"{sheets.percent(each, here.settings, digits=0)}" for each in table["implied"]]
    bars = table.assign(name=table["territory"], goal=table["asked"], result=table["capacity"], told=told)
    says = f"What each territory can carry in FY{here.context.year}, against what is asked."
    fields = [Field("territory", "Territory"), *_FIGURES]
    caption = f"Capacity by territory, FY{here.context.year}"
    return [
        charts.against_goal(bars.reset_index(drop=True), here.settings, says, "expected result"),
        folded("The figures", sheets.table(shown, fields, here.settings, caption=caption)),
    ]


def _months(here: Page, found: Carried) -> Any:
    frame = found.months.rename(columns={"period": "month"})
    says = f"What the people can carry by month of FY{here.context.year}, against what is asked."
    return charts.months(frame, {"capacity": "can be carried", "asked": "expected"}, here.settings, says)


def _grid(here: Page, found: Carried) -> Any:
    fields = [Field("territory", "Territory"), Field("period", "Month", "month"), *_FIGURES]
    shown = found.grid.assign(verdict=found.grid["verdict"].map(VERDICTS).str.split(":").str[0])
    caption = f"Capacity by territory and month, FY{here.context.year}"
    return sheets.table(shown, fields, here.settings, caption=caption)


def _steps(here: Page, found: Carried) -> Any:
    total = found.steps[["amount"]].sum().to_frame().T.assign(step="Capacity")
    fields = [Field("step", "How it comes about"), Field("amount", "Amount", "difference")]
    return sheets.table(found.steps, fields, here.settings, caption="From heads to capacity", total=total)
