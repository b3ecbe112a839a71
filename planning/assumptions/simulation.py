"""A distribution of next year's result: the ranges of assumptions and the errors of the forecast, drawn together.

- A value is drawn from a two-piece normal distribution (Wallis 2014): in one case of ten it lies below the low end,
  in one of ten above the high end, never outside what its kind allows. Between the three values, and beyond the
  ends, the effect is taken to be straight. What two assumptions do to one another stays as it is at likely values.
- Assumptions of one kind share a cause: half of the variance of each is common to all of that kind.
- What is then expected is multiplied by errors of the forecast, from the top down: one of the company; the parts that
  territories have of it; the parts of positions in a territory; the parts of months in a position. So a level is as
  uncertain as trials on the past found it, parts add up to the whole in every draw, what one position loses to its
  neighbour is not lost to the company, and errors neither vanish in sums nor pile up. They are lognormal, of mean 1.

Draws come in blocks with a stream of random numbers each, so that the same seed gives the same figures on any machine
and however many cores draw.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planning.amounts import Real
from planning.assumptions import effects
from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds import Scene, kind

DRAWS, SEED = 10_000, 2026
END = 1.2815515655446004
"""Standard deviations from the middle of a normal distribution to where a tenth lies outside."""
SHARED = 0.5
"""Part of the variance that assumptions of one kind have in common."""
_BLOCK = 100
"""Draws of a block: its arrays of 1,000 positions by 12 months stay in the cache of a core."""
_ROUNDS, _MOST = 200, 8

Single = NDArray[np.float32]


@dataclass(frozen=True)
class Errors:
    """How far off the forecast is expected to be: standard deviations over what is expected.

    Parameters
    ----------
    company
        Of the company's year.
    territories
        Of the year of each territory, in the order of their names.
    positions
        Of the year of each position.
    months
        Of a single month of each position.
    """

    company: float
    territories: Real
    positions: Real
    months: Real


@dataclass(frozen=True)
class Model:
    """What is drawn from, by position.

    Parameters
    ----------
    positions
        Columns ``territory``, ``rep``; sorted.
    expected
        A row a position, a column a month: the expected result in minor units.
    likely, down, up
        A layer an assumption, of the same shape: its effect, and what its low and its high value add to it.
    assumptions
        The assumptions, in the order of the layers.
    errors
        Of the forecast.
    """

    positions: pd.DataFrame
    expected: Real
    likely: Real
    down: Real
    up: Real
    assumptions: Sequence[Assumption]
    errors: Errors


@dataclass(frozen=True)
class Simulation:
    """What was drawn.

    Parameters
    ----------
    positions
        Columns ``territory``, ``rep``; empty rep: the territory's own account.
    years
        Result of the year, minor units: a row a draw, a column a position.
    months
        Result of the company by month: a row a draw, a column a month.
    """

    positions: pd.DataFrame
    years: Single
    months: Single

    def of(self, territory: str = "", rep: str = "") -> Real:
        """Give the draws of the company, a territory, a rep, or a rep in a territory; none where there are none."""
        inside = np.ones(len(self.positions), dtype=bool)
        for name, value in (("territory", territory), ("rep", rep)):
            if value:
                inside &= (self.positions[name] == value).to_numpy()
        return self.years[:, inside].sum(axis=1, dtype=np.float64)


def model(
    baseline: pd.DataFrame,
    expected: pd.DataFrame,
    assumptions: Sequence[Assumption],
    scene: Scene,
    errors: Errors,
    positions: pd.DataFrame,
) -> Model:
    """Prepare what is drawn from.

    Parameters
    ----------
    baseline
        What assumptions are priced on (`planning.assumptions.effects.effect`), with ``rep``.
    expected
        Columns ``territory``, ``rep``, ``period``, ``amount``: what all of them together lead to expect.
    assumptions, scene
        What is priced, and on what.
    errors
        Of the forecast, territories and positions in the order of `positions`.
    positions
        Columns ``territory``, ``rep``; sorted.
    """
    grid = _Grid(positions, scene.months)
    layers = np.zeros((3, len(assumptions), *grid.shape))
    for place, each in enumerate(assumptions):
        for layer, value in enumerate(effects.VALUES):
            layers[layer, place] = grid.of(effects.effect(baseline, each, scene, value))
    low, likely, high = layers
    return Model(positions, grid.of(expected), likely, low - likely, high - likely, list(assumptions), errors)


class _Grid:
    """Rows by position and columns by month."""

    def __init__(self, positions: pd.DataFrame, months: Sequence[str]) -> None:
        self._rows = pd.Series(np.arange(len(positions)), pd.MultiIndex.from_frame(positions[["territory", "rep"]]))
        self._columns = pd.Series(np.arange(len(months)), list(months))
        self.shape = (len(positions), len(months))

    def of(self, cells: pd.DataFrame) -> Real:
        """Add up cells."""
        found = np.zeros(self.shape)
        sums = cells.groupby(["territory", "rep", "period"], observed=True)["amount"].sum().reset_index()
        keys = pd.MultiIndex.from_arrays([sums[name].astype("str") for name in ("territory", "rep")])
        place = self._rows.loc[keys].to_numpy(), self._columns.loc[sums["period"].astype("str")].to_numpy()
        found[place] = sums["amount"].to_numpy(dtype=float)
        return found


def simulate(model: Model, draws: int = DRAWS, seed: int = SEED) -> Simulation:
    """Draw the year so many times.

    Parameters
    ----------
    model
        What is drawn from.
    draws, seed
        How often, and from which stream of random numbers.
    """
    parts = components(model)
    blocks = [min(_BLOCK, draws - start) for start in range(0, draws, _BLOCK)]
    streams = np.random.SeedSequence(seed).spawn(len(blocks))
    with ThreadPoolExecutor(os.cpu_count() or 1) as cores:
        drawn = list(cores.map(lambda size, stream: _block(model, parts, size, stream), blocks, streams))
    years, months = zip(*drawn, strict=True)
    return Simulation(model.positions, np.concatenate(years), np.concatenate(months))


@dataclass(frozen=True)
class Components:
    """Errors taken apart by level: standard deviations of logarithms.

    Parameters
    ----------
    company
        Of the whole.
    territories, positions, months
        Of what moves the part that a territory has of the company, a position of its territory, a month of its
        position.
    firsts
        Row of the first position of each territory.
    counts
        Positions of each territory.
    """

    company: float
    territories: Single
    positions: Single
    months: Single
    firsts: NDArray[np.intp]
    counts: NDArray[np.intp]


def components(model: Model) -> Components:
    """Take the errors of the levels apart, so that put together each level is as uncertain as it was found."""
    year = np.maximum(model.expected.sum(axis=1), 0.0)
    names = model.positions["territory"].to_numpy(dtype=str)
    _, firsts, counts = np.unique(names, return_index=True, return_counts=True)
    by_territory = np.add.reduceat(year, firsts)
    off = model.errors
    found = (off.company, off.territories, off.positions, off.months)
    company, territories, positions, months = (np.log1p(np.square(each)) for each in found)
    all_of_it = np.full_like(by_territory, by_territory.sum())
    one, all_count = np.zeros(1, np.intp), np.array([len(firsts)])
    of_territories = _moving(_over(by_territory, all_of_it), territories - company, one, all_count)
    above = np.repeat(territories, counts)
    of_positions = _moving(_over(year, np.repeat(by_territory, counts)), positions - above, firsts, counts)
    size = model.expected.shape[1]
    of_months = np.maximum(months - positions, 0.0) * size / max(size - 1, 1)
    roots = [np.sqrt(each).astype(np.float32) for each in (of_territories, of_positions, of_months)]
    return Components(float(np.sqrt(company)), roots[0], roots[1], roots[2], firsts, counts)


def _moving(part: Real, wanted: Real, firsts: NDArray[np.intp], counts: NDArray[np.intp]) -> Real:
    """Say how much each part must move by itself, so that its share of the whole moves by as much as is wanted.

    With V the variance by itself and w the part, a share's variance is V (1 - 2 w) + sum of w^2 V over all parts:
    what all have in common moves none of the shares. Each V is scaled by what is wanted over what there is until that
    changes nothing, so that none falls below zero. Where no V gives what is wanted, as where one part is nearly the
    whole and the others are to stay, it ends at `_MOST` times the largest that is wanted.
    """
    aim = np.maximum(wanted, 0.0)
    most = _MOST * np.repeat(np.maximum.reduceat(aim, firsts), counts)
    found = aim
    for _ in range(_ROUNDS):
        there = found * (1 - 2 * part) + np.repeat(np.add.reduceat(part**2 * found, firsts), counts)
        found = np.minimum(found * _over(aim, there), most)
    return np.where(part < 1, found, 0.0)


def drawn_values(assumptions: Sequence[Assumption], draws: int, random: np.random.Generator) -> Real:
    """Draw where each value lies: 0 is likely, -1 the low end, 1 the high end.

    Returns
    -------
    A row a draw, a column an assumption.
    """
    kinds = sorted({each.kind for each in assumptions})
    common = random.standard_normal((draws, len(kinds)))
    alone = random.standard_normal((draws, len(assumptions)))
    column = [kinds.index(each.kind) for each in assumptions]
    drawn = (np.sqrt(SHARED) * common[:, column] + np.sqrt(1 - SHARED) * alone) / END
    ends = np.array([_allowed(each) for each in assumptions]).reshape(-1, 2)
    return np.clip(drawn, ends[:, 0], ends[:, 1])


def swings(model: Model, territory: str = "", rep: str = "") -> pd.DataFrame:
    """Say what each assumption at its low and high value changes, the largest swing first.

    Returns
    -------
    A row an assumption: ``identity``, ``likely`` (its effect), ``low``, ``high`` (what its ends add to it),
    ``swing``; minor units.
    """
    inside = np.ones(len(model.positions), dtype=bool)
    for name, value in (("territory", territory), ("rep", rep)):
        if value:
            inside &= (model.positions[name] == value).to_numpy()
    found = {name: getattr(model, name)[:, inside].sum(axis=(1, 2)) for name in ("likely", "down", "up")}
    table = pd.DataFrame(found).rename(columns={"down": "low", "up": "high"})
    table.insert(0, "identity", [each.identity for each in model.assumptions])
    table["swing"] = table[["low", "high"]].max(axis=1).clip(lower=0) - table[["low", "high"]].min(axis=1).clip(
        upper=0
    )
    return table.sort_values(["swing", "identity"], ascending=[False, True], ignore_index=True)


def _block(model: Model, parts: Components, size: int, stream: np.random.SeedSequence) -> tuple[Single, Single]:
    """Draw one block: years by position, and months of the company."""
    random = np.random.Generator(np.random.SFC64(stream))
    level = _level(model, size, random)
    years = level.sum(axis=2)
    territories = np.add.reduceat(years, parts.firsts, axis=1)
    company = np.exp(parts.company * random.standard_normal((size, 1), np.float32) - parts.company**2 / 2)
    whole = territories.sum(axis=1, keepdims=True) * company
    territories *= _moved(parts.territories, (size, len(parts.counts)), random)
    territories *= _over(whole, territories.sum(axis=1, keepdims=True))
    years *= _moved(parts.positions, years.shape, random)
    years *= np.repeat(_over(territories, np.add.reduceat(years, parts.firsts, axis=1)), parts.counts, axis=1)
    level *= _moved(parts.months[:, None], level.shape, random)
    level *= _over(years, level.sum(axis=2))[:, :, None]
    return years, level.sum(axis=1)


def _moved(spread: Single, shape: tuple[int, ...], random: np.random.Generator) -> Single:
    """Draw errors around 1: the exponentials of normal numbers with these standard deviations."""
    drawn = random.standard_normal(shape, np.float32)
    drawn *= spread
    return np.exp(drawn, out=drawn)


def _level(model: Model, size: int, random: np.random.Generator) -> Single:
    """Draw what is expected, before errors of the forecast: by draw, position and month, never below zero."""
    values = drawn_values(model.assumptions, size, random)
    ends = np.concatenate([model.down, model.up]).reshape(-1, model.expected.size).astype(np.float32)
    weights = np.hstack([np.maximum(-values, 0), np.maximum(values, 0)]).astype(np.float32)
    level = (weights @ ends).reshape(size, *model.expected.shape)
    level += model.expected.astype(np.float32)
    return np.maximum(level, 0, out=level)


def _allowed(each: Assumption) -> tuple[float, float]:
    """Say how far the value may lie to either side: what the kind allows, in steps to the ends of its range."""
    rule = kind(each.kind)
    below, above = float(each.likely - each.low), float(each.high - each.likely)
    least = -float(each.likely - rule.minimum) / below if below else -np.inf
    return least, float(rule.maximum - each.likely) / above if above else np.inf


def _over(above: Any, below: Any) -> Any:
    """Divide, giving zero where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
