"""What pay plans pay for the goals as they stand: for a result, by attainment, and in all draws of the year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from planning.amounts import Real, apportion
from planning.errors import LedgerError, bulleted, unknown_name
from planning.goals.pay.alignment import findings
from planning.goals.pay.earned import Sold, at_level, attained, pay, spread
from planning.goals.pay.plan import MAIN, PayPlan, of_role
from planning.workbook import goals
from planning.workbook.context import Context
from planning.workbook.expected.simulation import uncertain
from planning.workbook.pay import kept
from planning.workbook.pay.asked import Book, Person, other_goals, people, usual
from planning.workbook.pay.besides import gathered

BEYOND = (Fraction(-1, 10), Fraction(1, 10), Fraction(1, 5), Fraction(1, 2))
"""Attainment beside the target at which pay is shown."""
_HAIR = Fraction(1, 1_000_000)
MONEY = ("goal", "pay", "expected", "low", "middle", "high")
CHANCES = ("threshold", "target", "capped")
PEOPLE = ("rep", "role", "plan", "there", *MONEY, *CHANCES)


@dataclass(frozen=True)
class Paid:
    """What pay plans pay for the goals as they stand.

    Parameters
    ----------
    people
        A row a rep with a goal and a plan, columns `PEOPLE`: ``there`` (part of the year employed), ``goal``
        (revenue), ``pay`` at target, ``expected`` pay, ``low``, ``middle`` and ``high`` (in 10, 50 and 90 of 100
        draws it is no more), money in whole minor units; probabilities of passing the ``threshold``, reaching the
        ``target`` and being ``capped``.
    usual
        By role of a plan, the revenue goal by month in the middle of those who are paid by it.
    cost
        What all of them cost: ``base``, ``at_target``, ``expected``, ``low``, ``middle``, ``high`` (5, 50 and 95 of
        100 draws), ``beyond`` (expected above what the targets earn) and ``sold`` (expected revenue of these people),
        minor units.
    without
        Reps with a goal and no plan.
    findings
        Where pay and goals pull apart (`planning.goals.pay.alignment.findings`).
    besides
        How goals besides revenue were drawn (`planning.workbook.pay.besides.Besides.table`).
    as_attained
        What is paid for and could not be drawn, since the history tells too little of it: it counts as attained.
    """

    people: pd.DataFrame
    usual: dict[str, tuple[int, ...]]
    cost: dict[str, int]
    without: list[str]
    findings: pd.DataFrame
    besides: pd.DataFrame
    as_attained: list[str]

    @property
    def cost_of_sales(self) -> float | None:
        """Expected pay over the revenue that these people are expected to sell; none where they sell nothing."""
        return self.cost["expected"] / self.cost["sold"] if self.cost["sold"] > 0 else None


def at_levels(made: PayPlan, goal: Sequence[int] = ()) -> pd.DataFrame:
    """Say what a plan pays where all its goals are attained alike.

    Parameters
    ----------
    made
        The plan.
    goal
        Revenue due in each month, which commission is paid on.

    Returns
    -------
    A row a level, rising: ``attainment`` (a fraction) and ``pay`` (whole minor units): at the threshold, at the
    target, where tiers and bonuses begin, beside them, and where the cap holds.
    """
    levels = {Fraction(1), *(1 + each for each in BEYOND), *made.jumps}
    for each in made.components:
        levels |= {Fraction(tier.begins) for tier in each.curve.tiers}
        levels |= {at for at in (each.curve.reaches_cap_at,) if at is not None}
    rows = [(float(level), at_level(made, level, goal)) for level in sorted(levels)]
    return pd.DataFrame(rows, columns=["attainment", "pay"])


def line(made: PayPlan, goal: Sequence[int] = ()) -> list[tuple[float, float]]:
    """Give the points of `at_levels` with those just below each jump, and where commission's rates change."""
    table = at_levels(made, goal)
    top = Fraction(table["attainment"].max())
    more = {Fraction(0), *(at - _HAIR for at in made.jumps if at > 0), *_rates_change(made, goal, top)}
    points = zip(table["attainment"], table["pay"].astype(float), strict=True)
    return sorted([*((float(at), float(at_level(made, at, goal))) for at in more), *points])


def _rates_change(made: PayPlan, goal: Sequence[int], top: Fraction) -> set[Fraction]:
    """Give the attainments at which a tier of commission begins in some period."""
    if made.commission is None or not goal:
        return set()
    length = made.commission.months
    quotas = [sum(goal[first : first + length]) for first in range(0, len(goal), length)]
    found = {Fraction(begins, quota) for begins, _ in made.commission.tiers for quota in quotas if quota > 0}
    return {each for each in found if 0 < each < top}


def usual_goal(context: Context, made: PayPlan) -> tuple[int, ...]:
    """Give the revenue goal by month in the middle of those who are paid by a plan in force.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    in_force = kept.plans(context)
    return usual([each for each in people(context, goals.book(context)) if of_role(in_force, each.role) == made])


def for_result(
    context: Context, rep: str, sold: int | None = None, others: Mapping[str, Fraction] | None = None
) -> pd.DataFrame:
    """Say part by part what a rep's plan pays for a result.

    Parameters
    ----------
    context
        Where one stands.
    rep
        Whose plan and goal.
    sold
        Revenue of the year, whole minor units; as the goal if not given. It comes over the months as the goal does.
    others
        Attainment of goals besides revenue; those that are not named count as attained.

    Returns
    -------
    As `planning.goals.pay.earned.pay`.

    Raises
    ------
    LedgerError
        If the rep has no goal or no plan, or a goal is named that the plan does not pay for.
    """
    book = goals.book(context)
    mine, made = _mine(context, book, rep)
    paid_for = [each.metric for each in made.components if each.metric != MAIN]
    given = dict(others or {})
    wrong = [unknown_name("goal that this plan pays for besides revenue", name, paid_for) for name in given
             if name not in paid_for]  # fmt: skip
    if sold is not None and sold < 0:
        wrong.append("a result below zero earns nothing: state 0 or more")
    if wrong:
        raise LedgerError(bulleted("That cannot be paid for:", wrong))
    asked = other_goals(context, book).carried
    reached = {name: Fraction(1) for name in paid_for if rep in asked.get(name, set())} | given
    year = mine.goal if sold is None else sold
    months = [max(each, 0) for each in mine.months]
    came = list(map(int, apportion(year, months)))
    return pay(made, {MAIN: attained(year, mine.goal), **reached}, Sold(mine.months, came), mine.there)


def expected_at(context: Context, rep: str, wanted: Sequence[int], draws: Real) -> list[int]:
    """Say what a rep may expect to earn in the year with other goals, whole minor units; else as `paid`.

    Parameters
    ----------
    context, rep
        Where one stands, and who.
    wanted
        Revenue goals of the year, above zero, each spread over the months as the goal is now.
    draws
        What the rep brings in the year, minor units, a value a draw.

    Raises
    ------
    LedgerError
        If the rep has no goal or no plan.
    """
    book = goals.book(context)
    mine, made = _mine(context, book, rep)
    shape = [max(each, 0) for each in mine.months]
    at_goal = {name: 1.0 for name, reps in other_goals(context, book).carried.items() if rep in reps}
    others = gathered(context, book, _besides([made])).attained(rep, draws)
    found = []
    for goal in wanted:
        months = tuple(map(int, apportion(goal, shape)))
        drawn = spread(made, {**at_goal, **others, MAIN: draws / goal}, len(draws), months, mine.there)
        found.append(round(float(drawn.pay.mean())))
    return found


def paid(context: Context, made: Sequence[PayPlan] | None = None) -> Paid:
    """Say what plans pay in all draws of the year; goals besides revenue are drawn with it.

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
    in_force = list(made) if made is not None else kept.plans(context)
    if not in_force:
        raise LedgerError("There is no pay plan yet. To begin one: planning pay example.")
    book = goals.book(context)
    asked = other_goals(context, book)
    drawn, others = uncertain(context).drawn, gathered(context, book, _besides(in_force))
    told, costs, without = [], _Costs(), []
    of_plan: dict[str, list[Person]] = {}
    for each in people(context, book):
        mine = of_role(in_force, each.role)
        if mine is None:
            without.append(each.rep)
            continue
        at_goal = {name: 1.0 for name, reps in asked.carried.items() if each.rep in reps}
        of_plan.setdefault(mine.role, []).append(each)
        sold = drawn.of(rep=each.rep)
        told.append(costs.add(each, mine, {**at_goal, **others.attained(each.rep, sold)}, sold))
    table = pd.DataFrame(told, columns=list(PEOPLE)).astype(dict.fromkeys(MONEY, "int64"))
    middle = {role: usual(mine) for role, mine in of_plan.items()}
    not_drawn = (_besides(in_force) & set(asked.carried)) - set(others.spreads)
    left = sorted(asked.label(name) for name in not_drawn)
    return Paid(table, middle, costs.figures(), without, findings(in_force, table, asked), others.table, left)


def _besides(plans: Sequence[PayPlan]) -> set[str]:
    """Name what some plans pay for besides revenue."""
    return {part.metric for made in plans for part in made.components} - {MAIN}


def _mine(context: Context, book: Book, rep: str) -> tuple[Person, PayPlan]:
    """Give a rep's goal and pay plan."""
    found = {each.rep: each for each in people(context, book)}
    if rep not in found:
        raise LedgerError(unknown_name("rep with a goal", rep, found))
    made = of_role(kept.plans(context), found[rep].role)
    if made is None:
        role = found[rep].role or "no role"
        raise LedgerError(f"{rep} ({role}) has no pay plan. To begin one: planning pay example.")
    return found[rep], made


class _Costs:
    """Adds up pay of people, draw by draw."""

    def __init__(self) -> None:
        self._base = self._at_target = 0
        self._pay, self._beyond, self._sold = (np.zeros(1) for _ in range(3))

    def add(self, who: Person, plan: PayPlan, reached: Mapping[str, Real | float], sold: Real) -> tuple[object, ...]:
        """Add a person's pay, and give the row that tells it."""
        found = spread(plan, {**reached, MAIN: sold / who.goal}, len(sold), who.months, who.there)
        at_target = at_level(plan, Fraction(1), who.months, who.there)
        self._base += round(plan.base * who.there)
        self._at_target += at_target
        self._pay = self._pay + found.pay
        self._beyond = self._beyond + found.beyond
        self._sold = self._sold + sold
        money = (found.pay.mean(), *np.quantile(found.pay, [0.1, 0.5, 0.9]))
        amounts = (who.goal, at_target, *(round(float(each)) for each in money))
        chances = (found.threshold, found.target, float(found.capped.mean()))
        return (who.rep, who.role, plan.role, float(who.there), *amounts, *chances)

    def figures(self) -> dict[str, int]:
        """Give what all of them cost."""
        low, middle, high = np.quantile(self._pay, [0.05, 0.5, 0.95])
        drawn = {"expected": self._pay.mean(), "low": low, "middle": middle, "high": high,
                 "beyond": self._beyond.mean(), "sold": self._sold.mean()}  # fmt: skip
        whole = {"base": self._base, "at_target": self._at_target}
        return whole | {name: round(float(value)) for name, value in drawn.items()}
