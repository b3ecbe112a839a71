"""What a goal must say to be kept at all; whether it is a good one is another matter (`smart`)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import get_args

from planning.errors import LedgerError, bulleted, unknown_name
from planning.goals.aims.aim import LEVELS, WEIGHED, Aim, Kind, Serves, Way, as_level
from planning.goals.owners import COMPANY, Owners
from planning.metrics import Metric, brought
from planning.periods import split_month


def check(aim: Aim, known: Mapping[str, Metric], owners: Owners, months: list[str]) -> None:
    """Refuse an aim that does not say what it must.

    Parameters
    ----------
    aim
        What is stated.
    known
        Metrics by name.
    owners
        Who can carry a goal.
    months
        Months of the fiscal year.

    Raises
    ------
    LedgerError
        With everything that is wrong.
    """
    problems = [*_wrong_words(aim, known), *_wrong_time(aim, months)]
    if not problems:
        problems = [*_wrong_number(aim, known[aim.metric]), *_wrong_whom(aim, known, owners)]
    if problems:
        raise LedgerError(bulleted("This goal cannot be kept:", problems))


def _wrong_words(aim: Aim, known: Mapping[str, Metric]) -> list[str]:
    choices = {"kind": get_args(Kind), "way": get_args(Way), "serves": get_args(Serves)}
    problems = [] if aim.metric in known else [unknown_name("metric", aim.metric, known)]
    if aim.metric in known and known[aim.metric].part_only:
        problems.append(f"{known[aim.metric].label} is only a part of a ratio; set the goal on the ratio")
    problems += [
        f"{name} is {getattr(aim, name)!r}, but must be one of {', '.join(values)}"
        for name, values in choices.items()
        if getattr(aim, name) not in values
    ]
    return problems + [
        f"{name} is {getattr(aim, name)}, but must be 1, 2 or 3"
        for name in WEIGHED
        if getattr(aim, name) not in (1, 2, 3)
    ]


def _wrong_time(aim: Aim, months: list[str]) -> list[str]:
    for month in (aim.start, aim.end, *aim.checkpoints):
        split_month(month)
    if aim.end < aim.start:
        return [f"it ends in {aim.end}, before it starts in {aim.start}"]
    outside = [month for month in (aim.start, aim.end) if month not in months]
    problems = [f"{month} is not in the year that is planned ({months[0]} to {months[-1]})" for month in outside]
    return problems + [
        f"the checkpoint {month} is not between start and end"
        for month in aim.checkpoints
        if not aim.start <= month <= aim.end
    ]


def _wrong_number(aim: Aim, measured: Metric) -> list[str]:
    problems = [] if aim.value.is_finite() else ["its number is not a number"]
    if aim.way == "by" and aim.value <= -1:
        problems.append("less than nothing would be left: a change by a fraction lies above -100%")
    if aim.way == "by" and aim.value and (aim.value > 0) != measured.higher_is_better:
        problems.append(
            f"of {measured.label.lower()} {'more' if measured.higher_is_better else 'less'} is better, "
            f"but it asks for {'less' if measured.higher_is_better else 'more'}"
        )
    if aim.way != "by" and aim.value < 0:
        problems.append("its number is below zero")
    if aim.way != "by" and measured.unit == "ratio" and aim.value > 1 and measured.name != "margin_rate":
        problems.append("its number is a part of a whole, and above 100%; write 45% as 0.45")
    return problems + _wrong_levels(aim, measured)


def _wrong_levels(aim: Aim, measured: Metric) -> list[str]:
    """Say what is wrong with the levels, as far as that can be told without knowing the target."""
    problems, parts = [], {}
    for name in LEVELS:
        text = getattr(aim, name)
        if not text:
            continue
        part = as_level(text, Decimal(1))
        if part is None or part < 0:
            problems.append(f"{name} is {text!r}; write a part of the target such as 90%, or a plain figure")
        elif text.strip().endswith("%"):
            parts[name] = part if measured.higher_is_better else -part
    edge = Decimal(1) if measured.higher_is_better else Decimal(-1)
    if parts.get("floor", edge) > edge:
        problems.append("the floor is better than the target")
    problems += [f"the {name} is worse than the target" for name in LEVELS[1:] if parts.get(name, edge) < edge]
    if "stretch" in parts and parts.get("challenge", parts["stretch"]) < parts["stretch"]:
        problems.append("the challenge is worse than the stretch")
    return problems


def _wrong_whom(aim: Aim, known: Mapping[str, Metric], owners: Owners) -> list[str]:
    measured, problems = known[aim.metric], []
    missing = brought(measured, known)
    if missing is not None and aim.typed is None:
        problems.append(f"the history does not tell {missing.label.lower()}: bring last year's figure")
    if measured.typed and aim.kind != "company":
        problems.append(f"{measured.label} is told for the company alone")
    if measured.whole and (aim.kind == "individual" or (aim.kind == "team" and not aim.whom)):
        problems.append(f"{measured.label} is told of the company, or of one region or territory that you name")
    if not aim.whom:
        return problems
    try:
        kinds = set(owners.frame.set_index("owner").loc[owners.resolve(aim.whom), "kind"])
    except LedgerError as error:
        return [*problems, str(error)]
    fits = {"company": {COMPANY}, "team": {"region", "territory"}}.get(aim.kind, kinds)
    return problems if kinds <= fits else [*problems, f"{aim.whom} is a {kinds.pop()}: no goal of kind {aim.kind}"]
