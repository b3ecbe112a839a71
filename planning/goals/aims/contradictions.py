"""Goals that cannot all hold, found before the year starts, with by how much they disagree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from planning.goals.aims.aim import MANY

SLACK = Decimal("0.02")
"""Disagreement that rounding and mixes explain: a fiftieth."""

Figures = Mapping[str, Decimal]


@dataclass(frozen=True)
class Contradiction:
    """Two goals that do not agree.

    Parameters
    ----------
    what
        The metrics that disagree.
    asked, follows
        What the one asks, and what follows from the others; in the unit of the first metric.
    text
        In words, without figures.
    mend
        What would mend it.
    """

    what: tuple[str, ...]
    asked: Decimal
    follows: Decimal
    text: str
    mend: str

    @property
    def by(self) -> Decimal:
        """What is asked beyond what follows."""
        return self.asked - self.follows


@dataclass(frozen=True)
class _Law:
    """What must hold between metrics: the first one equals what is made of the others."""

    what: tuple[str, ...]
    made: Callable[..., Decimal]
    text: str
    mend: str
    both_ways: bool = True


_LAWS = (
    _Law(("deals_won", "closing_ratio", "presentations"), lambda ratio, shown: ratio * shown,
         "The closing ratio asked times the presentations {of} does not make the deals asked.",
         "Ask for more presentations, for a better closing ratio, or for fewer deals."),
    _Law(("deals_won", "win_rate", "deals_closed"), lambda rate, closed: rate * closed,
         "The win rate asked times the deals closed {of} does not make the deals asked.",
         "Bring more deals to a decision, ask for a better win rate, or for fewer deals."),
    _Law(("won_value", "deals_won", "deal_size"), lambda won, size: won * size,
         "Deals times their size do not make the value asked.",
         "Ask for more deals or larger ones, or for less value."),
    _Law(("margin", "margin_rate", "revenue"), lambda rate, sold: rate * sold,
         "The margin rate times the revenue {of} does not make the margin asked.",
         "Ask for a better rate, for more revenue, or for less margin."),
    _Law(("presentations", "opportunities"), lambda pursued: pursued,
         "More presentations are asked than opportunities are pursued {of}.",
         "Ask for more opportunities, or for fewer presentations.", both_ways=False),
    _Law(("proposals", "opportunities"), lambda pursued: pursued,
         "More proposals are asked than opportunities are pursued {of}.",
         "Ask for more opportunities, or for fewer proposals.", both_ways=False),
    _Law(("retention", "churn"), lambda lost: 1 - lost,
         "Retention and churn make up all customers, and here they do not.",
         "State one of the two only."),
)  # fmt: skip


def between(goals: Figures, last_year: Figures) -> list[Contradiction]:
    """Hold the goals of one owner against one another.

    A law is tried where two of its metrics at least have a goal; what has none is taken as last year.

    Parameters
    ----------
    goals
        Goal by metric, for the same people and months.
    last_year
        Last year's figure by metric.
    """
    found = []
    for law in _LAWS:
        if sum(name in goals for name in law.what) < 2 or law.what[0] not in goals:
            continue
        parts = [goals.get(name, last_year.get(name)) for name in law.what[1:]]
        if any(part is None for part in parts):
            continue
        follows, asked = law.made(*parts), goals[law.what[0]]
        off = asked - follows if not law.both_ways else abs(asked - follows)
        if off > SLACK * abs(follows):
            taken = [name for name in law.what[1:] if name not in goals]
            text = law.text.replace("{of}", "of last year" if taken else "asked")
            found.append(Contradiction(law.what, asked, follows, text, law.mend))
    return found


def price(goals: Figures, last_year: Figures) -> Contradiction | None:
    """Hold revenue against units: what price the two ask for, against last year's.

    Returns
    -------
    A finding where revenue and units both have a goal and ask for a price more than a tenth away from last year's.
    """
    if not {"revenue", "units"} <= set(goals) or not last_year.get("units") or not last_year.get("revenue"):
        return None
    follows = goals["units"] * last_year["revenue"] / last_year["units"]
    if abs(goals["revenue"] - follows) <= Decimal("0.1") * follows:
        return None
    text = "Units asked at last year's price do not make the revenue asked."
    mend = "Raise prices by as much, change the mix, or bring the two goals together."
    return Contradiction(("revenue", "units"), goals["revenue"], follows, text, mend)


def activities(goals: Figures, last_year: Figures, names: Mapping[str, str]) -> list[Contradiction]:
    """Hold what people do against what is to come of it.

    Where outcomes are to grow, and an activity that has a goal grows less, results would have to come without the
    work: unless the ratios between the two are asked to improve as well.

    Parameters
    ----------
    goals, last_year
        Figures by metric.
    names
        Label of each activity that may have a goal.
    """
    if not goals.get("deals_won") or not last_year.get("deals_won"):
        return []
    better = [
        goals[each] / last_year[each]
        for each in ("closing_ratio", "win_rate")
        if each in goals and last_year.get(each)
    ]
    growth = goals["deals_won"] / last_year["deals_won"] / max([Decimal(1), *better])
    return [
        Contradiction(
            (name, "deals_won"), goals[name], last_year[name] * growth,
            f"{label} asked are fewer than the deals asked need at last year's rates.",
            f"Ask for more {label.lower()}, or for a better closing ratio.",
        )
        for name, label in names.items()
        if goals.get(name) and last_year.get(name) and goals[name] < last_year[name] * growth * (1 - SLACK)
    ]  # fmt: skip


def assumed_churn(goals: Figures, assumed: Decimal | None) -> Contradiction | None:
    """Hold a goal on retention or churn against the part of customers that is assumed to be lost.

    Parameters
    ----------
    goals
        Goal by metric.
    assumed
        Part of customers, or of their sales, that is assumed to be lost in the year; none where nothing is assumed.
    """
    kept = goals.get("retention", 1 - goals["churn"] if "churn" in goals else None)
    if assumed is None or kept is None or abs(kept - (1 - assumed)) <= SLACK:
        return None
    return Contradiction(
        ("retention", "assumption"), kept, 1 - assumed, "The assumption on churn says otherwise than the goal.",
        "Change the assumption to what the goal's measures are to bring, or the goal to what is assumed.",
    )  # fmt: skip


def too_many(goals: Mapping[str, int]) -> dict[str, int]:
    """Name the people with more goals than anybody can mind, and how many they have."""
    return {who: count for who, count in goals.items() if count > MANY}
