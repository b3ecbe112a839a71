"""Who is there, and for how long: part-years, new people and leavers, within each territory and month.

What a territory's month brings is taken as it is. Its people share it by what they brought, scaled by how long they
are there, a ramping month counted in part. Nobody is surprised by a rule that is not said: `RULES`.
"""

import numpy as np
import pandas as pd

from planning.amounts import Real, apportion
from planning.goals.setting.baseline import MOVED, TAKEN_OVER
from planning.goals.setting.cascade import LEVELS, Step, expected

PRESENCE = "presence"
RULES = (
    "Whoever was there for part of last year is expected to sell as much a month as then, but no more than the "
    "territory's people sell on average, unless it was more already.",
    "Whoever is new, there for less than a quarter as long before and without a result, is expected to sell what the "
    "territory's people sell on average, a ramping month in part.",
    "Whoever was there and sold nothing stays at nothing.",
    "Whoever took accounts over has their whole year, and is not scaled.",
    "Whoever leaves during the year is expected to sell until then; what is left stands with the territory, to be "
    "placed.",
)
_LEAST = 0.02
"""Part of last year that somebody must have been there for their result to say anything."""
_NEW = 0.25
"""Part of the coming presence that somebody without a result may have been there before, and still be new."""
_KEY = ["territory", "rep", "period"]


def presence(steps: list[Step], before: pd.DataFrame, coming: pd.DataFrame, source: str) -> Step | None:
    """Give the step that shares what a territory's months bring by who is there how long.

    Parameters
    ----------
    steps
        From last year's result to the outlook.
    before
        Columns ``territory``, ``rep``, ``ramped``: months that each served last year, ramping ones in part.
    coming
        Columns ``territory``, ``rep``, ``period``, ``ramped``: the same for each month of the year, 0 to 1.
    source
        Where it is known from.

    Returns
    -------
    The step, zero in every territory and month; nothing if everybody is there as long as last year.
    """
    cells = expected(steps)
    places = _places(cells, steps, before, coming)
    wanted = places[(places["rep"] != "") & places["moves"]]
    if wanted.empty:
        return None
    touched = cells.merge(wanted[["territory", "period"]].drop_duplicates(), on=["territory", "period"])
    # Returns stay with whoever has them: they are no share of anything.
    touched = touched[touched["amount"] > 0]
    weighed = _weighed(touched, places, wanted)
    totals = touched.groupby(["territory", "period"], sort=True)["amount"].sum()
    weighed = weighed[weighed["weight"] > 0].sort_values(list(LEVELS), ignore_index=True)
    group = totals.index.get_indexer(pd.MultiIndex.from_frame(weighed[["territory", "period"]]))
    after = weighed.assign(amount=apportion(totals.to_numpy(), weighed["weight"].to_numpy(), groups=group))
    moved = pd.concat([after[[*LEVELS, "amount"]], touched.assign(amount=-touched["amount"])[[*LEVELS, "amount"]]])
    moved = moved.groupby(list(LEVELS), as_index=False)["amount"].sum()
    names = ", ".join(sorted(wanted["rep"].unique())[:6])
    others = wanted["rep"].nunique() - 6
    told = f"{names} and {others} others" if others > 0 else names
    reason = f"Who is there for how long: {told} are new, ramp, or serve a part of the year"
    return Step(PRESENCE, reason, source, moved[moved["amount"] != 0].reset_index(drop=True))


def _places(cells: pd.DataFrame, steps: list[Step], before: pd.DataFrame, coming: pd.DataFrame) -> pd.DataFrame:
    """Give what each position is expected to sell in each month, as it is and as presence would have it."""
    sums = cells.assign(amount=cells["amount"].clip(lower=0)).groupby(_KEY, as_index=False)["amount"].sum()
    table = sums.merge(coming[[*_KEY, "ramped"]], on=_KEY, how="outer")
    table = table.fillna({"amount": 0.0}).astype({"amount": "float64"})
    past = before.set_index(["territory", "rep"])["ramped"] / 12
    told = past.reindex(pd.MultiIndex.from_frame(table[["territory", "rep"]])).to_numpy()
    # A few days tell nothing of what somebody sells.
    table["past"] = np.where(told < _LEAST, 0.0, told)
    year = table.groupby(["territory", "rep"])["amount"].transform("sum")
    known = (year > 0) & (table["past"] > 0) & (table["rep"] != "")
    average = _average(table, known)
    table["wanted"] = _wanted(table, year.to_numpy(), average, _takers(steps))
    # A difference that is only a day's should not move anything.
    table["moves"] = (table["wanted"] - table["amount"]).abs() > 0.005 * np.maximum(average, table["amount"])
    return table


def _average(table: pd.DataFrame, known: pd.Series) -> Real:
    """Give what a person who is there all the time sells in a territory's month; the company's where nobody was."""
    rows = table[known]
    here = rows.groupby(["territory", "period"])[["amount", "past"]].sum()
    everywhere = rows.groupby("period")[["amount", "past"]].sum()
    rate = (here["amount"] / here["past"]).reindex(pd.MultiIndex.from_frame(table[["territory", "period"]]))
    usual = table["period"].map(everywhere["amount"] / everywhere["past"])
    return np.nan_to_num(rate.fillna(usual.set_axis(rate.index)).to_numpy(dtype=float))


def _wanted(table: pd.DataFrame, year: Real, average: Real, takers: set[tuple[str, str]]) -> Real:
    """Scale what each sold by how long they are there now, by `RULES`."""
    amount, past = table["amount"].to_numpy(), table["past"].to_numpy(dtype=float)
    now = table["ramped"].to_numpy(dtype=float)
    took = np.array([pair in takers for pair in zip(table["territory"], table["rep"], strict=True)])
    leaves = np.where(took, np.minimum(np.nan_to_num(now, nan=1.0), 1.0), now)
    rate = np.divide(amount, past, out=np.zeros(len(amount)), where=past > 0)
    more = np.maximum(amount, np.minimum(rate * now, average * now))
    scaled = np.where(now >= np.nan_to_num(past), more, rate * now)
    wanted = np.where(year > 0, np.where(took, amount * leaves, scaled), average * now)
    whole = table.groupby(["territory", "rep"])["ramped"].transform("mean").to_numpy(dtype=float)
    idle = (year <= 0) & (np.nan_to_num(past) >= _NEW * whole)
    settled = np.isnan(now) | idle | ((year > 0) & ~(past > 0) & ~took) | (table["rep"] == "").to_numpy()
    return np.where(settled, amount, wanted)


def _takers(steps: list[Step]) -> set[tuple[str, str]]:
    """Name the positions that took over accounts."""
    rows = [step.cells for step in steps if step.step == TAKEN_OVER]
    rows += [step.cells[step.cells["amount"] > 0] for step in steps if step.step == MOVED]
    if not rows:
        return set()
    found = pd.concat(rows).groupby(["territory", "rep"], observed=True)["amount"].sum()
    return {(str(territory), str(rep)) for territory, rep in found[found > 0].index}


def _weighed(touched: pd.DataFrame, places: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    """Give the weight of each cell: of those who are there, of those who are new, and of what is vacated."""
    factor = places.assign(factor=places["wanted"] / places["amount"].where(places["amount"] > 0))
    cells = touched.merge(factor[[*_KEY, "factor"]], on=_KEY, how="left").fillna({"factor": 1.0})
    stays = cells.assign(weight=cells["amount"] * cells["factor"])
    freed = cells.assign(rep="", weight=cells["amount"] * (1 - cells["factor"]).clip(lower=0))
    profile = touched.groupby(["territory", "period", "product", "channel"], as_index=False)["amount"].sum()
    profile["part"] = profile["amount"] / profile.groupby(["territory", "period"])["amount"].transform("sum")
    new = wanted[wanted["amount"] <= 0][[*_KEY, "wanted"]].merge(
        profile[["territory", "period", "product", "channel", "part"]], on=["territory", "period"]
    )
    fresh = new.assign(weight=new["wanted"] * new["part"])
    rows = pd.concat([each[[*LEVELS, "weight"]] for each in (stays, freed, fresh)], ignore_index=True)
    return rows.groupby(list(LEVELS), as_index=False)["weight"].sum()
