"""The number from the bottom: what reps say they can bring, held against what is asked from the top."""

from dataclasses import dataclass

import pandas as pd

from planning.errors import LedgerError, bulleted, unknown_name
from planning.goals import ledger
from planning.goals.editing import edits
from planning.goals.editing.bounds import Bounds
from planning.goals.owners import Owners
from planning.goals.setting.over import STEP as OVER
from planning.store import bottom
from planning.workbook.context import Context
from planning.workbook.editing.book import Book
from planning.workbook.editing.edits import Asked
from planning.workbook.goals import book, outlook
from planning.workbook.leading import led
from planning.workbook.place import EVERYBODY, plan, writing
from planning.workbook.setting import methods as ways
from planning.workbook.setting.bias import bias
from planning.workbook.unchanged import unchanged

FIGURES = ("goal", "own", "potential", "capacity", "gap")


@dataclass(frozen=True)
class Reconciled:
    """The number from the top beside the number from the bottom.

    Parameters
    ----------
    positions
        A row a position: ``territory``, ``rep``, ``goal`` (what is asked, without over-assignment), ``own`` (what the
        rep says; empty where nobody answered, which is not zero), ``potential`` and ``capacity`` (what these methods
        would ask if they handed the whole number out; empty where they cannot be used), ``gap`` (own less goal),
        ``before`` (what came of own numbers of past years, a fraction of them; empty where none were said, or they
        are none of the business of who is asking), and ``detail``.
    territories
        The same by territory, of those who answered: ``answered`` and ``of`` (people), ``goal`` (of all), ``own`` (of
        those who answered), ``gap`` (own less what is asked of these), ``rest`` (what is left for those who did not).
    """

    positions: pd.DataFrame
    territories: pd.DataFrame


def say_own(context: Context, territory: str, rep: str, amount: int | None, detail: str, actor: str) -> None:
    """Keep what a rep says they can bring in a territory; no amount takes it back.

    Parameters
    ----------
    context
        Which year.
    territory, rep
        The position; the territory may be empty where the rep has one alone.
    amount
        Whole minor units.
    detail
        What it rests on: accounts, pipeline, plans.
    actor
        Who says so.

    Raises
    ------
    LedgerError
        With everything that is wrong: no such position, an amount below zero, or no detail.
    """
    tree, _ = book(context)
    places = tree.positions
    known = places[places["rep"] == rep]
    if not territory and len(known) == 1:
        territory = str(known["territory"].iloc[0])
    problems = [] if len(known) else [unknown_name("rep in this book", rep, sorted(set(places["rep"])))]
    if len(known) and territory not in set(known["territory"]):
        problems.append(
            f"{rep} has no position in {territory or 'no territory'}, but in {', '.join(known['territory'])}"
        )
    problems += (
        [f"an own number of {context.tell(amount)} is below zero"] if amount is not None and amount < 0 else []
    )
    me = context.person
    if me is not None and me.role != "planner" and rep not in {me.name, *led(context)}:
        problems.append(f"{me.name} can say it for nobody else")
    problems += ["it does not say what it rests on"] if amount is not None and not detail.strip() else []
    if problems:
        raise LedgerError(bulleted("This cannot be kept:", problems))
    with writing(context, "say what somebody can bring", EVERYBODY) as connection:
        bottom.keep_own(connection, context.year, territory, rep, amount, detail.strip(), actor)


@unchanged("bottom")
def reconciled(context: Context) -> Reconciled:
    """Hold what is asked from the top against what comes from the bottom.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    tree, rows = book(context)
    with plan(context.settings) as database, database.reading() as connection:
        said = bottom.own(connection, context.year)
    table = _asked(tree, rows).merge(
        said[["territory", "rep", "amount", "detail"]], how="left", on=["territory", "rep"]
    )
    table = table.rename(columns={"amount": "own"}).astype({"own": "Int64"}).fillna({"detail": ""})
    table["gap"] = table["own"] - table["goal"]
    table = table.merge(_by_method(context, int(table["goal"].sum())), how="left", on=["territory", "rep"])
    came = bias(context).rename(columns={"quotient": "before"})
    table = table.merge(came[["rep", "before"]], how="left", on="rep")
    columns = ["territory", "rep", *FIGURES, "before", "detail"]
    return Reconciled(table[columns], _by_territory(table))


def taken(territory: str) -> Asked:
    """Ask for the numbers of those who answered to become their goals; the others share what is left."""

    def asked(seen: Book) -> edits.Edit:
        owner = seen.one(territory)
        mine = seen.owners.frame[seen.owners.frame["parent"] == owner]
        answers = seen.own.set_index(["territory", "rep"])["amount"]
        # What is passed down on top is another layer, and stays.
        on_top = seen.rows[seen.rows["step"] == OVER].groupby("owner")["amount"].sum()
        targets = {
            row["owner"]: int(answers[row["territory"], row["rep"]] + on_top.get(row["owner"], 0))
            for row in mine.to_dict("records")
            if (row["territory"], row["rep"]) in answers.index and row["owner"] not in seen.kept
        }
        if not targets:
            raise LedgerError(f"Nobody in {territory} whose goal can be changed has said an own number.")
        return edits.pin(seen.owners, seen.rows, targets, seen.kept, Bounds(tell=seen.tell))

    return asked


def _asked(tree: Owners, rows: pd.DataFrame) -> pd.DataFrame:
    """Give what is asked of each position, without what is passed down on top."""
    mine = rows[(rows["metric"] == "revenue") & (rows["step"] != OVER)]
    table = ledger.assigned(tree, mine)
    table = table[table["kind"] == "position"]
    return table[["territory", "rep"]].assign(goal=table["assigned"]).reset_index(drop=True)


def _by_method(context: Context, total: int) -> pd.DataFrame:
    told = ways.split(context, outlook(context), total, ["potential", "capacity"])
    return told.reindex(columns=["territory", "rep", "potential", "capacity"]).astype(
        {"potential": "Int64", "capacity": "Int64"}
    )


def _by_territory(table: pd.DataFrame) -> pd.DataFrame:
    answered = table["own"].notna()
    each = table.assign(
        answered=answered, of=1, asked=table["goal"].where(answered, 0), left=table["goal"].where(~answered, 0)
    )
    sums = each.groupby("territory", as_index=False)[["answered", "of", "goal", "own", "asked", "left"]].sum()
    sums["own"] = sums["own"].where(sums["answered"] > 0)
    sums["gap"] = (sums["own"] - sums["asked"]).where(sums["answered"] > 0)
    sums["rest"] = (sums["goal"] - sums["own"]).where(sums["answered"] > 0)
    return sums[["territory", "answered", "of", "goal", "own", "gap", "rest"]]
