"""Targeting tested on who bought before: what the accounts that come first brought in the year that followed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.plans.criteria import CRITERIA, PROMISE
from planning.plans.targeting import CLASSES

PARTS = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Parts of the list that are looked at."""
SHOWN = 0.2
"""Part of the list that the verdict is about."""
FEW = 5
"""Prospects who bought below which nothing is said of them."""
MATTERS = 0.01
"""Difference of a share below which two rankings are called the same."""

METHOD = (
    "The accounts are scored with what was known at the end of the year before; then it is added up what those at "
    "the top of the list brought in the year that followed. Ranking by last year's sales alone is the yardstick, "
    "and the list in the order of what came the best that was possible. Growth is what accounts bought more than "
    "the year before; what others bought less is not taken off. Accounts that were not known then are in the "
    "whole, so that no list reaches all of it."
)


@dataclass(frozen=True)
class Trial:
    """How good a targeting would have been.

    Parameters
    ----------
    parts
        A row a part of the list: ``part``, ``accounts``; the share of the year's ``revenue`` and ``growth`` that it
        brought by score, the same by promise alone (``revenue_by_promise``, ``growth_by_promise``), by last year's
        sales alone (``revenue_by_sales``, ``growth_by_sales``) and at best (``revenue_best``, ``growth_best``).
    classes
        A row a class: ``priority``, ``accounts``, ``revenue``, ``growth`` (minor units), their shares
        ``revenue_share`` and ``growth_share``, ``stayed`` (part of its accounts that bought).
    alone
        A row a criterion: ``criterion``, and the shares of ``revenue`` and ``growth`` that the top fifth by it alone
        brought; empty where nothing is known of it.
    prospects
        A row a rank of the prospects: ``rank``, ``prospects``, ``won`` of them, ``rate``; empty with too few.
    unknown
        Share of the year's revenue from accounts that were not known then.
    """

    parts: pd.DataFrame
    classes: pd.DataFrame
    alone: pd.DataFrame
    prospects: pd.DataFrame
    unknown: float

    @property
    def says(self) -> str:
        """Say whether the weights are any good."""
        row = self.parts.set_index("part").loc[SHOWN]
        told = []
        for name in ("revenue", "growth"):
            own, sales = row[name], row[f"{name}_by_sales"]
            if np.isnan(own) or np.isnan(sales):
                continue
            more = own - sales
            said = "as much as" if abs(more) < MATTERS else "more than" if more > 0 else "less than"
            told.append(f"{said} last year's sales alone would have found of {name} ({own:.0%} against {sales:.0%})")
        if not told:
            return "There is nothing to hold the list against."
        promise = f" By promise alone it would have found {row['growth_by_promise']:.0%} of growth."
        return f"The first {SHOWN:.0%} of the list would have found {', and '.join(told)}.{promise}"


def trial(accounts: pd.DataFrame, came: pd.Series) -> Trial:
    """Hold a list of accounts against what came.

    Parameters
    ----------
    accounts
        As `planning.plans.targeting.scored` gives them, with what was known then.
    came
        Revenue of the year that followed by customer, minor units.
    """
    sold = accounts["customer"].map(came).fillna(0).clip(lower=0).astype("float64")
    before = accounts["revenue"].astype("float64").clip(lower=0)
    whole = float(came.clip(lower=0).sum())
    strangers = float(came[~came.index.isin(accounts["customer"])].clip(lower=0).sum())
    got = accounts.assign(came=sold, more=(sold - before).clip(lower=0))
    totals = {"revenue": whole, "growth": float(got["more"].sum()) + strangers}
    return Trial(
        _parts(got, totals), _classes(got, totals), _alone(got, totals), _prospects(got),
        strangers / whole if whole else float("nan"),
    )  # fmt: skip


def _share(got: pd.DataFrame, by: pd.Series, part: float, totals: dict[str, float]) -> dict[str, float]:
    """Give the shares that the first of a list brought; ties go by name, so that no order is by chance."""
    order = pd.DataFrame({"by": by, "name": got["customer"]}).sort_values(["by", "name"], ascending=[False, True])
    first = got.loc[order.index[: max(round(len(got) * part), 1)]]
    summed = {"revenue": float(first["came"].sum()), "growth": float(first["more"].sum())}
    return {name: summed[name] / totals[name] if totals[name] else float("nan") for name in summed}


def _parts(got: pd.DataFrame, totals: dict[str, float]) -> pd.DataFrame:
    rows = []
    for part in PARTS:
        own = _share(got, got["score"], part, totals)
        lists = {"promise": got[PROMISE], "sales": got["revenue"].astype("float64")}
        others = {f"{each}_by_{name}": share for name, by in lists.items()
                  for each, share in _share(got, by, part, totals).items()}  # fmt: skip
        best = {
            name: _share(got, got[by], part, totals)[name] for name, by in (("revenue", "came"), ("growth", "more"))
        }
        best = {f"{name}_best": each for name, each in best.items()}
        rows.append({"part": part, "accounts": max(round(len(got) * part), 1), **own, **others, **best})
    return pd.DataFrame(rows)


def _classes(got: pd.DataFrame, totals: dict[str, float]) -> pd.DataFrame:
    rows = []
    for name in CLASSES:
        inside = got[got["priority"] == name]
        sums = {"revenue": inside["came"].sum(), "growth": inside["more"].sum()}
        shares = {f"{each}_share": sums[each] / totals[each] if totals[each] else float("nan") for each in sums}
        stayed = float((inside["came"] > 0).mean()) if len(inside) else float("nan")
        rows.append({"priority": name, "accounts": len(inside), **sums, **shares, "stayed": stayed})
    return pd.DataFrame(rows).astype({"revenue": "int64", "growth": "int64"})


def _alone(got: pd.DataFrame, totals: dict[str, float]) -> pd.DataFrame:
    rows = []
    for name, each in CRITERIA.items():
        points = got[f"points_{name}"].astype("float64")
        known = points.notna().any()
        found = _share(got, points.fillna(-1.0), SHOWN, totals) if known else dict.fromkeys(totals, float("nan"))
        rows.append({"criterion": each.label, **found})
    return pd.DataFrame(rows)


def _prospects(got: pd.DataFrame) -> pd.DataFrame:
    rows = got[got["prospect"]].assign(won=lambda each: each["came"] > 0)
    if rows["won"].sum() < FEW:
        return pd.DataFrame(columns=["rank", "prospects", "won", "rate"])
    found = rows.groupby("rank", as_index=False).agg(prospects=("won", "size"), won=("won", "sum"))
    return found.assign(rate=found["won"] / found["prospects"])
