"""How sure next year's number is: the draws, which assumptions matter, and how often the past fell inside."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.assumptions.kinds import KINDS
from planning.assumptions.simulation import DRAWS, SEED, swings
from planning.forms.page import Page, folded, later, section, words
from planning.sheets import Field, Html
from planning.workbook.expected.simulation import Uncertain, uncertain
from planning.workbook.goals import outlook

LEVELS = {"company": "Company", "territory": "Territory", "position": "Rep in a territory"}
_ENDS = (0.1, 0.25, 0.5, 0.75, 0.9)
_REPS = 60


@later
@section
def sure(here: Page) -> list[Any]:
    """Show the distribution of next year's result, what moves it, and whether such distributions held in the past."""
    found = uncertain(here.context)
    return [*_spread(here, found), *_tornado(here, found), *_tested(here, found), _method()]


def _spread(here: Page, found: Uncertain) -> list[Any]:
    context, settings = here.context, here.settings
    draws = found.drawn.of(context.territory)
    table = outlook(context).table(context.territory)
    expected = int(table["amount"].sum())
    low, high = pd.Series(draws).quantile([0.1, 0.9])
    who = context.territory or settings.company
    said = (
        f"<strong>{escape(who)}</strong> is expected to bring {sheets.money(expected, settings, digits=0)} in "
        f"FY{context.year}. Four times in five it lies between {sheets.money(round(low), settings, digits=0)} and "
        f"{sheets.money(round(high), settings, digits=0)}; it reaches what is expected in "
        f"{sheets.percent((draws >= expected).mean(), settings, digits=0)} of all draws."
    )
    says = f"What FY{context.year} may bring {who}"
    picture = charts.histogram(draws, settings, f"{says}.", [("Expected", expected)])
    return [words(said), picture, folded("By territory and rep", _parts(here, found))]


def _parts(here: Page, found: Uncertain) -> Html:
    places = found.drawn.positions
    if here.context.territory:
        mine = places[(places["territory"] == here.context.territory) & (places["rep"] != "")]
        rows = [(rep, found.drawn.of(here.context.territory, rep)) for rep in mine["rep"][:_REPS]]
    else:
        rows = [(territory, found.drawn.of(territory)) for territory in dict.fromkeys(places["territory"])]
    shown = pd.DataFrame(
        [{"name": name, **pd.Series(draws).quantile(list(_ENDS)).round().to_dict()} for name, draws in rows]
    )
    if shown.empty:
        return words("Nobody sells there.")
    shown.columns = ["name", *(f"q{end:.0%}" for end in _ENDS)]
    labels = ("One in ten below", "One in four below", "Middle", "One in four above", "One in ten above")
    fields = [Field("name", "Rep" if here.context.territory else "Territory")]
    fields += [Field(f"q{end:.0%}", label, "rounded") for end, label in zip(_ENDS, labels, strict=True)]
    return sheets.table(shown, fields, here.settings, caption=f"What FY{here.context.year} may bring")


def _tornado(here: Page, found: Uncertain) -> list[Any]:
    table = swings(found.model, here.context.territory)
    table = table[table["swing"] > 0]
    if table.empty:
        return [words("No assumption has a range, so all that is uncertain is the forecast itself.")]
    stated = {each.identity: each for each in found.model.assumptions}
    names = [f"{KINDS[stated[each].kind].label}, {stated[each].scope}" for each in table["identity"]]
    told = [sheets.money(round(each), here.settings, compact=True) for each in table["swing"]]
    lows, highs = table[["low", "high"]].min(axis=1), table[["low", "high"]].max(axis=1)
    frame = pd.DataFrame({"name": names, "low": lows, "high": highs, "value": 0.0, "told": told})
    says = f"What the ranges of the assumptions do to FY{here.context.year}, the widest first."
    shown = table.assign(
        name=names, low=table["low"].round(), high=table["high"].round(), swing=table["swing"].round()
    )
    fields = [
        Field("name", "Assumption"),
        Field("low", "At its low", "difference"),
        Field("high", "At its high", "difference"),
        Field("swing", "From end to end", "money"),
    ]
    listing = sheets.table(shown, fields, here.settings, caption=says.rstrip("."))
    return [charts.ranges(frame, says, "the likely value", zero=False), folded("The figures", listing)]


def _tested(here: Page, found: Uncertain) -> list[Any]:
    table = found.tested
    if table.empty:
        return [
            words(
                "No past year can be planned again as of its first day, since the history is too short for it: how "
                "far these figures can be relied on is not known yet."
            )
        ]
    fields = [
        Field("level", "Level"),
        Field("cases", "Cases", "count"),
        Field("years", "Years", "count"),
        Field("inside_50", "Inside 50%", "percent"),
        Field("inside_80", "Inside 80%", "percent"),
        Field("inside_95", "Inside 95%", "percent"),
        Field("width", "Widened by", "number"),
        Field("widened_80", "Inside 80%, widened", "percent"),
    ]
    caption = "Past years, planned again as of their first day: how often the result fell inside"
    shown = table.assign(level=table["level"].map(LEVELS))
    return [words(_verdict(here, table)), sheets.table(shown, fields, here.settings, caption=caption)]


def _verdict(here: Page, table: pd.DataFrame) -> str:
    """Say in words whether the past fell inside as often as it should have, and on how little that rests."""
    row = table.iloc[-1]
    inside = sheets.percent(row["inside_80"], here.settings, digits=0)
    level = escape(LEVELS[row["level"]].lower())
    wider = table[table["width"] > 1]
    by = ", ".join(f"{LEVELS[name].lower()} by {width - 1:.0%}" for name, width in wider[["level", "width"]].values)
    done = f"Intervals are widened where the past says so: {by}." if by else "Nothing had to be widened."
    return (
        f"The intervals of 80% held {inside} of the results by {level} ({row['cases']} cases of {row['years']} "
        f"year{'s' if row['years'] > 1 else ''}). {done} Few years are a small sample."
    )


def _method() -> Html:
    return folded(
        "How this is drawn",
        words(
            f"{DRAWS:,} draws from seed {SEED}: the same seed gives the same figures. Each assumption is drawn "
            "around its likely value, one time in ten below its low and one in ten above its high; those of one kind "
            "share half of their variance. The forecast is off as trials on the past found it, from the company "
            "down to the rep, so that parts add up to the whole in every draw."
        ),
    )
