"""What a series could bring next: by each of a few methods, or by rule where it is too short or broken for them.

All methods but the seasonal naive look at a series freed of its season and of the number of working days, and put
both back afterwards. Methods that estimate
the season within each series (AutoETS and AutoTheta with a season of 12) were tried and left out: with two to three
years of months their errors were 1.3 to 5 times as large for the company and its territories, on the sample company,
and up to twice on the bicycles; only for some positions of the bicycles were they as good.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.history.season import MONTHS, indices, seasoned

SEASONAL_NAIVE = "seasonal naive"
STEADY = "average of 12 months"
LEVEL = "exponential smoothing"
THETA = "theta"
CANDIDATES = (SEASONAL_NAIVE, STEADY, LEVEL, THETA)
"""In the order in which ties are won."""

ENDED = "ended"
SHORT = "average so far"
INTERMITTENT = "intermittent"

_SHORT = 6
_SHORTEST_FIT = 10
_TOO_FAINT = 0.1
"""A month with less than this part of the average tells nothing of the level: dividing by it blows up noise."""


@dataclass(frozen=True)
class Known:
    """Series as known at one moment.

    Parameters
    ----------
    values
        Amounts, a row a node, a column a month; the company first.
    starts
        Column of each node's first month that is not 0; the number of columns if it has none yet.
    days
        Working days over the average, of the months known and of those to come.
    """

    values: Real
    starts: np.ndarray
    days: Real

    @property
    def months(self) -> int:
        """How many months are known."""
        return self.values.shape[1]

    @property
    def horizon(self) -> int:
        """How many months are asked for."""
        return len(self.days) - self.months


def known(values: Real, days: Real, months: int, horizon: int) -> Known:
    """Look back from the end of the first so many months, at the next so many."""
    seen = values[:, :months]
    any_yet = (seen != 0).any(axis=1)
    starts = np.where(any_yet, (seen != 0).argmax(axis=1), months)
    return Known(seen, starts, days[: months + horizon])


def forced(seen: Known) -> list[str]:
    """Say which series are forecast by rule: the rule's name, or empty.

    - ``ended``: nothing for twelve months, or for six that brought something a year before. It stays at 0.
    - ``average so far``: less than six months long. It goes on at the average of its months.
    - ``intermittent``: nothing in more than half of its last 24 months. It goes on at the average of the last twelve,
      since a level that is fitted would jump with the last sale.
    """
    return [_forced(seen.values[row, start:]) for row, start in enumerate(seen.starts)]


def _forced(series: Real) -> str:
    quiet = len(series) - 1 - np.flatnonzero(series != 0).max(initial=-1)
    season_before = series[-MONTHS - _SHORT : -MONTHS]
    if quiet >= MONTHS or (quiet >= _SHORT and len(season_before) == _SHORT and season_before.all()):
        return ENDED
    if len(series) < _SHORT:
        return SHORT if len(series) else ENDED
    recent = series[-2 * MONTHS :]
    return INTERMITTENT if (recent == 0).mean() > 0.5 else ""


def forecasts(seen: Known) -> dict[str, Real]:
    """Forecast all series by all methods.

    Returns
    -------
    For each of `CANDIDATES` and for ``average so far``, a row a node and a column a month to come; NaN where a series
    is too short for the method. No forecast is below 0 for a series that was never below 0 in its last twelve months.
    """
    pattern = _pattern(seen)
    level = _level(seen, pattern[:, : seen.months])
    ahead = pattern[:, seen.months :]
    steady = np.array([series[-MONTHS:].mean() if len(series) else 0.0 for series in level])
    lasting = {**_fitted(seen, level), SHORT: steady[:, None], STEADY: steady[:, None]}
    found = {name: seasoned(fit, ahead) for name, fit in lasting.items()} | {SEASONAL_NAIVE: _last_year(seen)}
    floor = np.where((seen.values[:, -MONTHS:] < 0).any(axis=1), -np.inf, 0.0)[:, None]
    return {name: np.maximum(fit, floor) for name, fit in found.items()}


def _pattern(seen: Known) -> Real:
    """Season and working days of all months, those known and those to come, around 1."""
    factors = indices(seen.values / seen.days[: seen.months], seen.starts)
    place = (np.arange(len(seen.days)) - seen.months) % MONTHS
    return factors[:, place] * seen.days


def _level(seen: Known, pattern: Real) -> list[Real]:
    """Free each series of its season and working days, from its first month on."""
    found = []
    for row, start in enumerate(seen.starts):
        series, factor = seen.values[row, start:], pattern[row, start:]
        told = factor >= _TOO_FAINT
        level = np.divide(series, factor, out=np.zeros_like(series), where=told)
        found.append(np.where(told, level, level[told].mean() if told.any() else 0.0))
    return found


def _last_year(seen: Known) -> Real:
    """Repeat the same month of the year before, as it was."""
    place = seen.months - MONTHS + np.arange(seen.horizon) % MONTHS
    old_enough = (seen.starts[:, None] <= place) & (place >= 0)
    return np.where(old_enough, seen.values[:, np.maximum(place, 0)], np.nan)


def _fitted(seen: Known, level: list[Real]) -> dict[str, Real]:
    """Fit the models to all series that are long enough and not flat."""
    from statsforecast import StatsForecast
    from statsforecast.models import SimpleExponentialSmoothingOptimized, Theta

    empty = np.full((len(level), seen.horizon), np.nan)
    rows = [row for row, series in enumerate(level) if len(series) >= _SHORTEST_FIT and np.ptp(series) > 0]
    if not rows:
        return {LEVEL: empty, THETA: empty}
    frame = pd.concat(
        pd.DataFrame({"unique_id": row, "ds": np.arange(len(level[row])), "y": level[row]}) for row in rows
    )
    models = [SimpleExponentialSmoothingOptimized(alias=LEVEL), Theta(season_length=1, alias=THETA)]
    table = StatsForecast(models=models, freq=1, n_jobs=1).forecast(df=frame, h=seen.horizon)
    ordered = table.sort_values(["unique_id", "ds"])
    found = {}
    for name in (LEVEL, THETA):
        found[name] = empty.copy()
        found[name][rows] = ordered[name].to_numpy().reshape(len(rows), seen.horizon)
    return found
