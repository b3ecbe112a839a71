"""The market: its size and growth, our share of it, and what share and size did to our sales.

Sales are size times share. The change of sales from one year to the next is what the size did, valued at the mean of
the two shares, and what the share did, valued at the mean of the two sizes (Bennet 1920, as everywhere in the account
of a difference): the two add up exactly.
"""

from typing import Literal

import numpy as np
import pandas as pd

from planning.history.engine import History
from planning.history.shrink import best_quarter
from planning.history.sums import Sums
from planning.periods import FiscalCalendar

FEWEST_KNOWN = 4
"""Territories whose market must be known before that of others is estimated from them."""
STATED, ESTIMATED, UNKNOWN = "stated", "estimated", "unknown"

RULES = (
    "Share is our sales of the fiscal year over the size of the market; what the history brings is taken as it is.",
    "Where a size is not known, it is estimated as our sales over the share of all territories that are known, if at "
    f"least {FEWEST_KNOWN} are; it says nothing on share then, and is marked. Else it is left out.",
    "Potential is what our share would bring if it were that of the best quarter of the territories that are known.",
)

COLUMNS = (
    "territory", "size", "growth", "sales", "share", "share_before", "size_effect", "share_effect", "potential",
    "competitors", "positioning", "evidence", "basis",
)  # fmt: skip


def size_and_share(
    before: tuple[float, float], now: tuple[float, float], valued_at: Literal["mean", "base"] = "mean"
) -> tuple[float, float]:
    """Take the change of size times share apart.

    Parameters
    ----------
    before, now
        Size and share.
    valued_at
        ``mean`` of both years; or ``base``: size at the share before, share at the size now, as the textbooks do it
        (Horngren, Cost Accounting).

    Returns
    -------
    What size and what share did; they add up to the change.

    Examples
    --------
    A market of 500,000 instead of 444,000, a share of 23% instead of 25%, a margin of 125.10 a unit:

    >>> size, share = size_and_share((444_000, 0.25), (500_000, 0.23), "base")
    >>> round(size * 125.10), round(share * 125.10)
    (1751400, -1251000)
    """
    grown, gained = now[0] - before[0], now[1] - before[1]
    if valued_at == "base":
        return grown * before[1], gained * now[0]
    return grown * (before[1] + now[1]) / 2, gained * (before[0] + now[0]) / 2


def market(history: History, calendar: FiscalCalendar, year: int) -> pd.DataFrame:
    """Give the market of a fiscal year by territory.

    Parameters
    ----------
    history, calendar, year
        The fiscal year; its sales are held against its market.

    Returns
    -------
    A row a territory, and one with an empty ``territory`` for the company: columns `COLUMNS`. ``size``, ``sales``,
    ``size_effect``, ``share_effect`` (of the change of sales over the year before) and ``potential`` in whole minor
    units, ``growth``, ``share`` and ``share_before`` as fractions, empty where not known; ``basis`` is `STATED`,
    `ESTIMATED` or `UNKNOWN`. Effects of the company are those of its territories added up, if each has them. Empty if
    the history tells no market at all.
    """
    stated = history.rows(_MARKETS, year=year, before=year - 1)
    if stated.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    now, before = (_sizes(stated, each) for each in (year, year - 1))
    sales, sales_before = (_sales(history, calendar, each) for each in (year, year - 1))
    names = history.rows("select territory from territories order by territory")["territory"]
    table = pd.DataFrame(index=pd.Index(names, name="territory"))
    table["size"] = now["size"].reindex(table.index)
    table["sales"] = sales.reindex(table.index).fillna(0)
    size_before = before["size"].reindex(table.index)
    table["growth"] = now["growth"].reindex(table.index)
    told = (table["size"] / size_before.where(size_before > 0) - 1).where(size_before.notna())
    table["growth"] = table["growth"].fillna(told)
    table["share"] = table["sales"] / table["size"].where(table["size"] > 0)
    table["size_before"] = size_before
    table["sales_before"] = sales_before.reindex(table.index).fillna(0)
    table["share_before"] = table["sales_before"] / size_before.where(size_before > 0)
    # Rounded by territory, so that the company is the sum of what is shown.
    table["size_effect"] = ((table["size"] - size_before) * (table["share"] + table["share_before"]) / 2).round()
    table["basis"] = np.where(table["size"].notna(), STATED, UNKNOWN)
    for name in ("competitors", "positioning", "evidence"):
        table[name] = now[name].reindex(table.index).fillna("")
    return _finished(_with_company(_estimated(table)))


def _sizes(stated: pd.DataFrame, year: int) -> pd.DataFrame:
    """Give a row a territory: its own, or what its product lines add up to if the size of each is known."""
    rows = stated[(stated["year"] == year) & (stated["territory"] != "")]
    whole = rows[rows["product_line"] == ""].set_index("territory")
    lines = rows[(rows["product_line"] != "") & ~rows["territory"].isin(whole.index)]
    lines = lines.assign(**{name: lines[name].astype("float64") for name in ("size", "growth")})
    # Growth of the whole is told by the sizes it comes from; a mean would count a small line as much as a large one.
    lines["from"] = lines["size"] / (1 + lines["growth"]).where(lines["growth"] > -1)
    texts = dict.fromkeys(("competitors", "positioning", "evidence"), "first")
    grouped = lines.groupby("territory")
    # One line without a figure leaves the whole without one.
    sums = grouped[["size", "from"]].sum().where(grouped[["size", "from"]].count().eq(grouped.size(), axis=0))
    growth = sums["size"] / sums["from"].where(sums["from"] > 0) - 1
    added = grouped.agg(texts).assign(size=sums["size"], growth=growth)
    found = pd.concat([whole, added]) if len(added) else whole
    return found.astype({"size": "float64", "growth": "float64"})


def _sales(history: History, calendar: FiscalCalendar, year: int) -> pd.Series:
    months = calendar.months(year)
    asked = Sums("orders", {"sales": "amount"}, ["territory"], "date", months[0], months[-1])
    return history.sums(asked).set_index("territory")["sales"].astype("float64")


def _estimated(table: pd.DataFrame) -> pd.DataFrame:
    """Estimate sizes that are not known, and say what the best quarter's share would bring where they are."""
    known = table[(table["basis"] == STATED) & (table["size"] > 0)]
    if len(known) >= FEWEST_KNOWN:
        share = known["sales"].sum() / known["size"].sum()
        missing = (table["basis"] == UNKNOWN) & (table["sales"] > 0) & (share > 0)
        table.loc[missing, "size"] = table.loc[missing, "sales"] / share
        table.loc[missing, "basis"] = ESTIMATED
        best = best_quarter(known["share"])
        stated = table["basis"] == STATED
        table["potential"] = np.maximum(table["size"] * best, table["sales"]).where(stated)
    else:
        table["potential"] = np.nan
    return table


def _with_company(table: pd.DataFrame) -> pd.DataFrame:
    """Add the company, which is known only if every territory is."""
    basis = (
        UNKNOWN if (table["basis"] == UNKNOWN).any() else ESTIMATED if (table["basis"] != STATED).any() else STATED
    )
    size = table["size"].sum() if basis != UNKNOWN else np.nan
    size_before = table["size_before"].sum(skipna=False) if basis == STATED else np.nan
    whole = {
        "size": size,
        "growth": size / size_before - 1 if size_before > 0 else np.nan,
        "sales": table["sales"].sum(),
        "sales_before": table["sales_before"].sum(),
        "share": table["sales"].sum() / size if basis != UNKNOWN and size > 0 else np.nan,
        "share_before": table["sales_before"].sum() / size_before if size_before > 0 else np.nan,
        "size_effect": table["size_effect"].sum(skipna=False) if basis == STATED else np.nan,
        "basis": basis,
        "competitors": "",
        "positioning": "",
        "evidence": "",
    }
    return pd.concat([pd.DataFrame([whole], index=pd.Index([""], name="territory")), table])


def _finished(table: pd.DataFrame) -> pd.DataFrame:
    # What size did not do, share did: the two add up to the change exactly.
    table["share_effect"] = table["sales"] - table["sales_before"] - table["size_effect"]
    amounts = ("size", "sales", "size_effect", "share_effect", "potential")
    whole = {name: table[name].astype("Float64").round().astype("Int64") for name in amounts}
    return table.assign(**whole).reset_index()[list(COLUMNS)]


_MARKETS = """
select year, coalesce(territory, '') as territory, coalesce(product_line, '') as product_line, size, growth,
       coalesce(competitors, '') as competitors, coalesce(positioning, '') as positioning,
       coalesce(evidence, '') as evidence
from markets
where year = $year or year = $before
order by 1, 2, 3
"""
