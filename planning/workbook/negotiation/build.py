"""A rep's own proposal, built from accounts and activity up, so that every number in it has something behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planning.amounts import apportion
from planning.errors import HistoryError, NegotiationError, bulleted
from planning.history import results
from planning.history.engine import open_history
from planning.workbook.activity import arithmetic as activity
from planning.workbook.activity.standing import standing as working
from planning.workbook.context import Context
from planning.workbook.negotiation.talks import talk
from planning.workbook.setting import accounts

LARGEST = 8
"""Accounts that are asked about one by one; the rest is asked about as one."""
REST = "All other accounts"
NEW = "New business from activity"


@dataclass(frozen=True)
class Built:
    """What an offer is made of.

    Parameters
    ----------
    lines
        Goal of the year by product line, whole minor units.
    support
        What it rests on: ``what`` and ``amount``, as an offer's detail carries it.
    """

    lines: Mapping[str, int]
    support: list[dict[str, Any]]

    @property
    def total(self) -> int:
        """Goal of the year, whole minor units."""
        return sum(self.lines.values())


def parts(context: Context, rep: str) -> pd.DataFrame:
    """Give what a rep is asked about to build a proposal: the largest accounts, and all others as one.

    Returns
    -------
    ``what`` (the account, or `REST`), ``accounts`` (how many), ``last_year`` and ``goal`` (the account's part of the
    goal as it stands; what new customers are to bring stands with `REST`), whole minor units.
    """
    talk(context, rep)  # refuses who has no business here
    table = _of_largest(context, rep)
    found = table.groupby("what", sort=False).agg(accounts=("customer", "nunique"), last_year=("amount", "sum"))
    asked = accounts.of(context, rep).table
    goal = asked["goal"].groupby(asked["customer"].where(asked["customer"].isin(found.index), REST)).sum()
    found["goal"] = goal.reindex(found.index, fill_value=0)
    return found.reset_index().astype({"last_year": "int64", "goal": "int64"})


def built(context: Context, rep: str, expected: Mapping[str, int], opened: float = 0.0) -> Built:
    """Make an offer of what a rep expects of accounts and of activity.

    What is expected of an account is split over product lines as the account bought last year; new business as all
    accounts did.

    Parameters
    ----------
    context, rep
        Which book, and whose goal.
    expected
        Whole minor units by account, and `REST`; who is left out is expected to bring nothing.
    opened
        Opportunities that the rep means to open in a working week, beside what the accounts bring; their yield is
        reckoned by the rep's own funnel.

    Raises
    ------
    NegotiationError
        If an account is unknown, an amount is below zero, or nothing comes of it.
    HistoryError
        If opportunities are named and the history has no pipeline.
    """
    sat, table = talk(context, rep), _of_largest(context, rep)
    known = set(table["what"]) | {REST}
    problems = [f"{each!r} is not an account of {rep}" for each in expected if each not in known]
    problems += [f"{each}: an amount below zero" for each, amount in expected.items() if amount < 0]
    if problems:
        raise NegotiationError(bulleted("No offer can be made of this:", problems))
    amounts = dict(expected)
    told = dict(expected)
    if opened > 0:
        new = _new(context, rep, opened)
        amounts[NEW], told[f"{NEW}: {opened:g} opportunities opened a week"] = new, new
    lines = dict.fromkeys(sorted(sat.held), 0)
    mix = table.groupby("product")["amount"].sum().clip(lower=0).reindex(list(lines), fill_value=0)
    for what, amount in amounts.items():
        own = table[table["what"] == what].groupby("product")["amount"].sum().clip(lower=0)
        weights = own.reindex(list(lines), fill_value=0)
        weights = weights if weights.sum() > 0 else mix if mix.sum() > 0 else mix + 1
        for line, part in zip(lines, apportion(amount, weights.to_numpy(dtype=np.float64)), strict=True):
            lines[line] += int(part)
    if sum(lines.values()) <= 0:
        raise NegotiationError("No offer can be made of this: nothing is expected of any account or activity.")
    return Built(lines, [{"what": what, "amount": amount} for what, amount in told.items() if amount])


def _new(context: Context, rep: str, opened: float) -> int:
    """Give what opportunities lead to, by the rep's own funnel."""
    seen = working(context)
    if not seen.rhythm.pipeline:
        raise HistoryError("The history has no pipeline, so nothing says what opportunities lead to.")
    return activity.forwards(seen, rep, {seen.rhythm.steps[0]: opened}).through_pipeline


def _of_largest(context: Context, rep: str) -> pd.DataFrame:
    """Give what each account bought by product line, with the account it is asked about as."""
    with open_history(context.settings) as history:
        months = results.base_months(history, context.calendar, context.year)
        table = results.accounts(history, rep, months)
    largest = list(dict.fromkeys(table["customer"]))[:LARGEST]
    return table.assign(what=table["customer"].where(table["customer"].isin(largest), REST))
