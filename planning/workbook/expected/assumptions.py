"""State, challenge, price and withdraw assumptions."""

from dataclasses import replace

import pandas as pd

from planning.assumptions import assumption as rules
from planning.assumptions import conflicts, effects
from planning.assumptions.assumption import Assumption, Known
from planning.assumptions.conflicts import Finding
from planning.assumptions.kinds import kind
from planning.errors import AssumptionError
from planning.history import results
from planning.history.engine import History, open_history
from planning.store import assumed
from planning.workbook.context import Context
from planning.workbook.goals import outlook
from planning.workbook.ground import ground
from planning.workbook.place import LEADERS, plan, writing

COLUMNS = ("identity", "kind", "scope", "low", "likely", "high", "owner", "evidence", "confidence", "status")


def stated(context: Context) -> list[Assumption]:
    """Give the assumptions in force for the year and scenario in view."""
    with plan(context.settings) as database, database.reading() as connection:
        return assumed.assumptions(connection, context.year, context.scenario)


def state(context: Context, assumption: Assumption, actor: str) -> Assumption:
    """Keep an assumption, new or changed, and give it back as it is kept.

    In a scenario, a change is the scenario's own: its base keeps what it has.

    Raises
    ------
    AssumptionError
        If it is incomplete, contradicts itself, or was changed meanwhile by somebody else.
    """
    with open_history(context.settings) as history:
        rules.check(assumption, known(context, history), context.tell)
    with writing(context, "change assumptions", LEADERS) as connection:
        return assumed.keep_assumption(connection, context.year, context.scenario, assumption, actor)


def known(context: Context, history: History) -> Known:
    """Give what an assumption can be about."""
    names = {name: history.names(name) for name in ("territory", "product_line", "channel", "segment", "tier")}
    months = context.calendar.months(context.year)
    return Known(names["territory"], names["product_line"], names["channel"], names["segment"], names["tier"], months)


def judge(context: Context, identity: int, status: str, remark: str, actor: str) -> Assumption:
    """Challenge, accept or reject an assumption, or propose it again, with a reason.

    Raises
    ------
    AssumptionError
        If there is no such assumption in force, no such status, or no reason for a challenge or rejection.
    """
    before = find(context, identity)
    if status in ("challenged", "rejected") and not remark.strip():
        raise AssumptionError(f"Assumption {identity} cannot be {status} without a reason. Say why.")
    return state(context, replace(before, status=status, remark=remark.strip()), actor)


def find(context: Context, identity: int) -> Assumption:
    """Give an assumption in force.

    Raises
    ------
    AssumptionError
        If there is no such assumption in force.
    """
    return _find(stated(context), identity, context)


def withdraw(context: Context, identity: int, actor: str) -> Assumption:
    """Take an assumption back; what was said stays on record.

    Raises
    ------
    AssumptionError
        If there is no such assumption in force.
    """
    with writing(context, "change assumptions", LEADERS) as connection:
        withdrawn = _find(assumed.assumptions(connection, context.year, context.scenario), identity, context)
        assumed.keep_assumption(connection, context.year, context.scenario, withdrawn, actor, withdrawn=True)
    return withdrawn


def versions(context: Context, identity: int) -> pd.DataFrame:
    """Say who changed what and when (`planning.store.assumed.versions`)."""
    with plan(context.settings) as database, database.reading() as connection:
        return assumed.versions(connection, identity)


def in_view(context: Context) -> list[Assumption]:
    """Give the assumptions in force that are about the territory in view, among others or alone; all if none is."""
    return [each for each in stated(context) if not context.territory or each.territory in ("", context.territory)]


def priced(context: Context) -> pd.DataFrame:
    """Price every assumption in view at its low, likely and high value.

    Returns
    -------
    A row an assumption: the columns of `COLUMNS` (values as floats, in the unit of the kind), ``unit``, and
    ``effect_low``, ``effect_likely``, ``effect_high`` in whole minor units, on the company or the territory in view;
    those of a rejected one are zero.
    """
    seen = outlook(context)
    everything = in_view(context)
    effect = effects.summary(seen.baseline, seen.assumptions, seen.scene, context.territory).set_index("identity")
    effect = (
        effect.reindex([each.identity for each in everything], fill_value=0)
        .add_prefix("effect_")
        .reset_index(drop=True)
    )
    rows = [
        {
            **{name: getattr(each, name) for name in COLUMNS},
            **{name: float(getattr(each, name)) for name in ("low", "likely", "high")},
            "unit": kind(each.kind).unit,
        }
        for each in everything
    ]
    return pd.concat([pd.DataFrame(rows, columns=[*COLUMNS, "unit"]), effect], axis=1)


def previewed(context: Context, assumption: Assumption) -> pd.DataFrame:
    """Say what an assumption would do if it were kept, new or changed; nothing is written.

    Returns
    -------
    The company (or the territory in view), and its territories (or reps), largest change first: ``level`` (``whole``,
    ``territory`` or ``rep``), ``name``, ``before``, ``after`` and ``effect`` in whole minor units.

    Raises
    ------
    AssumptionError
        If it is incomplete or contradicts itself.
    """
    with open_history(context.settings) as history:
        rules.check(assumption, known(context, history), context.tell)
    base, now = ground(context), [each for each in stated(context) if each.counts]
    others = [each for each in now if each.identity != assumption.identity or not assumption.identity]
    then = [*others, assumption] if assumption.counts else others
    sold = base.cells.groupby(["territory", "rep"], observed=True)["amount"].sum().reset_index()
    both = sold.assign(
        before=sold["amount"] + effects.by_position(base.cells, now, base.scene)["amount"],
        after=sold["amount"] + effects.by_position(base.cells, then, base.scene)["amount"],
    ).astype({"territory": "str", "rep": "str"})
    if context.territory:
        both = both[both["territory"] == context.territory]
    level = "rep" if context.territory else "territory"
    parts = both.groupby(level)[["before", "after"]].sum().rename_axis("name").reset_index().assign(level=level)
    name = context.territory or context.settings.company
    whole = both[["before", "after"]].sum().to_frame().T.assign(name=name, level="whole")
    table = pd.concat([whole, parts], ignore_index=True)
    table["effect"] = table["after"] - table["before"]
    order = table["effect"].abs().where(table.index > 0, table["effect"].abs().max() + 1)
    return table.loc[order.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def findings(context: Context) -> list[Finding]:
    """Find contradictions and gaps (`planning.assumptions.conflicts.findings`); with a territory in view, there."""
    seen = outlook(context)
    with open_history(context.settings) as history:
        grown = results.growth_seen(history)
    before = seen.last_year
    trend = int(seen.baseline["amount"].sum()) / before - 1 if before > 0 else 0.0
    found = conflicts.findings(seen.baseline, seen.assumptions, seen.scene, grown, trend)
    mine = {each.identity for each in in_view(context)}
    return [
        each
        for each in found
        if not context.territory
        or (set(each.identities) & mine and not each.territory)
        or context.territory in each.territory
    ]


def _find(found: list[Assumption], identity: int, context: Context) -> Assumption:
    for each in found:
        if each.identity == identity:
            return each
    listed = ", ".join(str(each.identity) for each in found) or "none"
    raise AssumptionError(f"There is no assumption {identity} in force for FY{context.year}. Known: {listed}.")
