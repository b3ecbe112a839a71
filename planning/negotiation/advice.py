"""Ways to settle that are fair to both sides; each is only ever suggested, and says what it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planning.amounts import apportion
from planning.negotiation.thread import Thread

LATER = (85, 95, 105, 115)
"""Percent of its usual part that each quarter of a phased goal is asked for: less at first, made good later."""


@dataclass(frozen=True)
class Suggestion:
    """A way to settle.

    Parameters
    ----------
    name, why
        What it is called, and what makes it fair.
    lines
        Goal of the year by product line, whole minor units.
    detail
        What an offer made of it carries besides: ``phase`` (percent of its usual part by quarter) or ``stretch``
        (amount of the year beyond the goal that is rewarded and not required).
    """

    name: str
    why: str
    lines: Mapping[str, int]
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Goal of the year, whole minor units."""
        return sum(self.lines.values())


def suggestions(thread: Thread) -> list[Suggestion]:
    """Give ways to settle between what both sides offered last; none before both have, or where they are one.

    Splitting the difference gives both the same. A trade lets each side keep its number where the two are nearest or
    farthest apart. Phasing keeps the year and asks for less of it early. A stretch keeps the larger number as one
    that is rewarded when it is reached, and asks for the smaller.
    """
    offers = [thread.last_offer("manager"), thread.last_offer("rep")]
    if offers[0] is None or offers[1] is None:
        return []
    company, rep = dict(offers[0].lines), dict(offers[1].lines)
    names = sorted({*company, *rep})
    company, rep = ({name: each.get(name, 0) for name in names} for each in (company, rep))
    if company == rep:
        return []
    found = [
        Suggestion(
            "Split the difference", "Both move by the same amount, line by line.", _middle(names, company, rep)
        ),
        *_trade(names, company, rep),
    ]
    if sum(company.values()) > sum(rep.values()) > 0:
        found += [
            Suggestion(
                "Phase it over the year",
                "The company's number for the year, with less of it in the first half and more in the second.",
                company,
                {"phase": list(LATER)},
            ),
            Suggestion(
                "Stretch instead of base",
                "The rep's number is the goal; the company's is a stretch that is rewarded and not required.",
                rep,
                {"stretch": sum(company.values())},
            ),
        ]
    return found


def _middle(names: Sequence[str], company: Mapping[str, int], rep: Mapping[str, int]) -> dict[str, int]:
    """Give the middle of both, line by line, with a total that is the middle of the totals."""
    sums = np.array([company[name] + rep[name] for name in names])
    total = int(sums.sum()) // 2
    return dict(zip(names, map(int, apportion(total, sums)), strict=True))


def _trade(names: Sequence[str], company: Mapping[str, int], rep: Mapping[str, int]) -> list[Suggestion]:
    """Let each side keep its number on some lines, with a total as near to the middle as it can be."""
    apart = [name for name in names if company[name] != rep[name]]
    if len(apart) < 2:
        return []
    ends = sum(company.values()), sum(rep.values())
    middle = sum(ends) / 2
    nearest = sorted(
        apart, key=lambda name: (abs(company[name] - rep[name]) / max(company[name], rep[name], 1), name)
    )
    ways = []
    for order in (nearest, nearest[::-1]):
        for place in range(1, len(order)):
            keeps = set(order[:place])
            lines = {name: company[name] if name in keeps else rep[name] for name in names}
            if min(ends) <= sum(lines.values()) <= max(ends):
                ways.append((abs(sum(lines.values()) - middle), sorted(keeps), lines))
    if not ways:
        return []
    _, kept, lines = min(ways, key=lambda way: (way[0], way[1]))
    others = [name for name in apart if name not in kept]
    why = f"The company keeps its number for {', '.join(kept)}; the rep keeps theirs for {', '.join(others)}."
    return [Suggestion("Trade line for line", why, lines)]
