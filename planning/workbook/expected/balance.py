"""Growth and retention in balance, and break-even: what must come from where, and what must be sold at the least."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from planning.amounts import apportion
from planning.assumptions import breakeven, retention
from planning.assumptions.breakeven import BreakEven
from planning.assumptions.retention import Balance, Class
from planning.errors import AssumptionError, unknown_name
from planning.history import usual
from planning.history.attainment import attainment
from planning.history.engine import open_history
from planning.history.results import months_in
from planning.workbook.context import Context
from planning.workbook.goals import outlook

_DIGITS = Decimal("0.0001")


@dataclass(frozen=True)
class Customers:
    """What history says of the customers there are.

    Parameters
    ----------
    classes
        Tiers (or segments where there are no tiers): share of sales, attrition and expansion, in sales.
    new
        What new customers brought last year, over the sales of the year before.
    """

    classes: list[Class]
    new: Decimal


@dataclass(frozen=True)
class Answer:
    """Whether the growth wanted is possible, and what would have to be true.

    Parameters
    ----------
    now, kept
        As things are, and if every customer of the class that is to be kept stayed.
    levers
        To what each lever alone would have to move, with that class kept
        (`planning.assumptions.retention.what_would_have_to_be_true`).
    curve
        The trade-off with that class kept (`planning.assumptions.retention.curve`).
    """

    now: Balance
    kept: Balance
    levers: dict[str, Decimal | None]
    curve: pd.DataFrame


def customers(context: Context) -> Customers:
    """Say who stayed, who left and what new customers brought, from the year before last to last year.

    Raises
    ------
    AssumptionError
        If fewer than two years have customers.
    """
    where = {"territory": context.territory} if context.territory else {}
    with open_history(context.settings) as history:
        for by in ("tier", "segment"):
            table = usual.customers(history, context.calendar, context.year - 1, by, where)
            told = table[table[by] != ""] if len(table) > 1 else table
            if len(told[told["base"] > 0]) > 1:
                break
    table = table[table["base"] > 0]
    base = int(table["base"].sum())
    if not base:
        raise AssumptionError(
            f"No customer of FY{context.year - 2} is named in the history, so it does not say who stays."
        )
    shares = apportion(10_000, table["base"].to_numpy(dtype=float))
    classes = [
        Class(
            str(row[by]) or "All others",
            Decimal(int(share)) / 10_000,
            _ratio(row["lost_base"], row["base"]),
            _ratio(row["kept_now"] - row["kept_base"], row["kept_base"]),
        )
        for row, share in zip(table.to_dict("records"), shares, strict=True)
    ]
    return Customers(classes, _ratio(table["new"].sum(), base))


def answered(classes: list[Class], growth: Decimal, capacity: Decimal, keep: str) -> Answer:
    """Answer whether a growth is possible with the people there are, if all customers of one class are kept.

    Parameters
    ----------
    classes
        All customers.
    growth
        Growth wanted, a fraction.
    capacity
        What new customers can bring, over the sales at the beginning.
    keep
        Class of which nobody is to leave; empty for none.

    Raises
    ------
    AssumptionError
        If the figures make no sense.
    """
    held = retention.keeping(classes, keep) if keep else classes
    return Answer(
        retention.balance(classes, growth, capacity),
        retention.balance(held, growth, capacity),
        retention.what_would_have_to_be_true(held, growth, capacity),
        retention.curve(held, growth, capacity),
    )


def known(classes: list[Class], name: str) -> str:
    """Give the name of a class, or nothing.

    Raises
    ------
    AssumptionError
        If there is no such class.
    """
    names = [each.name for each in classes]
    if name and name not in names:
        raise AssumptionError(unknown_name("class of customers", name, names))
    return name


def told(answer: Answer) -> pd.DataFrame:
    """Give an answer as a table: ``what``, ``now`` and ``kept``, in last year's sales; empty where impossible."""
    rows = [(name, getattr(answer.now, name), getattr(answer.kept, name))
            for name in ("growth", "lost", "expanded", "new", "capacity", "missing")]  # fmt: skip
    if not answer.kept.possible:
        rows += [(f"would do: {lever}", None, value) for lever, value in answer.levers.items()]
    table = pd.DataFrame(rows, columns=["what", "now", "kept"])
    return table.astype({"now": "float64", "kept": "float64"})


@dataclass(frozen=True)
class Even:
    """Break-even of the company and its territories.

    Parameters
    ----------
    company
        What must be sold in all.
    territories
        A row a territory: ``territory``, ``fixed`` (its part of the fixed cost), ``margin_rate``, ``revenue`` to
        break even, ``for_profit`` (to reach its part of the profit), ``units``, ``expected`` and ``safety``
        (the share by which it may fall short); empty where its margin covers no fixed cost.
    expected
        What the company can expect.
    """

    company: BreakEven
    territories: pd.DataFrame
    expected: int


def margins(context: Context) -> pd.DataFrame:
    """Give last year's revenue, margin and units by territory.

    Raises
    ------
    AssumptionError
        If the history has no costs.
    """
    months = context.calendar.months(context.year - 1)
    with open_history(context.settings) as history:
        last = min(months[-1], months_in(history)[1])
        sums = {
            name: attainment(history, context.calendar, name, ["territory"], months[0], last).set_index("territory")
            for name in ("revenue", "margin", "units")
        }
    table = pd.DataFrame({name: each["result"] for name, each in sums.items()}).fillna(0)
    if not table["margin"].any():
        raise AssumptionError("The history has no costs, so it does not say what margin covers a fixed cost.")
    return table.rename_axis("territory").reset_index()


def even(context: Context, fixed: int, profit: int) -> Even:
    """Say what must be sold to cover a fixed cost, and to reach a profit.

    The fixed cost and the profit are shared over territories by the people who sell there, a tenth each at the least
    where nobody does: people are most of what a sales organisation costs.

    Parameters
    ----------
    context
        Which year.
    fixed, profit
        Fixed cost and profit wanted of the company, whole minor units.

    Raises
    ------
    AssumptionError
        If the history has no costs, or no margin covers a fixed cost.
    """
    table, seen = margins(context), outlook(context)
    whole = table[["revenue", "margin", "units"]].sum()
    expected = pd.concat([step.cells for step in seen.steps]).groupby("territory")["amount"].sum()
    heads = table["territory"].map(seen.scene.heads).fillna(0.0).astype(float).clip(lower=0.1)
    shared = [apportion(amount, heads.to_numpy()) for amount in (fixed, profit)]
    rows = []
    for place, row in enumerate(table.to_dict("records")):
        own, wanted = (int(amounts[place]) for amounts in shared)
        coming = int(expected.get(row["territory"], 0))
        rows.append(
            {"territory": row["territory"], "fixed": own, "expected": coming, **_even(row, own, wanted, coming)}
        )
    company = breakeven.break_even(fixed, _rate(whole), profit, _each(whole))
    return Even(company, pd.DataFrame(rows), seen.expected)


def with_company(found: Even) -> pd.DataFrame:
    """Give break-even as one table, the company last."""
    company, safety = found.company, found.company.safety(found.expected)
    whole = {
        "territory": "", "fixed": int(found.territories["fixed"].sum()), "expected": found.expected,
        "margin_rate": float(company.margin_rate), "revenue": company.revenue,
        "for_profit": company.revenue_for_profit, "units": company.units,
        "safety": np.nan if safety is None else float(safety),
    }  # fmt: skip
    return pd.concat([found.territories, pd.DataFrame([whole])], ignore_index=True)


def _even(row: dict[str, object], fixed: int, profit: int, expected: int) -> dict[str, object]:
    try:
        found = breakeven.break_even(fixed, _rate(row), profit, _each(row))
    except AssumptionError:
        return {"margin_rate": np.nan, "revenue": None, "for_profit": None, "units": None, "safety": np.nan}
    safety = found.safety(expected)
    return {
        "margin_rate": float(found.margin_rate),
        "revenue": found.revenue,
        "for_profit": found.revenue_for_profit,
        "units": found.units,
        "safety": np.nan if safety is None else float(safety),
    }


def _rate(row: object) -> Decimal:
    revenue, margin = int(row["revenue"]), int(row["margin"])  # type: ignore[index]
    return Decimal(margin) / revenue if revenue > 0 else Decimal(0)


def _each(row: object) -> Decimal | None:
    units, margin = int(row["units"]), int(row["margin"])  # type: ignore[index]
    return Decimal(margin) / units if units > 0 and margin > 0 else None


def _ratio(above: float, below: float) -> Decimal:
    return (Decimal(int(above)) / int(below)).quantize(_DIGITS) if below else Decimal(0)
