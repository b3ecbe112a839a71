"""Goals of accounts and of customer groups: parts of what reps carry, said by them and their leaders."""

from dataclasses import dataclass

import pandas as pd

from planning.errors import LedgerError, unknown_name
from planning.goals.setting import accounts as shape
from planning.goals.setting.accounts import OPEN, Said, Usual
from planning.history import accounts as history_of
from planning.history import results
from planning.history.accounts import GROUPS
from planning.history.engine import open_history
from planning.store import documents
from planning.store.database import Connection
from planning.store.documents import Document
from planning.workbook.context import Context
from planning.workbook.goals import book
from planning.workbook.leading import concerned, speak_of
from planning.workbook.place import EVERYBODY, plan, writing
from planning.workbook.unchanged import unchanged

KIND = "account_goals"
NO_REP = "Above the reps"
"""What territories carry themselves, and what stands above them; below zero, reps carry more than the company."""


@dataclass(frozen=True)
class Split:
    """A rep's goal by account.

    Parameters
    ----------
    rep, goal
        Whose, and what the rep carries (whole minor units).
    table
        As `planning.goals.setting.accounts.split` gives it.
    by
        What customers are grouped by.
    said
        Numbers that somebody gave.
    version
        Version of what was said; 0 where nobody has said anything.
    usual
        What accounts and new customers weigh by.
    """

    rep: str
    goal: int
    table: pd.DataFrame
    by: str
    said: Said
    version: int
    usual: Usual

    @property
    def open(self) -> int:
        """What of the goal stands on no account; below zero where accounts are asked for more than it."""
        return int(self.table.loc[self.table["customer"] == OPEN, "goal"].sum())


def of(context: Context, rep: str, by: str = "") -> Split:
    """Split a rep's goal over the accounts.

    Parameters
    ----------
    context, rep
        Where one stands, and whose goal.
    by
        What customers are grouped by; as it was said if not given. Numbers of groups hold for their own grouping.

    Raises
    ------
    LedgerError
        If the rep carries no goal.
    AccessError
        If it is none of the business of who is asking.
    """
    speak_of(context, rep)
    goal = _carried(context, rep)
    with plan(context.settings) as database, database.reading() as connection:
        document = documents.document(connection, context.year, context.scenario, KIND, rep)
    said, kept_by = _said(document)
    by = by or kept_by
    said = said if by == kept_by else Said(said.accounts)
    sold, usual = _sold(context, by, rep)
    table = shape.split(goal, sold, said, usual)
    return Split(rep, goal, table, by, said, document.version if document else 0, usual)


def keep(context: Context, rep: str, said: Said, by: str, actor: str, version: int) -> Split:
    """Keep the numbers of a rep's accounts and customer groups; all others share what is left.

    Parameters
    ----------
    context, rep
        Where one stands, and whose accounts.
    said
        All numbers that are to stay: who is left out has none.
    by
        What customers are grouped by, one of `planning.history.accounts.GROUPS`.
    actor
        Who does it, where nobody logs in.
    version
        Version of what was said that this was made from.

    Raises
    ------
    LedgerError
        With every number that clashes, and by how much.
    PlansError
        If somebody changed them meanwhile.
    AccessError
        If it is none of the business of who is asking.
    """
    if by not in GROUPS:
        raise LedgerError(unknown_name("customer group", by, GROUPS))
    speak_of(context, rep)
    sold, usual = _sold(context, by, rep)
    shape.check(_carried(context, rep), sold, said, usual, context.tell)
    with writing(context, "set goals of accounts", EVERYBODY) as connection:
        body = {"accounts": dict(said.accounts), "groups": dict(said.groups), "by": by}
        written = Document(KIND, rep, body, version=version)
        documents.keep(connection, context.year, context.scenario, written, context.actor(actor))
    return of(context, rep, by)


def summed(context: Context, by: str) -> pd.DataFrame:
    """Add the goals of accounts up by customer group, over all who are in view.

    Parameters
    ----------
    context
        Where one stands; a territory in view leaves the reps who sit in it, with all of their goals.
    by
        ``customer``, or one of `planning.history.accounts.GROUPS`.

    Returns
    -------
    ``group``, ``last_year`` (empty where there is none to compare with) and ``goal``, whole minor units: the largest
    goal first, what stands above the reps or on no account last; the goals add up to the company's, or to those of
    the reps in view.

    Raises
    ------
    LedgerError
        If there is no such group, or no goals were set for the year yet.
    """
    if by not in (*GROUPS, "customer"):
        raise LedgerError(unknown_name("customer group", by, (*GROUPS, "customer")))
    return _summed(context, by)


@unchanged("customers")
def _summed(context: Context, by: str) -> pd.DataFrame:
    tree, rows = book(context)
    carried = rows[rows["metric"] == "revenue"].merge(tree.positions[["owner", "rep", "territory"]], on="owner")
    goals = carried.groupby("rep")["amount"].sum()
    mine = concerned(context, goals.index)
    if context.territory:
        mine &= set(tree.positions.loc[tree.positions["territory"] == context.territory, "rep"])
    sold, usual = _sold(context, by, "")
    with plan(context.settings) as database, database.reading() as connection:
        told = _all(connection, context)
    asked = {rep: int(goals[rep]) for rep in sorted(mine) if goals[rep] > 0}
    parts = [_of_all(asked, sold, {rep: _said(told.get(rep)) for rep in asked}, by, usual)]
    whole = int(goals[sorted(mine)].sum())
    if not context.territory and len(mine) == len(goals):
        company = int(rows.loc[rows["metric"] == "revenue", "amount"].sum())
        parts.append(pd.DataFrame([{"group": NO_REP, "last_year": 0, "goal": company - whole}]))
    empty = pd.DataFrame({"group": [], "last_year": [], "goal": []}).astype({"last_year": "int64", "goal": "int64"})
    return _added(pd.concat([empty, *parts], ignore_index=True))


def _of_all(
    goals: dict[str, int], sold: pd.DataFrame, told: dict[str, tuple[Said, str]], by: str, usual: Usual
) -> pd.DataFrame:
    """Split reps' goals, each by the groups in which numbers were said, and name accounts by the group asked for."""
    # An account is served by one rep, and so are its groups.
    wanted = dict(zip(sold["customer"], sold[by], strict=True))
    kept_by = sold["rep"].map({rep: kind for rep, (_, kind) in told.items()})
    groups = pd.Series("", index=sold.index).case_when([(kept_by == kind, sold[kind]) for kind in GROUPS])
    table = shape.splits(goals, sold.assign(group=groups), {rep: said for rep, (said, _) in told.items()}, usual)
    named = [wanted.get(name, name) or shape.NO_GROUP for name in table["customer"]]
    return table.assign(group=named)[["group", "last_year", "goal"]]


def _added(parts: pd.DataFrame) -> pd.DataFrame:
    table = parts.groupby("group", as_index=False)[["last_year", "goal"]].sum()
    last = table["group"].isin([NO_REP, OPEN])
    table = table[(table["goal"] != 0) | (table["last_year"] != 0)].assign(last=last).astype({"last_year": "Int64"})
    # What new customers are to bring has no last year of its own: those who were new stand among the accounts.
    table.loc[table["group"].isin([shape.NEW, NO_REP, OPEN]), "last_year"] = pd.NA
    return table.sort_values(["last", "goal"], ascending=[True, False], ignore_index=True).drop(columns="last")


def _carried(context: Context, rep: str) -> int:
    tree, rows = book(context)
    owners = tree.positions.loc[tree.positions["rep"] == rep, "owner"]
    if owners.empty:
        raise LedgerError(unknown_name("rep with a goal", rep, sorted(set(tree.positions["rep"]))))
    return int(rows.loc[(rows["metric"] == "revenue") & rows["owner"].isin(owners), "amount"].sum())


def _sold(context: Context, by: str, rep: str) -> tuple[pd.DataFrame, Usual]:
    """Give what a rep's accounts bought last year, or everybody's, and what was usual in the company."""
    with open_history(context.settings) as history:
        months = results.base_months(history, context.calendar, context.year)
        table, kept = history_of.sold(history, months), history_of.kept(history, months)
    bought = table["amount"].clip(lower=0)
    usual = Usual(kept, float(bought[table["new"]].sum() / bought.sum()) if bought.sum() else 0.0)
    mine = table[table["rep"] == rep].drop(columns="rep").reset_index(drop=True) if rep else table
    return (mine.assign(group=mine[by]) if rep else mine), usual


def _said(document: Document | None) -> tuple[Said, str]:
    """Read what was said, and by which groups."""
    if document is None:
        return Said(), GROUPS[0]
    return Said(document.body["accounts"], document.body["groups"]), str(document.body["by"])


def _all(connection: Connection, context: Context) -> dict[str, Document]:
    found = documents.documents(connection, context.year, context.scenario, KIND)
    return {each.whom: each for each in found}
