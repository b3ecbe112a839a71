"""Contradictions and gaps among assumptions, found before anybody relies on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import pandas as pd

from planning.assumptions import effects
from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds import Scene, kind
from planning.assumptions.kinds.kind import USUAL

_SCOPE = ("territory", "product_line", "channel", "segment", "tier")
_RATES = ("rep_turnover", "customer_attrition", "withdrawal", "competitor")
"""Kinds whose values are shares of one whole."""
_WORTH_SAYING = 0.01


@dataclass(frozen=True)
class Finding:
    """Something that does not fit.

    Parameters
    ----------
    kind
        One of ``overlap``, ``held twice``, ``no response``, ``over 100%``, ``unheard of``, ``frozen``, ``gap``.
    identities
        Assumptions that it is about.
    says
        What does not fit, and what to do.
    territory
        Territories that it is about; empty where the scope of the assumptions says it.
    """

    kind: str
    identities: tuple[int, ...]
    says: str
    territory: tuple[str, ...] = ()


def findings(
    baseline: pd.DataFrame,
    assumptions: Sequence[Assumption],
    scene: Scene,
    growth_seen: tuple[float, float] | None = None,
    trend: float = 0.0,
) -> list[Finding]:
    """Find what does not fit.

    Parameters
    ----------
    baseline, assumptions, scene
        As for `planning.assumptions.effects.effect`.
    growth_seen
        Smallest and largest yearly growth that the history has seen, in any territory; none where it tells none.
    trend
        Growth of the outlook over last year's result.
    """
    counted = [each for each in assumptions if each.counts]
    return [
        *_overlaps(counted),
        *_held_twice(counted, trend),
        *_without_response(counted),
        *_over_one(baseline, counted),
        *_unheard_of(baseline, counted, scene, growth_seen),
        *_frozen(baseline, counted, scene),
        *_gaps(baseline, counted),
    ]


def _overlaps(assumptions: Sequence[Assumption]) -> list[Finding]:
    return [
        Finding(
            "overlap",
            (one.identity, other.identity),
            f"Assumptions {one.identity} and {other.identity} ({kind(one.kind).label}) are both about "
            f"{_shared(one, other)}: the change is counted twice there. Narrow one, or withdraw it.",
        )
        for one, other in combinations(assumptions, 2)
        if one.kind == other.kind and kind(one.kind).unit == "share" and _meet(one, other)
    ]


def _meet(one: Assumption, other: Assumption) -> bool:
    named = ((getattr(one, name), getattr(other, name)) for name in _SCOPE)
    same = all(not a or not b or a == b for a, b in named)
    # Empty means without a bound; months are compared as they are written.
    apart = (one.last and other.first and one.last < other.first) or (
        other.last and one.first and other.last < one.first
    )
    return same and not apart


def _shared(one: Assumption, other: Assumption) -> str:
    parts = [getattr(one, name) or getattr(other, name) for name in _SCOPE]
    return ", ".join(part for part in parts if part) or "everything"


def _held_twice(assumptions: Sequence[Assumption], trend: float) -> list[Finding]:
    """Growth that the outlook goes on with already, assumed once more."""
    return [
        Finding(
            "held twice",
            (each.identity,),
            f"Assumption {each.identity} lets the market grow by {each.likely:.1%}, and the outlook already goes on "
            f"with a trend of {trend:+.1%}: the two are added up. Say how much of it the outlook holds already.",
        )
        for each in assumptions
        if each.kind == "market_growth" and not each.numbers.get(USUAL, Decimal(0))
        if abs(trend) >= _WORTH_SAYING and each.likely * Decimal(trend) > 0
    ]


def _without_response(assumptions: Sequence[Assumption]) -> list[Finding]:
    return [
        Finding(
            "no response",
            (each.identity,),
            f"Assumption {each.identity} raises prices by {each.likely:.1%} on {each.scope}, and volume does not "
            "answer. Say by how much it falls for 1% of price, or say in the evidence why it does not.",
        )
        for each in assumptions
        if each.kind == "price_change" and each.likely > 0 and not each.numbers.get("elasticity", Decimal(0))
    ]


def _over_one(baseline: pd.DataFrame, assumptions: Sequence[Assumption]) -> list[Finding]:
    found = []
    for name in _RATES:
        same = [each for each in assumptions if each.kind == name]
        total = pd.Series(0.0, baseline.index)
        for each in same:
            total[effects.in_scope(baseline, each).index] += float(each.high)
        if len(same) > 1 and (total > 1).any():
            listed = ", ".join(str(each.identity) for each in same)
            says = f"{kind(name).label}: assumptions {listed} at their high add up to {total.max():.0%} of a cell."
            found.append(Finding("over 100%", tuple(each.identity for each in same), f"{says} Lower them."))
    return found


def _unheard_of(
    baseline: pd.DataFrame,
    assumptions: Sequence[Assumption],
    scene: Scene,
    growth_seen: tuple[float, float] | None,
) -> list[Finding]:
    if growth_seen is None:
        return []
    low, high = growth_seen
    total = baseline.groupby("territory")["amount"].sum()
    total.index = total.index.astype("str")
    changed = pd.Series(0, total.index)
    for each in assumptions:
        changed = changed.add(effects.by_territory(baseline, each, scene), fill_value=0)
    growth = (changed / total.where(total > 0)).dropna()
    return [
        Finding(
            "unheard of",
            tuple(each.identity for each in assumptions),
            f"{place} is expected to change by {share:+.1%}; in the history no territory changed by more than "
            f"{low:+.1%} to {high:+.1%} in a year. Check the assumptions there, or say what is different this time.",
            (str(place),),
        )
        for place, share in growth.items()
        if not low <= share <= high
    ]


def _frozen(baseline: pd.DataFrame, assumptions: Sequence[Assumption], scene: Scene) -> list[Finding]:
    """Headcount is cut or frozen while everything else needs more to be sold by the same people."""
    heads = [each for each in assumptions if each.kind == "headcount"]
    if not heads or any(each.likely > 0 for each in heads):
        return []
    whole = int(baseline["amount"].sum())
    asked = sum(
        int(effects.by_territory(baseline, each, scene).sum())
        for each in assumptions
        if each.kind not in ("headcount", "productivity", "price_change")
    )
    if whole <= 0 or asked <= 0:
        return []
    return [
        Finding(
            "frozen",
            tuple(each.identity for each in heads),
            f"No heads are added, while {asked / whole:+.1%} more is expected before prices: each rep would have to "
            "sell that much more. State what makes them more productive, or add heads.",
        )
    ]


def _gaps(baseline: pd.DataFrame, assumptions: Sequence[Assumption]) -> list[Finding]:
    covered: set[str] = set()
    for each in assumptions:
        covered |= set(effects.in_scope(baseline, each)["territory"])
    bare = sorted(set(baseline["territory"]) - covered)
    if not bare:
        return []
    says = f"Nothing is assumed for {', '.join(bare)}: they are expected to sell as they did last year."
    return [Finding("gap", (), says, tuple(bare))]
