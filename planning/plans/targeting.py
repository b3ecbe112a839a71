"""Targeting: who is worth how much of the year's time, by weighted criteria that everybody can see and adjust."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from planning.errors import PlansError, bulleted, unknown_name
from planning.plans import segments
from planning.plans.criteria import CRITERIA, PROMISE, WORTH
from planning.plans.segments import Segment, condition

MUST_KEEP, MUST_EXPAND, GROW, MAINTAIN, PROSPECT = "must keep", "must expand", "grow", "maintain", "prospect"
CLASSES = (MUST_KEEP, MUST_EXPAND, GROW, MAINTAIN, PROSPECT)
"""Priority classes, those that come first at the top."""

RANKS = ("A", "B", "C")

METHOD = (
    "Each criterion gives an account between nothing and one point; its weighted mean over what is known of the "
    "account, times 100, is the score. Worth is the score by the criteria that tell what an account brings now, "
    "promise by those that tell what it could bring. Must keep are the customers of the highest worth; must expand "
    "the others of the highest promise; grow those after them; maintain all other customers; prospect is who never "
    "bought. A, B and C are parts of the list by score, of customers and of prospects each by themselves."
)


WEIGHTS = {
    "size": Decimal(5), "loyalty": Decimal(1), "recency": Decimal(1), "breadth": Decimal(1), "growth": Decimal(1),
    "open": Decimal(2), "headroom": Decimal(2), "tier": Decimal(1), "fit": Decimal(1),
}  # fmt: skip
"""Weights to start from. Money counts in one measure, so that a list by score stays close to what accounts bring."""

CONTACTS = {MUST_KEEP: 36, MUST_EXPAND: 36, GROW: 24, MAINTAIN: 12, PROSPECT: 24}


@dataclass(frozen=True)
class Targeting:
    """What decides who is worth how much time.

    Parameters
    ----------
    segments
        Segments with their profiles and propositions.
    weights
        Weight by criterion (`CRITERIA`); 0 leaves one out.
    keep, expand, grow
        Part of the customers that are must keep; of the others that are must expand, and grow.
    first, second
        Part of the list that is A, and that is B.
    contacts
        Calls and visits a year that an account of each class wants.
    most
        Named accounts that a rep has at most.
    part
        Part of a rep's calls and visits that is for named accounts.
    visits_a_day
        Visits that fit into a day.
    version
        Told by the store; 0 for what nobody has kept yet.
    """

    segments: tuple[Segment, ...] = ()
    weights: Mapping[str, Decimal] = field(default_factory=lambda: dict(WEIGHTS))
    keep: Decimal = Decimal("0.15")
    expand: Decimal = Decimal("0.15")
    grow: Decimal = Decimal("0.30")
    first: Decimal = Decimal("0.20")
    second: Decimal = Decimal("0.30")
    contacts: Mapping[str, int] = field(default_factory=lambda: dict(CONTACTS))
    most: int = 12
    part: Decimal = Decimal("0.40")
    visits_a_day: int = 4
    version: int = 0


_SHARES = ("keep", "expand", "grow", "first", "second", "part")


def check(targeting: Targeting) -> None:
    """Refuse what would class nobody.

    Raises
    ------
    PlansError
        With everything that is wrong.
    """
    problems = segments.wrong(targeting.segments)
    problems += [unknown_name("criterion", name, CRITERIA) for name in targeting.weights if name not in CRITERIA]
    problems += [f"{name}: a weight below zero" for name, each in targeting.weights.items() if each < 0]
    for aspect in (WORTH, PROMISE):
        counted = [targeting.weights.get(name, 0) for name, each in CRITERIA.items() if each.aspect == aspect]
        if not any(each > 0 for each in counted):
            problems.append(f"no criterion of {aspect} has a weight")
    for name in _SHARES:
        if not 0 <= getattr(targeting, name) <= 1:
            problems.append(f"{name}: {getattr(targeting, name):.0%} lies outside 0% to 100%")
    problems += ["A and B together are more than all" for _ in "x" if targeting.first + targeting.second > 1]
    problems += [
        "must expand and grow together are more than all" for _ in "x" if targeting.expand + targeting.grow > 1
    ]
    problems += [unknown_name("class", name, CLASSES) for name in targeting.contacts if name not in CLASSES]
    problems += [f"{name}: contacts below zero" for name, each in targeting.contacts.items() if each < 0]
    for name in ("most", "visits_a_day"):
        problems += [f"{name.replace('_', ' ')}: {getattr(targeting, name)} is below one"
                     for _ in "x" if getattr(targeting, name) < 1]  # fmt: skip
    if problems:
        raise PlansError(bulleted("This cannot be kept:", problems))


def scored(accounts: pd.DataFrame, targeting: Targeting) -> pd.DataFrame:
    """Score accounts, and put them into classes (`METHOD`).

    Parameters
    ----------
    accounts
        As `planning.plans.criteria.figures` gives them.
    targeting
        What counts how much.

    Returns
    -------
    The same with ``place``, ``fit`` and ``lacks`` (`planning.plans.segments.placed`), a column ``points_<criterion>``
    each (0 to 1, empty where not known), ``score``, ``worth`` and ``promise`` (0 to 100), ``priority`` (one of
    `CLASSES`) and ``rank`` (A, B or C); the highest score first.
    """
    table = accounts.reset_index(drop=True)
    table = table.assign(**dict(segments.placed(table, targeting.segments).items()))
    points = pd.DataFrame({name: each.points(table) for name, each in CRITERIA.items()})
    table = table.assign(**{f"points_{name}": points[name] for name in points})
    for column, aspect in (("score", ""), (WORTH, WORTH), (PROMISE, PROMISE)):
        counted = [name for name, each in CRITERIA.items() if not aspect or each.aspect == aspect]
        table[column] = _mean(points[counted], targeting)
    table = table.assign(priority=_priority(table, targeting), rank=_rank(table, targeting))
    return table.sort_values(["score", "customer"], ascending=[False, True], ignore_index=True)


def explained(row: Mapping[str, Any], targeting: Targeting) -> pd.DataFrame:
    """Explain the score of one account, criterion by criterion.

    Parameters
    ----------
    row
        A row of `scored`.
    targeting
        What it was scored by.

    Returns
    -------
    ``criterion``, ``says``, ``weight``, ``points`` (0 to 1, empty where not known: then it does not count) and
    ``adds``, which add up to the score.
    """
    used = {name: float(weight) for name, weight in targeting.weights.items() if weight}
    known = {name: each for name, each in used.items() if pd.notna(row[f"points_{name}"])}
    whole = sum(known.values())
    rows = [
        (CRITERIA[name].label, CRITERIA[name].says, used[name], row[f"points_{name}"],
         100 * used[name] * float(row[f"points_{name}"]) / whole if name in known else float("nan"))
        for name in CRITERIA if name in used
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["criterion", "says", "weight", "points", "adds"])


def body(targeting: Targeting) -> dict[str, Any]:
    """Write it as JSON can hold it."""
    listed = [
        {"name": each.name, "where": [*map(str, each.where)], "profile": [*map(str, each.profile)],
         "proposition": each.proposition}
        for each in targeting.segments
    ]  # fmt: skip
    shares = {name: str(getattr(targeting, name)) for name in _SHARES}
    weights = {name: str(each) for name, each in targeting.weights.items()}
    return {"segments": listed, "weights": weights, "contacts": dict(targeting.contacts), "most": targeting.most,
            "visits_a_day": targeting.visits_a_day, **shares}  # fmt: skip


def read(said: Mapping[str, Any], version: int) -> Targeting:
    """Read it as `body` wrote it."""
    listed = tuple(
        Segment(each["name"], tuple(map(condition, each["where"])), tuple(map(condition, each["profile"])),
                each["proposition"])
        for each in said["segments"]
    )  # fmt: skip
    weights = {name: Decimal(each) for name, each in said["weights"].items()}
    shares = {name: Decimal(said[name]) for name in _SHARES}
    return Targeting(listed, weights, contacts=said["contacts"], most=said["most"],
                     visits_a_day=said["visits_a_day"], version=version, **shares)  # fmt: skip


def _mean(points: pd.DataFrame, targeting: Targeting) -> pd.Series:
    weights = pd.Series({name: float(targeting.weights.get(name, 0)) for name in points})
    known = points.notna() * weights
    return 100 * (points.fillna(0.0) * weights).sum(axis=1) / known.sum(axis=1).where(lambda each: each > 0)


def _priority(table: pd.DataFrame, targeting: Targeting) -> pd.Series:
    found = pd.Series(MAINTAIN, table.index)
    customers = table[~table["prospect"]]
    kept = _top(customers, WORTH, float(targeting.keep), customers["customer_now"])
    rest = customers.drop(index=kept)
    ordered = _top(rest, PROMISE, float(targeting.expand + targeting.grow))
    cut = round(len(rest) * float(targeting.expand))
    found[kept], found[ordered[:cut]], found[ordered[cut:]] = MUST_KEEP, MUST_EXPAND, GROW
    return found.mask(table["prospect"], PROSPECT)


def _top(rows: pd.DataFrame, by: str, part: float, among: pd.Series | None = None) -> list[Any]:
    """Give the rows that come first, a part of them all."""
    ordered = rows.sort_values([by, "customer"], ascending=[False, True], na_position="last")
    ordered = ordered if among is None else ordered[among.reindex(ordered.index)]
    return list(ordered.index[: round(len(rows) * part)])


def _rank(table: pd.DataFrame, targeting: Targeting) -> pd.Series:
    found = pd.Series(RANKS[2], table.index)
    for prospect in (False, True):
        rows = table[table["prospect"] == prospect]
        ordered = _top(rows, "score", 1.0)
        one, two = (round(len(rows) * float(each)) for each in (targeting.first, targeting.first + targeting.second))
        found[ordered[:one]], found[ordered[one:two]] = RANKS[0], RANKS[1]
    return found
