"""What each kind of checkpoint goes through, in which order, and how long it takes: data, in one place."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["weekly", "monthly", "quarterly", "half_yearly"]
KINDS: tuple[Kind, ...] = ("weekly", "monthly", "quarterly", "half_yearly")
"""From the shortest period to the longest; where two would be held over the same end, the longer takes its place."""


@dataclass(frozen=True)
class Item:
    """A point of an agenda.

    Parameters
    ----------
    minutes
        How long it takes.
    topic
        What it is about.
    asks
        What is asked under it.
    """

    minutes: int
    topic: str
    asks: str


@dataclass(frozen=True)
class Agenda:
    """How a kind of checkpoint is held.

    Parameters
    ----------
    name
        As people call it.
    purpose
        What it is for, in one sentence.
    items
        Its points, in their order.
    """

    name: str
    purpose: str
    items: tuple[Item, ...]

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return sum(each.minutes for each in self.items)


_PROMISED = Item(5, "What was promised last time", "Done, late, carried over: what is in the way?")
_CLOSE = Item(5, "What we leave with", "Who does what until when; what was it worth to each of us?")
_BUSINESS = (
    Item(10, "Progress against plan", "Planned and actual side by side: where do they part, and why?"),
    Item(10, "What keeps the plan from working", "Problems, each with its cause."),
    Item(10, "Renew, revise or replace", "Which parts of the plan go on, which change, which end?"),
    Item(5, "Resources", "What is needed, what was promised, what has come?"),
    Item(5, "Surprises from above", "What was asked of us or will be; how do we answer?"),
    Item(10, "The next period", "Two or three priorities, and what they take in activity."),
)

AGENDAS: dict[Kind, Agenda] = {
    "weekly": Agenda("Weekly one-to-one", "Deals and activity of the week, and one thing to get better at.", (
        _PROMISED,
        Item(10, "Deals", "Which open deals moved, which sit longer than usual, what is the next step of each?"),
        Item(5, "Activity", "What was planned a week, what was done?"),
        Item(5, "Seen in the field", "What did we see with customers together?"),
        Item(5, "Behaviour and skills", "What went well, what shall be tried next week?"),
        Item(5, "Surprises from above", "What was asked of us or will be; how do we answer?"),
        _CLOSE,
    )),
    "monthly": Agenda("Monthly business review", "How the business of the territory runs, and the next month.", (
        _PROMISED, *_BUSINESS, _CLOSE,
    )),
    "quarterly": Agenda("Quarterly business review", "The quarter against the plan, resources, and the next one.", (
        _PROMISED, *_BUSINESS,
        Item(15, "The rest of the year", "Is the goal still challenging and within reach? What follows?"),
        Item(10, "Development", "Which skill pays most next quarter, and who helps?"),
        _CLOSE,
    )),
    "half_yearly": Agenda("Half-yearly formal review", "Results, activity and behaviour of the half, formally.", (
        _PROMISED,
        Item(15, "Results against the goal", "By goal and weight; what was circumstance, what was work?"),
        Item(10, "Activity and standards", "Against what was agreed to be usual."),
        Item(15, "Behaviour and skills", "What was observed, with examples; what the rep says to it."),
        *_BUSINESS[2:],
        Item(15, "Development and what one wants to become", "Plan for the next half, tied to results."),
        Item(10, "Both sides' view", "What each wants written down."),
        _CLOSE,
    )),
}  # fmt: skip
