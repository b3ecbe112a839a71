"""How attainment is spread over reps, whether goals lean against anybody, and whether they were too high or low."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.history.attainment import attainment
from planning.history.engine import History
from planning.periods import FiscalCalendar, first_day, last_day, month_range

BANDS = ((0.0, 0.8), (0.8, 1.0), (1.0, 1.25), (1.25, np.inf))
"""Bands of attainment: from, up to but without."""

FEWEST = 3
"""Reps on either side of a comparison below which nothing is said."""
DOUBT = 0.05
"""Probability of a difference as large by chance, above which it is not taken for one."""
REACHED_BY_MOST = 0.75
REACHED_BY_FEW = 0.50
NEAR = 0.05
"""How far the company may end from its goal for the goal to count as met in sum."""

BIAS_METHOD = (
    "A group's reps are held against all others by their attainment: the shift is the median of all differences "
    "between one of the group and one of the others (Hodges and Lehmann 1963), with its interval of 95%; the "
    "probability that chance alone brings such ranks is the Wilcoxon-Mann-Whitney test's (Mann and Whitney 1947), "
    "corrected for the number of groups judged (Holm 1979). By product line, each rep's attainment in the line less "
    f"the rep's attainment in all is compared. Fewer than {FEWEST} reps on either side are too few to tell."
)
LEVEL_RULE = (
    f"Goals count as too high if fewer than {REACHED_BY_FEW:.0%} of the reps with a goal made it and all together "
    f"missed theirs by more than {NEAR:.0%}; as too low if more than {REACHED_BY_MOST:.0%} made it and all together "
    f"were over by more than {NEAR:.0%}. Where fewer than {REACHED_BY_FEW:.0%} made it although all together came "
    f"near, a few carried the others: the goals were badly shared out. Fewer than {FEWEST} reps are too few to tell."
)

BIAS = ("group", "reps", "attainment", "shift", "low", "high", "p", "verdict")
LEVELS = ("year", "reps", "made", "share", "median", "together", "verdict")


def spread(table: pd.DataFrame) -> dict[str, float]:
    """Describe how attainment is spread.

    Parameters
    ----------
    table
        What `planning.history.attainment.attainment` gives, a row a rep.

    Returns
    -------
    ``reps`` (with a goal), ``made`` (at or over it), ``share`` of those, ``together`` (result over goal of all who
    have one), ``mean``, ``deviation`` (standard), ``lower``, ``median``, ``upper`` (quartiles), and ``band_0`` to
    ``band_3``, the reps in each of `BANDS`. Only ``reps`` and ``made`` where nobody has a goal.
    """
    held = _held(table)
    values = held["attainment"].to_numpy(float)
    if not len(values):
        return {"reps": 0, "made": 0}
    lower, median, upper = np.quantile(values, (0.25, 0.5, 0.75))
    return {
        "reps": len(values),
        "made": int((values >= 1).sum()),
        "share": float((values >= 1).mean()),
        "together": float(held["result"].sum()) / float(held["goal"].sum()),
        "mean": float(values.mean()),
        "deviation": float(values.std(ddof=1)) if len(values) > 1 else 0.0,
        "lower": float(lower),
        "median": float(median),
        "upper": float(upper),
        **{
            f"band_{place}": int(((values >= low) & (values < high)).sum()) for place, (low, high) in enumerate(BANDS)
        },
    }


@dataclass(frozen=True)
class Asked:
    """What is held against its goals: a metric over some months, of all or of a part.

    Parameters
    ----------
    history, calendar, metric, first, last, where
        As for `planning.history.attainment.attainment`.
    """

    history: History
    calendar: FiscalCalendar
    metric: str
    first: str
    last: str
    where: Mapping[str, str] | None = None

    def by(self, *dimensions: str) -> pd.DataFrame:
        """Hold results against goals, where there is a goal and all dimensions are told."""
        each = (self.history, self.calendar, self.metric, list(dimensions), self.first, self.last, self.where)
        return _held(attainment(*each)).dropna(subset=list(dimensions))


def over_years(
    history: History, calendar: FiscalCalendar, name: str, years: list[int], where: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Judge by `LEVEL_RULE` whether the goals of each year were too high or too low.

    Returns
    -------
    Columns `LEVELS`, a row a year with goals: ``year``; ``reps`` with a goal; ``made`` it; their ``share``;
    ``median`` attainment; attainment of all ``together``; ``verdict``: ``too high``, ``too low``, ``badly shared``,
    ``in order`` or ``too few``.
    """
    rows = []
    for year in years:
        months = calendar.months(year)
        told = spread(Asked(history, calendar, name, months[0], months[-1], where).by("rep"))
        if told["reps"]:
            rows.append({"year": year, **told, "verdict": _level(told)})
    return pd.DataFrame(rows, columns=list(LEVELS))


def _level(told: dict[str, float]) -> str:
    share, together = told["share"], told["together"]
    if told["reps"] < FEWEST:
        return "too few"
    if share < REACHED_BY_FEW:
        return "too high" if together < 1 - NEAR else "badly shared"
    return "too low" if share > REACHED_BY_MOST and together > 1 + NEAR else "in order"


def bias(asked: Asked, group: str) -> pd.DataFrame:
    """Tell whether goals lean against a group of reps or a product line (`BIAS_METHOD`).

    Parameters
    ----------
    asked
        What is held against its goals.
    group
        One of `GROUPS`.

    Returns
    -------
    Columns `BIAS`, a row a group, the hardest asked first: its name, ``reps``, their median ``attainment`` (for a
    product line, less the reps' own in all), ``shift`` against the others with ``low`` and ``high`` (fractions),
    ``p`` corrected, and ``verdict``: ``asked more``, ``asked less``, ``not shown``, ``too few``. No row where fewer
    than two groups have goals.
    """
    held = GROUPS[group](asked)
    names = sorted(held["group"].unique())
    if len(names) < 2:
        return pd.DataFrame(columns=list(BIAS))
    values, groups = held["value"].to_numpy(float), held["group"]
    rows = [_against_others(each, values[groups == each], values[groups != each]) for each in names]
    table = _corrected(pd.DataFrame(rows, columns=list(BIAS)))
    return table.sort_values(["shift", "group"], ignore_index=True, na_position="last")


def _against_others(name: str, own: Real, others: Real) -> dict[str, object]:
    row: dict[str, object] = {"group": name, "reps": len(own), "attainment": float(np.median(own))}
    if min(len(own), len(others)) < FEWEST:
        return {**row, "shift": np.nan, "low": np.nan, "high": np.nan, "p": np.nan}
    from scipy.stats import mannwhitneyu, norm

    apart = np.sort((own[:, None] - others[None, :]).ravel())
    count, (m, n) = len(apart), (len(own), len(others))
    # Ends of the interval are order statistics of the differences (Hollander and Wolfe, section 4.3).
    cut = m * n / 2 - norm.ppf(1 - DOUBT / 2) * np.sqrt(m * n * (m + n + 1) / 12)
    place = max(int(np.floor(cut)), 0)
    chance = float(mannwhitneyu(own, others).pvalue)
    return {
        **row,
        "shift": float(np.median(apart)),
        "low": apart[place],
        "high": apart[count - 1 - place],
        "p": chance,
    }


def _corrected(table: pd.DataFrame) -> pd.DataFrame:
    """Correct probabilities for the number of groups that are judged, after Holm."""
    judged = table["p"].dropna().sort_values()
    left = np.arange(len(judged), 0, -1)
    corrected = pd.Series(np.minimum(np.maximum.accumulate(judged.to_numpy() * left), 1.0), judged.index)
    p = corrected.reindex(table.index)
    verdict = pd.Series("not shown", table.index).mask(p.isna(), "too few")
    sure = p < DOUBT
    verdict = verdict.mask(sure & (table["shift"] < 0), "asked more").mask(sure & (table["shift"] > 0), "asked less")
    return table.assign(p=p, verdict=verdict)


def _held(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["attainment"].notna()]


def _by_dimension(dimension: str) -> Callable[[Asked], pd.DataFrame]:
    return lambda asked: asked.by("rep", dimension).rename(columns={dimension: "group", "attainment": "value"})


def _by_line(asked: Asked) -> pd.DataFrame:
    whole = asked.by("rep").set_index("rep")["attainment"]
    table = asked.by("rep", "product_line")
    value = table["attainment"] - table["rep"].map(whole).astype("Float64")
    return table.assign(group=table["product_line"], value=value).dropna(subset=["value"])


def _by_tenure(asked: Asked) -> pd.DataFrame:
    table = asked.by("rep")
    people = asked.history.rows("select rep, hired from people where hired is not null")
    hired = dict(zip(people["rep"], people["hired"], strict=True))
    begins = first_day(asked.first)
    # Whoever was there before the history began has no first day.
    years = [(begins - hired[rep]).days / 365 if rep in hired else np.inf for rep in table["rep"]]
    names = [
        "Under a year" if each < 1 else "One to three years" if each < 3 else "Three years and more" for each in years
    ]
    return table.assign(group=pd.Series(names, table.index, dtype="str"), value=table["attainment"])


def _by_size(asked: Asked) -> pd.DataFrame:
    table = asked.by("rep")
    place = table["goal"].rank(method="first", pct=True).astype(float)
    group = pd.Series("Middle third of goals", table.index)
    group = group.mask(place <= 1 / 3, "Smallest third of goals").mask(place > 2 / 3, "Largest third of goals")
    return table.assign(group=group, value=table["attainment"])


GROUPS: dict[str, Callable[[Asked], pd.DataFrame]] = {
    "territory": _by_dimension("territory"),
    "region": _by_dimension("region"),
    "tenure": _by_tenure,
    "product_line": _by_line,
    "channel": _by_dimension("channel"),
    "goal_size": _by_size,
}
"""What goals could lean against."""


def part_of_year(history: History, name: str, first: str, last: str) -> list[str]:
    """Name the reps whose goals on a metric cover some of the months only."""
    found = history.rows(
        "select rep, count(distinct month) as months from goals where metric = $metric and target > 0 "
        "and month between $first and $last group by rep order by rep",
        metric=name,
        first=first_day(first),
        last=last_day(last),
    )
    return list(found.loc[found["months"] < len(month_range(first, last)), "rep"])
