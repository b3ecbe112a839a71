"""A settled goal is changed during the year: what it would do, and that no month that is over is altered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from planning.amounts import Real, apportion
from planning.errors import NegotiationError, PlanningError, TrackingError, bulleted, unknown_name
from planning.goals import chances, originals
from planning.goals.owners import Owners
from planning.history import results
from planning.history.engine import open_history
from planning.negotiation import adjusting, agreement
from planning.negotiation.adjusting import Carry
from planning.negotiation.moves import Move
from planning.negotiation.thread import Thread
from planning.store import books
from planning.store.database import Connection
from planning.workbook.context import Context
from planning.workbook.expected.simulation import uncertain
from planning.workbook.negotiation import carrying
from planning.workbook.negotiation.talks import Talk, look
from planning.workbook.pay import paid
from planning.workbook.place import plan, reading
from planning.workbook.tracking import progress

METRIC = "revenue"


@dataclass(frozen=True)
class Effect:
    """What a change of a settled goal would do, before anybody proposes it.

    Parameters
    ----------
    lines
        A row a product line: ``product``, ``original``, ``goal`` (as it stands), ``over`` (in the months before),
        ``proposed`` and ``rest`` (what the months from then on are to bring), whole minor units.
    months
        A row a month: ``month``, ``goal`` and ``proposed``, whole minor units; those before are the same in both.
    beside
        Two rows, ``goal_is`` as it stands and as proposed: ``goal`` of the year, ``rest`` (of it from the month on),
        ``probability`` to meet it, ``pay`` to expect, ``company`` (its goal where the territory's account or
        colleagues absorb the difference) and ``company_changed`` (where its goal is changed by it). Money in whole
        minor units; empty where it cannot be told.
    """

    lines: pd.DataFrame
    months: pd.DataFrame
    beside: pd.DataFrame

    @property
    def difference(self) -> int:
        """What the goal of the year would change by, whole minor units."""
        return int(self.lines["proposed"].sum() - self.lines["goal"].sum())


@dataclass(frozen=True)
class Outset:
    """What effects of changes of a rep's goal are computed from.

    Parameters
    ----------
    context, talk
        Which book, and where the negotiation stands.
    tree, rows
        The book's owners, and the rep's entries.
    total
        What the company carries, whole minor units.
    left
        Months that are not over.
    """

    context: Context
    talk: Talk
    tree: Owners
    rows: pd.DataFrame
    total: int
    left: list[str]

    @cached_property
    def over(self) -> pd.DataFrame:
        """The goal of the months that are over beside what came (`planning.workbook.negotiation.carrying`)."""
        return carrying.shortfalls(self.context, self.talk.thread.rep, self.rows, self.left)

    @cached_property
    def draws(self) -> Real:
        """What the rep brings in the year, minor units, a value a draw; none where it cannot be told.

        Once the year has begun, it is what has come so far and where the rest lands.
        """
        rep = self.talk.thread.rep
        try:
            landed = progress.drawn(self.context, rep)
        except TrackingError:
            landed = None
        try:
            return uncertain(self.context).drawn.of(rep=rep) if landed is None else landed
        except PlanningError:
            # Too short a history to say how sure anything is: the rest stands without it.
            return np.zeros(0)


def open_months(context: Context) -> list[str]:
    """Give the months of the year that are not over: those after the last one with results."""
    with open_history(context.settings) as history:
        _, last = results.months_in(history)
    return [month for month in context.calendar.months(context.year) if month > last]


def check(connection: Connection, context: Context, number: int, rep: str, version: Move) -> None:
    """Refuse what would alter a month that is over.

    Parameters
    ----------
    connection, context, number
        The transaction, and which book.
    rep
        Whose goal.
    version
        The move that asks to open a settled goal, or that put the version on the table that is offered or settled.

    Raises
    ------
    NegotiationError
        If a settled goal is to be opened as a whole during the year, or a version holds from a month that is over, or
        leaves less for the year than the months before hold.
    """
    if not adjusting.adjusts(version):
        if version.kind == "reopen" and (left := open_months(context)) != context.calendar.months(context.year):
            raise NegotiationError(
                f"FY{context.year} has begun: {span(left)}. Ask for a change during the year instead, which says "
                "from which month it holds: on the page of negotiation, or by: planning adjust propose."
            )
        return
    since, carry, left = str(version.detail["since"]), adjusting.carry(version), open_months(context)
    _, rows = _mine(connection, number, rep)
    problems = _over(left, since) + carrying.wrong(context, rep, version, rows, left)
    if not problems:
        rows = pd.concat([rows, agreement.carried_over(carry, rows, since, context.tell)])
        problems = agreement.too_little(version.lines, rows, since, context.tell)
    if problems:
        raise NegotiationError(bulleted(f"The goal of {rep} cannot be changed so:", problems))


def outset(context: Context, rep: str) -> Outset:
    """Gather once what effects of changes are computed from, such as while somebody types.

    Raises
    ------
    NegotiationError
        If the rep holds no goal in the book.
    AccessError
        If it is none of the business of who is asking.
    """
    with reading(context) as connection:
        talk, number = look(connection, context, rep)
        tree, rows = _mine(connection, number, rep)
    with plan(context.settings) as database, database.reading() as connection:
        total = int(books.sums(connection, number, METRIC, [])["amount"].sum())
    return Outset(context, talk, tree, rows, total, open_months(context))


def effect(begin: Outset, lines: Mapping[str, int], since: str, carry: Carry | None = None) -> Effect:
    """Say what a change would do: to the months that are left, to the odds, to pay, and to the company's total.

    Parameters
    ----------
    begin
        What it is computed from (`outset`).
    lines
        The year's goal by product line, whole minor units; lines that are left out stay as they are.
    since
        Month from which it would hold.
    carry
        What it would carry from months that are over; none by default.

    Raises
    ------
    NegotiationError
        If the month is over, a line is not known, or the months before hold more than the year is to have.
    """
    carried = agreement.carried_over(carry or {}, begin.rows, since, begin.context.tell)
    before = pd.concat([begin.rows, carried], ignore_index=True)
    proposed = _proposed(begin, lines, since, before)
    over = before[before["period"] < since]
    return Effect(
        _lines(begin.talk.held, proposed, begin.rows, over),
        _months(begin, _moved(begin, proposed, since, carry or {})),
        _beside(begin, sum(proposed.values()), since, int(over["amount"].sum())),
    )


def in_proportion(begin: Outset, total: int, since: str) -> dict[str, int]:
    """Split a goal of the year over product lines, by what each is to bring in the months that are left.

    Raises
    ------
    NegotiationError
        If the months before hold more than it.
    """
    held = begin.talk.held
    rest = begin.rows[begin.rows["period"] >= since].groupby("product")["amount"].sum()
    weights = np.array([max(int(rest.get(line, 0)), 0) for line in held], dtype=float)
    difference = total - sum(held.values())
    if difference < -weights.sum():
        over = int(sum(held.values()) - weights.sum())
        tell = begin.context.tell
        raise NegotiationError(f"The months before {since} hold {tell(over)} already, more than {tell(total)}.")
    parts = apportion(difference, weights if weights.any() else np.ones(len(held)))
    return {line: amount + int(part) for (line, amount), part in zip(held.items(), parts, strict=True)}


def _mine(connection: Connection, number: int, rep: str) -> tuple[Owners, pd.DataFrame]:
    tree = books.owners(connection, number)
    rows = books.entries(connection, number, books.positions(connection, number, rep))
    return tree, rows[rows["metric"] == METRIC]


def _proposed(begin: Outset, lines: Mapping[str, int], since: str, rows: pd.DataFrame) -> dict[str, int]:
    """Give the goal that is proposed by line, or say what is wrong with it."""
    held, known = begin.talk.held, {*begin.talk.held, *begin.talk.start}
    problems = _over(begin.left, since)
    problems += [unknown_name("product line in this goal", each, known) for each in sorted(set(lines) - known)]
    proposed = {**held, **lines}
    problems += [f"{line}: a goal below zero" for line, amount in proposed.items() if amount < 0]
    problems += agreement.too_little(proposed, rows, since, begin.context.tell)
    if problems:
        raise NegotiationError(bulleted(f"The goal of {begin.talk.thread.rep} cannot be changed so:", problems))
    return proposed


def _moved(begin: Outset, proposed: Mapping[str, int], since: str, carry: Carry) -> pd.DataFrame:
    """Give the entries that the change would post on the rep, as if it were settled."""
    rep, months = begin.talk.thread.rep, begin.context.calendar.months(begin.context.year)
    terms = {"since": since, "carry": carry}
    version = Move(1, "decide", "senior", "nobody", 1, dict(proposed), "as if", detail=terms)
    thread, tell = Thread(rep, (version,)), begin.context.tell
    posted = agreement.transaction(thread, begin.tree, begin.rows, months, "nobody", tell).entries
    return posted[posted["owner"].isin(set(begin.tree.positions["owner"]))]


def _lines(
    held: Mapping[str, int], proposed: Mapping[str, int], rows: pd.DataFrame, before: pd.DataFrame
) -> pd.DataFrame:
    first = rows[~rows["step"].isin(originals.CHANGES)].groupby("product")["amount"].sum()
    over = before.groupby("product")["amount"].sum()
    table = pd.DataFrame({"product": sorted(proposed)})
    for name, amounts in {"original": first, "goal": held, "over": over, "proposed": proposed}.items():
        table[name] = [int(amounts.get(each, 0)) for each in table["product"]]
    return table.assign(rest=table["proposed"] - table["over"])


def _months(begin: Outset, moved: pd.DataFrame) -> pd.DataFrame:
    months = begin.context.calendar.months(begin.context.year)
    goal, change = (
        each.groupby("period")["amount"].sum().reindex(months, fill_value=0) for each in (begin.rows, moved)
    )
    return pd.DataFrame({"month": months, "goal": goal.to_numpy(), "proposed": (goal + change).to_numpy()})


def _beside(begin: Outset, after: int, since: str, over_then: int) -> pd.DataFrame:
    goal, total = sum(begin.talk.held.values()), begin.total
    over = int(begin.rows.loc[begin.rows["period"] < since, "amount"].sum())
    return pd.DataFrame(
        {
            "goal_is": ["as it stands", "as proposed"],
            "goal": [goal, after],
            "rest": [goal - over, after - over_then],
            "probability": [chances.probability(begin.draws, each) for each in (goal, after)],
            "pay": _pay(begin, goal, after),
            "company": [total, total],
            "company_changed": [total, total + after - goal],
        }
    )


def _pay(begin: Outset, goal: int, after: int) -> Any:
    """Say what the rep may expect to earn with both goals; nothing where no pay plan is kept."""
    try:
        if len(begin.draws) and after > 0:
            found = paid.expected_at(begin.context, begin.talk.thread.rep, [goal, after], begin.draws)
            return pd.array(found, dtype="Int64")
    except PlanningError:
        pass
    return pd.array([pd.NA, pd.NA], dtype="Int64")


def _over(left: Sequence[str], since: str) -> list[str]:
    return [] if since in left else [f"it cannot hold from {since or 'no month'} on: {span(left)}"]


def span(left: Sequence[str]) -> str:
    """Say which months are not over."""
    return f"months from {left[0]} to {left[-1]} are not over" if left else "every month of it is over"
