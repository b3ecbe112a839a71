"""Rules by which somebody is warned: what is looked at, from where it warns, and what may be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.errors import TrackingError, bulleted, unknown_name

Level = Literal["serious", "watch", "chance"]
LEVELS: dict[Level, str] = {"serious": "Serious", "watch": "To be watched", "chance": "Room for more"}
Outcome = Literal["missed", "exceeded"]
EXCEEDED = 1.05
"""Part of a goal from which it turned out to be too easy."""


@dataclass(frozen=True)
class Rule:
    """A rule that warns.

    Parameters
    ----------
    name
        How commands call it.
    title
        How a page calls it.
    looks_at
        Column of the signs that it looks at; a fraction.
    below
        Whether it warns below the threshold, or above it.
    threshold
        From where it warns.
    running
        How many month ends in a row.
    first
        Months that must be over.
    level
        How much it matters.
    of
        What warns: a rep or a territory.
    outcome
        What it warns of.
    words
        What it says of a case; names of columns in braces are filled in.
    explains
        What is looked at, in words.
    responses
        What may be done.
    on
        Whether it warns.
    besides
        A rule that says as much: while it warns of somebody, this one is silent.
    """

    name: str
    title: str
    looks_at: str
    below: bool
    threshold: float
    running: int
    first: int
    level: Level
    of: Literal["rep", "territory"]
    outcome: Outcome
    words: str
    explains: str
    responses: tuple[str, ...]
    on: bool = True
    besides: str = ""

    def breached(self, values: Real) -> np.ndarray:
        """Say where values warn; what is not known does not."""
        return np.asarray(values < self.threshold if self.below else values > self.threshold)

    def in_words(self) -> str:
        """Say when it warns."""
        way = "below" if self.below else "above"
        running = f", at {self.running} month ends running" if self.running > 1 else ""
        early = f" From month {self.first} on." if self.first > 1 else ""
        return f"{self.explains} is {way} {self.threshold:.0%}{running}.{early}"


_ADJUST = "Propose to adjust the goal, with evidence"
_SEE_CUSTOMERS = "See the five largest accounts together, the manager along"

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "landing", "The goal is slipping out of reach", "probability", True, 0.15, 1, 2, "serious", "rep",
            "missed",
            "The year is going to land at {over} of the goal. The chance of making it is {probability}.",
            "The probability of making the goal, from where such years landed",
            ("Agree on a plan for the rest of the year, week by week", _SEE_CUSTOMERS, _ADJUST,
             "Move accounts or prospects to the rep"),
        ),
        Rule(
            "lines", "Lines of a territory fall together", "together", True, 0.88, 2, 2, "serious", "territory",
            "missed",
            "{lines} sold {together} of what the same lines did elsewhere, against last year: something happens in "
            "this territory alone, such as a competitor or an empty seat.",
            "Growth of the second weakest line of a territory over that of the same line elsewhere, of the last "
            "three months",
            ("Ask the accounts that buy less what changed", "Answer the competitor's offer at the accounts at risk",
             "Record the competitor as an assumption with its evidence", _ADJUST),
        ),
        Rule(
            "activity", "Activity has fallen", "activity", True, 0.7, 1, 1, "watch", "rep", "missed",
            "In the last six weeks {activity_a_week} activities a week, {activity} of the usual {usual_a_week}.",
            "Activity of the last six weeks over the rep's own usual, at the season",
            ("Ask what is in the way, and clear it", "Agree on activity a week for the next six weeks",
             "Go along in the field for a day", "Hand work that keeps from selling to somebody else"),
        ),
        Rule(
            "pace", "Behind the pace", "attainment", True, 0.92, 2, 2, "watch", "rep", "missed",
            "Result to date is {attainment} of what was due.",
            "Result to date over what was due by the goal's own months",
            ("Agree on what brings the result back, and by when", "Go through the open opportunities one by one",
             _SEE_CUSTOMERS, "Support for the next two offers"),
            besides="landing",
        ),
        Rule(
            "coverage", "The pipeline is too thin", "covered", True, 0.6, 2, 1, "watch", "rep", "missed",
            "Open opportunities are {coverage_times} times what the goal needs of them within a sales cycle; "
            "{required_times} times would be needed.",
            "Coverage of what the goal needs within one sales cycle, over the coverage needed",
            ("Set a day a week aside for prospects", "Reopen last year's lost offers", "Ask marketing for leads",
             "Agree on opportunities to open a month"),
            on=False,
        ),
        Rule(
            "winning", "Fewer deals are won", "winning", True, 0.85, 2, 1, "watch", "rep", "missed",
            "In the last six months {win_rate} of deals decided were won, {winning} of the usual {usual_win_rate}.",
            "Win rate of the last six months over the rep's own of two years before, few deals drawn towards "
            "everybody's",
            ("Go through the deals lost together, and what decided them", "Go along to the next two decisive talks",
             "Train what the lost deals have in common", "Be choosier about which opportunities are worked on"),
            on=False,
        ),
        Rule(
            "cycle", "Deals take longer", "cycling", False, 1.15, 2, 1, "watch", "rep", "missed",
            "Deals won in the last six months took {cycle_days} days, {cycling} of the usual {usual_cycle_days}.",
            "Days from opening to winning of the last six months over the rep's own of two years before, few deals "
            "drawn towards everybody's",
            ("Go through the open opportunities: what is the next step of each, and when", "See who decides, earlier",
             "Support for the next two offers", "Close what does not move any more"),
            on=False,
        ),
        Rule(
            "easy", "The goal is too easy", "over", False, 1.08, 2, 4, "chance", "rep", "exceeded",
            "The year is going to land at {over} of the goal.",
            "Where the year lands over the goal",
            ("Agree on a stretch goal", "Move support to where it is needed more", "Share what works with the team",
             _ADJUST),
        ),
    )
}  # fmt: skip
"""In the order of their weight."""


@dataclass(frozen=True)
class Chosen:
    """Which rules warn, and from where: what a planner changed, and how many warnings a rep gets at once."""

    thresholds: Mapping[str, float] = field(default_factory=dict)
    switched: Mapping[str, bool] = field(default_factory=dict)
    most: int = 2

    @property
    def rules(self) -> list[Rule]:
        """All rules as they are set, in the order of their weight."""
        return [
            replace(rule, threshold=self.thresholds.get(name, rule.threshold), on=self.switched.get(name, rule.on))
            for name, rule in RULES.items()
        ]


def check(chosen: Chosen) -> None:
    """Refuse settings of rules that make no sense.

    Raises
    ------
    TrackingError
        With everything that is wrong with them.
    """
    problems = [
        unknown_name("rule", name, RULES) for name in {*chosen.thresholds, *chosen.switched} if name not in RULES
    ]
    problems += [f"{name}: a threshold of {value:.0%} lies outside 0% to 300%"
                 for name, value in chosen.thresholds.items() if not 0 < value <= 3]  # fmt: skip
    problems += (
        [] if 1 <= chosen.most <= len(RULES) else [f"{chosen.most} warnings at once; 1 to {len(RULES)} can be"]
    )
    if problems:
        raise TrackingError(bulleted("These rules cannot be kept:", problems))


def body(chosen: Chosen) -> dict[str, Any]:
    """Write settings of rules as JSON can hold them."""
    return {"thresholds": dict(chosen.thresholds), "switched": dict(chosen.switched), "most": chosen.most}


def read(said: Mapping[str, Any]) -> Chosen:
    """Read settings of rules as `body` wrote them."""
    return Chosen(said["thresholds"], said["switched"], said["most"])


def raised(rule: Rule, signs: pd.DataFrame) -> pd.DataFrame:
    """Say at which month ends a rule warned of whom.

    Parameters
    ----------
    rule
        The rule.
    signs
        A row a month end and subject: ``place`` (1 for the first), ``whom`` and the columns that rules look at.

    Returns
    -------
    A row a subject, a column a place: whether it stood warned then.
    """
    places = sorted(signs["place"].unique())
    if rule.looks_at not in signs:
        return pd.DataFrame(False, index=pd.Index([], name="whom"), columns=places)
    wide = signs.pivot(index="whom", columns="place", values=rule.looks_at).reindex(columns=places)
    now = rule.breached(wide.to_numpy(dtype=float))
    hit = now.copy()
    for back in range(1, rule.running):
        hit[:, :back] = False
        hit[:, back:] &= now[:, :-back]
    early = np.array(places) < rule.first
    return pd.DataFrame(hit & ~early, index=wide.index, columns=places)


def since(stood: Sequence[bool]) -> int:
    """Give the place in a row of answers since which it has stood; -1 if it does not stand at the end.

    Examples
    --------
    >>> since([False, True, False, True, True]), since([True, False])
    (3, -1)
    """
    place = len(stood)
    while place and stood[place - 1]:
        place -= 1
    return place if place < len(stood) else -1
