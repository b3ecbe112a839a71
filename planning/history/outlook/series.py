"""Monthly series of a metric, from the company down to each position, and by product line.

The tree is company, region, territory, position (one rep in one territory). Results of people who have left, or whose
assignment to the territory has ended, stand in the series of whoever serves the account now, by the rule that the
goals follow: the last of those still here to have sold to it. Accounts that nobody here has sold to stay with the
territory, as its *unassigned* accounts. So the series of a position says what the accounts that it holds today have
brought, and every level adds up to all results.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from planning.amounts import Whole
from planning.errors import HistoryError
from planning.history.engine import History
from planning.history.relations import columns_of
from planning.history.sums import told_by
from planning.metrics import Metric
from planning.periods import FiscalCalendar, add_months, first_day, last_day, month_range

COMPANY = "company"
UNASSIGNED = "unassigned"
LINE = "product_line"
LEAVES = ("position", UNASSIGNED)
NO_LINE = "No product line"
NODE = ("node", "parent", "level", "name", "territory", "rep", "product_line")
"""What identifies a node: its id, the id it is part of, its level, its name, and what it is made of."""

_RANK = {COMPANY: 0, "region": 1, "territory": 2, "position": 3, UNASSIGNED: 3, LINE: 4}
"""Order of the levels in a panel: parents before children, positions and what is unassigned by territory alike."""

_MONTHS_OF_PACE = 12
_QUIET_DAYS = 2
_SERVED = {"opportunities": "coalesce(fact.opened, fact.closed)"}
"""The day that tells who served an account last, where metrics of one table count by different days: the parts of a
ratio must stand with the same people."""
_PRODUCTS = "left join products on products.product = fact.product"
_REPEATS = "order_id not in (select order_id from one_offs)"


@dataclass(frozen=True)
class Panel:
    """The series of all nodes over the same months.

    Parameters
    ----------
    nodes
        A row a node, columns `NODE`; parents before children, product lines last.
    values
        Whole minor units or counts; a row a node, a column a month. Months without rows are 0.
    months
        ISO months, without gaps.
    left_out
        Sentences on what the series leave out; empty if nothing.
    """

    nodes: pd.DataFrame
    values: Whole
    months: list[str]
    left_out: list[str]

    def places(self, *levels: str) -> np.ndarray:
        """Rows of the nodes of some levels."""
        return np.flatnonzero(self.nodes["level"].isin(levels))

    def summing(self) -> np.ndarray:
        """Say which leaves each node of the tree is the sum of: a row a node but product lines, a column a leaf."""
        tree = self.nodes[self.nodes["level"] != LINE].reset_index(drop=True)
        leaf = tree.index[tree["level"].isin(LEAVES)]
        row_of = {node: row for row, node in enumerate(tree["node"])}
        parent = [row_of.get(name, -1) for name in tree["parent"]]
        matrix = np.zeros((len(tree), len(leaf)))
        for column, row in enumerate(leaf):
            while row >= 0:
                matrix[row, column] = 1.0
                row = parent[row]
        return matrix


def panel(history: History, calendar: FiscalCalendar, measured: Metric, year: int) -> Panel:
    """Build the series of an additive metric, as known before a fiscal year begins.

    Parameters
    ----------
    history, calendar
        The history, and the calendar that says which days are worked.
    measured
        Additive metric of the catalogue.
    year
        Fiscal year to plan; nothing from its first day on is looked at.

    Raises
    ------
    HistoryError
        If the metric has no results before the year.
    """
    begins = first_day(calendar.months(year)[0])
    last, left_out = _last_whole_month(history, calendar, measured, begins)
    rows = history.rows(_query(measured), begins=begins, ends=last_day(last))
    if rows.empty:
        raise HistoryError(f"{measured.label} has no results before FY{year}, so there is nothing to go by.")
    months = month_range(_month(rows["number"].min()), last)
    column = (rows["number"] - rows["number"].min()).to_numpy(np.intp)
    nodes, members = _tree(history, rows)
    values = np.zeros((len(nodes), len(months)), np.int64)
    row_of = pd.Series(np.arange(len(nodes)), nodes["node"])
    for ids in members:
        np.add.at(
            values, (row_of[ids].to_numpy(), column[ids.index]), rows.loc[ids.index, "amount"].to_numpy(np.int64)
        )
    return Panel(nodes, values, months, [*left_out, *_one_offs(history, measured, begins)])


def together(one: Panel, other: Panel) -> tuple[Panel, Panel]:
    """Give two panels over the months and the nodes that either tells; a node that one does not tell is 0 in it.

    Months end with the earlier of their last ones.
    """
    last = min(one.months[-1], other.months[-1])
    months = month_range(min(one.months[0], other.months[0]), last)
    nodes = pd.concat([one.nodes, other.nodes]).drop_duplicates("node")
    order = sorted(range(len(nodes)), key=lambda row: (_RANK[nodes["level"].iloc[row]], nodes["node"].iloc[row]))
    ordered = nodes.iloc[order].reset_index(drop=True)
    return _over(one, ordered, months), _over(other, ordered, months)


def _over(seen: Panel, nodes: pd.DataFrame, months: list[str]) -> Panel:
    table = pd.DataFrame(seen.values, index=seen.nodes["node"], columns=seen.months)
    values = table.reindex(index=nodes["node"], columns=months, fill_value=0).to_numpy()
    return Panel(nodes, values, months, seen.left_out)


def _last_whole_month(
    history: History, calendar: FiscalCalendar, measured: Metric, begins: date
) -> tuple[str, list[str]]:
    """Give the last month to go by, and a sentence if the one after it is loaded but not whole.

    A month counts as whole if no more working days follow its last entry than followed the last entry of any of the
    twelve months before it, or than two: a quiet last day is usual, a quiet last week is a month that still runs.
    """
    rows = history.rows(
        f"select {_number(measured.date)} as number, max({measured.date}) as latest from {measured.table} "
        f"where {measured.date} < $begins group by 1 order by 1",
        begins=begins,
    )
    if rows.empty:
        raise HistoryError(f"{measured.label} has no results before {begins:%Y-%m-%d}, so there is nothing to go by.")
    latest = [pd.Timestamp(day).date() for day in rows["latest"]]
    gaps = [calendar.working_days(day + timedelta(days=1), last_day(f"{day:%Y-%m}")) for day in latest]
    last, usual = f"{latest[-1]:%Y-%m}", max([_QUIET_DAYS, *gaps[-_MONTHS_OF_PACE - 1 : -1]])
    if len(gaps) == 1 or gaps[-1] <= usual:
        return last, []
    said = (
        f"{last} is left out, it is not whole yet: its last entry is of {latest[-1]:%Y-%m-%d}, "
        f"{gaps[-1]} working days before its end; at most {usual} are usual."
    )
    return add_months(last, -1), [said]


def _query(measured: Metric) -> str:
    """Write the query for the metric by who serves the account now, territory, product line and month."""
    table, day = measured.table, f"fact.{measured.date}"
    served = _SERVED.get(table, day)
    territory = "fact.territory" if told_by(table, "territory") else "''"
    customer = "coalesce(fact.customer, '')" if told_by(table, "customer") else "''"
    line, join = "cast(null as varchar)", ""
    if told_by(table, LINE):
        line, join = f"coalesce(products.product_line, '{NO_LINE}')", _PRODUCTS
    repeats = f"and {_REPEATS}" if _has_one_offs(table) else ""
    return f"""
with fact_rows as (
    select fact.rep, {territory} as territory, {customer} as customer, {line} as product_line,
           {_number(day)} as number, {measured.expression} as amount
    from {table} as fact {join}
    where {day} <= $ends {repeats}
),
gone as (
    select territory, rep from assignments
    group by territory, rep having count(*) = count(effective_to) and max(effective_to) < $begins
),
served as (
    select fact.rep, {territory} as territory, {customer} as customer, max({served}) as latest
    from {table} as fact
    where {served} <= $ends
    group by 1, 2, 3
),
here as (
    select distinct served.territory, served.rep from served
    join people on people.rep = served.rep
    left join gone on gone.rep = served.rep and gone.territory = served.territory
    where gone.rep is null and (people."left" is null or people."left" >= $begins)
),
holders as (
    select served.territory, served.customer, served.rep, row_number() over (
        partition by served.territory, served.customer order by served.latest desc, served.rep
    ) as place
    from served join here on here.rep = served.rep and here.territory = served.territory
    where served.customer <> ''
)
select coalesce(here.rep, holders.rep, '') as rep, fact_rows.territory, fact_rows.product_line, fact_rows.number,
       cast(sum(fact_rows.amount) as bigint) as amount
from fact_rows
left join here on here.rep = fact_rows.rep and here.territory = fact_rows.territory
left join holders on holders.place = 1 and holders.territory = fact_rows.territory
                  and holders.customer = fact_rows.customer
where fact_rows.amount is not null
group by 1, 2, 3, 4
order by 1, 2, 3, 4
"""


def _number(day: str) -> str:
    """Write the number of the month that a day lies in, counted from the year 0."""
    return f"cast(extract(year from {day}) * 12 + extract(month from {day}) - 1 as bigint)"


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _has_one_offs(table: str) -> bool:
    return "order_id" in columns_of(table)


def _one_offs(history: History, measured: Metric, begins: date) -> list[str]:
    """Say how many one-off orders are left out."""
    if not _has_one_offs(measured.table):
        return []
    sql = f"select count(distinct order_id) as orders from {measured.table} where {measured.date} < $begins and not "
    count = int(history.rows(sql + _REPEATS, begins=begins)["orders"].iloc[0])
    if count < 2:
        return ["One one-off order is left out: it will not come again."] * count
    return [f"{count:,} one-off orders are left out: they will not come again."]


def _tree(history: History, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[pd.Series]]:
    """Give the nodes, and for each level the id of the node that each row belongs to, where it has one."""
    known = history.rows("select territory, region from territories where region is not null order by territory")
    region = rows["territory"].map(dict(zip(known["territory"], known["region"], strict=True))).astype("str")
    company = pd.Series(COMPANY, rows.index)
    in_region = ("region:" + region).dropna()
    in_territory = ("territory:" + rows["territory"]).where(rows["territory"] != "").dropna()
    leaf = ("position:" + rows["territory"] + ":" + rows["rep"]).where(
        rows["rep"] != "", f"{UNASSIGNED}:" + rows["territory"]
    )
    line = ("product_line:" + rows[LINE]).dropna()
    above_territory = in_region.reindex(rows.index).fillna(COMPANY)
    above_leaf = in_territory.reindex(rows.index).fillna(COMPANY)
    kind = pd.Series("position", rows.index).where(rows["rep"] != "", UNASSIGNED)
    name = rows["rep"].where(rows["rep"] != "", "Unassigned")
    levels = [
        (company, "", COMPANY, COMPANY, "", "", ""),
        (in_region, COMPANY, "region", region, "", "", ""),
        (in_territory, above_territory, "territory", rows["territory"], rows["territory"], "", ""),
        (leaf, above_leaf, kind, name, rows["territory"], rows["rep"], ""),
        (line, COMPANY, LINE, rows[LINE], "", "", rows[LINE]),
    ]
    frames = [_level(rows, level) for level in levels]
    return pd.concat(frames, ignore_index=True), [level[0] for level in levels]


def _level(rows: pd.DataFrame, columns: tuple[pd.Series | str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(dict(zip(NODE, columns, strict=True)), index=rows.index)
    return frame.dropna(subset="node").drop_duplicates("node").sort_values("node")
