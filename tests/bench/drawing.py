"""Drawing next year's result: ours against a plain loop over reps, and against the bare arithmetic on whole arrays.

Each function prepares the same made-up company and gives a task; a task gives the mean and the spread that it found,
as coarse as chance allows, to check its answer by.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from measures import Comparison

if TYPE_CHECKING:
    from planning.assumptions.simulation import Model

REPS, TERRITORIES, MONTHS, ASSUMPTIONS = 1000, 40, 12, 10
COMPANY_ERROR = 0.1
DRAWN = "10,000 draws x 1,000 reps x 12 months"
BARE, LOOP = "the bare array arithmetic", "a NumPy loop over reps"

COMPARISONS = (
    Comparison(DRAWN, BARE, "drawing:ours", "drawing:on_whole_arrays", {"s": 2.0}),
    Comparison(DRAWN, LOOP, "drawing:ours", "drawing:rep_by_rep", {"s": 1.0}),
)

Task = Callable[[], list[int]]


def ours(draws: str) -> Task:
    """Draw as the workbook does."""
    from planning.assumptions.simulation import simulate

    made, expected = _model()

    def task() -> list[int]:
        drawn = simulate(made, int(draws))
        return _told(drawn.of() / expected, drawn.months.sum(axis=1) / expected)

    return task


def on_whole_arrays(draws: str) -> Task:
    """Draw the same with whole arrays, and nothing around them."""
    import numpy as np

    made, expected = _model()
    weights, parts, random = _drawn(made, int(draws))
    ends = np.concatenate([made.down, made.up]).reshape(-1, REPS * MONTHS).astype(np.float32)
    first = np.arange(0, REPS, REPS // TERRITORIES)

    def moved(spread: Any, *shape: int) -> Any:
        return np.exp(random.standard_normal(shape, np.float32) * spread)

    def task() -> list[int]:
        size = len(weights)
        level = (weights @ ends).reshape(size, REPS, MONTHS) + made.expected.astype(np.float32)
        level = np.maximum(level, 0)
        years = level.sum(axis=2)
        company = moved(np.float32(parts.company), size, 1) * np.float32(np.exp(-(parts.company**2) / 2))
        whole = years.sum(axis=1, keepdims=True) * company
        territories = np.add.reduceat(years, first, axis=1) * moved(parts.territories, size, TERRITORIES)
        territories *= whole / territories.sum(axis=1, keepdims=True)
        years = years * moved(parts.positions, size, REPS)
        years *= np.repeat(territories / np.add.reduceat(years, first, axis=1), REPS // TERRITORIES, axis=1)
        level = level * moved(parts.months[:, None], size, REPS, MONTHS)
        level *= (years / level.sum(axis=2))[:, :, None]
        months = level.sum(axis=1)
        return _told(years.sum(axis=1, dtype=float) / expected, months.sum(axis=1) / expected)

    return task


def rep_by_rep(draws: str) -> Task:
    """Draw the same rep by rep."""
    import numpy as np

    made, expected = _model()
    weights, parts, random = _drawn(made, int(draws))
    ends = np.concatenate([made.down, made.up])
    of_territory = REPS // TERRITORIES

    def level(rep: int) -> Any:
        return np.maximum(weights @ ends[:, rep] + made.expected[rep], 0)

    def task() -> list[int]:
        size = len(weights)
        plain = np.stack([level(rep).sum(axis=1) for rep in range(REPS)], axis=1)
        company = np.exp(parts.company * random.standard_normal((size, 1)) - parts.company**2 / 2)
        in_territory = plain.reshape(size, TERRITORIES, of_territory).sum(axis=2)
        moved = in_territory * np.exp(random.standard_normal((size, TERRITORIES)) * parts.territories)
        totals = moved * (plain.sum(axis=1, keepdims=True) * company / moved.sum(axis=1, keepdims=True))
        own = np.stack([plain[:, rep] * np.exp(random.standard_normal(size) * parts.positions[rep])
                        for rep in range(REPS)], axis=1)  # fmt: skip
        sums = own.reshape(size, TERRITORIES, of_territory).sum(axis=2)
        years, months = np.empty((size, REPS)), np.zeros((size, MONTHS))
        for rep in range(REPS):
            place = rep // of_territory
            years[:, rep] = own[:, rep] * totals[:, place] / sums[:, place]
            shape = level(rep) * np.exp(random.standard_normal((size, MONTHS)) * parts.months[rep])
            months += shape * (years[:, rep] / shape.sum(axis=1))[:, None]
        return _told(years.sum(axis=1) / expected, months.sum(axis=1) / expected)

    return task


def _model() -> tuple["Model", float]:
    """Make a company up: its expected result, effects of assumptions, and errors of the forecast."""
    from decimal import Decimal

    import numpy as np
    import pandas as pd

    from planning.assumptions.assumption import Assumption
    from planning.assumptions.simulation import Errors, Model

    random = np.random.default_rng(7)
    places = [(f"T{rep // (REPS // TERRITORIES):02d}", f"Rep {rep:04d}") for rep in range(REPS)]
    expected = random.uniform(1e6, 5e6, (REPS, MONTHS))
    likely = expected * random.uniform(-0.01, 0.02, (ASSUMPTIONS, REPS, 1))
    step = Decimal("0.02")
    stated = [Assumption("market_growth", -step, Decimal(0), step, "", "") for _ in range(ASSUMPTIONS)]
    errors = Errors(COMPANY_ERROR, np.full(TERRITORIES, 0.12), np.full(REPS, 0.3), np.full(REPS, 0.5))
    positions = pd.DataFrame(places, columns=["territory", "rep"])
    # Their ends move the company hardly at all, so that its spread is the error that it was given.
    ends = expected * random.uniform(0.0005, 0.001, (ASSUMPTIONS, REPS, 1))
    return Model(positions, expected, likely, -ends, ends, stated, errors), float(expected.sum())


def _drawn(made: "Model", draws: int) -> tuple[Any, Any, Any]:
    import numpy as np

    from planning.assumptions.simulation import components, drawn_values

    random = np.random.Generator(np.random.SFC64(11))
    values = drawn_values(made.assumptions, draws, random)
    weights = np.hstack([np.maximum(-values, 0), np.maximum(values, 0)]).astype(np.float32)
    return weights, components(made), random


def _told(*relative: Any) -> list[int]:
    return [round(100 * float(figure)) for each in relative for figure in (each.mean(), each.std())]
