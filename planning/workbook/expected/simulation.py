"""Next year's result as a distribution, from which every probability comes, and how far it can be relied on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.assumptions import calibration, simulation
from planning.assumptions.calibration import Case
from planning.assumptions.simulation import DRAWS, END, SEED, Errors, Model, Simulation
from planning.errors import AssumptionError, HistoryError
from planning.goals.setting import cascade
from planning.history import results
from planning.history.engine import open_history
from planning.history.outlook.forecast import Forecast
from planning.workbook import history
from planning.workbook.context import PLAN, Context
from planning.workbook.goals import Outlook, outlook, rests_on
from planning.workbook.kept import kept

LEVELS = ("company", "territory", "position")


@dataclass(frozen=True)
class Uncertain:
    """Next year's result as a distribution.

    Parameters
    ----------
    drawn
        The draws.
    model
        What they were drawn from.
    tested
        How often the past fell into such intervals (`planning.assumptions.calibration.table`).
    """

    drawn: Simulation
    model: Model
    tested: pd.DataFrame


def uncertain(context: Context, draws: int = DRAWS, seed: int = SEED) -> Uncertain:
    """Draw next year's result, as wide as the past says it must be.

    Raises
    ------
    AssumptionError
        If the history is too short to say how far off a forecast is.
    """
    cases = past(context)
    told = rests_on(context)
    depends = None if told is None else (told, cases, draws, seed)
    return kept(context.settings, "year", depends, lambda: _drawn(context, cases, draws, seed))


def _drawn(context: Context, cases: list[Case], draws: int, seed: int) -> Uncertain:
    made = model(context, outlook(context), calibration.widths(cases))
    return Uncertain(simulation.simulate(made, draws, seed), made, calibration.table(cases))


def quantiles(
    context: Context, by: str, ends: Mapping[str, float], draws: int = DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """Say between which amounts next year's result lies.

    Parameters
    ----------
    context
        Which year and scenario; a territory in view limits it.
    by
        ``company`` (what is in view as one), ``territory`` or ``rep``.
    ends
        Name and quantile of each column wanted.
    draws, seed
        How often, and from which stream of random numbers.

    Returns
    -------
    ``name``, ``expected``, a column each of `ends` (whole minor units), and ``reaches``: the part of the draws that
    reach what is expected.
    """
    found = uncertain(context, draws, seed)
    places = found.drawn.positions
    inside = places[places["territory"] == context.territory] if context.territory else places
    expected = found.model.expected.sum(axis=1)
    if by == "company":
        wanted = [(context.territory or context.settings.company, inside.index)]
    else:
        named = inside[inside["rep"] != ""] if by == "rep" else inside
        wanted = [(str(name), rows.index) for name, rows in named.groupby(by)]
    rows = []
    for name, index in wanted:
        drawn = found.drawn.years[:, index].sum(axis=1, dtype=float)
        aim = float(expected[index].sum())
        each = dict(zip(ends, np.rint(np.quantile(drawn, list(ends.values()))).astype("int64"), strict=True))
        rows.append({"name": name, "expected": round(aim), **each, "reaches": float((drawn >= aim).mean())})
    return pd.DataFrame(rows, columns=["name", "expected", *ends, "reaches"])


def tornado(context: Context) -> pd.DataFrame:
    """Say what each assumption at its low and high end changes, the widest first.

    Returns
    -------
    ``identity``, ``kind``, ``scope``, ``likely`` (its effect), ``low``, ``high`` (what its ends add to it),
    ``swing``; whole minor units, of the company or the territory in view.
    """
    made = model(context, outlook(context), {})
    table = simulation.swings(made, context.territory)
    stated = {each.identity: each for each in made.assumptions}
    amounts = table.drop(columns="identity").round().astype("int64")
    told = pd.DataFrame(
        {
            "identity": table["identity"],
            "kind": [stated[each].kind for each in table["identity"]],
            "scope": [stated[each].scope for each in table["identity"]],
        }
    )
    return pd.concat([told, amounts], axis=1)


def model(context: Context, seen: Outlook, widths: dict[str, float]) -> Model:
    """Prepare what is drawn from: expected results by position and month, effects, and errors of the forecast.

    Parameters
    ----------
    context, seen
        Where one stands, and what is expected there.
    widths
        By how much the errors of each level are widened.

    Raises
    ------
    AssumptionError
        If the history is too short to say how far off a forecast is.
    """
    if seen.forecast is None:
        raise AssumptionError(
            f"The history is too short to forecast FY{context.year}, so nobody can say how sure its number is."
        )
    expected = cascade.expected(seen.steps)
    positions = expected[["territory", "rep"]].drop_duplicates().sort_values(["territory", "rep"], ignore_index=True)
    errors = _errors(seen.forecast, positions, widths)
    return simulation.model(seen.baseline, expected, seen.assumptions, seen.scene, errors, positions)


def past(context: Context) -> list[Case]:
    """Plan each year before the one in view as of its first day, and hold the result against what was drawn then.

    Assumptions count where the workbook holds them for that year; years that cannot be forecast are left out.
    """
    found: list[Case] = []
    before = [year for year in history.years(context)[1:] if year < context.year]
    for year in before:
        then = replace(context, year=year, scenario=PLAN, territory="")
        if _whole(then):
            found += _cases(then)
    return found


def _whole(then: Context) -> bool:
    """Say whether all months of a year have results, and the year before it as well."""
    with open_history(then.settings) as found:
        first, last = results.months_in(found)
    return first <= then.calendar.months(then.year - 1)[0] and then.calendar.months(then.year)[-1] <= last


def _cases(then: Context) -> list[Case]:
    """Plan a past year again; what was found is kept while history and assumptions of that year stay as they are."""
    return kept(then.settings, "past", rests_on(then), lambda: _planned_again(then))


def _planned_again(then: Context) -> list[Case]:
    try:
        seen = outlook(then)
        made = model(then, seen, {})
    except (AssumptionError, HistoryError):
        return []
    drawn = simulation.simulate(made, DRAWS // 5)
    with open_history(then.settings) as found:
        came = results.came(found, then.calendar, then.year, seen.places)
    return calibration.cases(then.year, drawn, came)


def _errors(forecast: Forecast, positions: pd.DataFrame, widths: dict[str, float]) -> Errors:
    """Read how far off the forecast is taken to be, over what it expects, from its 80% intervals."""
    years, months = (_deviation(table) for table in (forecast.years, forecast.months))
    of_level = {level: float(years.loc[years["level"] == level, "off"].median()) for level in LEVELS}
    if np.isnan(of_level["company"]):
        raise AssumptionError(
            "The history is too short to put forecasts to the test, so nobody can say how sure they are."
        )
    leaf = years[years["level"].isin(["position", "unassigned"])]
    own = months.groupby("node")["off"].median().reindex(leaf["node"]).to_numpy()
    table = leaf.assign(month=own).set_index(["territory", "rep"])[["off", "month"]]
    found = table.reindex(pd.MultiIndex.from_frame(positions))
    usual = {"off": _or(of_level["position"], of_level["company"]), "month": _or(float(np.nanmedian(own)), 0.0)}
    territories = years[years["level"] == "territory"].set_index("territory")["off"]
    named = territories.reindex(np.unique(positions["territory"].to_numpy(dtype=str)))
    filled = named.fillna(_or(of_level["territory"], of_level["company"])).to_numpy(dtype=float)
    wide = {level: widths.get(level, 1.0) for level in LEVELS}
    each, month = (found[name].fillna(usual[name]).to_numpy(dtype=float) for name in ("off", "month"))
    return Errors(
        of_level["company"] * wide["company"],
        filled * wide["territory"],
        each * wide["position"],
        month * wide["position"],
    )


def _deviation(table: pd.DataFrame) -> pd.DataFrame:
    """Add the standard deviation over what is expected; the upper end, since the lower one may be cut at zero."""
    expected, high = (table[name].astype("float64") for name in ("expected", "high_80"))
    off: Real = ((high - expected) / END / expected.where(expected > 0)).to_numpy(dtype=float)
    return table.assign(off=np.where(np.isinf(off), np.nan, off))


def _or(value: float, other: float) -> float:
    return other if np.isnan(value) else value
