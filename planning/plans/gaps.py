"""Where a rep lies below peers in what results are made of, and what would answer it.

The result through the pipeline is opportunities opened, times the part of them that come to a presentation, times the
closing ratio, times the size of a deal. A rep whose gap is the closing ratio is helped by work on the closing ratio,
and not by more calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from planning.history.rhythm import Rhythm
from planning.history.shrink import shrunk_means, shrunk_rates

Unit = Literal["percent", "number", "money", "days"]
MATTERS = 0.03
"""Part of the peers' figure below which a difference is none."""
FEWEST_PEERS = 4

METHOD = (
    "Own figures are of the last two years, drawn towards all by how few cases there are; peers is the median of "
    "everybody else in the same role who sold. What closing a gap would bring is the year's expected result with "
    "this one figure as that of the peers, all others as they are."
)


@dataclass(frozen=True)
class Measure:
    """Something that results are made of.

    Parameters
    ----------
    label, unit
        As people call it, and how it is written.
    practice
        What a rep can work on.
    help, way, hours
        What a manager can do about it, how (training, coaching, field day), and what it takes.
    """

    label: str
    unit: Unit
    practice: str
    help: str
    way: str
    hours: int


MEASURES: dict[str, Measure] = {
    "opened": Measure(
        "Opportunities opened a week", "number",
        "Keep two fixed half days a week for opening: list the named accounts and prospects to call beforehand",
        "Plan the week's openings together on Monday, and look at what came of them on Friday", "Coaching", 6),
    "shown": Measure(
        "Presentations of opportunities opened", "percent",
        "Qualify by the same five questions before a presentation is offered, and ask for the next date in each call",
        "Sit in on qualifying calls and go through the questions afterwards", "Coaching", 6),
    "closing": Measure(
        "Closing ratio", "percent",
        "Prepare each presentation with who decides, by what and until when; rehearse the answers to the three usual "
        "objections",
        "Come along to presentations, one a month, and go through the lost deals of the quarter together",
        "Field day", 24),
    "size": Measure(
        "Deal size", "money",
        "Offer the whole range in each proposal: one option above what was asked for, with its reason",
        "Training on offering in three options; read two proposals a month before they leave", "Training", 8),
    "cycle": Measure(
        "Days from opening to the win", "days",
        "Agree the next step and its day at the end of each meeting; call deals that have not moved for three weeks",
        "Go through deals that stand still, every second week", "Coaching", 8),
    "kept": Measure(
        "Customers kept", "percent",
        "Call every account that has not ordered for two months; a review with each must keep account a quarter",
        "Visit the must keep accounts along with the rep, twice a year", "Field day", 16),
    "alike": Measure(
        "Sales of what customers alike buy", "percent",
        "Take the two product lines that an account does not buy yet to each visit, with what customers alike do",
        "Training on the product lines that are sold least here; choose the accounts together", "Training", 8),
}  # fmt: skip


def labels() -> dict[str, Measure]:
    """Give the measures by their label, as plans name them."""
    return {each.label: each for each in MEASURES.values()}


def gaps(found: Rhythm, accounts: pd.DataFrame, rep: str, role: Sequence[str], weeks: float) -> pd.DataFrame:
    """Say where a rep lies below peers.

    Parameters
    ----------
    found
        How people work.
    accounts
        All accounts, as `planning.plans.criteria.figures` gives them.
    rep, role
        Whose gaps, and everybody in the same role.
    weeks
        Working weeks of the rep in the year.

    Returns
    -------
    A row a measure that is known, the largest gap first: ``measure`` (key of `MEASURES`), ``own``, ``peers``
    (median), ``worth`` (minor units that closing it would bring; 0 where the rep is not below, empty where it has no
    price) and ``below``.
    """
    own = pd.concat([_pipeline(found), _customers(accounts)], axis=1)
    peers = own[own.index.isin(role) & (own.index != rep)]
    if rep not in own.index or len(peers) < FEWEST_PEERS:
        return pd.DataFrame(columns=["measure", "own", "peers", "worth", "below"])
    table = pd.DataFrame({"own": own.loc[rep], "peers": peers.median()}).dropna()
    fewer = table.index == "cycle"
    ratio = (table["peers"] / table["own"].where(table["own"] > 0)).fillna(1.0)
    below = np.where(fewer, ratio < 1 - MATTERS, ratio > 1 + MATTERS)
    worth = (ratio - 1).clip(lower=0) * table.index.map(_worth(found, accounts, rep, weeks).get).astype("float64")
    table = table.assign(worth=worth.where(below, 0.0).round().astype("Int64"), below=below)
    return table.rename_axis("measure").reset_index().sort_values(
        ["below", "worth"], ascending=False, na_position="last", ignore_index=True
    )  # fmt: skip


def _pipeline(found: Rhythm) -> pd.DataFrame:
    """Give what the pipeline's result is made of, a column a measure."""
    if not found.pipeline:
        return pd.DataFrame(index=found.reps.index)
    first, reach = found.steps[0], found.reach
    shown = "presented" if "presented" in found.steps else first
    there = found.reps["weeks"] > 0
    parts = {"opened": found.per_week[first], "closing": reach[shown], "size": found.reps["deal_size"],
             "cycle": found.lags[first]}  # fmt: skip
    parts |= {"shown": reach[first] / reach[shown]} if shown != first else {}
    return pd.DataFrame(parts).astype("float64")[there]


def _customers(accounts: pd.DataFrame) -> pd.DataFrame:
    """Give what the accounts' result is made of, a column a measure."""
    mine = accounts[accounts["rep"] != ""].astype({"revenue": "float64", "before": "float64"})
    kinds = mine.groupby(["segment", "tier"])["revenue"]
    told = {"sold": mine["revenue"], "usual": kinds.transform("mean"), "chance": kinds.transform("var")}
    sums = pd.DataFrame(told).groupby(mine["rep"]).sum()
    usual = sums["usual"].where(sums["usual"] > 0)
    # The chance in a ratio is how much single customers of a kind differ, in proportion to what is usual.
    drawn = shrunk_means(sums["sold"] / usual, (sums["chance"] / usual**2).fillna(np.inf))["value"].to_numpy()
    table = pd.DataFrame({"alike": drawn}, sums.index)
    bought = mine[mine["before"] > 0]
    stays = bought.assign(stays=bought["customer_now"]).groupby("rep")["stays"].agg(["sum", "count"])
    if len(stays):
        table["kept"] = pd.Series(shrunk_rates(stays["sum"], stays["count"])["value"].to_numpy(), stays.index)
    return table


def _worth(found: Rhythm, accounts: pd.DataFrame, rep: str, weeks: float) -> dict[str, float]:
    """Give the yearly money that each measure is a factor of, minor units; none for what has no price."""
    mine = accounts[accounts["rep"] == rep].astype({"revenue": "float64", "before": "float64"})
    priced = {
        "alike": float(mine["revenue"].sum()),
        "kept": float(mine["before"].where(mine["customer_now"], 0).sum()),
    }
    if not found.pipeline or rep not in found.reps.index:
        return priced
    first = found.steps[0]
    won = found.per_week.at[rep, first] * weeks * found.reach.at[rep, first] * found.reps.at[rep, "deal_size"]
    return priced | dict.fromkeys(("opened", "shown", "closing", "size"), float(won))
