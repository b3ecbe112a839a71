"""What months that are over missed of a rep's goal, or exceeded, and its way to the months that are left."""

from collections.abc import Collection, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

import pandas as pd

from planning.errors import NegotiationError, bulleted, unknown_name
from planning.negotiation.adjusting import carry
from planning.negotiation.moves import Move
from planning.workbook.context import Context
from planning.workbook.tracking import course

METRIC = "revenue"


def shortfalls(context: Context, rep: str, rows: pd.DataFrame, left: Sequence[str]) -> pd.DataFrame:
    """Set the goal of a rep's months that are over beside what came, by product line.

    Parameters
    ----------
    context, rep
        Which year, and whose.
    rows
        The rep's entries.
    left
        Months that are not over.

    Returns
    -------
    ``month``, ``product``, ``goal``, ``result`` and ``short`` (what can be carried: goal less result, at most the
    goal; below zero where more came), whole minor units; a row wherever a goal is held.
    """
    over = [month for month in context.calendar.months(context.year) if month not in left]
    goal = rows[rows["period"].isin(over)].groupby(["period", "product"])["amount"].sum()
    goal = goal[goal > 0].rename_axis(["month", "product"])
    came = course.told(context, METRIC).results
    came = came[(came["rep"] == rep) & came["month"].isin(over)].groupby(["month", "product_line"])["amount"].sum()
    result = came.rename_axis(["month", "product"]).reindex(goal.index, fill_value=0)
    table = pd.DataFrame({"goal": goal, "result": result}).astype("int64")
    return table.assign(short=table["goal"] - table["result"].clip(lower=0)).reset_index()


def carry_of(
    table: pd.DataFrame, months: Collection[str] = (), lines: Collection[str] = (), part: Decimal = Decimal(1)
) -> dict[str, dict[str, int]]:
    """Say what is carried, by month and product line.

    Parameters
    ----------
    table
        As `shortfalls` gives it.
    months, lines
        From which months, and of which product lines; all if none are named.
    part
        Which part of it, above 0 and at most 1.

    Raises
    ------
    NegotiationError
        If a month or line is not there, the part is none, or nothing is to be carried.
    """
    problems = [
        unknown_name(kind, each, sorted(set(table[column])))
        for kind, named, column in (("month that is over", months, "month"), ("product line", lines, "product"))
        for each in named
        if each not in set(table[column])
    ]
    problems += [] if 0 < part <= 1 else [f"a part of {part:.0%} is not above 0% and at most 100%"]
    found: dict[str, dict[str, int]] = {}
    for row in table.to_dict("records"):
        if (not months or row["month"] in months) and (not lines or row["product"] in lines):
            amount = int((int(row["short"]) * part).to_integral_value(rounding=ROUND_HALF_EVEN))
            found |= {row["month"]: {**found.get(row["month"], {}), row["product"]: amount}} if amount else {}
    problems += [] if found or problems else ["these months brought what was asked of them"]
    if problems:
        raise NegotiationError(bulleted("Nothing can be carried so:", problems))
    return found


def wrong(context: Context, rep: str, version: Move, rows: pd.DataFrame, left: Sequence[str]) -> list[str]:
    """Say what is wrong with what a version carries; nothing where it carries none.

    Parameters
    ----------
    context, rep, rows, left
        As for `shortfalls`.
    version
        The move that put the version on the table.
    """
    if not carry(version):
        return []
    known = shortfalls(context, rep, rows, left).set_index(["month", "product"])["short"]
    problems, tell = [], context.tell
    for month, parts in carry(version).items():
        for line, amount in parts.items():
            most = int(known.get((month, line), 0))
            if not min(most, 0) <= amount <= max(most, 0):
                now = "is not over" if month in left else f"leaves {tell(most)} of {line} to be carried"
                problems.append(f"{month} {now}, not {tell(amount)}")
    held = rows.groupby("product")["amount"].sum()
    moved = [line for line, amount in version.lines.items() if amount != int(held.get(line, 0))]
    problems += [
        f"{line}: what is carried leaves the goal of the year as it is; another goal is a change of its own"
        for line in sorted(moved)
    ]
    return problems
