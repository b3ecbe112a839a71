"""Growth and retention in balance, and break-even: forms that answer as one types."""

from decimal import Decimal
from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.assumptions.retention import Balance, Class
from planning.errors import AssumptionError
from planning.forms import blocks, inputs
from planning.forms.page import Live, Page, folded, section, words
from planning.forms.widgets import Box, VBox
from planning.sheets import Field, Html
from planning.workbook.expected import balance

_GROWTH = Decimal("0.10")


@section
def growth(here: Page) -> Any:
    """Let one say what growth is wanted and who is to be kept, and answer whether it is possible."""
    return _Balance(here).view


class _Balance:
    """The form, with what history says of each class filled in; every figure may be typed over."""

    def __init__(self, here: Page) -> None:
        self._here = here
        told, problem = _told(here)
        settings = here.settings
        self._growth = inputs.percent("Growth wanted", settings, _GROWTH, required=True)
        self._new = inputs.percent("What new customers can bring", settings, told.new, required=True)
        self._keep = inputs.choice(
            "Keep every customer of", {"None": "", **{each.name: each.name for each in told.classes}},
            told.classes[0].name,
        )  # fmt: skip
        self._classes = [(each.name, *_asked(here, each)) for each in told.classes]
        self._answer = Live(self._draw)
        rows = [inputs.side_by_side(share, attrition, grown) for _, share, attrition, grown in self._classes]
        every = [self._growth, self._new, self._keep, *(each for row in self._classes for each in row[1:])]
        for each in every:
            each.control.observe(lambda _: self._answer.redraw(), names="value")
        self.view = VBox(
            [
                *([blocks.shown(words(f"{escape(problem)} Fill in your own figures."))] if problem else []),
                blocks.panel(
                    "", inputs.side_by_side(self._growth, self._keep, self._new), *rows,
                ),
                self._answer.view,
            ]
        )  # fmt: skip

    def _draw(self) -> list[Any]:
        read = inputs.read_all(growth=self._growth, new=self._new)
        classes = [
            Class(name, *(part.read() for part in (share, attrition, grown)))
            for name, share, attrition, grown in self._classes
        ]
        keep = self._keep.control.value or ""
        found = balance.answered(classes, read["growth"], read["new"], keep)
        return [_verdict(self._here, found, keep), _where_from(self._here, found, keep), _levers(self._here, found),
                *_curve(self._here, found)]  # fmt: skip


def _told(here: Page) -> tuple[balance.Customers, str]:
    """Give what history says; where it says nothing, two classes to fill in, and why."""
    try:
        return balance.customers(here.context), ""
    except AssumptionError as error:
        half = Decimal("0.5")
        classes = [
            Class("High value", half, Decimal(0), Decimal(0)),
            Class("All others", half, Decimal(0), Decimal(0)),
        ]
        return balance.Customers(classes, Decimal(0)), str(error)


def _asked(here: Page, each: Class) -> tuple[inputs.Input, inputs.Input, inputs.Input]:
    return (
        inputs.percent(f"{each.name}: share of sales", here.settings, each.share, required=True),
        inputs.percent(f"{each.name}: leaves in the year", here.settings, each.attrition, required=True),
        inputs.percent(f"{each.name}: growth of who stays", here.settings, each.expansion, required=True),
    )


def _verdict(here: Page, found: balance.Answer, keep: str) -> Html:
    percent = _percent(here)
    kept = f" with every customer of {escape(keep)} kept" if keep else ""
    if found.kept.possible:
        return words(
            f"<strong>Yes.</strong> Growth of {percent(found.kept.growth)}{kept} needs {percent(found.kept.new)} "
            f"from new customers, and they can bring {percent(found.kept.capacity)} with the people there are."
        )
    return words(
        f"<strong>Not as things are.</strong> Growth of {percent(found.kept.growth)}{kept} needs "
        f"{percent(found.kept.new)} from new customers; with the people there are they bring "
        f"{percent(found.kept.capacity)}, so that {percent(found.kept.missing)} is missing. "
        "What would have to be true is below."
    )


def _where_from(here: Page, found: balance.Answer, keep: str) -> Html:
    def column(seen: Balance) -> list[Decimal]:
        return [seen.growth, seen.lost, seen.expanded, seen.new, seen.capacity, seen.missing]

    names = [
        "Growth wanted", "Lost with customers who leave", "Added by those who stay", "Needed from new customers",
        "What new customers can bring", "Missing",
    ]  # fmt: skip
    frame = pd.DataFrame({"name": names, "now": column(found.now), "kept": column(found.kept)})
    fields = [Field("name", "In percent of last year's sales"), Field("now", "As things are", "percent")]
    fields += [Field("kept", f"With all of {keep} kept", "percent")] if keep else []
    return sheets.table(frame, fields, here.settings, caption="Where the growth comes from")


def _levers(here: Page, found: balance.Answer) -> Html:
    if found.kept.possible:
        return words(f"The most that is possible is {_percent(here)(found.levers['growth'] or Decimal(0))}.")
    percent = _percent(here)
    says = {
        "attrition": ("All others leave less", "average attrition of {} at most"),
        "expansion": ("Those who stay grow more", "by {} on top of what they do"),
        "capacity": ("New customers bring more", "{} of last year's sales"),
        "growth": ("Less is asked", "growth of {} at most"),
    }
    rows = [
        {"name": name, "needed": "Not enough by itself" if value is None else text.format(percent(value))}
        for lever, (name, text) in says.items()
        for value in [found.levers[lever]]
    ]
    fields = [Field("name", "One of these would have to be true"), Field("needed", "By how much")]
    return sheets.table(pd.DataFrame(rows), fields, here.settings, caption="What would have to be true")


def _curve(here: Page, found: balance.Answer) -> list[Any]:
    points = list(zip(found.curve["attrition"], found.curve["new"], strict=True))
    percent = _percent(here)
    says = "What new customers must bring, for each level of attrition."
    drawn = charts.curve(
        points, says, ("Attrition, average", "Needed from new customers"), (percent, percent),
        ("What new customers can bring", float(found.kept.capacity)), ("Here", *points[0]),
    )  # fmt: skip
    shown = found.curve.assign(possible=found.curve["possible"].map({True: "Possible", False: "Not possible"}))
    fields = [
        Field("attrition", "Attrition, average", "percent"),
        Field("new", "Needed from new customers", "percent"),
    ]
    fields += [Field("possible", "")]
    return [drawn, folded("The figures", sheets.table(shown, fields, here.settings, caption=says.rstrip(".")))]


def _percent(here: Page) -> Any:
    return lambda value: sheets.percent(value, here.settings)


@section
def even(here: Page) -> Any:
    """Let one say what cost is fixed and what profit is wanted, and show what must be sold at the least."""
    balance.margins(here.context)
    settings = here.settings
    fixed = inputs.money("Fixed cost of the year", settings, hint="Salaries, offices: what does not move with sales.")
    profit = inputs.money("Profit wanted", settings)
    drawn = Live(lambda: _broken_even(here, fixed.read(), profit.read() or 0))
    for each in (fixed, profit):
        each.control.observe(lambda _: drawn.redraw(), names="value")
    return VBox([blocks.panel("", Box([fixed.view, profit.view]).add_class("inputs")), drawn.view])


def _broken_even(here: Page, fixed: int | None, profit: int) -> list[Any]:
    if fixed is None:
        return [words("Fill in the fixed cost to see what must be sold to cover it.")]
    found, settings = balance.even(here.context, fixed, profit), here.settings
    company = found.company
    safety = company.safety(found.expected)
    units = f" ({sheets.count(company.units, settings)} units)" if company.units else ""
    safe = f" Sales may fall {sheets.percent(safety, settings)} short of what is expected." if safety else ""
    said = (
        f"At a contribution margin of {sheets.percent(company.margin_rate, settings)}, the company breaks even at "
        f"<strong>{sheets.money(company.revenue, settings, digits=0)}</strong>{units}, and reaches the profit at "
        f"{sheets.money(company.revenue_for_profit, settings, digits=0)}.{safe}"
    )
    table = found.territories
    if here.context.territory:
        table = table[table["territory"] == here.context.territory]
    fields = [
        Field("territory", "Territory"),
        Field("fixed", "Its fixed cost", "rounded"),
        Field("margin_rate", "Margin", "percent"),
        Field("units", "Units to break even", "count"),
        Field("revenue", "To break even", "rounded"),
        Field("for_profit", "For the profit", "rounded"),
        Field("expected", "Expected", "rounded"),
        Field("safety", "To spare", "percent"),
    ]
    caption = f"Break-even by territory, FY{here.context.year}"
    rule = "Fixed cost and profit are shared over territories by the people who sell there."
    return [
        words(said),
        sheets.table(table, fields, settings, caption=caption),
        folded("How it is shared", words(rule)),
    ]
