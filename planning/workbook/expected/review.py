"""Review last year's assumptions: what the history tells, and what their owners say."""

import pandas as pd

from planning.errors import AssumptionError, bulleted
from planning.history import review as measured
from planning.history.engine import open_history
from planning.store import reviews
from planning.workbook.context import Context
from planning.workbook.place import LEADERS, plan, writing

VERDICTS = (measured.HELD, measured.ABOVE, measured.BELOW)


def reviewed(context: Context, year: int = 0) -> pd.DataFrame:
    """Hold the assumptions of a year, by default the one before the plan's, against what happened.

    Returns
    -------
    What `planning.history.review.review` gives, of the company or the territory in view, and ``said`` (``verdict`` of
    the owner's last answer), ``told`` (in words), ``actor``, ``at``; empty where nobody answered.
    """
    with open_history(context.settings) as history:
        table = measured.review(history, context.calendar, year or context.year - 1)
    with plan(context.settings) as database, database.reading() as connection:
        answers = reviews.answers(connection).rename(columns={"verdict": "said", "happened": "told"})
    seen = table[table["territory"].isin(["", context.territory])] if context.territory else table
    return seen.merge(answers, on=list(reviews.KEY), how="left")


def counted(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count what was reviewed by one of its columns.

    Returns
    -------
    `by`, ``assumptions``, ``held``, and ``effect`` (whole minor units, empty where none could be measured), largest
    effect first. Effects of assumptions that overlap are added as they are.
    """
    groups = table.assign(held=table["verdict"] == measured.HELD).groupby(by, sort=True)
    found = groups.agg(assumptions=("verdict", "size"), held=("held", "sum"))
    found["effect"] = groups["effect"].sum(min_count=1)
    return found.sort_values("effect", key=abs, ascending=False, kind="stable").reset_index()


def answer(
    context: Context, kind: str, territory: str, product_line: str, verdict: str, happened: str, actor: str
) -> None:
    """Keep what the owner of an assumption of the year before says became of it.

    Raises
    ------
    AssumptionError
        With everything that is wrong: no such assumption, no such verdict, nothing said, or nobody who says it.
    """
    year = context.year - 1
    known = reviewed(context)
    same = (known["kind"] == kind) & (known["territory"] == territory) & (known["product_line"] == product_line)
    problems = [] if same.any() else [f"nothing like it was assumed for FY{year}"]
    problems += [] if verdict in VERDICTS else [f"{verdict!r} is no verdict: choose {', '.join(VERDICTS)}"]
    problems += [] if happened.strip() else ["it does not say what happened"]
    problems += [] if actor.strip() else ["it does not say who answers"]
    if problems:
        raise AssumptionError(bulleted("This answer cannot be kept:", problems))
    key = {"year": year, "kind": kind, "territory": territory, "product_line": product_line}
    with writing(context, "judge past assumptions", LEADERS) as connection:
        reviews.keep(connection, key, verdict, happened.strip(), actor.strip())
