"""Every plan of a rep: as it is kept, else as it is proposed from the data."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import cast

import pandas as pd

from planning.errors import HistoryError, LedgerError, PlansError, unknown_name
from planning.goals.setting import baseline
from planning.history import known, results
from planning.history.engine import open_history
from planning.history.rhythm import Rhythm, rhythm
from planning.periods import add_months, first_day, last_day
from planning.plans import gaps, prefill
from planning.plans.plans import DEVELOPMENT, RELATIONSHIP, SUPPORT, TERRITORY, Development, Plan, Sort
from planning.plans.prefill import Ground
from planning.plans.signing import Stand
from planning.plans.targeting import MUST_EXPAND, MUST_KEEP
from planning.workbook.activity import arithmetic as activity
from planning.workbook.activity.standing import Standing
from planning.workbook.activity.standing import standing as working
from planning.workbook.context import Context
from planning.workbook.goals import book
from planning.workbook.plans import kept
from planning.workbook.plans.kept import Written
from planning.workbook.plans.named import named, refuse_unknown
from planning.workbook.plans.sides import mine, see
from planning.workbook.plans.targeting import Seen, seen


@dataclass(frozen=True)
class Year:
    """What the plans of all reps rest on, read once.

    Parameters
    ----------
    seen
        All accounts, scored.
    goals
        Goals by ``rep``, ``product`` (line) and ``quarter``, minor units; none where no goals were set.
    base
        Last year's result that the goals start from, by rep, minor units.
    work
        What activity is reckoned from; none where no goals were set.
    rhythm, roles
        How people work, and in which role.
    events
        What happened in the year before: ``territory``, ``kind``, ``product``, ``note``.
    """

    seen: Seen
    goals: pd.DataFrame | None
    base: "pd.Series[int]"
    work: Standing | None
    rhythm: Rhythm
    roles: dict[str, str]
    events: pd.DataFrame

    @property
    def reps(self) -> list[str]:
        """Who is there and has accounts, or a goal."""
        carrying = set[str]() if self.goals is None else set(self.goals["rep"])
        served = set(self.seen.accounts["rep"]) & set(self.seen.reps["rep"])
        return sorted(carrying & set(self.seen.reps["rep"]) or served)


def year(context: Context) -> Year:
    """Read what the plans of all reps rest on."""
    found = seen(context)
    goals, base, work = None, pd.Series(dtype="int64"), None
    # Without goals, what they would say is empty, and each plan says so.
    with suppress(LedgerError):
        goals, base = _goals(context)
        work = working(Context(context.settings, context.year, context.scenario))
    with open_history(context.settings) as history:
        how = work.rhythm if work else rhythm(history, context.calendar, sorted(set(found.reps["rep"])))
        roles = results.roles(history)
        events = history.rows(
            "select territory, kind, coalesce(product_line, '') as product, coalesce(note, '') as note from events "
            "where date between $first and $last order by date, event",
            first=first_day(add_months(found.last, -11)),
            last=last_day(found.last),
        )
    return Year(found, goals, base, work, how, roles, events)


def reps(context: Context, on: Year | None = None) -> list[str]:
    """Name the reps whose plans are the business of who is asking, in the territory in view."""
    on = on or year(context)
    inside = on.reps
    if context.territory:
        there = set(on.seen.reps.loc[on.seen.reps["territory"] == context.territory, "rep"])
        inside = [each for each in inside if each in there]
    return mine(context, inside)


def territory_plan(context: Context, rep: str, on: Year | None = None) -> Written:
    """Give the territory plan of a rep as it is kept, else as it is proposed (`any_plan`)."""
    return any_plan(context, TERRITORY, rep, on=on)


def relationship_plan(context: Context, rep: str, customer: str, on: Year | None = None) -> Written:
    """Give the plan for one relationship as it is kept, else as it is proposed (`any_plan`)."""
    return any_plan(context, RELATIONSHIP, rep, customer, on)


def development_plan(context: Context, rep: str, on: Year | None = None) -> Written:
    """Give the development plan of a rep as it is kept, else as it is proposed (`any_plan`)."""
    return any_plan(context, DEVELOPMENT, rep, on=on)


def support_plan(context: Context, rep: str, on: Year | None = None) -> Written:
    """Give the manager's support for a rep as it is kept, else as it is proposed (`any_plan`)."""
    return any_plan(context, SUPPORT, rep, on=on)


def any_plan(context: Context, sort: Sort, rep: str, of: str = "", on: Year | None = None) -> Written:
    """Give a plan as it is kept, else as it is proposed from the data (version 0).

    Parameters
    ----------
    context, sort, rep
        Where one stands, which sort of plan, and whose.
    of
        Account of a relationship plan.
    on
        What the plans rest on, where it was read already.

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    PlansError
        If there is no such rep, or the account is not theirs.
    """
    return kept.find(context, sort, rep, of) or Written(fresh(context, sort, rep, of, on), Stand())


def fresh(context: Context, sort: Sort, rep: str, of: str = "", on: Year | None = None) -> Plan:
    """Fill a plan in from the data as it is now, whatever is kept; parameters and errors as of `any_plan`."""
    on = on or year(context)
    laid = ground(context, rep, on)
    if sort is RELATIONSHIP:
        return _relationship(context, laid, of, on)
    if sort is SUPPORT:
        return prefill.support(laid, cast(Development, development_plan(context, rep, on).plan))
    return prefill.development(laid) if sort is DEVELOPMENT else prefill.territory(laid)


def _relationship(context: Context, laid: Ground, customer: str, on: Year) -> Plan:
    if customer not in set(laid.accounts["customer"]):
        raise PlansError(unknown_name(f"account of {laid.rep}", customer, laid.accounts["customer"]))
    place = str(laid.accounts.set_index("customer").at[customer, "place"])
    said = {each.name: each.proposition for each in on.seen.targeting.segments}.get(place, "")
    return prefill.relationship(laid, customer, _lines(context, on.seen, customer), said)


def relationships(context: Context, rep: str, on: Year | None = None) -> list[str]:
    """Name the accounts of a rep that are must keep or must expand: each is to have a plan."""
    see(context, rep)
    mine_ = (on.seen if on else seen(context)).of(rep)
    return list(mine_.loc[mine_["priority"].isin((MUST_KEEP, MUST_EXPAND)), "customer"])


def ground(context: Context, rep: str, on: Year | None = None) -> Ground:
    """Gather what a rep's plans are filled in from.

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    PlansError
        If there is no such rep.
    """
    see(context, rep)
    on = on or year(context)
    refuse_unknown(on.seen, rep)
    listed = named(context, rep, on.seen)
    own = on.seen.of(rep)
    besides = listed.table[~listed.table["customer"].isin(own["customer"])]
    accounts = pd.concat([own, besides[own.columns]], ignore_index=True)
    places = set(on.seen.reps.loc[on.seen.reps["rep"] == rep, "territory"])
    base = int(on.base.get(rep, 0))
    return Ground(
        rep, f"FY{context.year}", f"FY{context.year - 1}", accounts, listed.names, goal(context, on, rep), base,
        takes(on, rep), _usual(on, rep), on.events[on.events["territory"].isin(places)],
        gaps_of(on, rep), _ends(context), on.seen.targeting, 10**context.settings.minor_digits,
    )  # fmt: skip


def gaps_of(on: Year, rep: str) -> pd.DataFrame:
    """Say where a rep lies below peers in the same role (`planning.plans.gaps.gaps`)."""
    role = on.roles.get(rep, "")
    peers = [name for name, each in on.roles.items() if each == role and name in set(on.seen.reps["rep"])]
    weeks = float(on.work.weeks.get(rep, 0.0)) if on.work else 0.0
    return gaps.gaps(on.rhythm, on.seen.accounts, rep, peers, weeks)


def takes(on: Year, rep: str) -> dict[str, float]:
    """Say what a rep's goal takes in a working week, by kind and step; empty where it cannot be told."""
    if on.work is None or rep not in on.work.goals.index or not on.rhythm.pipeline:
        return {}
    try:
        asked = activity.backwards(on.work, rep).year["a_week"].drop("won", errors="ignore")
    except HistoryError:
        return {}
    return {str(name): float(each) for name, each in asked.items()}


def goal(context: Context, on: Year, rep: str) -> pd.DataFrame:
    """Give a rep's goal by product line and quarter, minor units; empty where no goal was set."""
    quarters = _quarters(context)
    if on.goals is None:
        return pd.DataFrame(columns=quarters)
    cells = on.goals[on.goals["rep"] == rep]
    table = cells.pivot_table(index="product", columns="quarter", values="amount", aggfunc="sum", fill_value=0)
    return table.reindex(columns=quarters, fill_value=0).astype("int64")


def _goals(context: Context) -> tuple[pd.DataFrame, "pd.Series[int]"]:
    """Add up the goals of all reps by product line and quarter, and the results that they start from."""
    tree, rows = book(context)
    cells = rows[rows["metric"] == "revenue"].merge(tree.positions[["owner", "rep"]], on="owner")
    label = {each: context.calendar.label(each, "quarter") for each in context.calendar.months(context.year)}
    table = cells.assign(quarter=cells["period"].map(label)).groupby(["rep", "product", "quarter"], as_index=False)
    base = cells[cells["step"].isin(baseline.STEPS)].groupby("rep")["amount"].sum()
    goals = table["amount"].sum()
    return goals[goals["amount"] != 0], base


def _quarters(context: Context) -> list[str]:
    months = context.calendar.months(context.year)
    return list(dict.fromkeys(context.calendar.label(each, "quarter") for each in months))


def _usual(on: Year, rep: str) -> dict[str, float]:
    if rep not in on.rhythm.per_week.index or on.rhythm.per_week.empty:
        return {}
    return {str(name): float(each) for name, each in on.rhythm.per_week.loc[rep].dropna().items()}


def _lines(context: Context, found: Seen, customer: str) -> pd.DataFrame:
    """Give what an account bought by product line, beside what customers alike who buy the line usually do."""
    with open_history(context.settings) as history:
        sold = known.bought(history, add_months(found.last, -11), found.last)
        lines = list(history.rows("select distinct product_line as line from products order by line")["line"])
    about = found.accounts.set_index("customer")[["segment", "tier"]]
    own = about.loc[customer]
    alike = about[(about["segment"] == own["segment"]) & (about["tier"] == own["tier"])].index
    inside = sold[sold["customer"].isin(alike) & (sold["amount"] > 0)]
    usual = inside.groupby("product")["amount"].median().reindex(lines)
    bought = sold[sold["customer"] == customer].groupby("product")["amount"].sum().reindex(lines, fill_value=0)
    return pd.DataFrame({"product": lines, "amount": bought.to_numpy(), "alike": usual.to_numpy()})


def _ends(context: Context) -> list[date]:
    return [last_day(each) for each in context.calendar.months(context.year)[2::3]]
