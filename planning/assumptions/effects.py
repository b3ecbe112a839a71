"""What assumptions do to the baseline, in money.

Each assumption is priced on the same baseline, so that its effect does not depend on the others, nor on the order in
which they were made. What they do to one another, a price rise on a market that has grown, is a step of its own,
`together`: baseline x (product of all (1 + change) - 1 - sum of all changes), cell by cell. With it the steps add up
to the whole exactly, at every level. Amounts that are added, such as a launch, stand as they are assumed.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd

from planning.amounts import Real, Whole, settle
from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds import Asked, Scene, kind

Value = Literal["low", "likely", "high"]
VALUES: tuple[Value, ...] = ("low", "likely", "high")


def in_scope(baseline: pd.DataFrame, assumption: Assumption) -> pd.DataFrame:
    """Give the cells of the baseline that an assumption is about."""
    inside = np.ones(len(baseline), dtype=bool)
    named = (("territory", "territory"), ("product_line", "product"), ("channel", "channel"))
    for scope, column in named:
        if getattr(assumption, scope):
            inside &= (baseline[column] == getattr(assumption, scope)).to_numpy()
    if assumption.first or assumption.last:
        months = baseline["period"].astype("str")
        inside &= (months >= assumption.first).to_numpy()
        inside &= (months <= assumption.last).to_numpy() if assumption.last else True
    return baseline[inside]


def effect(baseline: pd.DataFrame, assumption: Assumption, scene: Scene, value: Value = "likely") -> pd.DataFrame:
    """Price one assumption on the baseline.

    The sum of each territory is rounded to a whole unit, and its cells add up to it exactly.

    Parameters
    ----------
    baseline
        Columns ``territory``, ``product`` (the product line), ``channel``, ``period`` and ``amount`` (whole minor
        units), and whatever else tells the cells apart.
    assumption
        The assumption.
    scene
        What is known of the year.
    value
        Which of its three values is priced.

    Returns
    -------
    The rows in its scope, with the effect as ``amount``.
    """
    inside = in_scope(baseline, assumption)
    return inside.assign(amount=_whole(inside, _exact(inside, assumption, scene, value)))


def by_position(
    baseline: pd.DataFrame, assumptions: Sequence[Assumption], scene: Scene, value: Value = "likely"
) -> pd.DataFrame:
    """Add up what assumptions do, and what they do to one another, by territory and rep.

    The territories' sums are those of `effect` and `together` to the unit; those of reps within a unit an assumption,
    since no cell is rounded for them. That is what makes it fast enough to be asked while somebody types.

    Returns
    -------
    Columns ``territory``, ``rep``, ``amount`` (whole minor units), a row each that the baseline has.
    """
    group = baseline.groupby(["territory", "rep"], observed=True)
    found, code = group.size().reset_index()[["territory", "rep"]], group.ngroup().to_numpy()
    territory, _ = pd.factorize(found["territory"])
    moved = [_joint(baseline, assumptions, scene, value)]
    for each in assumptions:
        inside = in_scope(baseline, each)
        exact = np.zeros(len(baseline))
        exact[baseline.index.get_indexer(inside.index)] = _exact(inside, each, scene, value)
        moved.append(exact)
    amount = np.zeros(len(found), dtype=np.int64)
    for exact in moved if len(found) else []:
        sums = np.bincount(code, exact, len(found))
        totals = np.rint(np.bincount(territory, sums)).astype(np.int64)
        amount += settle(sums, totals, groups=territory)
    return found.assign(amount=amount)


def _exact(inside: pd.DataFrame, assumption: Assumption, scene: Scene, value: Value) -> Real:
    """Price an assumption on the cells in its scope, unrounded."""
    rule, asked = kind(assumption.kind), _asked(inside, assumption, scene, value)
    if rule.change is not None:
        return inside["amount"].to_numpy(dtype=float) * rule.change(asked) * _part(inside, assumption, scene)
    return _added(inside, asked, rule.adds(asked)) if rule.adds is not None else np.zeros(len(inside))


def together(
    baseline: pd.DataFrame, assumptions: Sequence[Assumption], scene: Scene, value: Value = "likely"
) -> pd.DataFrame:
    """Price what assumptions do to one another, beyond what each does alone.

    Returns
    -------
    The rows of the baseline, with the effect as ``amount``.
    """
    return baseline.assign(amount=_whole(baseline, _joint(baseline, assumptions, scene, value)))


def _joint(baseline: pd.DataFrame, assumptions: Sequence[Assumption], scene: Scene, value: Value) -> Real:
    product, total = np.ones(len(baseline)), np.zeros(len(baseline))
    place = pd.Series(np.arange(len(baseline)), baseline.index)
    for each in assumptions:
        rule, inside = kind(each.kind), in_scope(baseline, each)
        if rule.change is None or inside.empty:
            continue
        change = rule.change(_asked(inside, each, scene, value)) * _part(inside, each, scene)
        rows = place.loc[inside.index].to_numpy()
        product[rows] *= 1 + change
        total[rows] += change
    return baseline["amount"].to_numpy(dtype=float) * (product - 1 - total)


def by_territory(baseline: pd.DataFrame, assumption: Assumption, scene: Scene, value: Value = "likely") -> pd.Series:
    """Add up what an assumption does by territory, to the unit as `effect` does; no cell is rounded for it."""
    inside = in_scope(baseline, assumption)
    code, names = pd.factorize(inside["territory"], sort=True)
    sums = np.bincount(code, _exact(inside, assumption, scene, value), len(names))
    return pd.Series(np.rint(sums).astype(np.int64), pd.Index(names.astype("str")))


def summary(
    baseline: pd.DataFrame, assumptions: Sequence[Assumption], scene: Scene, territory: str = ""
) -> pd.DataFrame:
    """Price every assumption at its low, likely and high value.

    Parameters
    ----------
    baseline, assumptions, scene
        As for `effect`, of the whole company.
    territory
        Give the effects on this territory alone; those of all territories add up to the company's.

    Returns
    -------
    A row an assumption in the order given: ``identity``, ``low``, ``likely``, ``high``: effects in whole minor units.
    """

    def priced(each: Assumption, value: Value) -> int:
        sums = by_territory(baseline, each, scene, value)
        return int(sums.get(territory, 0) if territory else sums.sum())

    rows = [{"identity": each.identity, **{value: priced(each, value) for value in VALUES}} for each in assumptions]
    return pd.DataFrame(rows, columns=["identity", *VALUES])


def growth(before: int, after: int) -> Decimal | None:
    """Relative change from one amount to another; none if there was nothing before.

    Examples
    --------
    >>> growth(200, 210)
    Decimal('0.05')
    """
    return None if before == 0 else Decimal(after - before) / Decimal(before)


def _whole(cells: pd.DataFrame, exact: Real) -> Whole:
    """Round effects so that each territory's add up to its rounded sum, whatever happens elsewhere."""
    if not len(cells):
        return np.zeros(0, dtype=np.int64)
    code, _ = pd.factorize(cells["territory"], sort=True)
    return settle(exact, np.rint(np.bincount(code, exact)).astype(np.int64), groups=code)


def _asked(inside: pd.DataFrame, assumption: Assumption, scene: Scene, value: Value) -> Asked:
    rule = kind(assumption.kind)
    numbers = {each.name: each.default for each in rule.fields} | dict(assumption.numbers)
    first = assumption.first or (scene.months[0] if scene.months else "")
    return Asked(getattr(assumption, value), numbers, inside, first, scene)


def _part(inside: pd.DataFrame, assumption: Assumption, scene: Scene) -> Real:
    """Give the part of each cell that belongs to the segment and tier of the scope, as last year's sales tell it."""
    limits = {name: getattr(assumption, name) for name in ("segment", "tier") if getattr(assumption, name)}
    if not limits or scene.customers is None:
        return np.ones(len(inside))
    keys = ["territory", "product", "channel"]
    sold = scene.customers
    meant = sold[np.logical_and.reduce([(sold[name] == value).to_numpy() for name, value in limits.items()])]
    shares = meant.groupby(keys)["amount"].sum() / sold.groupby(keys)["amount"].sum()
    found = shares.reindex(pd.MultiIndex.from_frame(inside[keys])).to_numpy(dtype=float)
    return np.clip(np.nan_to_num(found), 0, 1)


def _added(inside: pd.DataFrame, asked: Asked, weights: Real) -> Real:
    """Spread an amount over the cells: a twelfth a month times the month's weight, within a month as the baseline."""
    if inside.empty:
        return np.zeros(0)
    months = inside["period"].to_numpy()
    sold = inside["amount"].clip(lower=0).astype(float)
    idle = sold.groupby(months).transform("sum") == 0
    sold = sold.where(~idle, 1.0)
    share = (sold / sold.groupby(months).transform("sum")).to_numpy()
    # A baseline without months is a whole year in one.
    return float(asked.value) / 12 * np.where(months == "", 12.0, 1.0) * weights * share
