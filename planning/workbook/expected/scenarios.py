"""Scenarios: sets of assumptions that share what they do not change, side by side."""

import re
from dataclasses import replace

import pandas as pd

from planning.errors import AssumptionError, bulleted, unknown_name
from planning.store import assumed
from planning.store.assumed import PLAN, Scenario
from planning.store.database import Connection
from planning.workbook.context import Context
from planning.workbook.goals import outlook
from planning.workbook.place import PLANNER, plan, writing


def scenarios(context: Context) -> list[Scenario]:
    """Give the scenarios of the year in view, the plan first."""
    with plan(context.settings) as database, database.reading() as connection:
        return list(assumed.scenarios(connection, context.year).values())


def add(context: Context, name: str, base: str, note: str, actor: str) -> Scenario:
    """Begin a scenario that takes everything from its base until it says otherwise.

    Raises
    ------
    AssumptionError
        If the name is taken or cannot be used, or there is no such base.
    """
    with writing(context, "change scenarios", PLANNER) as connection:
        known = assumed.scenarios(connection, context.year)
        problems = _name_problems(name, known)
        problems += [] if base in known else [unknown_name("scenario", base, known)]
        if problems:
            raise AssumptionError(bulleted("This scenario cannot be begun:", problems))
        made = Scenario(name, base, note.strip())
        assumed.keep_scenario(connection, context.year, made, actor)
    return made


def copy(context: Context, name: str, new: str, actor: str) -> Scenario:
    """Begin a scenario with the same base and the same changes as another.

    Raises
    ------
    AssumptionError
        If there is no such scenario, or the new name is taken or cannot be used.
    """
    with writing(context, "change scenarios", PLANNER) as connection:
        known = assumed.scenarios(connection, context.year)
        before = _find(known, name)
        if problems := _name_problems(new, known):
            raise AssumptionError(bulleted(f"{name} cannot be copied:", problems))
        made = Scenario(new, before.base or PLAN, f"A copy of {name}.")
        assumed.keep_scenario(connection, context.year, made, actor)
        _take_over(connection, context, name, new, actor)
    return made


def rename(context: Context, name: str, new: str, actor: str) -> Scenario:
    """Give a scenario another name; what was said under the old one stays on record, put away.

    Raises
    ------
    AssumptionError
        If there is no such scenario, it is the plan, or the new name is taken or cannot be used.
    """
    made = copy(context, name, new, actor)
    with writing(context, "change scenarios", PLANNER) as connection:
        known = assumed.scenarios(connection, context.year)
        before = _changeable(known, name)
        made = replace(made, note=before.note)
        assumed.keep_scenario(connection, context.year, made, actor)
        # Scenarios that were begun from it go on from it under its new name.
        for each in known.values():
            if each.base == name:
                assumed.keep_scenario(connection, context.year, replace(each, base=new), actor)
        put_away = replace(before, archived=True, note=f"Renamed to {new}.")
        assumed.keep_scenario(connection, context.year, put_away, actor)
    return made


def archive(context: Context, name: str, actor: str, archived: bool = True) -> Scenario:
    """Put a scenario away, or take it out again.

    Raises
    ------
    AssumptionError
        If there is no such scenario, or it is the plan.
    """
    with writing(context, "change scenarios", PLANNER) as connection:
        made = replace(_changeable(assumed.scenarios(connection, context.year), name), archived=archived)
        assumed.keep_scenario(connection, context.year, made, actor)
    return made


def adopt(context: Context, name: str, actor: str) -> int:
    """Make what a scenario assumes the plan's; gives the number of assumptions that changed.

    Raises
    ------
    AssumptionError
        If there is no such scenario, or it is the plan.
    """
    with writing(context, "change scenarios", PLANNER) as connection:
        _changeable(assumed.scenarios(connection, context.year), name)
        return _take_over(connection, context, name, PLAN, actor)


def compared(context: Context, names: list[str]) -> pd.DataFrame:
    """Hold scenarios against each other, territory by territory.

    Returns
    -------
    A row a territory, and one with an empty ``territory`` for the company: ``outlook`` (if nothing changes), and what
    each scenario expects in a column that bears its name; whole minor units.

    Raises
    ------
    AssumptionError
        If there is no such scenario.
    """
    known = {each.name: each for each in scenarios(context)}
    columns = {}
    for name in dict.fromkeys(names):
        _find(known, name)
        seen = outlook(replace(context, scenario=name, territory=""))
        columns["outlook"] = seen.baseline.groupby("territory")["amount"].sum()
        columns[name] = pd.concat([step.cells for step in seen.steps]).groupby("territory")["amount"].sum()
    table = pd.DataFrame(columns).fillna(0).astype("int64")
    table.loc[""] = table.sum()
    order = ["", *(each for each in table.index if each)]
    return table.loc[order].rename_axis("territory").reset_index()


def _take_over(connection: Connection, context: Context, name: str, into: str, actor: str) -> int:
    """Write into a scenario what it does not hold as another does."""
    theirs = {each.identity: each for each in assumed.assumptions(connection, context.year, name)}
    ours = {each.identity: each for each in assumed.assumptions(connection, context.year, into)}
    changed = 0
    for identity in sorted({*theirs, *ours}):
        here, there = ours.get(identity), theirs.get(identity)
        if there is None and here is not None:
            assumed.keep_assumption(connection, context.year, into, here, actor, withdrawn=True)
        elif there is not None and (here is None or replace(here, version=0) != replace(there, version=0)):
            version = assumed.version(connection, context.year, into, identity)
            assumed.keep_assumption(connection, context.year, into, replace(there, version=version), actor)
        else:
            continue
        changed += 1
    return changed


def _find(known: dict[str, Scenario], name: str) -> Scenario:
    if name not in known:
        raise AssumptionError(unknown_name("scenario", name, known))
    return known[name]


def _changeable(known: dict[str, Scenario], name: str) -> Scenario:
    if name == PLAN:
        raise AssumptionError("The plan itself is neither renamed, nor put away, nor made the plan.")
    return _find(known, name)


def _name_problems(name: str, known: dict[str, Scenario]) -> list[str]:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}", name):
        return [f"{name!r} cannot be its name: take 1 to 40 letters, digits, spaces, dashes or underscores"]
    return [f"there is a scenario {name!r} already"] if name in known else []
