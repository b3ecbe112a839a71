"""Goals on any metric: what is wanted of whom, by when, how, and what it earns.

An *aim* is the wording of a goal; what it asks of each position and month
is in the ledger (`planning.goals.aims.aiming`).
Whether it is a goal for an outcome or for an activity follows from its metric.
"""

from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Literal

from planning.errors import LedgerError
from planning.goals.owners import COMPANY, Owners
from planning.metrics import Metric
from planning.periods import month_range

Kind = Literal["company", "team", "individual"]
Way = Literal["by", "to", "under", "over"]
Serves = Literal["market coverage", "sales force capability", "customer focus", "product focus"]

LEVELS = ("floor", "stretch", "challenge")
"""Levels of a goal besides its target."""
WEIGHED = ("impact", "speed", "fit")
MANY = 6
"""More goals than this on one person are a finding: attention is what they share."""
ELSEWHERE = ("revenue",)
"""Metrics whose goals are set with the company's number; an aim on them is held against that, and posts nothing."""


@dataclass(frozen=True)
class Aim:
    """A goal as it is stated.

    Parameters
    ----------
    metric
        Metric of the catalogue.
    kind
        For the company, for teams (the territory's goal is the team's: who misses theirs still contributes), or for
        each person.
    whom
        The company, a region, a territory or a rep; of a goal for each person, everybody below. Empty means the
        company, each territory, or each rep, by kind.
    serves
        Which of the four things a goal can aim at.
    way
        ``by`` changes last year's figure by a fraction, ``to`` reaches a figure, ``under`` and ``over`` keep to one
        side of it, so that what is better already stays.
    value
        A fraction for ``by``; else in the metric's unit: whole minor units for money, a fraction for a ratio.
    start, end
        First and last month, ISO.
    how
        What will be done for it.
    through
        Channel or product line that it rests on; empty for none in particular.
    checkpoints
        Months at whose end it is looked at.
    reward, stretch_reward
        What reaching the target earns, and what reaching the stretch earns on top.
    floor, stretch, challenge
        Further levels: ``90%`` of the target, or a figure; empty for none.
    impact, speed, fit
        Priority, 1 to 3 each: what it moves, how soon, and how well resources fit.
    evidence
        What it rests on.
    typed
        Last year's figure, where the history does not tell it.
    identity, version
        0 until it is kept; a version is never altered.
    """

    metric: str
    kind: Kind
    serves: Serves
    way: Way
    value: Decimal
    start: str
    end: str
    whom: str = ""
    how: str = ""
    through: str = ""
    checkpoints: tuple[str, ...] = ()
    reward: str = ""
    floor: str = ""
    stretch: str = ""
    challenge: str = ""
    stretch_reward: str = ""
    impact: int = 2
    speed: int = 2
    fit: int = 2
    evidence: str = ""
    typed: Decimal | None = None
    identity: int = 0
    version: int = 0

    @property
    def months(self) -> list[str]:
        """The months that it is for."""
        return month_range(self.start, self.end)

    @property
    def priority(self) -> int:
        """Impact times speed times fit: 1 to 27."""
        return self.impact * self.speed * self.fit


WORDS = tuple(each.name for each in fields(Aim) if each.name not in ("identity", "version"))
"""What is said of an aim."""


def is_activity(measured: Metric) -> bool:
    """Say whether a goal on the metric is one for what people do; all others are for what comes of it."""
    return measured.table == "activities" or measured.name in ("opportunities", "presentations", "proposals")


def as_level(text: str, target: Decimal) -> Decimal | None:
    """Read a level: ``90%`` of the target, or a figure; nothing if it cannot be read.

    Examples
    --------
    >>> as_level("90%", Decimal(200)), as_level("215", Decimal(200)), as_level("much", Decimal(1))
    (Decimal('180.0'), Decimal('215'), None)
    """
    bare = text.strip()
    try:
        value = Decimal(bare.removesuffix("%"))
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    return value / 100 * target if bare.endswith("%") else value


def levels(aim: Aim, target: Decimal) -> dict[str, Decimal]:
    """Give the figures of all levels that an aim names, the target among them, from the easiest on."""
    named = {name: as_level(getattr(aim, name), target) for name in LEVELS}
    told = {name: value for name, value in named.items() if value is not None}
    ordered = {"floor": told.get("floor"), "target": target, **{name: told.get(name) for name in LEVELS[1:]}}
    return {name: value for name, value in ordered.items() if value is not None}


def target(aim: Aim, base: Decimal | None) -> Decimal:
    """Give the figure that is aimed at, from last year's.

    Raises
    ------
    LedgerError
        If it is a change of a figure that is not known, nothing, or below zero.
    """
    if aim.way == "to":
        return aim.value
    if aim.way == "by":
        if base is None or base <= 0:
            # A part more of a loss would be a larger loss.
            was = "not known" if base is None else "zero" if base == 0 else "below zero"
            raise LedgerError(
                f"There is nothing to change by a fraction: last year's figure is {was}. State a figure to reach "
                "instead."
            )
        return base * (1 + aim.value)
    if base is None:
        return aim.value
    return min(base, aim.value) if aim.way == "under" else max(base, aim.value)


def overlapping(aim: Aim, others: list[Aim], owners: Owners) -> list[str]:
    """Name the goals on the same metric, person and month that stand already: a duplicate target is refused."""
    mine = carriers(aim, owners)
    return [
        f"goal {other.identity}: {other.metric} of {other.whom or 'all'}, {other.start} to {other.end}"
        for other in others
        if other.identity != aim.identity
        and other.metric == aim.metric
        and other.start <= aim.end
        and aim.start <= other.end
        and mine & carriers(other, owners)
    ]


def carriers(aim: Aim, owners: Owners) -> set[str]:
    """Name the positions, and the territories' own accounts, that an aim is for."""
    above = owners.resolve(aim.whom) if aim.whom else [COMPANY]
    kinds = {"position"} if aim.kind == "individual" else {"position", "territory"}
    inside = set(owners.under(above))
    return set(owners.frame.loc[owners.frame["kind"].isin(kinds) & owners.frame["owner"].isin(inside), "owner"])


def groups(aim: Aim, owners: Owners) -> dict[str, str]:
    """Say for each carrier whose figure it adds to: the company's, its team's or its person's.

    The figure that is aimed at is met by each group on its own.
    """
    inside = carriers(aim, owners)
    frame = owners.frame[owners.frame["owner"].isin(inside)]
    if aim.kind == "company" or (aim.kind == "team" and aim.whom):
        label = aim.whom or COMPANY
        return dict.fromkeys(frame["owner"], label)
    column = "territory" if aim.kind == "team" else "rep"
    return dict(zip(frame["owner"], frame[column], strict=True))
