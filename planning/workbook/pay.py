"""Pay plans: kept, paid by, what they cost, and whether they pull the same way as the goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from planning.errors import LedgerError, unknown_name
from planning.goals.aims.aim import ELSEWHERE, carriers, is_activity
from planning.goals.owners import Owners
from planning.goals.pay.alignment import findings
from planning.goals.pay.earned import pay, spread
from planning.goals.pay.plan import PayPlan, check, of_role
from planning.goals.setting.over import STEP as OVER
from planning.history.engine import open_history
from planning.history.results import roles
from planning.store import aims, pays
from planning.workbook import goals
from planning.workbook.aims.aimed import known
from planning.workbook.context import Context
from planning.workbook.expected.simulation import uncertain
from planning.workbook.place import plan

MAIN = "revenue"
BEYOND = (Fraction(-1, 10), Fraction(1, 10), Fraction(1, 5), Fraction(1, 2))
"""Attainment beside the target, and beyond the last tier, at which pay is shown."""
_HAIR = Fraction(1, 1_000_000)
PEOPLE = (
    "rep", "role", "plan", "goal", "pay", "expected", "low", "middle", "high", "threshold", "target", "capped",
)  # fmt: skip


@dataclass(frozen=True)
class Paid:
    """What pay plans pay for the goals as they stand.

    Parameters
    ----------
    people
        A row a rep with a goal and a plan, columns `PEOPLE`: ``goal`` (revenue), ``pay`` at target, ``expected`` pay,
        ``low``, ``middle`` and ``high`` (in 10, 50 and 90 of 100 draws it is no more), money in whole minor units;
        probabilities of passing the ``threshold``, reaching the ``target`` and being ``capped``.
    cost
        What all of them cost: ``base``, ``at_target``, ``expected``, ``low``, ``middle``, ``high`` (5, 50 and 95 of
        100 draws), ``beyond`` (expected above what the targets earn) and ``sold`` (expected revenue of these people),
        minor units.
    without
        Reps with a goal and no plan.
    findings
        Where pay and goals pull apart (`planning.goals.pay.alignment.findings`).
    """

    people: pd.DataFrame
    cost: dict[str, int]
    without: list[str]
    findings: pd.DataFrame


def plans(context: Context) -> list[PayPlan]:
    """Give the pay plans of the year and scenario in view."""
    with plan(context.settings) as database, database.reading() as connection:
        return pays.plans(connection, context.year, context.scenario)


def all_roles(context: Context) -> list[str]:
    """Name the roles that the history tells of people."""
    with open_history(context.settings) as history:
        return sorted(set(roles(history).values()) - {""})


def keep(context: Context, made: PayPlan, actor: str) -> PayPlan:
    """Keep a pay plan.

    Raises
    ------
    LedgerError
        With everything that is wrong with it, or if it was changed meanwhile.
    """
    check(made, list(known(context)))
    names = all_roles(context)
    if made.role and made.role not in names:
        raise LedgerError(unknown_name("role", made.role, names))
    with plan(context.settings) as database, database.writing() as connection:
        return pays.keep(connection, context.year, context.scenario, made, actor)


def withdraw(context: Context, role: str, actor: str) -> PayPlan:
    """Withdraw the plan of a role.

    Raises
    ------
    LedgerError
        If there is none.
    """
    with plan(context.settings) as database, database.writing() as connection:
        found = {each.role: each for each in pays.plans(connection, context.year, context.scenario)}
        if role not in found:
            raise LedgerError(unknown_name("role with a pay plan", role, found))
        return pays.keep(connection, context.year, context.scenario, found[role], actor, withdrawn=True)


def at_levels(made: PayPlan) -> pd.DataFrame:
    """Say what a plan pays where all its goals are attained alike.

    Returns
    -------
    A row a level, rising: ``attainment`` (a fraction) and ``pay`` (whole minor units): at the threshold, at the
    target, where tiers and bonuses begin, beside them, and where the cap holds.
    """
    levels = {Fraction(1), *(1 + each for each in BEYOND), *_jumps(made)}
    for each in made.components:
        levels |= {Fraction(tier.begins) for tier in each.curve.tiers}
        levels |= {at for at in (each.curve.reaches_cap_at,) if at is not None}
    rows = [(float(level), _all_at(made, level)) for level in sorted(levels)]
    return pd.DataFrame(rows, columns=["attainment", "pay"])


def line(made: PayPlan) -> list[tuple[float, float]]:
    """Give the points of `at_levels` with those just below each threshold and bonus, where pay jumps."""
    below = [(float(at), float(_all_at(made, at - _HAIR))) for at in _jumps(made) if at > 0]
    levels = at_levels(made)
    points = zip(levels["attainment"], levels["pay"].astype(float), strict=True)
    return sorted([(0.0, float(made.base)), *below, *points])


def _jumps(made: PayPlan) -> set[Fraction]:
    """Give the attainments at which something is earned at once."""
    bonuses = {Fraction(bonus.at) for each in made.components for bonus in each.bonuses}
    return bonuses | {Fraction(each.curve.threshold) for each in made.components}


def _all_at(made: PayPlan, level: Fraction) -> int:
    return int(pay(made, dict.fromkeys([each.metric for each in made.components], level))["amount"].sum())


def paid(context: Context, made: Sequence[PayPlan] | None = None) -> Paid:
    """Say what plans pay in all draws of the year; a goal besides revenue counts as attained, since none is drawn.

    Parameters
    ----------
    context
        Where one stands; a territory in view limits the people to those with a position there.
    made
        Plans to look at; those in force if none are given.

    Raises
    ------
    LedgerError
        If there is no plan, or no goals were set for the year yet.
    AssumptionError
        If the history is too short to say how sure anything is.
    """
    in_force = list(made) if made is not None else plans(context)
    if not in_force:
        raise LedgerError("There is no pay plan yet. Begin with: planning pay example.")
    tree, rows = goals.book(context)
    with open_history(context.settings) as history:
        role_of = roles(history)
    asked = _asked(context, tree, rows)
    carried = _besides(context, tree)
    drawn = uncertain(context).drawn
    of_rep = {str(rep): place.to_numpy() for rep, place in drawn.positions.groupby("rep").groups.items()}
    told, costs, without = [], [], []
    for rep, goal in asked.items():
        role = role_of.get(str(rep), "")
        mine = of_role(in_force, role)
        if mine is None:
            without.append(str(rep))
            continue
        sold = drawn.years[:, of_rep.get(str(rep), np.array([], dtype=int))].sum(axis=1, dtype=np.float64)
        at_goal = {name: 1.0 for name, reps in carried.items() if rep in reps}
        found = spread(mine, {**at_goal, MAIN: sold / goal}, len(sold))
        low, middle, high = np.quantile(found.pay, [0.1, 0.5, 0.9])
        told.append(
            (rep, role, mine.role, goal, mine.at_target, found.pay.mean(), low, middle, high, found.threshold,
             found.target, found.capped.mean())
        )  # fmt: skip
        costs.append(np.array([found.pay, found.beyond, sold, np.full(len(sold), mine.base)]))
    people = pd.DataFrame(told, columns=list(PEOPLE))
    people = people.astype(dict.fromkeys(PEOPLE[5:9], float)).round(dict.fromkeys(PEOPLE[5:9], 0))
    people = people.astype(dict.fromkeys(PEOPLE[3:9], "int64"))
    labels = {name: each.label for name, each in known(context).items()}
    doing = {name for name, each in known(context).items() if is_activity(each)}
    over = bool((rows["step"] == OVER).any())
    return Paid(people, _cost(costs, people), without, findings(in_force, people, carried, labels, doing, over))


def _asked(context: Context, tree: Owners, rows: pd.DataFrame) -> pd.Series:
    """Give the revenue goal of each rep who carries one; in a territory, of those who have a position there."""
    places = tree.positions
    if context.territory:
        here = places.loc[places["territory"] == context.territory, "rep"]
        places = places[places["rep"].isin(here)]
    mine = rows[rows["metric"] == MAIN].merge(places[["owner", "rep"]], on="owner")
    sums = mine.groupby("rep")["amount"].sum()
    return sums[sums > 0]


def _besides(context: Context, tree: Owners) -> dict[str, set[str]]:
    """Give by metric besides revenue who carries a goal on it."""
    with plan(context.settings) as database, database.reading() as connection:
        stated = aims.aims(connection, context.year, context.scenario)
    rep_of = dict(zip(tree.positions["owner"], tree.positions["rep"], strict=True))
    found: dict[str, set[str]] = {}
    for aim in stated:
        if aim.metric not in ELSEWHERE and aim.kind != "company":
            reps = {rep_of[owner] for owner in carriers(aim, tree) if owner in rep_of}
            found.setdefault(aim.metric, set()).update(reps)
    return found


def _cost(costs: list[np.ndarray], people: pd.DataFrame) -> dict[str, int]:
    whole = np.sum(costs, axis=0) if costs else np.zeros((4, 1))
    low, middle, high = np.quantile(whole[0], [0.05, 0.5, 0.95])
    figures = {
        "base": whole[3].mean(), "at_target": people["pay"].sum(), "expected": whole[0].mean(), "low": low,
        "middle": middle, "high": high, "beyond": whole[1].mean(), "sold": whole[2].mean(),
    }  # fmt: skip
    return {name: round(float(value)) for name, value in figures.items()}
