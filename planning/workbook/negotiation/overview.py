"""Where all negotiations stand: the roll-up of every team, and who has not moved, since when."""

from datetime import date

import pandas as pd

from planning.goals.originals import CHANGES
from planning.goals.owners import Owners
from planning.negotiation import agreement
from planning.negotiation.rules import Rules
from planning.negotiation.thread import SIDES, Thread
from planning.store import books, records
from planning.store.clock import now
from planning.workbook.context import Context
from planning.workbook.negotiation.seats import Seats, seats, today
from planning.workbook.negotiation.talks import find
from planning.workbook.place import reading
from planning.workbook.unchanged import unchanged

METRIC = "revenue"
NOBODY = "Nobody"
_MONEY = ("number", "original", "goal", "offer", "company", "own", "distance")
_COLUMNS = ["rep", "manager", "territories", *_MONEY, "state", "waits", "version", "last_move", "since", "days",
            "questions"]  # fmt: skip


def standing(context: Context) -> pd.DataFrame:
    """Say where every negotiation that one may see stands.

    Returns
    -------
    A row a rep: ``rep``, ``manager``, ``territories``, ``number`` (what was passed down when goals were set),
    ``original`` (before it was changed during the year), ``goal`` (as it stands in the ledger), ``offer`` (on the
    table), ``company``, ``own`` (what each side offered last), ``distance`` (between them), ``state``, ``waits`` (the
    person who has to move), ``version``, ``last_move`` (in words), ``since`` (UTC), ``days`` (since then),
    ``questions`` (without an answer). Whole minor units.
    """
    table = _standing(context, today())
    return table.assign(days=(now() - table["since"]).dt.days.clip(lower=0).astype("Int64"))[_COLUMNS]


@unchanged("negotiations")
def _standing(context: Context, day: date) -> pd.DataFrame:
    """Say all of it but for how many days it has been so; who speaks for somebody does so until a day."""
    with reading(context) as connection:
        number = find(connection, context)
        tree = books.owners(connection, number)
        threads = records.threads(connection, number)
        entries = books.sums(connection, number, METRIC, ["owner", "step"])
    here = seats(context)
    goal, began = _by_rep(tree, entries), _by_rep(tree, entries[~entries["step"].isin([agreement.STEP, *CHANGES])])
    original = _by_rep(tree, entries[~entries["step"].isin(CHANGES)])
    rows = []
    for rep, mine in tree.positions.groupby("rep", sort=True):
        thread = threads.get(str(rep), Thread(str(rep)))
        if here.sees(thread):
            sums = {"number": began.get(rep, 0), "original": original.get(rep, 0), "goal": goal.get(rep, 0)}
            places = ", ".join(sorted(mine["territory"]))
            rows.append({"rep": rep, "territories": places, **sums, **_row(thread, here, day)})
    table = pd.DataFrame(rows, columns=[each for each in _COLUMNS if each != "days"])
    return table.astype({**dict.fromkeys(_MONEY, "Int64"), "since": "datetime64[us]"})


def roll_up(context: Context) -> pd.DataFrame:
    """Add every team up: how much is agreed, proposed, countered and open, against the number that was passed down.

    Returns
    -------
    A row a manager (`NOBODY` for those whom nobody leads), and one for all who can be seen (empty name):
    ``manager``, ``reps``, ``agreed``, ``set``, ``moving`` (proposed, countered, returned, escalated or reopened) and
    ``untouched``, as numbers of reps; ``number`` (what was passed down to them when goals were set), ``on_table``
    (agreed goals, else what is on the table, else the goal), ``over`` (that less the number). Whole minor units.
    """
    table = standing(context)
    stands = table["offer"].where(table["state"].isin(["proposed", "countered", "returned", "escalated"]))
    table["on_table"] = stands.fillna(table["goal"]).astype("int64")
    teams = table["manager"].replace("", NOBODY)
    rows = [_summed(str(name), rows) for name, rows in table.groupby(teams, sort=True)]
    rows.append(_summed("", table))
    return pd.DataFrame(rows)


def waiting(context: Context) -> pd.DataFrame:
    """List who has to move, since when, and what is due; the longest wait first.

    Returns
    -------
    ``person`` (who has to move), ``rep``, ``state``, ``last_move``, ``since`` (UTC), ``days``, ``questions``, ``due``
    (the deadline, ISO; empty if there is none) and ``late``.
    """
    rules = rules_of(context)
    table = standing(context)
    table = table[table["waits"] != ""].rename(columns={"waits": "person"})
    due = rules.deadline.isoformat() if rules.deadline else ""
    table = table.assign(due=due, late=rules.overdue(today())).sort_values("days", ascending=False, kind="stable")
    columns = ["person", "rep", "state", "last_move", "since", "days", "questions", "due", "late"]
    return table[columns].reset_index(drop=True)


def rules_of(context: Context) -> Rules:
    """Give what the planner has set for the negotiations of the book in view."""
    with reading(context) as connection:
        number = find(connection, context)
        return records.rules(connection, number)


def _by_rep(tree: Owners, entries: pd.DataFrame) -> "pd.Series[int]":
    reps = tree.positions.set_index("owner")["rep"]
    return entries["amount"].groupby(entries["owner"].map(reps)).sum()


def _row(thread: Thread, here: Seats, day: date) -> dict[str, object]:
    last = thread.moves[-1] if thread.moves else None
    offers = [thread.last_offer(side) for side in SIDES]
    company, own = (sum(each.lines.values()) if each else None for each in offers)
    return {
        "manager": here.manager(thread),
        "offer": sum(thread.offer.lines.values()) if thread.offer else None,
        "company": company,
        "own": own,
        "distance": None if company is None or own is None else company - own,
        "state": thread.state,
        "waits": _person(thread, here, day),
        "version": thread.version,
        "last_move": f"{last.kind.replace('_', ' ')} by {last.person}" if last else "",
        "since": last.at if last else None,
        "questions": len(thread.questions),
    }


def _person(thread: Thread, here: Seats, day: date) -> str:
    if thread.state == "not started":
        return here.manager(thread)
    named = {"manager": thread.delegate(day) or here.manager(thread), "rep": thread.rep}
    return {**named, "senior": here.senior(thread), "": ""}[thread.waits]


def _summed(name: str, rows: pd.DataFrame) -> dict[str, object]:
    states = rows["state"].value_counts()
    number, on_table = int(rows["number"].sum()), int(rows["on_table"].sum())
    agreed, set_, untouched = (int(states.get(each, 0)) for each in ("agreed", "set", "not started"))
    moving = len(rows) - agreed - set_ - untouched - int(states.get("ended", 0))
    return {"manager": name, "reps": len(rows), "agreed": agreed, "set": set_, "moving": moving,
            "untouched": untouched, "number": number, "on_table": on_table, "over": on_table - number}  # fmt: skip
