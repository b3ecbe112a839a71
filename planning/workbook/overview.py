"""Where everything stands: the front page, and what the report of a territory shows."""

from dataclasses import dataclass

import pandas as pd

from planning.goals import ledger, originals
from planning.goals.owners import Owners
from planning.goals.setting import baseline
from planning.history import attainment as attained
from planning.history import results
from planning.history.engine import open_history
from planning.store import aims as aim_store
from planning.store import assumed as assumed_store
from planning.store import books, documents, records
from planning.workbook.context import Context
from planning.workbook.leading import territories
from planning.workbook.place import plan
from planning.workbook.posted import posted
from planning.workbook.unchanged import unchanged

_STANDING = ["key", "goal", "original", "base", "reps", "agreed", "state"]


@dataclass(frozen=True)
class Overview:
    """Where the season stands.

    Parameters
    ----------
    territories
        A row a territory: ``territory``, ``region``, ``last_goal``, ``last_result``, ``attainment`` (last
        year), ``goal`` (this year's), ``original`` (before it was changed during the year),
        ``base`` (last year's result made whole, as the goal rests on it),
        ``growth`` (goal over base, a fraction), ``reps``,
        ``agreed`` (number of reps whose goal is agreed), ``state`` in words. Whole minor units; empty where
        there is nothing yet.
    total
        The same columns for the company, one row.
    months
        First and last month of last year that have results.
    assumptions
        How many assumptions are in force.
    scenarios
        How many scenarios are in use beside the plan.
    aims
        How many goals are stated on other metrics than revenue.
    talks, promised, judged
        How many conversations of the year were recorded, and how many actions are open.
    plans
        How many territory plans were written.
    told
        Last month of the year itself that has results; empty before it begins.
    """

    territories: pd.DataFrame
    total: pd.DataFrame
    months: tuple[str, str]
    assumptions: int
    scenarios: int
    aims: int
    talks: int
    promised: int
    plans: int
    told: str
    judged: int

    @property
    def done(self) -> dict[str, str]:
        """Say for each step how far it is, in words; empty if it was not begun."""
        row = self.total.iloc[0]
        begun = pd.notna(row["goal"])
        return {
            "history": f"{self.months[0]} to {self.months[1]}",
            "assumptions": f"{self.assumptions} in force" if self.assumptions else "",
            "what_if": f"{self.scenarios} beside the plan" if self.scenarios else "The plan alone",
            "goals": "Split to every rep" if begun else "",
            "takes": f"{self.aims} goals beside revenue" if self.aims else "",
            "negotiation": f"{row['agreed']} of {row['reps']} agreed" if begun else "",
            "plans": f"{self.plans} written" if self.plans else "",
            "tracking": f"Results to {self.told}" if self.told else "",
            "checkpoints": f"{self.talks} recorded" if self.talks else "",
            "week": f"{self.promised} actions open" if self.promised else "",
            "evaluation": f"{self.judged} shared" if self.judged else "",
        }


@unchanged("overview")
def overview(context: Context) -> Overview:
    """Say where every territory stands that is the business of who is asking."""
    with open_history(context.settings) as history:
        fiscal = context.calendar.months(context.year - 1)
        _, last = results.months_in(history)
        months = (fiscal[0], min(fiscal[-1], last))
        places = results.territories(history)
        past = {
            name: attained.attainment(history, context.calendar, "revenue", by, *months)
            for name, by in (("territory", ["territory"]), ("company", []))
        }
    with plan(context.settings) as database, database.reading() as connection:
        assumed = len(assumed_store.assumptions(connection, context.year, context.scenario))
        known = assumed_store.scenarios(connection, context.year).values()
        aims = len(aim_store.aims(connection, context.year, context.scenario))
        talks = len(documents.documents(connection, context.year, context.scenario, "checkpoint"))
        plans = len(documents.documents(connection, context.year, context.scenario, "territory_plan"))
        promised = documents.documents(connection, context.year, context.scenario, "action")
        over = context.year if last >= context.calendar.months(context.year)[0] else context.year - 1
        judged = len(documents.documents(connection, over, context.scenario, "evaluation"))
        number = books.find(connection, context.year, context.scenario)
        standing = None
        if number is not None:
            tree, entries = posted(connection, number)
            states = {rep: thread.state for rep, thread in records.threads(connection, number).items()}
            standing = _standing(tree, entries, states)
    rows = places.merge(_last_year(past["territory"]), on="territory", how="left")
    total = _last_year(past["company"]).assign(territory=context.settings.company, region=None)
    beside = sum(not each.archived for each in known) - 1
    whole = _with_goals(total, standing, "company")
    waits = sum(each.body["state"] == "open" for each in promised)
    mine = territories(context)
    rows = rows if mine is None else rows[rows["territory"].isin(mine)].reset_index(drop=True)
    told = last if last >= context.calendar.months(context.year)[0] else ""
    return Overview(
        _with_goals(rows, standing), whole, months, assumed, beside, aims, talks, waits, plans, told, judged
    )


def _last_year(table: pd.DataFrame) -> pd.DataFrame:
    kept = [name for name in ("territory", "goal", "result", "attainment") if name in table]
    return table[kept].rename(columns={"goal": "last_goal", "result": "last_result"})


def _standing(tree: Owners, rows: pd.DataFrame, states: dict[str, str]) -> pd.DataFrame:
    """Count goals and agreements by territory, and for the company under the name ``company``."""
    carried = ledger.assigned(tree, rows).set_index("owner")["assigned"]
    original = originals.originals(tree, rows).set_index("owner")["original"]
    rests_on = ledger.assigned(tree, rows[rows["step"].isin(baseline.STEPS)]).set_index("owner")["assigned"]
    positions = tree.positions.assign(state=tree.positions["rep"].map(lambda rep: states.get(rep, "not started")))
    found = []
    for key, owner, mine in (
        ("company", "company", positions),
        *((str(name), f"territory:{name}", part) for name, part in positions.groupby("territory")),
        *((name, f"territory:{name}", positions[:0]) for name in _without_positions(tree)),
    ):
        people = mine.drop_duplicates("rep")["state"]
        agreed, begun = int((people == "agreed").sum()), int((people != "not started").sum())
        told = _told(len(people), agreed, begun)
        sums = (int(each[owner]) for each in (carried, original, rests_on))
        found.append((key, *sums, len(people), agreed, told))
    return pd.DataFrame(found, columns=_STANDING)


def _without_positions(tree: Owners) -> list[str]:
    territories = tree.frame.loc[tree.frame["kind"] == "territory", "territory"]
    return sorted(set(territories) - set(tree.positions["territory"]))


def _told(reps: int, agreed: int, begun: int) -> str:
    if reps == 0:
        return "Nobody to carry it"
    if agreed == reps:
        return "Agreed"
    return f"{agreed} of {reps} agreed" if begun else "Goals set"


def _with_goals(rows: pd.DataFrame, standing: pd.DataFrame | None, key: str = "") -> pd.DataFrame:
    columns = ["territory", "region", "last_goal", "last_result", "attainment"]
    rows = rows.reindex(columns=columns)
    keys = pd.Series(key, rows.index) if key else rows["territory"]
    found = pd.DataFrame(columns=_STANDING) if standing is None else standing
    joined = rows.assign(key=keys).merge(found, on="key", how="left").drop(columns="key")
    whole = dict.fromkeys(("goal", "original", "base", "reps", "agreed"), "Int64")
    joined = joined.astype({**whole, "state": "str"})
    joined["state"] = joined["state"].fillna("No goals yet")
    base = joined["base"].astype("Float64")
    return joined.assign(growth=joined["goal"].astype("Float64") / base.where(base > 0) - 1)
