"""The four plans of a year, as a rep who runs the territory as their own business would write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from planning.plans.sections import asks

Writer = Literal["rep", "leader"]

_TERRITORY, _RELATIONSHIP = "territory_plan", "relationship_plan"
_DEVELOPMENT, _SUPPORT = "development_plan", "support_plan"


@dataclass(frozen=True)
class Account:
    """An account that is worked."""

    customer: str = asks("Account")
    priority: str = asks("Class")
    last_year: int | None = asks("Last year", "money", fixed=True)
    expected: int | None = asks("Expected", "money")
    contacts: int | None = asks("Calls and visits a year", "count")
    next_step: str = asks("What will be done")


@dataclass(frozen=True)
class Activity:
    """What is done in a working week."""

    activity: str = asks("Activity")
    last_year: Decimal | None = asks("A week, last year", "number", fixed=True)
    takes: Decimal | None = asks("The goal takes", "number", fixed=True)
    a_week: Decimal | None = asks("Planned a week", "number")


@dataclass(frozen=True)
class Result:
    """What a product line is expected to bring, by quarter."""

    product: str = asks("Product line")
    q1: int | None = asks("Q1", "money")
    q2: int | None = asks("Q2", "money")
    q3: int | None = asks("Q3", "money")
    q4: int | None = asks("Q4", "money")

    @property
    def quarters(self) -> tuple[int | None, ...]:
        """What each quarter is expected to bring, minor units."""
        return (self.q1, self.q2, self.q3, self.q4)


@dataclass(frozen=True)
class Resource:
    """Something that is needed."""

    what: str = asks("What is needed")
    cost: int | None = asks("Cost", "money")
    due: date | None = asks("By", "day")
    whom: str = asks("From whom")


@dataclass(frozen=True)
class Risk:
    """What could go wrong."""

    what: str = asks("Risk")
    at_stake: int | None = asks("At stake", "money")
    answer: str = asks("Answer")


@dataclass(frozen=True)
class Territory:
    """The territory plan: a rep's year as a business.

    Parameters
    ----------
    rep
        Whose plan.
    origins
        Where prefilled figures come from, by section.
    version
        Told by the store; 0 for a proposal that nobody has kept.
    """

    rep: str
    aims: str = asks("What I want from the year", "long", "For my customers, my business, my pay and myself.")
    strategy: str = asks("Strategy", "long", "Where the growth is to come from, and what will not be done.")
    accounts: tuple[Account, ...] = asks(
        "Accounts", "rows", "The accounts that are worked, and what they will bring."
    )
    results: tuple[Result, ...] = asks("Expected results", "rows", "By product line and quarter, of all accounts.")
    activities: tuple[Activity, ...] = asks("Activities", "rows", "In a working week.")
    marketing: str = asks("Marketing", "long", "Campaigns, fairs, mailings, and whom they are for.")
    resources: tuple[Resource, ...] = asks("Resources needed", "rows", "People, money, samples, time of others.")
    risks: tuple[Risk, ...] = asks("Risks", "rows", "What could go wrong, and what will be done about it.")
    on_track: str = asks("How I will know that I am on track", "long", "What is looked at, and when.")
    origins: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class Contact:
    """Somebody at the customer's."""

    name: str = asks("Name")
    role: str = asks("Role")
    part: str = asks("Decides, advises or uses")
    stance: str = asks("How they stand to us")


@dataclass(frozen=True)
class Line:
    """What the customer buys of a product line, or could."""

    product: str = asks("Product line")
    last_year: int | None = asks("Last year", "money", fixed=True)
    alike: int | None = asks("Customers alike", "money", fixed=True)
    expected: int | None = asks("Expected", "money")


@dataclass(frozen=True)
class Step:
    """What will be done for the relationship."""

    what: str = asks("What will be done")
    who: str = asks("Who")
    due: date | None = asks("By", "day")


@dataclass(frozen=True)
class Relationship:
    """The plan for one relationship that is to be kept or expanded.

    Parameters
    ----------
    rep, customer
        Whose plan, and for which account.
    origins, version
        As in `Territory`.
    """

    rep: str
    customer: str
    stands: str = asks("Where we stand", "long")
    proposition: str = asks("What we offer them that others do not", "long")
    people: tuple[Contact, ...] = asks("People", "rows", "Who decides, who advises, who uses.")
    lines: tuple[Line, ...] = asks("What they buy, and could", "rows", "White space: what they do not buy of us.")
    contacts: int | None = asks("Calls and visits a year", "count")
    steps: tuple[Step, ...] = asks("Steps", "rows", "What will be done, by whom, until when.")
    risks: tuple[Risk, ...] = asks("Risks", "rows", "What could cost us the relationship.")
    origins: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class Gap:
    """Where a rep lies below peers, and what closing that would bring."""

    measure: str = asks("Measure", fixed=True)
    own: Decimal | None = asks("Own", "figure", fixed=True)
    peers: Decimal | None = asks("Peers", "figure", fixed=True)
    worth: int | None = asks("Closing it would bring", "money", fixed=True)


@dataclass(frozen=True)
class Practice:
    """What a rep works on, tied to a result."""

    what: str = asks("What I will work on")
    measure: str = asks("Tied to")
    reach: Decimal | None = asks("To reach", "figure")
    due: date | None = asks("By", "day")


@dataclass(frozen=True)
class Development:
    """The personal development plan, tied to specific results.

    Parameters
    ----------
    rep
        Whose plan.
    origins, version
        As in `Territory`.
    """

    rep: str
    wants: str = asks("What I want to become better at", "long")
    gaps: tuple[Gap, ...] = asks("Where peers do better", "rows", "Told by the history; the largest first.")
    steps: tuple[Practice, ...] = asks("What I will work on", "rows", "Each tied to a result and a day.")
    origins: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class Help:
    """What a manager does for a rep."""

    what: str = asks("What I will do")
    way: str = asks("Training, coaching or field day")
    measure: str = asks("Answers")
    hours: Decimal | None = asks("Hours", "number")
    due: date | None = asks("By", "day")


@dataclass(frozen=True)
class Support:
    """The manager's support that answers a rep's development plan.

    Parameters
    ----------
    rep
        For whom.
    origins, version
        As in `Territory`.
    """

    rep: str
    words: str = asks("What you can count on", "long")
    helps: tuple[Help, ...] = asks("Training, coaching, field days", "rows", "Each answers a gap.")
    origins: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


Plan = Territory | Relationship | Development | Support


@dataclass(frozen=True)
class Sort:
    """A sort of plan.

    Parameters
    ----------
    kind
        As it is kept in the store.
    title
        As people call it.
    of
        Its dataclass.
    writer
        Who writes it, the rep or who leads the rep; the other side signs it.
    """

    kind: str
    title: str
    of: type
    writer: Writer


SORTS: dict[str, Sort] = {
    each.kind: each
    for each in (
        Sort(_TERRITORY, "Territory plan", Territory, "rep"),
        Sort(_RELATIONSHIP, "Relationship plan", Relationship, "rep"),
        Sort(_DEVELOPMENT, "Development plan", Development, "rep"),
        Sort(_SUPPORT, "Manager's support", Support, "leader"),
    )
}
TERRITORY, RELATIONSHIP, DEVELOPMENT, SUPPORT = SORTS.values()
OF = {each.of: each for each in SORTS.values()}


def key(plan: Plan) -> str:
    """Tell a plan apart from others of its sort of the same rep."""
    return plan.customer if isinstance(plan, Relationship) else ""


def title(plan: Plan) -> str:
    """Say what a plan is, and whose."""
    about = f" for {plan.customer}" if isinstance(plan, Relationship) else ""
    return f"{OF[type(plan)].title}{about}, {plan.rep}"
