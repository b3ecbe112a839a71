"""What a goal on a metric would ask of whom: last year's results, handed out by the goal's own rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import pandas as pd

from planning.errors import LedgerError, bulleted
from planning.goals import ledger
from planning.goals.aims import aim as aims
from planning.goals.aims import aiming, stating
from planning.goals.aims.aim import ELSEWHERE, Aim
from planning.goals.aims.aiming import ASKED, BASE, LAST_YEAR, NEWCOMER, TAKEN_OVER
from planning.goals.aims.sharing import Past
from planning.goals.owners import COMPANY, Owners
from planning.metrics import Metric, brought, catalogue, writer
from planning.workbook.aims.measured import last_year
from planning.workbook.aims.measured import whole as last_whole
from planning.workbook.context import Context


@dataclass(frozen=True)
class Proposed:
    """What a goal would ask of whom.

    Parameters
    ----------
    aim
        The goal.
    measured
        Its metric.
    base, target
        Last year's figure and the figure that is aimed at, of all who carry it together; none where not known.
    owners
        A row an owner that carries any: ``owner``, ``kind``, ``name``, ``territory``, ``rep``, ``base``, ``goal``
        (figures as people know them: a ratio is one).
    entries
        What the ledger would hold; empty where goals of the metric are set elsewhere, or its results are typed.
    notes
        What a planner should know, such as bounds that bite.
    """

    aim: Aim
    measured: Metric
    base: Decimal | None
    target: Decimal
    owners: pd.DataFrame
    entries: pd.DataFrame
    notes: tuple[str, ...] = ()


def known(context: Context) -> dict[str, Metric]:
    """Give the metrics that a goal can be set on, the company's own among them."""
    return {name: each for name, each in catalogue(context.settings).items() if not each.part_only}


def carried(tree: Owners, rows: pd.DataFrame, measured: Metric) -> pd.DataFrame:
    """Say what each owner carries of a metric: a row for each that carries any, with figures as people know them."""
    keys = aiming.keys(measured)
    mine = rows[rows["metric"].isin(keys)]
    sums = {
        (key, past): tree.roll_up(part.loc[part["step"].isin(BASE) | (not past)].groupby("owner")["amount"].sum())
        for key in keys
        for part in [mine[mine["metric"] == key]]
        for past in (True, False)
    }
    # What passes through the company's account on its way down bears no month.
    months = max(mine.loc[mine["period"] != "", "period"].nunique(), 1)
    table = tree.frame[["owner", "kind", "name", "territory", "rep"]].copy()
    for column, past in (("base", True), ("goal", False)):
        amounts = zip(*(sums[key, past].reindex(table["owner"]).tolist() for key in keys), strict=True)
        table[column] = pd.Series(
            [aiming.figure(measured, each, months) for each in amounts], table.index, dtype=object
        )
    touched = pd.concat([each.reindex(table["owner"]) for each in sums.values()], axis=1).any(axis=1).to_numpy()
    return table[touched].reset_index(drop=True)


def proposed(context: Context, aim: Aim, tree: Owners, rows: pd.DataFrame, others: list[Aim]) -> Proposed:
    """Say what a goal would ask of whom, beside the goals that stand already.

    Raises
    ------
    LedgerError
        With everything that keeps the goal from being kept.
    """
    metrics = catalogue(context.settings)
    stating.check(aim, metrics, tree, context.calendar.months(context.year))
    refuse_second(aim, others, tree)
    measured = metrics[aim.metric]
    if measured.typed or measured.whole or aim.metric in ELSEWHERE:
        return _only_stated(context, aim, measured, tree, rows)
    return _handed_out(context, aim, measured, tree)


def refuse_second(aim: Aim, others: list[Aim], tree: Owners) -> None:
    """Refuse a goal beside one for the same people, months and metric.

    Raises
    ------
    LedgerError
        With the goals that stand already.
    """
    twice = aims.overlapping(aim, others, tree)
    if twice:
        raise LedgerError(bulleted("This would be a second goal for the same people, months and metric:", twice))


def _only_stated(context: Context, aim: Aim, measured: Metric, tree: Owners, rows: pd.DataFrame) -> Proposed:
    """Propose a goal that posts nothing: its metric's goals are set elsewhere, or no table tells its results."""
    base, note = aim.typed, "Its results are brought by the user, so it is not split."
    if measured.whole:
        base, note = _of_whole(context, aim, measured, tree)
    elif not measured.typed:
        inside = rows[(rows["metric"] == aim.metric) & rows["period"].isin(aim.months)]
        held = ledger.of(tree, inside, aim.whom or COMPANY)
        base = Decimal(int(held.loc[held["step"].isin((*BASE, "completion")), "amount"].sum()))
        goal = Decimal(int(held["amount"].sum()))
        gap = aims.target(aim, base) - goal
        note = (
            f"Handed out on the goals page. What is handed out there {'meets' if gap <= 0 else 'does not meet'} it."
        )
    empty = tree.frame[["owner", "kind", "name", "territory", "rep"]].iloc[:0].assign(base=None, goal=None)
    return Proposed(aim, measured, base, aims.target(aim, base), empty, aiming.as_entries({}, {}, ""), (note,))


def _of_whole(context: Context, aim: Aim, measured: Metric, tree: Owners) -> tuple[Decimal | None, str]:
    """Give last year's figure of what stands on nobody's account, and what it is measured from."""
    whom = tree.frame.set_index("owner").loc[tree.resolve(aim.whom)[0]] if aim.whom else None
    where = {} if whom is None or whom["kind"] == "company" else {str(whom["kind"]): str(whom["name"])}
    metrics = catalogue(context.settings)
    part = brought(measured, metrics)
    told = last_whole(context, measured, aim.months, where, aim.typed if part is not None else None)
    if told is None:
        said = "as it was brought" if aim.typed is not None else "not known"
        return aim.typed, f"The history does not tell it, so last year's figure is {said}. {measured.counts}"
    parts = [metrics[each].label.lower() for each in measured.over or measured.reckoned]
    typed = f", {part.label.lower()} as it was brought" if part is not None else ""
    return told, f"Measured from {' and '.join(parts)}{typed}. It stands on nobody's account, so it is not split."


def _handed_out(context: Context, aim: Aim, measured: Metric, tree: Owners) -> Proposed:
    keys, label = aiming.keys(measured), measured.label.lower()
    carriers = aims.carriers(aim, tree)
    parts = [part.of(carriers) for part in last_year(context, measured, aim.months, tree)]
    months = aim.months[-1:] if _stands(context, measured) else aim.months
    groups = _groups(aim, tree, parts)
    new = _newcomers(measured, parts, tree.positions[tree.positions["owner"].isin(groups)], months)
    full = [pd.concat([part.whole, extra]) for part, extra in zip(parts, new, strict=True)]
    wanted, notes = _wanted(aim, measured, parts, full, groups, len(months))
    below = full[-1].groupby("owner")["amount"].sum()
    most = None
    if measured.unit == "ratio" and aim.metric != "margin_rate":
        most = below.to_dict() | _already_above(full, below)
    below_of = _by_group(full[-1], groups)
    units = {name: aiming.whole(measured, each, len(months), below_of[name]) for name, each in wanted.items()}
    step = aiming.asked(full[0], groups, units, months, partial(writer(context.settings), keys[0]), most)
    told = _told(context, aim, measured)
    stacked = []
    for place, (key, part, extra) in enumerate(zip(keys, parts, new, strict=True)):
        steps = {LAST_YEAR: part.kept, TAKEN_OVER: part.taken, NEWCOMER: extra} | ({} if place else {ASKED: step})
        stacked.append(aiming.as_entries(steps, told, key))
    entries = pd.concat(stacked, ignore_index=True)
    if entries.empty:
        raise LedgerError(f"Nobody has any {label} last year, and nothing is asked: there is nothing to hand out.")
    base = aiming.figure(measured, tuple(part.total for part in parts), len(months))
    table = carried(tree, entries, measured)
    target = next(iter(wanted.values())) if len(wanted) == 1 else _reached(entries, keys, measured, len(months))
    return Proposed(
        aim, measured, base, target, table, entries, (*notes, *_notes(tree, groups, parts, new, step, most))
    )


def _stands(context: Context, measured: Metric) -> bool:
    """Say whether a metric is what stands at the end of the months, instead of what comes together in them."""
    upper = catalogue(context.settings)[measured.over[0]] if measured.over else measured
    return upper.over_time == "last"


def _groups(aim: Aim, tree: Owners, parts: list[Past]) -> dict[str, str]:
    """Leave out accounts of territories that carry nothing: goals are for people, where there are any."""
    held = {owner for part in parts for owner in part.whole["owner"]}
    people = set(tree.positions["owner"])
    return {owner: name for owner, name in aims.groups(aim, tree).items() if owner in people or owner in held}


def _newcomers(measured: Metric, parts: list[Past], carriers: pd.DataFrame, months: list[str]) -> list[pd.DataFrame]:
    """Give what people without a result start from; of a ratio, as much above as their territory's ratio makes."""
    lower = aiming.newcomers(parts[-1].whole, carriers, months)
    if not measured.over:
        return [lower]
    upper = aiming.at_ratio(
        parts[0].whole, pd.concat([parts[-1].whole, lower]), carriers, measured.higher_is_better, set(lower["owner"])
    )
    return [upper, lower]


def _wanted(
    aim: Aim, measured: Metric, parts: list[Past], full: list[pd.DataFrame], groups: Mapping[str, str], months: int
) -> tuple[dict[str, Decimal], list[str]]:
    """Give the figure that each group is to reach."""
    wanted, problems, notes = {}, [], []
    before = [_by_group(part.whole, groups) for part in parts]
    filled = [_by_group(part, groups) for part in full]
    for name in dict.fromkeys(groups.values()):
        if measured.over and not filled[-1][name]:
            problems.append(f"{name}: nothing was counted last year that the ratio could be taken of")
            continue
        lacks = not before[-1][name] or (measured.higher_is_better and not before[0][name])
        base = aiming.figure(measured, tuple(each[name] for each in (filled if lacks else before)), months)
        nothing = base is not None and base <= 0
        if aim.way == "by" and nothing and (not measured.higher_is_better or len(set(groups.values())) > 1):
            # Where less is better, nothing is the best there is; and one among many is no reason to refuse all.
            wanted[name] = base or Decimal(0)
            notes.append(f"{name} has too little of it last year to be changed by a fraction, and is asked for none.")
            continue
        try:
            wanted[name] = _in_units(measured, aims.target(aim, base))
        except LedgerError as error:
            problems.append(f"{name}: {error}")
            continue
        if aim.way in ("under", "over") and base is not None and wanted[name] == base:
            notes.append(f"{name} is on the right side already, and is to stay where it is.")
    if problems:
        raise LedgerError(bulleted("This goal cannot be handed out:", problems))
    return wanted, notes


def _in_units(measured: Metric, figure: Decimal) -> Decimal:
    """Round a figure that people know as a whole number to one."""
    whole = not measured.over and measured.over_time != "average"
    return Decimal(aiming.whole(measured, figure, 1)) if whole else figure


def _already_above(full: list[pd.DataFrame], below: pd.Series) -> dict[str, int]:
    """Let who is above 100% already, such as by deals presented a year before, stay there."""
    above = full[0].groupby("owner")["amount"].sum().reindex(below.index).fillna(0).astype("int64")
    return {owner: max(int(above[owner]), int(below[owner])) for owner in below.index}


def _by_group(cells: pd.DataFrame, groups: Mapping[str, str]) -> dict[str, int]:
    sums = cells["amount"].groupby(cells["owner"].map(groups)).sum()
    return {name: int(sums.get(name, 0)) for name in groups.values()}


def _reached(entries: pd.DataFrame, keys: tuple[str, ...], measured: Metric, months: int) -> Decimal:
    sums = tuple(int(entries.loc[entries["metric"] == key, "amount"].sum()) for key in keys)
    return aiming.figure(measured, sums, months) or Decimal(0)


def _told(context: Context, aim: Aim, measured: Metric) -> dict[str, tuple[str, str]]:
    """Give reason and source of each step."""
    label, source = measured.label, measured.table or " and ".join(measured.over or ())
    before = f"FY{context.year - 1}"
    return {
        LAST_YEAR: (f"{label} of {before}", f"{source} of {before}"),
        TAKEN_OVER: (f"{label} of people who left, shared over their territory", f"{source} of {before}"),
        NEWCOMER: ("None of it last year: the average of the territory", f"{source} of {before}"),
        ASKED: (aim.how or f"Asked of {label.lower()}", f"goal on {label.lower()}"),
    }


def _notes(
    tree: Owners,
    groups: Mapping[str, str],
    parts: list[Past],
    new: list[pd.DataFrame],
    step: pd.DataFrame,
    most: Mapping[str, int] | None,
) -> list[str]:
    """Say what a planner should know of how it was handed out."""
    names = tree.frame.set_index("owner")["name"]
    fresh = sorted({str(names[owner]) for owner in new[-1]["owner"]})
    notes = [f"No result last year, so the average of the territory: {', '.join(fresh)}."] if fresh else []
    if most is not None:
        goal = pd.concat([parts[0].whole, new[0], step]).groupby("owner")["amount"].sum()
        full = sorted(str(names[owner]) for owner, top in most.items() if top and goal.get(owner, 0) >= top)
        notes += [f"At 100%: {', '.join(full)}."] if full else []
    alone = sorted(str(names[owner]) for owner in groups if owner.startswith("territory:"))
    return notes + ([f"Nobody sits in {', '.join(alone)}: the territory carries it."] if alone else [])
