"""Segments of accounts and their ideal customer profiles, as criteria over what is known of an account."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import pandas as pd

from planning.errors import PlansError, unknown_name

TEXTS = ("segment", "tier", "channel", "territory", "rep", "customer")
FIGURES = {
    "revenue": "revenue of twelve months", "growth": "growth over the twelve months before",
    "lines": "product lines bought", "months_since": "months since the last order",
    "open_value": "value of open opportunities", "open_deals": "open opportunities",
}  # fmt: skip
"""What a criterion can be about, besides `TEXTS`; money in minor units, growth as a fraction."""

NO_SEGMENT = "No segment"
BEST = 0.75
"""A segment's profile is taken from its best quarter."""


@dataclass(frozen=True)
class Condition:
    """One criterion over account data.

    Parameters
    ----------
    about
        One of `TEXTS` or `FIGURES`.
    one_of
        Texts that it may have; for one of `TEXTS`.
    least, most
        Between what a figure lies, both included; none for no bound.
    """

    about: str
    one_of: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None

    def holds(self, accounts: pd.DataFrame) -> pd.Series:
        """Say of each account whether it holds; what is not known does not."""
        values = accounts[self.about]
        if self.about in TEXTS:
            return values.isin(self.one_of)
        figures = values.astype("float64")
        found = figures.notna()
        found &= figures >= float(self.least) if self.least is not None else True
        return found & (figures <= float(self.most) if self.most is not None else True)

    def __str__(self) -> str:
        """Write it as `condition` reads it."""
        if self.about in TEXTS:
            return f"{self.about} = {' | '.join(self.one_of)}"
        least, most = (f"{each.normalize():f}" if each is not None else "" for each in (self.least, self.most))
        return f"{self.about} {least}..{most}"


@dataclass(frozen=True)
class Segment:
    """A part of the market that is served in one way.

    Parameters
    ----------
    name
        As it is called.
    where
        Who belongs to it: all of these hold.
    profile
        Its ideal customer: the more of these hold, the better an account fits.
    proposition
        What the company offers it that others do not: the value proposition.
    """

    name: str
    where: tuple[Condition, ...]
    profile: tuple[Condition, ...] = field(default=())
    proposition: str = ""


def condition(text: str) -> Condition:
    """Read a criterion as people write it.

    Raises
    ------
    PlansError
        If it is not understood.

    Examples
    --------
    >>> condition("tier = A | B").one_of, condition("lines 3..").least
    (('A', 'B'), Decimal('3'))
    """
    about, equal, rest = (part.strip() for part in text.partition("="))
    if equal:
        if about not in TEXTS:
            raise PlansError(unknown_name("text of an account", about, TEXTS))
        return Condition(about, tuple(each.strip() for each in rest.split("|") if each.strip()))
    about, _, bounds = text.strip().partition(" ")
    if about not in FIGURES:
        raise PlansError(unknown_name("figure of an account", about, FIGURES))
    least, dots, most = bounds.partition("..")
    try:
        ends = [Decimal(each.strip()) if each.strip() else None for each in (least, most)]
    except InvalidOperation as error:
        raise PlansError(f"{text!r} is no criterion. Write it as: lines 3..  or  tier = A | B") from error
    if not dots or ends == [None, None]:
        raise PlansError(f"{text!r} has no bound. Write it as: lines 3..  or  growth ..0")
    return Condition(about, (), *ends)


def wrong(segments: Sequence[Segment]) -> list[str]:
    """Say what is wrong with segments: nobody could belong to one, or it is there twice."""
    names = [each.name for each in segments]
    problems = [f"{name} is there twice" for name in sorted({name for name in names if names.count(name) > 1})]
    problems += ["a segment has no name" for each in segments if not each.name.strip()]
    problems += [f"{each.name}: nothing says who belongs to it" for each in segments if not each.where]
    for each in segments:
        crossed = [one for one in (*each.where, *each.profile)
                   if one.least is not None and one.most is not None and one.least > one.most]  # fmt: skip
        problems += [f"{each.name}: {one}: the least is above the most" for one in crossed]
    return problems


def placed(accounts: pd.DataFrame, segments: Sequence[Segment]) -> pd.DataFrame:
    """Place accounts in segments: the first one that an account belongs to.

    Returns
    -------
    ``place`` (name of the segment, or `NO_SEGMENT`), ``fit`` (part of the profile's criteria that hold; empty where
    there is no profile) and ``lacks`` (those that do not, in words), in the accounts' order.
    """
    table = pd.DataFrame({"place": NO_SEGMENT, "fit": float("nan"), "lacks": ""}, index=accounts.index)
    for each in reversed(list(segments)):
        inside = pd.Series(True, accounts.index)
        for one in each.where:
            inside &= one.holds(accounts)
        table.loc[inside, "place"] = each.name
        table.loc[inside, ["fit", "lacks"]] = _fitting(accounts[inside], each)
    return table


def proposed(accounts: pd.DataFrame) -> list[Segment]:
    """Propose segments by the company's own, each with the profile of the customers who buy most there.

    Parameters
    ----------
    accounts
        As `planning.history.known.accounts` gives them, with ``growth``.
    """
    names = sorted(set(accounts["segment"]) - {""})
    return [Segment(name, (Condition("segment", (name,)),), _profile(accounts[accounts["segment"] == name]))
            for name in names]  # fmt: skip


def _fitting(inside: pd.DataFrame, segment: Segment) -> pd.DataFrame:
    held = pd.DataFrame({str(one): one.holds(inside) for one in segment.profile}, index=inside.index)
    lacks = held.apply(lambda row: ", ".join(name for name, holds in row.items() if not holds), axis=1)
    nothing = held.empty
    return pd.DataFrame({
        "fit": float("nan") if nothing else held.mean(axis=1), "lacks": "" if nothing else lacks,
    }, index=inside.index)  # fmt: skip


def _profile(inside: pd.DataFrame) -> tuple[Condition, ...]:
    """Describe the best quarter of a segment's customers by what tells them apart."""
    buying = inside[inside["revenue"] > 0].astype({"revenue": "float64"})
    if len(buying) < 8:
        return ()
    best = buying[buying["revenue"] >= buying["revenue"].quantile(BEST)]
    found = []
    for about in ("tier", "channel"):
        often, usual = best[about].value_counts(normalize=True), buying[about].value_counts(normalize=True)
        telling = sorted(name for name, part in often.items() if name and part > usual[name])
        found += [Condition(about, tuple(telling))] if 0 < len(telling) < buying[about].nunique() else []
    lines = int(best["lines"].astype("float64").median())
    return (*found, Condition("lines", (), Decimal(lines))) if lines > 1 else tuple(found)
