"""Goals besides revenue in the draws of the year: what each person is asked, and how such figures changed before."""

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.assumptions.simulation import SEED
from planning.goals.aims import aiming
from planning.goals.aims.aim import Aim
from planning.goals.aims.aiming import ASKED
from planning.goals.pay import besides
from planning.goals.pay.besides import Spread
from planning.goals.pay.plan import MAIN
from planning.history.attainment import attainment
from planning.history.engine import History, open_history
from planning.history.results import months_in
from planning.metrics import Metric, catalogue
from planning.periods import add_months
from planning.store import aims
from planning.workbook.context import Context
from planning.workbook.pay.asked import Book
from planning.workbook.place import plan

Goals = dict[str, tuple[float, float]]
"""Last year's figure and the goal, by person."""


@dataclass(frozen=True)
class Besides:
    """Goals besides revenue, as far as they can be drawn.

    Parameters
    ----------
    metrics
        By name.
    spreads
        How each changed from year to year; without those of which too little is known.
    goals
        What is asked of whom, by metric.
    table
        A row a metric that is drawn: ``metric``, ``label``, ``times`` (years), ``cases``, ``together`` (correlation
        with revenue), ``within`` (part of past changes that fell where eight of ten were to; empty where not tried).
    """

    metrics: Mapping[str, Metric]
    spreads: Mapping[str, Spread]
    goals: Mapping[str, Goals]
    table: pd.DataFrame

    def attained(self, rep: str, sold: Real) -> dict[str, Real]:
        """Draw a person's attainment of each goal besides revenue that can be drawn.

        Parameters
        ----------
        rep
            Whose.
        sold
            What the person brings in each draw.
        """
        mine = [name for name in self.spreads if rep in self.goals[name]]
        place = besides.places(sold) if mine else sold
        return {name: self._attained(name, rep, place) for name in mine}

    def _attained(self, name: str, rep: str, place: Real) -> Real:
        measured, (base, goal) = self.metrics[name], self.goals[name][rep]
        # All people of a draw share what is the year's; each metric and person has a stream of their own.
        common = np.random.default_rng([SEED, crc32(name.encode())]).standard_normal(len(place))
        own = np.random.default_rng([SEED, crc32(f"{name}/{rep}".encode())]).standard_normal(len(place))
        result = base * besides.drawn(self.spreads[name], rep, common, own, place)
        if measured.unit == "ratio" and base <= 1:
            result = np.minimum(result, 1.0)
        return result / goal if measured.higher_is_better else goal / result


def gathered(context: Context, book: Book, names: set[str]) -> Besides:
    """Gather what some goals besides revenue ask of people, and how their figures changed in past years.

    Parameters
    ----------
    context, book
        Where one stands, and its owners and entries.
    names
        Metrics that are paid for besides revenue.
    """
    metrics = catalogue(context.settings)
    with plan(context.settings) as database, database.reading() as connection:
        stated = {each.metric: each for each in aims.aims(connection, context.year, context.scenario)}
    spreads, goals, rows = dict[str, Spread](), dict[str, Goals](), []
    with open_history(context.settings) as history:
        for name in sorted(names & set(stated) & set(history.metrics)):
            asked = _asked(book, metrics[name])
            changes = _changes(context, history, metrics[name], stated[name])
            seen = besides.spread(changes)
            if seen is None or not asked:
                continue
            spreads[name], goals[name] = seen, asked
            inside, of = besides.within(changes)
            rows.append(
                (name, metrics[name].label, seen.times, seen.cases, seen.together, inside / of if of else None)
            )
    table = pd.DataFrame(rows, columns=["metric", "label", "times", "cases", "together", "within"])
    return Besides(metrics, spreads, goals, table.astype({"within": "float64"}))


def _asked(book: Book, measured: Metric) -> Goals:
    """Give last year's figure and the goal of everybody who carries a goal on a metric."""
    tree, rows = book
    keys = aiming.keys(measured)
    mine = rows[rows["metric"].isin(keys)].merge(tree.positions[["owner", "rep"]], on="owner")
    months = max(mine.loc[mine["period"] != "", "period"].nunique(), 1)
    found = {}
    for rep, part in mine.groupby("rep"):
        goal, base = (_figure(measured, each, months) for each in (part, part[part["step"] != ASKED]))
        if base > 0 and goal > 0:
            found[str(rep)] = (base, goal)
    return found


def _figure(measured: Metric, rows: pd.DataFrame, months: int) -> float:
    sums = rows.groupby("metric")["amount"].sum()
    told = aiming.figure(measured, tuple(int(sums.get(key, 0)) for key in aiming.keys(measured)), months)
    return float(told or 0)


def _changes(context: Context, history: History, measured: Metric, aim: Aim) -> pd.DataFrame:
    """Give the change of each person's figure from year to year in a goal's months, on logs, beside revenue's."""
    figures = {name: _by_year(context, history, name, aim) for name in (measured.name, MAIN)}
    logs = {name: np.log(table.where(table > 0).astype(float)) for name, table in figures.items()}
    change, revenue = (logs[name].diff(axis=1).stack().dropna() for name in (measured.name, MAIN))
    table = change.rename("change").to_frame().join(revenue.rename("revenue"))
    return table.rename_axis(["rep", "year"]).reset_index()


def _by_year(context: Context, history: History, name: str, aim: Aim) -> pd.DataFrame:
    """Give each person's figure in the months of a goal, a column a past year: those that are told in whole."""
    first, last = months_in(history)
    columns = {}
    for year in range(1, 31):
        begins, ends = (add_months(month, -12 * year) for month in (aim.start, aim.end))
        if begins < first:
            break
        if ends <= last:
            table = attainment(history, context.calendar, name, ["rep"], begins, ends).dropna(subset="rep")
            columns[context.year - year] = table.set_index("rep")["result"].astype("Float64").astype(float)
    return pd.DataFrame(columns).sort_index(axis=1)
