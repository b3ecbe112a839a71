"""Targeting: the weights that are kept, every account scored by them, and their test on the past."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from planning.errors import HistoryError, PlansError, unknown_name
from planning.history import known, results
from planning.history.engine import History, open_history
from planning.plans import criteria, segments
from planning.plans import targeting as shape
from planning.plans import trial as trials
from planning.plans.targeting import Targeting
from planning.plans.trial import Trial
from planning.store import documents
from planning.store.documents import Document
from planning.workbook.context import Context
from planning.workbook.ground import depends_on
from planning.workbook.kept import kept
from planning.workbook.place import PLANNER, reading, writing
from planning.workbook.plans.sides import mine

KIND = "targeting"


@dataclass(frozen=True)
class Seen:
    """The accounts of a company, scored.

    Parameters
    ----------
    targeting
        What they were scored by.
    accounts
        All accounts (`planning.plans.targeting.scored`), those in view of who is asking or all of them.
    last
        ISO month at whose end they are known so.
    reps
        People who are there, with the territories that they serve: columns ``rep``, ``territory``.
    """

    targeting: Targeting
    accounts: pd.DataFrame
    last: str
    reps: pd.DataFrame

    def of(self, rep: str) -> pd.DataFrame:
        """Give the accounts that a rep serves."""
        return self.accounts[self.accounts["rep"] == rep]

    def open_to(self, rep: str) -> pd.DataFrame:
        """Give the accounts that a rep serves or could take on: prospects and orphans of the rep's territories."""
        places = set(self.reps.loc[self.reps["rep"] == rep, "territory"])
        nobodys = ~self.accounts["rep"].isin(set(self.reps["rep"]))
        return self.accounts[(self.accounts["rep"] == rep) | (nobodys & self.accounts["territory"].isin(places))]


def targeting(context: Context) -> Targeting:
    """Give the targeting in force; before anybody kept one, what is proposed from the history."""
    with reading(context) as connection:
        found = documents.document(connection, context.year, context.scenario, KIND, "")
    if found is not None:
        return shape.read(found.body, found.version)
    return Targeting(tuple(segments.proposed(_known(context, known_until(context)))))


def keep(context: Context, wanted: Targeting, actor: str) -> Targeting:
    """Keep a targeting for everybody; gives it back as it is kept.

    Raises
    ------
    PlansError
        With everything that is wrong with it, or if somebody changed it meanwhile.
    AccessError
        If it is not for the person who is asking.
    """
    shape.check(wanted)
    written = Document(KIND, "", shape.body(wanted), version=wanted.version)
    with writing(context, "set who is targeted", PLANNER) as connection:
        kept = documents.keep(connection, context.year, context.scenario, written, context.actor(actor))
    return replace(wanted, version=kept.version)


def seen(context: Context, by: Targeting | None = None) -> Seen:
    """Score all accounts as they were known when the year began.

    What one may be shown of it is `in_view`; everybody's scores depend on all accounts.

    Parameters
    ----------
    context
        Where one stands.
    by
        What to score by; the targeting in force unless given.
    """
    used = by or targeting(context)
    last = known_until(context)
    with open_history(context.settings) as history:
        reps = _reps(context, history)
    return Seen(used, _scored(context, last, used), last, reps)


def in_view(context: Context, by: Targeting | None = None) -> pd.DataFrame:
    """Give the scored accounts that are the business of who is asking, in the territory in view."""
    found = seen(context, by)
    names = mine(context, sorted(set(found.reps["rep"])))
    whole = context.person is None or context.person.role == "planner"
    rows = found.accounts if whole else pd.concat([found.open_to(rep) for rep in names] or [found.accounts.head(0)])
    rows = rows.drop_duplicates("customer").sort_values(["score", "customer"], ascending=[False, True])
    return (rows[rows["territory"] == context.territory] if context.territory else rows).reset_index(drop=True)


def explained(context: Context, customer: str, by: Targeting | None = None) -> pd.DataFrame:
    """Explain the score of an account criterion by criterion (`planning.plans.targeting.explained`).

    Raises
    ------
    PlansError
        If there is no such account in view.
    """
    rows = in_view(context, by).set_index("customer", drop=False)
    if customer not in rows.index:
        raise PlansError(unknown_name("account in view", customer, rows.index))
    row: Any = rows.loc[customer].to_dict()
    return shape.explained(row, by or targeting(context))


def trial(context: Context, by: Targeting | None = None) -> Trial:
    """Test a targeting on the year before: who it would have put first, and what they brought (`trials.METHOD`).

    Raises
    ------
    HistoryError
        If the history does not hold two years.
    """
    months = context.calendar.months(context.year - 1)
    last = context.calendar.months(context.year - 2)[-1]
    with open_history(context.settings) as history:
        first, until = results.months_in(history)
        if first > context.calendar.months(context.year - 2)[0] or until < months[0]:
            raise HistoryError(
                f"To test it, the history would have to hold FY{context.year - 2} and some of FY{context.year - 1}; "
                f"it runs from {first} to {until}."
            )
        came = known.bought(history, months[0], min(months[-1], until))
    table = _scored(context, last, by or targeting(context))
    return trials.trial(table, came.groupby("customer")["amount"].sum())


def known_until(context: Context) -> str:
    """Give the last month that was known when the year began: that of the year before, or of the history."""
    with open_history(context.settings) as history:
        _, last = results.months_in(history)
    return min(last, context.calendar.months(context.year - 1)[-1])


def _known(context: Context, last: str) -> pd.DataFrame:
    """Give all accounts with what criteria are taken from, as they were known at the end of a month."""

    def asked() -> pd.DataFrame:
        with open_history(context.settings) as history:
            sold = int(history.rows("select count(distinct product_line) as sold from products")["sold"].iloc[0])
            return criteria.figures(known.accounts(history, last), sold)

    return _kept(context, (last,), asked)


def _scored(context: Context, last: str, by: Targeting) -> pd.DataFrame:
    said = json.dumps(shape.body(by), sort_keys=True)
    return _kept(context, (last, said), lambda: shape.scored(_known(context, last), by))


def _kept(context: Context, key: tuple[str, ...], make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Make a table, or give what was made of the same before."""
    on = depends_on(context)
    return kept(context.settings, "accounts", None if on is None else (on, *key), make)


def _reps(context: Context, history: History) -> pd.DataFrame:
    """Name the people who are there when the year begins, with the territories that they serve or have sold in."""
    here = results.people_here(history, context.calendar, context.year)
    places = results.assignments(history, context.calendar, context.year)
    sold = history.rows("select distinct rep, territory from orders order by rep, territory")
    places = pd.concat([places, sold[~sold["rep"].isin(places["rep"])]])[["rep", "territory"]]
    return places[places["rep"].isin(here)].drop_duplicates().sort_values(["rep", "territory"], ignore_index=True)
