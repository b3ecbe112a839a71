"""Growth and retention in balance: what must come from new customers, given who stays and how they grow.

For balances (or sales) B at the beginning of the year, and classes c of customers with share s, attrition a and
growth e of those who stay:

    B x (1 + growth) = sum over c of B x s x (1 - a) x (1 + e) + new
"""

from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd

from planning.errors import AssumptionError, bulleted


@dataclass(frozen=True)
class Class:
    """A class of customers.

    Parameters
    ----------
    name
        As it is called, such as ``high value``.
    share
        Share of the balances at the beginning.
    attrition
        Share of its balances that leaves in the year.
    expansion
        Growth of the balances of those who stay.
    """

    name: str
    share: Decimal
    attrition: Decimal
    expansion: Decimal

    @property
    def kept(self) -> Decimal:
        """What a unit of the company's balances in this class becomes."""
        return self.share * (1 - self.attrition) * (1 + self.expansion)


@dataclass(frozen=True)
class Balance:
    """Where the growth that is wanted comes from, in shares of the balances at the beginning.

    Parameters
    ----------
    growth
        Growth wanted.
    lost, expanded
        What leaves, and what those who stay add.
    new
        What must come from new customers.
    capacity
        What new customers can bring with the people there are.
    """

    growth: Decimal
    lost: Decimal
    expanded: Decimal
    new: Decimal
    capacity: Decimal

    @property
    def possible(self) -> bool:
        """Whether new customers can bring what they must."""
        return self.new <= self.capacity

    @property
    def missing(self) -> Decimal:
        """What is missing; zero if it is possible."""
        return max(self.new - self.capacity, Decimal(0))


def balance(classes: list[Class], growth: Decimal, capacity: Decimal) -> Balance:
    """Say what must come from new customers.

    Parameters
    ----------
    classes
        All customers; their shares add up to one.
    growth
        Growth wanted, a fraction.
    capacity
        What new customers can bring with the people there are, a share of the balances at the beginning.

    Raises
    ------
    AssumptionError
        If the shares do not add up to one, or a figure makes no sense.

    Examples
    --------
    Balances are to grow by 10% while 17% leave on average, and half of them are of customers of high value.

    >>> high, other = Class("high", Decimal("0.5"), Decimal("0.1"), Decimal(0)), Class(
    ...     "other", Decimal("0.5"), Decimal("0.24"), Decimal(0))
    >>> str(balance([high, other], Decimal("0.10"), Decimal("0.2")).new)
    '0.27'
    >>> str(balance(keeping([high, other], "high"), Decimal("0.10"), Decimal("0.2")).new)
    '0.22'
    """
    problems = []
    total = sum((each.share for each in classes), Decimal(0))
    if abs(total - 1) > Decimal("0.000001"):
        problems.append(f"the shares of the classes add up to {total:.1%}, not to 100%")
    for each in classes:
        if not 0 <= each.attrition <= 1:
            problems.append(f"{each.name}: an attrition of {each.attrition:.1%} lies outside 0% to 100%")
        if each.expansion < -1:
            problems.append(f"{each.name}: those who stay cannot shrink by more than 100%")
    if problems:
        raise AssumptionError(bulleted("This cannot be balanced:", problems))
    lost = sum((each.share * each.attrition for each in classes), Decimal(0))
    expanded = sum((each.share * (1 - each.attrition) * each.expansion for each in classes), Decimal(0))
    new = 1 + growth - sum((each.kept for each in classes), Decimal(0))
    return Balance(growth, lost, expanded, new.normalize(), capacity)


def keeping(classes: list[Class], name: str) -> list[Class]:
    """Give the classes as if every customer of one of them stayed."""
    return [replace(each, attrition=Decimal(0)) if each.name == name else each for each in classes]


def what_would_have_to_be_true(classes: list[Class], growth: Decimal, capacity: Decimal) -> dict[str, Decimal | None]:
    """Say to what each lever alone would have to move for the growth to be possible.

    Returns
    -------
    ``attrition``: the average to which attrition of all would have to fall, each class in proportion; ``expansion``:
    points that those who stay would have to grow by on top; ``capacity``: what new customers would have to bring;
    ``growth``: the most that is possible as things are. None where the lever alone does not suffice.
    """
    found = balance(classes, growth, capacity)
    stays = sum((each.share * (1 - each.attrition) for each in classes), Decimal(0))
    # What leaves would have stayed and grown as its class does.
    lost = sum((each.share * each.attrition * (1 + each.expansion) for each in classes), Decimal(0))
    cut = found.missing / lost if lost else None
    return {
        "attrition": None if cut is None or cut > 1 else found.lost * (1 - cut),
        "expansion": found.missing / stays if stays else None,
        "capacity": max(found.new, Decimal(0)),
        "growth": growth - (found.new - capacity),
    }


def curve(classes: list[Class], growth: Decimal, capacity: Decimal, steps: int = 20) -> pd.DataFrame:
    """Trade attrition for new business: from all as it is to nobody leaving.

    Returns
    -------
    A row a step: ``attrition`` (average), ``new`` that is needed, ``possible``.
    """
    rows = []
    for step in range(steps + 1):
        part = Decimal(steps - step) / steps
        lowered = [replace(each, attrition=each.attrition * part) for each in classes]
        found = balance(lowered, growth, capacity)
        rows.append({"attrition": float(found.lost), "new": float(found.new), "possible": found.possible})
    return pd.DataFrame(rows)
