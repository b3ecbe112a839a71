"""Warnings that stand on a day: few, the weightiest first, each with since when it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from planning.tracking.replay import Replayed
from planning.tracking.rules import LEVELS, RULES, Chosen, Level, Rule, raised, since

NOTHING = "Seen, nothing to do"
"""The answer that promises no action, and says why."""
SOURCE = "alert"
_FRACTIONS = ("attainment", "over", "activity", "together", "winning", "win_rate", "usual_win_rate", "cycling")


@dataclass(frozen=True)
class Alert:
    """A warning.

    Parameters
    ----------
    key
        The same as long as it stands: its rule, whom it is of, and since when.
    rep, territory
        Whom it is of; a territory's has no rep.
    rule
        Name of the rule.
    since
        Day at which it was first raised, without a break since.
    says
        What it says, in words.
    level
        ``serious``, ``watch`` or ``chance``.
    title
        What the rule is called.
    short
        What the goal is expected to be missed by, minor units; below zero for more than asked.
    responses
        What may be done, to choose from.
    """

    key: str
    rep: str
    territory: str
    rule: str
    since: date
    says: str
    level: Level
    title: str
    short: int
    responses: tuple[str, ...]

    @property
    def whom(self) -> str:
        """Whom it is of: a rep, or a territory."""
        return self.rep or self.territory


def standing(year: Replayed, chosen: Chosen) -> list[Alert]:
    """Give the warnings that stand on the last day told.

    Parameters
    ----------
    year
        Signs of the year up to the day.
    chosen
        Which rules warn, and how many warnings one gets at once.

    Returns
    -------
    The weightiest first: by level, and by what is at stake.
    """
    rules = [rule for rule in chosen.rules if rule.on]
    found = [alert for rule in rules for alert in _of(rule, year.signs(rule))]
    said = {(each.rule, each.whom) for each in found}
    found = [each for each in found if (RULES[each.rule].besides, each.whom) not in said]
    ranked = sorted(found, key=lambda each: ([*LEVELS].index(each.level), -abs(each.short), each.whom, each.rule))
    return _few(ranked, chosen.most)


def _few(ranked: Sequence[Alert], most: int) -> list[Alert]:
    counted: dict[str, int] = {}
    kept = []
    for each in ranked:
        counted[each.whom] = counted.get(each.whom, 0) + 1
        if counted[each.whom] <= most:
            kept.append(each)
    return kept


def _of(rule: Rule, signs: pd.DataFrame) -> list[Alert]:
    stood = raised(rule, signs)
    if stood.empty:
        return []
    days = signs.groupby("place")["day"].first()
    last = signs[signs["place"] == stood.columns[-1]].set_index("whom")
    alerts = []
    for whom in stood.index[stood.iloc[:, -1]]:
        begun = days[stood.columns[since([bool(each) for each in stood.loc[whom]])]]
        row = last.loc[whom].to_dict()
        alerts.append(Alert(
            f"{rule.name}:{whom}:{begun}", row["rep"], row["territory"], rule.name, begun,
            rule.words.format_map(_written(row)), rule.level, rule.title, int(row["short"]), rule.responses,
        ))  # fmt: skip
    return alerts


def _written(row: Mapping[Any, Any]) -> dict[str, str]:
    """Write what a rule's words name."""
    told = {name: f"{row[name]:.0%}" for name in _FRACTIONS if _known(row.get(name))}
    told |= {name: f"{row[name]:.0f}" for name in ("activity_a_week", "usual_a_week") if _known(row.get(name))}
    told |= {f"{name}_days": f"{row[name]:.0f}" for name in ("cycle", "usual_cycle") if _known(row.get(name))}
    told |= {f"{name}_times": f"{row[name]:.1f}" for name in ("coverage", "required") if _known(row.get(name))}
    if _known(row.get("probability")):
        told["probability"] = in_hundred(row["probability"])
    return told | {"lines": str(row.get("lines", ""))}


def in_hundred(chance: float) -> str:
    """Say a probability so that nobody takes it for more exact than it is.

    Examples
    --------
    >>> in_hundred(0.004), in_hundred(0.113), in_hundred(0.999)
    ('less than 1 in 100', '11 in 100', 'more than 99 in 100')
    """
    if chance < 0.01:
        return "less than 1 in 100"
    return "more than 99 in 100" if chance > 0.99 else f"{chance * 100:.0f} in 100"


def _known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and np.isnan(value))
