"""What a year hands to the next year's history: its goals by the month, and what was assumed for it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from planning.assumptions.assumption import Assumption
from planning.errors import TrackingError, bulleted
from planning.tables import TABLES

GOAL = TABLES["goals"].names
ASSUMED = TABLES["assumptions"].names
_CELL = ("product_line", "channel")


@dataclass(frozen=True)
class Handed:
    """Goals and assumptions as the history's tables hold them, and what they cannot hold.

    Parameters
    ----------
    goals, assumptions
        The columns of the canonical tables.
    unaccepted
        How many of the assumptions nobody had accepted.
    left
        What stays behind, and why, in words.
    """

    goals: pd.DataFrame
    assumptions: pd.DataFrame
    unaccepted: int
    left: tuple[str, ...]


def refuse(year: int, missing: Sequence[str], unclosed: Sequence[str]) -> None:
    """Refuse to hand a year over while months are missing or not closed.

    Raises
    ------
    TrackingError
        Naming all of them.
    """
    problems = [f"{month} is not told whole yet: bring its results in" for month in missing]
    problems += [f"{month} is not closed: planning close {month}" for month in unclosed if month not in missing]
    if problems:
        raise TrackingError(bulleted(f"FY{year} cannot be handed over yet:", problems))


def goals(
    carried: pd.DataFrame, write: Callable[[str, int], str], taken: Iterable[str] = ()
) -> tuple[pd.DataFrame, list[str]]:
    """Write what everybody carried as goals of the history, to the minor unit.

    A part of a ratio (``closing_ratio/deals_won``) becomes a goal on that part, which history divides again, unless
    the part had goals of its own. A goal of the history is not below zero: where a cell is, the rep's month of that
    metric and territory stands as one figure.

    Parameters
    ----------
    carried
        ``metric``, ``rep``, ``territory``, ``product_line``, ``channel``, ``month`` and ``amount``, whole units.
    write
        Writes whole units of a metric (`planning.metrics.writer`).
    taken
        Metrics that the history holds goals of for these months already: a second goal would count twice.

    Returns
    -------
    The columns of the canonical table, and what was left out, in words.
    """
    own = set(carried["metric"])
    names = {name: name.rpartition("/")[2] for name in own}
    twice = {name for name, part in names.items() if name != part and part in own}
    known = {name for name, part in names.items() if part in set(taken)}
    left = [f"goals of {name}: {names[name]} has goals of its own" for name in sorted(twice - known)]
    left += [f"goals of {name}: the history holds goals of {names[name]} for this year" for name in sorted(known)]
    kept = carried[~carried["metric"].isin(twice | known)]
    table = kept.assign(metric=kept["metric"].map(names), target=kept["amount"], month=pd.to_datetime(kept["month"]))
    keys = [name for name in GOAL if name != "target"]
    summed = table.groupby(keys, as_index=False)["target"].sum()
    whole = _not_below_zero(summed, keys)
    below = whole[whole["target"] < 0]
    left += [
        f"{write(row.metric, row.target)} of {row.metric} of {row.rep} in {row.month:%Y-%m}: no goal is below zero"
        for row in below.itertuples()
    ]
    return whole.loc[whole["target"] > 0, list(GOAL)].reset_index(drop=True), left


def assumptions(year: int, stated: Sequence[Assumption]) -> tuple[pd.DataFrame, int, list[str]]:
    """Write the assumptions that counted as those of the history: shares of territories and product lines.

    What nobody accepted is among them unless it was rejected: the goals were set on it, so what came of it belongs
    beside what came of the others.

    Returns
    -------
    The columns of the canonical table, how many of its rows nobody had accepted, and what was left out, in words.
    """
    kept: dict[tuple[str, str, str], Assumption] = {}
    left = []
    for each in stated:
        reason = _unfit(each, kept)
        if reason:
            left.append(f"assumption {each.identity}, {each.kind} on {each.scope}: {reason}")
        else:
            kept[each.kind, each.territory, each.product_line] = each
    rows = [
        (
            year,
            each.kind,
            each.territory,
            each.product_line,
            each.low,
            each.likely,
            each.high,
            each.owner,
            each.evidence,
        )
        for each in kept.values()
    ]
    unaccepted = sum(each.status != "accepted" for each in kept.values())
    return pd.DataFrame(rows, columns=list(ASSUMED)), unaccepted, left


def _unfit(each: Assumption, kept: dict[tuple[str, str, str], Assumption]) -> str:
    if not each.counts:
        return "it was rejected"
    if each.unit != "share":
        return "the history holds shares alone"
    if any((each.channel, each.segment, each.tier, each.first, each.last)):
        return "the history tells assumptions by territory and product line alone"
    if (each.kind, each.territory, each.product_line) in kept:
        return "another of the same kind and scope is handed over"
    return ""


def _not_below_zero(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    together = [name for name in keys if name not in _CELL]
    lowest = table.groupby(together)["target"].transform("min")
    merged = table[lowest < 0].groupby(together, as_index=False)["target"].sum().assign(**dict.fromkeys(_CELL, ""))
    return pd.concat([table[lowest >= 0], merged], ignore_index=True).sort_values(keys, ignore_index=True)
