"""The first steps of the cascade: last year's result, made whole and handed to those who go on."""

import pandas as pd

from planning.amounts import apportion
from planning.goals.setting.cascade import LEAF, Step, by_month, expected
from planning.periods import FiscalCalendar, add_months

TAKEN_OVER = "taken_over"
MOVED = "moved_account"
"""Step that carries the results of an account to the territory that it belongs to now."""
STEPS = ("last_year", "completion", TAKEN_OVER, MOVED)
"""Steps that together are last year's result, made whole."""
ONE_OFF = "one_off"
"""Step that takes out orders that will not come again, so that nobody is asked for them a second time."""
OUTLOOK = "outlook"
"""Step from last year's result to what the year brings if nothing changes."""


def positions(results: pd.DataFrame, assignments: pd.DataFrame, active: list[str]) -> pd.DataFrame:
    """Who carries a goal where: people who are here, in each territory they cover or have sold in.

    Selling without an assignment makes a position too: credit follows the order, not the list.

    Parameters
    ----------
    results
        Columns ``territory``, ``rep``.
    assignments
        Columns ``territory``, ``rep``: assignments that run into the year to come.
    active
        Reps who are still here.

    Returns
    -------
    Columns ``territory``, ``rep``, each pair once.
    """
    pairs = pd.concat([results[["territory", "rep"]], assignments[["territory", "rep"]]])
    return pairs[pairs["rep"].isin(active)].drop_duplicates().sort_values(["territory", "rep"], ignore_index=True)


def baseline(
    results: pd.DataFrame, places: pd.DataFrame, profiles: pd.DataFrame, calendar: FiscalCalendar, year: int
) -> list[Step]:
    """Give the steps that make up the baseline of a fiscal year, by month.

    - ``last_year``: what each position sold in the year before.
    - ``completion``: months of that year that are not in yet, taken from the same months a year earlier.
    - ``taken_over``: results of people who left, for whoever serves their accounts now; where nobody
      has sold to an account since, it is shared over the territory's positions by what they sold, evenly
      if they sold nothing; a territory with no positions keeps it on its own account.
    - ``moved_account``: results of accounts that belong to another territory now go there, to whoever has sold to
      them since; where nobody has, they are shared over the territory's positions as those of leavers are.
    - ``one_off``: what of all this will not come again, taken out where it stands then.

    Parameters
    ----------
    results
        Columns of `LEAF` with ``rep`` who is credited, ``holder`` who serves the account now (empty if nobody),
        ``year`` the result belongs to, ``month`` of it, ``one_off`` (1 if it will not come again), ``now`` and
        ``now_holder`` (territory that the account belongs to, who sold to it there last) and ``amount`` in whole
        minor units: the year before `year`, and of the year before that the months that the former lacks.
    places
        Positions, as `positions` gives them.
    profiles
        Shares of the year by product, as `by_month` takes them.
    calendar, year
        The fiscal year that the goals are for.
    """
    months = calendar.months(year)
    credited = _credited(results, places)
    last = f"FY{year - 1}"
    begun = results.loc[results["year"] == year - 1, "month"].min()
    since = f", from {begun} on" if begun > calendar.months(year - 1)[0] else ""
    lacking = sorted(add_months(month, 12) for month in set(results.loc[results["year"] == year - 2, "month"]))
    named = {
        "last_year": (f"Result of {last}{since}", f"orders of {last}"),
        "completion": (f"{last} made whole: {', '.join(lacking)} as a year before", f"orders of FY{year - 2}"),
    }
    steps = []
    for (step, leaver), rows in credited.groupby(["step", "leaver"], sort=True):
        annual = rows.groupby(list(LEAF), as_index=False)["amount"].sum()
        reason, source = named.get(str(step), (f"Accounts of {leaver}, who left", f"orders of {last}"))
        steps.append(Step(str(step), reason, source, by_month(annual, profiles, months)))
    steps = sorted(steps, key=lambda each: STEPS.index(each.step))
    away = credited["now"] != credited["territory"]
    there = _moved(credited[away], credited, places)
    more = [
        (MOVED, "Accounts that belong to another territory now", "customers by territory",
         pd.concat([there, credited[away].assign(amount=-credited.loc[away, "amount"])])),
        (ONE_OFF, f"Orders of {last} that will not come again", "one-off orders, as marked",
         pd.concat([credited[~away], there]).query("one_off == 1").assign(amount=lambda rows: -rows["amount"])),
    ]  # fmt: skip
    for step, reason, source, rows in more:
        annual = rows.groupby(list(LEAF), as_index=False)["amount"].sum()
        if annual["amount"].any():
            steps.append(Step(step, reason, source, by_month(annual, profiles, months)))
    return steps


def outlook(steps: list[Step], forecast: pd.DataFrame, lines: pd.DataFrame, reason: str, source: str) -> Step:
    """Give the step from last year's result to what the year brings if nothing changes.

    The months of a territory come to what is forecast of them. Within one, they are split as last year was, each
    product line by how much it grows at the company: single reps are too small to be forecast better than that.

    Parameters
    ----------
    steps
        Steps that make up last year's result.
    forecast
        Columns ``territory``, ``period`` and ``amount`` (whole minor units); a territory without rows stays.
    lines
        Columns ``product`` and ``amount``: the year of each product line.
    reason, source
        Why, and where the figures come from.
    """
    cells = expected(steps)
    grown = _growth_by_line(cells, lines)
    weights = cells["amount"].clip(lower=0) * cells["product"].map(grown).fillna(1.0)
    keys = ["territory", "period"]
    group = cells.groupby(keys, sort=True).ngroup().to_numpy()
    idle = weights.groupby(group).transform("sum") == 0
    now = cells.groupby(keys, sort=True, as_index=False)["amount"].sum()
    found = now.merge(forecast, on=keys, how="left", suffixes=("", "_forecast"))
    told = found["amount_forecast"].notna().to_numpy()[group]
    totals = found["amount_forecast"].fillna(found["amount"]).astype("int64")
    split = apportion(totals.to_numpy(), weights.where(~idle, 1.0).to_numpy(), groups=group)
    change = (split - cells["amount"].to_numpy()) * told
    return Step(OUTLOOK, reason, source, cells.assign(amount=change))


def _growth_by_line(cells: pd.DataFrame, lines: pd.DataFrame) -> pd.Series:
    before = cells.groupby("product")["amount"].sum().astype(float)
    coming = lines.set_index("product")["amount"].astype(float).clip(lower=0)
    return (coming / before.where(before > 0)).dropna()


def _credited(results: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Say for each result in which step it counts and for whom; leavers' results go to those who serve now."""
    stays = results["rep"].isin(set(places["rep"]))
    latest = results["year"].max()
    kept = results[stays].assign(leaver="")
    kept["step"] = (kept["year"] == latest).map({True: "last_year", False: "completion"})
    orphaned = results[~stays].assign(step=TAKEN_OVER, leaver=results.loc[~stays, "rep"])
    here = pd.MultiIndex.from_frame(places[["territory", "rep"]])
    served = pd.MultiIndex.from_frame(orphaned[["territory", "holder"]]).isin(here)
    handed = orphaned[served].assign(rep=orphaned.loc[served, "holder"])
    shared = _shared(orphaned[~served], kept, places)
    return pd.concat([kept, handed, shared], ignore_index=True)


def _moved(away: pd.DataFrame, credited: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Give results of accounts that moved as they stand with the territory that they belong to now."""
    here = pd.MultiIndex.from_frame(places[["territory", "rep"]])
    rows = away.assign(territory=away["now"], rep=away["now_holder"]).reset_index(drop=True)
    served = pd.MultiIndex.from_frame(rows[["territory", "rep"]]).isin(here)
    return pd.concat([rows[served], _shared(rows[~served], credited, places)], ignore_index=True)


def _shared(orphaned: pd.DataFrame, kept: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Share each orphaned result over the positions of its territory by what they sold there."""
    sold = kept.groupby(["territory", "rep"])["amount"].sum().clip(lower=0).rename("sold").reset_index()
    weights = places.merge(sold, how="left").fillna({"sold": 0})
    idle = weights.groupby("territory")["sold"].transform("sum") == 0
    weights["sold"] = weights["sold"].where(~idle, 1)
    rows = orphaned.drop(columns="rep").reset_index(drop=True)
    spread = rows.reset_index(names="piece").merge(weights, on="territory", how="left")
    alone = spread["rep"].isna()
    spread = spread.assign(rep=spread["rep"].fillna(""), sold=spread["sold"].fillna(1.0).where(~alone, 1.0))
    if len(spread):
        spread["amount"] = apportion(rows["amount"].to_numpy(), spread["sold"].to_numpy(), groups=spread["piece"])
    return spread.drop(columns=["piece", "sold"])
