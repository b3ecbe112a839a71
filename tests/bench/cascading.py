"""Goals handed down by drivers, and edits of them: against the open package for it, as it grows, and bare arithmetic.

Each function prepares the same made-up company and gives a task; a task gives a few numbers to check its answer by.
`agreement` holds ours and the package's cell by cell: ours are whole cents that add up, the package rounds each
number by itself, so that they are equal within a cent a level.
"""

import tempfile
from collections.abc import Callable
from decimal import Decimal
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measures import Comparison, Record, sample, told

if TYPE_CHECKING:
    import pandas as pd

    from planning.goals.setting.drivers import Split

OF_TERRITORY, REGIONS = 25, 4
QUARTERS = ("Q1", "Q2", "Q3", "Q4")
LEVELS = ("region", "territory", "rep")
WITHIN = 3
"""Cents between ours and the package's in a cell: half of one for its rounding, up to one for each level of ours."""
REP, OTHER, TERRITORY = "Rep 00003", "Rep 00004", "T0000"
PINNED, MOVED = 150, 10
"""Percent of what the rep has that the goal is set to, and that is moved."""

PACKAGE = "b2b-revenue-forecasting"
CASCADES = (
    Comparison("cascade, rep x product x quarter", PACKAGE, "cascading:ours", "cascading:theirs", {"s": 1 / 100}),
)
EDITS = tuple(
    Comparison(name, PACKAGE, f"cascading:our_{task}", f"cascading:their_{task}", {"s": 1 / 50})
    for name, task in (
        ("a goal pinned", "pin"),
        ("an amount transferred", "transfer"),
        ("two cuts fitted", "fit"),
        ("all levels reconciled", "reconcile"),
    )
)
GROWTH = (
    Comparison("ten times the cells: split", "a tenth of them", "cascading:whole", "cascading:tenth", {"s": 13.0}),
    Comparison(
        "ten times the cells: posted, read back", "a tenth of them", "cascading:whole_kept", "cascading:tenth_kept",
        {"s": 13.0, "MB": 13.0},
    ),
)  # fmt: skip
LEVEL = (
    Comparison("one level of the split", "sums, shares, floor, one sort", "cascading:level", "cascading:bare",
               {"s": 3.0}),
)  # fmt: skip

Task = Callable[[], list[int]]

_PARTS = (32, 16, 8, 4, 2, 1)
"""Parts of the reps that the package's edits are tried on, one after the other, until one takes too long."""
_AT_LEAST = 2
"""Sizes that its growth is told from."""


def on_the_whole(reps: str, products: str, patience: float) -> list[Record]:
    """Hold our edits of the whole plan against the package's: measured, or carried on by its own growth.

    The package is tried on larger and larger parts of the plan, until an edit takes longer than one has patience for.
    Its time on the whole plan is then carried on from the last, by the power of the cells with which it grew from the
    one before; the record says so.
    """
    records = []
    for each in EDITS:
        taken = list[tuple[int, float]]()
        for part in _PARTS:
            few = int(reps) // part
            taken.append((few, sample(each.theirs, [str(few), products])["s"]))
            if taken[-1][1] > patience and len(taken) >= _AT_LEAST:
                break
        theirs, how = _carried_on(taken, int(reps))
        ours = sample(each.ours, [reps, products])["s"]
        aim = each.aims["s"]
        name = f"{each.name}, whole plan"
        records.append(Record(name, f"{PACKAGE}, {how}", ours, theirs, "s", ours / theirs, aim, ours / theirs <= aim))
        print(told(records[-1]), flush=True)
    return records


def _carried_on(taken: list[tuple[int, float]], reps: int) -> tuple[float, str]:
    """Give the time on the whole plan, and how it is known."""
    (before, less), (last, most) = taken[-2:]
    if last == reps:
        return most, "measured"
    power = max(log(most / less) / log(last / before), 0.0)
    return most * (reps / last) ** power, f"extrapolated from {last} reps ({most:.1f} s) by the power {power:.2f}"


def hold_equal(reps: str, products: str) -> None:
    """Hold ours and the package's against each other, cell by cell."""
    beyond = sample("cascading:agreement", [reps, products])["answer"]
    if any(beyond):
        raise AssertionError(f"Cells of cascade, transfer, fit and pin that differ by over {WITHIN} cents: {beyond}")


def ours(reps: str, products: str) -> Task:
    """Hand the goals down as the workbook does."""
    made = _Company(int(reps), int(products), QUARTERS)
    made.split()

    def task() -> list[int]:
        goals = made.split().leaves["goal"]
        return [len(goals), round(goals.sum() / 10**6)]

    return task


def theirs(reps: str, products: str) -> Task:
    """Hand them down with the package."""
    made = _Company(int(reps), int(products), QUARTERS)
    made.peer()

    def task() -> list[int]:
        table = made.peer()
        leaves = table.loc[table["is_leaf"], "base_quota"]
        return [len(leaves), round(leaves.sum() / 10**4)]

    return task


def our_pin(reps: str, products: str) -> Task:
    """Set a rep's goal, the team sharing the difference."""
    book = _Book(reps, products)
    return lambda: [_cents(book.pinned(), REP) // 10**5]


def their_pin(reps: str, products: str) -> Task:
    """Set a rep's goal with the package."""
    plan = _Plan(reps, products)
    return lambda: [int(_dollars(plan.pinned(), REP)) // 10**3]


def our_transfer(reps: str, products: str) -> Task:
    """Move an amount between two reps within each product and quarter."""
    book = _Book(reps, products)
    return lambda: [_cents(book.transferred(), OTHER) // 10**5]


def their_transfer(reps: str, products: str) -> Task:
    """Move it with the package."""
    plan = _Plan(reps, products)
    return lambda: [int(_dollars(plan.transferred(), OTHER)) // 10**3]


def our_fit(reps: str, products: str) -> Task:
    """Fit a territory to totals of its products and of its quarters."""
    book = _Book(reps, products)
    return lambda: [_cents(book.fitted(), TERRITORY) // 10**5]


def their_fit(reps: str, products: str) -> Task:
    """Fit it with the package."""
    plan = _Plan(reps, products)
    return lambda: [int(_dollars(plan.fitted(), TERRITORY)) // 10**3]


def our_reconcile(reps: str, products: str) -> Task:
    """Hold every parent against its children, and every product's quarter against what it was given."""
    from planning.goals import ledger

    book = _Book(reps, products)

    def task() -> list[int]:
        carried = ledger.assigned(book.tree, book.rows)
        parents = carried[carried["kind"] != "position"]
        given = book.rows.groupby(["product", "period"])["amount"].sum().rename_axis(["product", "quarter"])
        broken = (parents["assigned"] - parents["allocated"] != 0).sum() + (given - book.company.totals != 0).sum()
        return [int(broken)]

    return task


def their_reconcile(reps: str, products: str) -> Task:
    """Hold them with the package, leaving it the cents that its rounding loses."""
    from b2b_revenue_forecasting.batch import reconcile

    plan = _Plan(reps, products)
    return lambda: [int((~reconcile(plan.table, targets=plan.company.targets(), target_col="target",
                                    tolerance=1.0)["ok"]).sum())]  # fmt: skip


def whole(reps: str, products: str, months: str) -> Task:
    """Split over as many cells as asked for."""
    made = _Company(int(reps), int(products), _months(months))
    return lambda: [int(made.split().leaves["goal"].sum() == made.totals.sum())]


def tenth(reps: str, products: str, months: str) -> Task:
    """Split over a tenth of the reps."""
    return whole(str(int(reps) // 10), products, months)


def whole_kept(reps: str, products: str, months: str) -> Task:
    """Post all cells to the store, and read them back."""
    from planning.goals import ledger
    from planning.store import books
    from planning.store.database import Database

    made = _Company(int(reps), int(products), _months(months))
    tree, rows = made.book(made.split())

    def task() -> list[int]:
        with (
            tempfile.TemporaryDirectory() as folder,
            Database(f"sqlite:///{Path(folder) / 'plan.sqlite'}") as database,
        ):
            with database.writing() as connection:
                book = books.begin(connection, 2027, "plan", tree)
                books.post(connection, book, ledger.place(rows, "Goals of the year", "bench"))
            with database.reading() as connection:
                read = books.entries(connection, book)
        kept = read[read["owner"] != "company"].reset_index(drop=True)
        return [int(kept.equals(rows.astype(kept.dtypes)))]

    return task


def tenth_kept(reps: str, products: str, months: str) -> Task:
    """Post a tenth of the cells."""
    return whole_kept(str(int(reps) // 10), products, months)


def level(cells: str) -> Task:
    """Split one level over groups of cells."""
    from planning.amounts import apportion

    totals, weights, groups = _groups(int(cells))
    return lambda: _told(apportion(totals, weights, groups=groups))


def bare(cells: str) -> Task:
    """Split it with nothing checked: sums, shares, floor, one sort."""
    import numpy as np

    totals, weights, groups = _groups(int(cells))

    def task() -> list[int]:
        sums = np.bincount(groups, weights)
        exact = totals[groups] * (weights / sums[groups])
        parts = np.floor(exact)
        left = totals - np.bincount(groups, parts).astype(np.int64)
        order = np.argsort(groups + 1 - (exact - parts), kind="stable")
        begin = np.searchsorted(groups, np.arange(len(totals)))
        rank = np.arange(len(groups)) - begin[groups]
        parts[order[rank < left[groups]]] += 1
        return _told(parts.astype(np.int64))

    return task


def agreement(reps: str, products: str) -> Task:
    """Count cells of cascade, transfer, fit and pin in which ours and the package's differ."""
    import numpy as np

    book, plan = _Book(reps, products), _Plan(reps, products)

    def beyond(mine: "pd.DataFrame", other: "pd.DataFrame", by: list[str]) -> int:
        ours = mine.groupby(by)["amount"].sum()
        other = other[other["is_leaf"]].rename(columns={"node_id": "name", "quarter": "period"})
        theirs = other.groupby(by)["base_quota"].agg(["sum", "size"]).reindex(ours.index)
        return int((~(np.abs(ours - 100 * theirs["sum"]) <= WITHIN * theirs["size"])).sum())

    def task() -> list[int]:
        cell = ["name", "product", "period"]
        team = plan.fitted()
        return [
            beyond(book.named(book.rows), plan.table, cell),
            beyond(book.transferred(), plan.transferred(), cell),
            beyond(book.fitted(), team, ["product"]) + beyond(book.fitted(), team, ["period"]),
            beyond(book.pinned().query("name == @REP"), plan.pinned().query("node_id == @REP"), ["name"]),
        ]

    return task


class _Company:
    """A made-up company: two metrics by rep and product, totals by product and period."""

    def __init__(self, reps: int, products: int, periods: tuple[str, ...]) -> None:
        import numpy as np
        import pandas as pd

        random = np.random.default_rng(5)
        number = np.arange(reps)
        territories = -(-reps // OF_TERRITORY)
        region = number // OF_TERRITORY * REGIONS // territories
        self.people = pd.DataFrame({
            "region": np.char.mod("R%d", region), "territory": np.char.mod("T%04d", number // OF_TERRITORY),
            "rep": np.char.mod("Rep %05d", number),
        }).astype("str")  # fmt: skip
        names = pd.Series(np.char.mod("P%03d", np.arange(products)), name="product", dtype="str").to_frame()
        self.grid = names.merge(self.people, how="cross")
        self.grid["hist"] = random.integers(1, 10**6, len(self.grid)).astype(float)
        self.grid["seats"] = random.integers(1, 500, len(self.grid)).astype(float)
        of = names.merge(pd.Series(periods, name="quarter", dtype="str").to_frame(), how="cross")
        totals = random.integers(10**8, 10**9, len(of))
        self.totals = pd.Series(totals, pd.MultiIndex.from_frame(of))
        # The order in which a history gives them: by period, product and rep.
        self.cells = pd.concat([self.grid.assign(quarter=each) for each in periods], ignore_index=True)

    def split(self) -> "Split":
        """Hand the totals down with ours."""
        from planning.goals.setting.drivers import Driver, split

        drivers = [Driver("hist"), Driver("seats", weight=Decimal("0.5"))]
        return split(self.totals, self.cells[["product", "quarter", *LEVELS]], self.cells, drivers)

    def peer(self) -> "pd.DataFrame":
        """Hand them down with the package."""
        from b2b_revenue_forecasting import MetricSpec
        from b2b_revenue_forecasting.batch import cascade_many

        metrics = [
            MetricSpec("hist", weight=1.0, columns=["hist"]),
            MetricSpec("seats", weight=0.5, columns=["seats"]),
        ]
        people = self.grid.assign(company="Company")
        taxonomy = ["company", *LEVELS]
        table: pd.DataFrame = cascade_many(people, self.targets(), ["product"], "target", taxonomy, metrics=metrics)[
            0
        ]
        return table

    def targets(self) -> "pd.DataFrame":
        """Give the totals as the package takes them."""
        return (self.totals / 100).rename("target").reset_index()

    def book(self, goals: "Split") -> tuple[Any, "pd.DataFrame"]:
        """Turn goals into owners and entries of a book."""
        from planning.goals import ledger, owners

        territories = self.people[["territory", "region"]].drop_duplicates()
        tree = owners.build(territories, self.people[["territory", "rep"]], "Company")
        leaves = goals.leaves.rename(columns={"quarter": "period", "goal": "amount"})
        leaves = leaves.assign(owner="position:" + leaves["territory"] + ":" + leaves["rep"])
        told = {"metric": "revenue", "step": "driven", "reason": "Results and seats", "source": "bench"}
        return tree, ledger.entries(leaves, **told)


class _Book:
    """Goals as a book of the workbook, and edits of them."""

    def __init__(self, reps: str, products: str) -> None:
        self.company = _Company(int(reps), int(products), QUARTERS)
        self.tree, self.rows = self.company.book(self.company.split())
        self.rep, self.other = (f"position:{TERRITORY}:{name}" for name in (REP, OTHER))
        self.carries = int(self.rows.loc[self.rows["owner"] == self.rep, "amount"].sum())
        self.cuts = _cuts(self.rows[self.rows["owner"].str.startswith(f"position:{TERRITORY}:")])
        # So that the time to load what pandas loads at the first use is not counted.
        self.pinned()

    def pinned(self) -> "pd.DataFrame":
        from planning.goals.editing import edits

        edit = edits.pin(self.tree, self.rows, {self.rep: self.carries * PINNED // 100})
        return self._after(edits.transaction(self.tree, self.rows, edit, "Why", "bench", list(QUARTERS)).entries)

    def transferred(self) -> "pd.DataFrame":
        from planning.goals.editing import edits

        return self._after(edits.transfer(self.tree, self.rows, self.rep, self.other, self.carries * MOVED // 100))

    def fitted(self) -> "pd.DataFrame":
        from planning.goals.editing.refit import refit

        labels = dict(zip(QUARTERS, QUARTERS, strict=True))
        return self._after(refit(self.tree, self.rows, f"territory:{TERRITORY}", *self.cuts, labels))

    def named(self, rows: "pd.DataFrame") -> "pd.DataFrame":
        return rows.assign(name=rows["owner"].str.split(":").str[-1])

    def _after(self, moved: "pd.DataFrame") -> "pd.DataFrame":
        import pandas as pd

        touched = self.rows[self.rows["owner"].isin(moved["owner"].unique())]
        return self.named(pd.concat([touched, moved]))


class _Plan:
    """The same goals as a plan of the package, and the same edits."""

    def __init__(self, reps: str, products: str) -> None:
        import warnings

        import b2b_revenue_forecasting.pins  # noqa: F401, so that the time to import it is not counted

        # The package warns of the cents that its own rounding loses.
        warnings.simplefilter("ignore")
        book = _Book(reps, products)
        self.company, self.carries, self.cuts = book.company, book.carries, book.cuts
        self.table = self.company.peer()

    def pinned(self) -> "pd.DataFrame":
        from b2b_revenue_forecasting.pins import Pin, apply_pins

        table: pd.DataFrame = apply_pins(self.table, [Pin(REP, self.carries * PINNED // 100 / 100)])[0]
        return table

    def transferred(self) -> "pd.DataFrame":
        from b2b_revenue_forecasting.pins import transfer

        table: pd.DataFrame = transfer(self.table, REP, OTHER, amount=self.carries * MOVED // 100 / 100)[0]
        return table

    def fitted(self) -> "pd.DataFrame":
        from b2b_revenue_forecasting.pins import fit_constraints

        wanted = [
            {"scope": {by: name}, "total": total / 100}
            for by, cut in zip(("product", "quarter"), self.cuts, strict=True)
            for name, total in cut.items()
        ]
        table: pd.DataFrame = fit_constraints(self.table, TERRITORY, wanted)[0]
        return table[(table["parent"] == TERRITORY)]


def _cuts(rows: "pd.DataFrame") -> list[dict[str, int]]:
    """Ask every other product for a tenth less, the rest for as much more, and so with quarters."""
    import numpy as np

    from planning.amounts import apportion

    found = []
    for by in ("product", "period"):
        now = rows.groupby(by)["amount"].sum()
        moved = apportion(int(now.sum()), now.to_numpy() * np.where(np.arange(len(now)) % 2, 0.9, 1.1))
        found.append(dict(zip(now.index, moved.tolist(), strict=True)))
    return found


def _cents(rows: "pd.DataFrame", name: str) -> int:
    rows = rows if name == TERRITORY else rows[rows["name"] == name]
    return int(rows["amount"].sum())


def _dollars(table: "pd.DataFrame", name: str) -> float:
    rows = table[table["parent" if name == TERRITORY else "node_id"] == name]
    return float(rows["base_quota"].sum())


def _months(count: str) -> tuple[str, ...]:
    return tuple(f"2027-{month + 1:02}" for month in range(int(count)))


def _groups(cells: int) -> tuple[Any, Any, Any]:
    import numpy as np

    random = np.random.default_rng(3)
    groups = np.repeat(np.arange(cells // 25), 25)
    return random.integers(10**6, 10**9, cells // 25), random.random(len(groups)), groups


def _told(parts: Any) -> list[int]:
    return [int(parts.sum()), int((parts[::2] % 7).sum())]
