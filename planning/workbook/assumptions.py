"""State, price and withdraw assumptions."""

from dataclasses import replace

import pandas as pd

from planning.assumptions import assumption as rules
from planning.assumptions import effects
from planning.assumptions.assumption import Assumption
from planning.errors import AssumptionError
from planning.goals import cascade
from planning.history.engine import open_history
from planning.store import records
from planning.workbook.context import Context
from planning.workbook.goals import outlook
from planning.workbook.place import plan

COLUMNS = ("identity", "kind", "scope", "low", "likely", "high", "owner", "evidence")


def stated(context: Context) -> list[Assumption]:
    """Give the assumptions in force for the year and scenario in view."""
    with plan(context.settings) as database, database.reading() as connection:
        return records.assumptions(connection, context.year, context.scenario)


def state(context: Context, assumption: Assumption, actor: str) -> Assumption:
    """Keep an assumption, new or changed, and give it back as it is kept.

    Raises
    ------
    AssumptionError
        If it is incomplete, contradicts itself, covers nothing, or was changed meanwhile by somebody else.
    """
    with open_history(context.settings) as history:
        rules.check(assumption, history.names("territory"), history.names("product_line"))
    with plan(context.settings) as database, database.writing() as connection:
        identity = records.keep_assumption(connection, context.year, context.scenario, assumption, actor)
    return replace(assumption, identity=identity, version=assumption.version + 1)


def withdraw(context: Context, identity: int, actor: str) -> Assumption:
    """Take an assumption back; what was said stays on record.

    Raises
    ------
    AssumptionError
        If there is no such assumption in force.
    """
    with plan(context.settings) as database, database.writing() as connection:
        found = {each.identity: each for each in records.assumptions(connection, context.year, context.scenario)}
        if identity not in found:
            known = ", ".join(str(each) for each in found) or "none"
            raise AssumptionError(f"There is no assumption {identity} in force for FY{context.year}. Known: {known}.")
        withdrawn = found[identity]
        records.keep_assumption(connection, context.year, context.scenario, withdrawn, actor, withdrawn=True)
    return withdrawn


def priced(context: Context) -> pd.DataFrame:
    """Price every assumption in force at its low, likely and high value.

    Returns
    -------
    A row an assumption: the columns of `COLUMNS` (values as fractions) and ``effect_low``,
    ``effect_likely``, ``effect_high`` in whole minor units, on the company or the territory in view.
    """
    seen = outlook(context)
    unpriced = len(seen.steps) - len(seen.assumptions)
    cells = cascade.expected(seen.steps[:unpriced])
    inside = cells[cells["territory"] == context.territory] if context.territory else cells
    effect = effects.summary(inside, seen.assumptions).add_prefix("effect_").drop(columns="effect_identity")
    rows = [
        {
            **{name: getattr(each, name) for name in COLUMNS},
            **{name: float(getattr(each, name)) for name in ("low", "likely", "high")},
        }
        for each in seen.assumptions
    ]
    return pd.concat([pd.DataFrame(rows, columns=list(COLUMNS)), effect], axis=1)
