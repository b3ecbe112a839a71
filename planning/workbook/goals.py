"""What the year is expected to bring, and the goals of a book: read, split and accounted for."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from planning.assumptions import effects
from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds import Scene, kind
from planning.errors import LedgerError
from planning.goals import ledger, owners, telling
from planning.goals import originals as before
from planning.goals.editing import profile
from planning.goals.setting import baseline
from planning.goals.setting.cascade import Step
from planning.history import results
from planning.history.engine import open_history
from planning.history.outlook.forecast import Forecast
from planning.store import assumed as assumed_store
from planning.store import books
from planning.workbook.context import Context
from planning.workbook.ground import Ground, depends_on, ground
from planning.workbook.kept import kept
from planning.workbook.place import plan
from planning.workbook.posted import posted
from planning.workbook.unchanged import unchanged

TOGETHER = "together"
"""Step of what assumptions do to one another."""


@dataclass(frozen=True)
class Outlook:
    """What the coming year is expected to bring, before anything is asked on top.

    Parameters
    ----------
    steps
        From last year's result to the expected result, by cell.
    ground
        What the assumptions are priced on.
    assumptions
        The assumptions that were priced, in the order of their steps.
    """

    steps: list[Step]
    ground: Ground
    assumptions: list[Assumption]

    @property
    def places(self) -> pd.DataFrame:
        """Positions: columns ``territory``, ``rep``."""
        return self.ground.places

    @property
    def territories(self) -> pd.DataFrame:
        """Columns ``territory``, ``region``."""
        return self.ground.territories

    @property
    def scene(self) -> Scene:
        """What the assumptions were priced with, besides the baseline."""
        return self.ground.scene

    @property
    def forecast(self) -> Forecast | None:
        """The forecast behind the baseline; none where the history is too short for one."""
        return self.ground.forecast

    @property
    def baseline(self) -> pd.DataFrame:
        """What the year brings by cell if nothing changes: what assumptions are priced on."""
        return self.ground.cells

    @property
    def last_year(self) -> int:
        """Last year's result, made whole, in minor units."""
        return sum(int(step.cells["amount"].sum()) for step in self.steps if step.step in baseline.STEPS)

    @property
    def expected(self) -> int:
        """The expected result in minor units."""
        return sum(int(step.cells["amount"].sum()) for step in self.steps)

    def growth(self, amount: int) -> Decimal | None:
        """Give an amount's growth over last year's result, a fraction; nothing if there was no result."""
        return effects.growth(self.last_year, amount)

    def table(self, territory: str = "") -> pd.DataFrame:
        """Sum each step, of the company or one territory: ``step``, ``amount``, ``reason``, ``source``.

        Steps that do not touch the territory are left out.
        """
        rows = [
            {
                "step": step.step,
                "amount": int(_in(step.cells, territory)["amount"].sum()),
                "reason": step.reason,
                "source": step.source,
            }
            for step in self.steps
        ]
        table = pd.DataFrame(rows, columns=["step", "amount", "reason", "source"])
        return table[table["amount"] != 0].reset_index(drop=True)


def outlook(context: Context) -> Outlook:
    """Price the assumptions in force on what the year brings if nothing changes; nothing is written."""
    assumed = _assumed(context)
    return kept(context.settings, "outlook", _rests_on(context, assumed), lambda: expected(context, assumed))


def rests_on(context: Context) -> tuple[object, ...] | None:
    """Say what the expected result depends on, the assumptions in force among it; nothing where that is not known."""
    return _rests_on(context, _assumed(context))


def _rests_on(context: Context, assumed: list[Assumption]) -> tuple[object, ...] | None:
    laid = depends_on(context)
    return None if laid is None else (*laid, *assumed)


def _assumed(context: Context) -> list[Assumption]:
    with plan(context.settings) as database, database.reading() as connection:
        return assumed_store.assumptions(connection, context.year, context.scenario)


def begun(context: Context) -> bool:
    """Say whether goals were set for the year and scenario in view."""
    with plan(context.settings) as database, database.reading() as connection:
        return books.find(connection, context.year, context.scenario) is not None


@unchanged("carried", of_book=True)
def goals(context: Context, metric: str = "revenue") -> pd.DataFrame:
    """Say what each owner of the book carries, passes down and has not placed (`ledger.assigned`).

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    tree, rows = book(context)
    return ledger.assigned(tree, rows, metric)


def originals(context: Context, metric: str = "revenue") -> pd.DataFrame:
    """Say what every goal was before it was changed during the year (`planning.goals.originals.originals`)."""
    return before.originals(*book(context), metric)


@unchanged("teams", of_book=True)
def teams(context: Context) -> pd.DataFrame:
    """Say what each manager's team carries: ``manager``, ``reps``, ``goal`` (whole minor units)."""
    tree, rows = book(context)
    with open_history(context.settings) as history:
        managers = results.managers(history)
    carried = rows[rows["metric"] == "revenue"].groupby("owner")["amount"].sum()
    positions = tree.positions.assign(goal=tree.positions["owner"].map(carried).fillna(0).astype("int64"))
    found = []
    for name in sorted(set(managers.values())):
        mine = positions[positions["rep"].isin({name, *owners.team(managers, name)})]
        found.append({"manager": name, "reps": mine["rep"].nunique(), "goal": int(mine["goal"].sum())})
    table = pd.DataFrame(found, columns=["manager", "reps", "goal"]).astype({"goal": "int64"})
    return table[table["reps"] > 0].reset_index(drop=True)


@unchanged("account", of_book=True)
def explain(context: Context, name: str, metric: str = "revenue") -> pd.DataFrame:
    """Account for the goal of a rep, territory, region or the company, step by step (`ledger.explain`)."""
    tree, rows = book(context)
    return ledger.explain(tree, rows, name, metric)


def told(context: Context, name: str) -> telling.Told:
    """Tell a goal in few parts (`planning.goals.telling.told`)."""
    return telling.told(explain(context, name))


@unchanged("beside", of_book=True)
def beside(context: Context) -> pd.DataFrame:
    """Hold what is asked of every position beside what is asked of others (`planning.goals.telling.beside`)."""
    return telling.beside(*book(context))


@unchanged("parts", of_book=True)
def split(context: Context, name: str, by: str, metric: str = "revenue") -> pd.DataFrame:
    """Split the goal of an owner by one dimension.

    Parameters
    ----------
    context
        Which book.
    name
        A rep, territory, region or the company.
    by
        ``product``, ``channel``, ``week``, ``month``, ``quarter``, ``half``, ``year``, ``rep`` or ``territory``.
    metric
        Metric of the catalogue.

    Returns
    -------
    Columns `by` and ``goal`` (whole minor units); what is not split by it stands under an empty value.
    """
    tree, rows = book(context)
    found = ledger.of(tree, rows[rows["metric"] == metric], name)
    if by in ("rep", "territory"):
        keys = found["owner"].map(tree.frame.set_index("owner")[by])
    elif by in ("product", "channel"):
        keys = found[by]
    elif by == "week":
        months = found[found["period"] != ""].groupby("period")["amount"].sum()
        return profile.weeks(context.calendar, months).rename_axis(by).rename("goal").reset_index()
    else:
        labels = {month: context.calendar.label(month, by) if month else "" for month in set(found["period"])}
        keys = found["period"].map(labels)
    sums = found["amount"].groupby(keys.rename(by)).sum()
    return sums[sums != 0].rename("goal").reset_index()


@unchanged("cuts", of_book=True)
def parts(context: Context) -> tuple[list[str], list[str]]:
    """Name the product lines and the quarters that goals of a book are split into."""
    _, rows = book(context)
    months = context.calendar.months(context.year)
    return sorted(set(rows["product"].unique()) - {""}), list(
        dict.fromkeys(context.calendar.label(month, "quarter") for month in months)
    )


def book(context: Context) -> tuple[owners.Owners, pd.DataFrame]:
    """Read the owners and all entries of the book in view.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    with plan(context.settings) as database, database.reading() as connection:
        number = books.find(connection, context.year, context.scenario)
        if number is None:
            raise LedgerError(
                f"No goals were set for FY{context.year} ({context.scenario}) yet. Set them on the goals page, "
                "or with: planning goals set."
            )
        return posted(connection, number)


def expected(context: Context, assumed: list[Assumption]) -> Outlook:
    """Price assumptions on what the year brings if nothing changes."""
    base = ground(context)
    cells, scene = base.cells, base.scene
    counted = [each for each in assumed if each.counts]
    priced = [
        Step(each.kind, f"{kind(each.kind).label} {_value(each, context)} on {each.scope}: {each.evidence}",
             f"assumption {each.identity} of {each.owner}", effects.effect(cells, each, scene))
        for each in counted
    ]  # fmt: skip
    joint = effects.together(cells, counted, scene)
    if joint["amount"].any():
        priced.append(Step(TOGETHER, "What the assumptions do to one another", "all assumptions", joint))
    return Outlook([*base.steps, *priced], base, counted)


def _in(cells: pd.DataFrame, territory: str) -> pd.DataFrame:
    return cells[cells["territory"] == territory] if territory else cells


def _value(each: Assumption, context: Context) -> str:
    """Write the likely value of an assumption as its reason says it."""
    unit = kind(each.kind).unit
    if unit == "money":
        return f"{each.likely.scaleb(-context.settings.minor_digits):,.{context.settings.minor_digits}f}"
    return f"{(each.likely * 100).normalize():+f}%" if unit == "share" else f"{each.likely.normalize():+f}"
