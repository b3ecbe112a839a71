"""Make a goal of what was typed: figures in the unit of the metric, months within the year."""

from decimal import Decimal, InvalidOperation
from typing import Any

from planning.amounts import to_minor
from planning.errors import LedgerError, PlanningError, bulleted, unknown_name
from planning.goals.aims import library
from planning.goals.aims.aim import LEVELS, Aim
from planning.metrics import Metric
from planning.workbook.aims.aimed import known
from planning.workbook.context import Context


def from_library(context: Context, name: str, **words: Any) -> Aim:
    """Fit a ready goal to the year, with what is said otherwise.

    Parameters
    ----------
    context
        Which year.
    name
        Name of the ready goal.
    words
        Words of `planning.goals.aims.aim.Aim` that are said otherwise; figures as they are typed.

    Raises
    ------
    LedgerError
        If there is no such ready goal, or a figure cannot be read.
    """
    ready = library.template(name)
    measured = known(context)[ready.metric]
    fitted = library.fitted(ready, measured, context.calendar.months(context.year))
    return Aim(**{**fitted.__dict__, **_read(context, measured, words, fitted.way)})


def from_words(context: Context, metric: str, **words: Any) -> Aim:
    """Make a goal of one's own; what is not said is the whole year, with checkpoints at the quarters' ends.

    Raises
    ------
    LedgerError
        If there is no such metric, or a figure cannot be read.
    """
    metrics, months = known(context), context.calendar.months(context.year)
    if metric not in metrics:
        raise LedgerError(unknown_name("metric", metric, metrics))
    start, end = words.pop("start", "") or months[0], words.pop("end", "") or months[-1]
    points = words.pop("checkpoints", None)
    if words.get("value") in (None, ""):
        raise LedgerError("Say how much is wanted: 8% more than last year, or a figure to reach.")
    usual = next((each.serves for each in library.LIBRARY.values() if each.metric == metric), "market coverage")
    said = {"kind": "company", "serves": usual, "way": "by"} | words
    said["checkpoints"] = library.quarters(months, start, end) if points is None else points
    return Aim(metric=metric, start=start, end=end, **_read(context, metrics[metric], said, said["way"]))


def _read(context: Context, measured: Metric, words: dict[str, Any], way: str) -> dict[str, Any]:
    """Read what is typed into the unit of the metric, all problems at once."""
    said, problems = dict(words), []
    for name in ("value", "typed", *LEVELS):
        text = said.get(name)
        if not isinstance(text, str) or not text.strip():
            continue
        try:
            said[name] = _figure(context, measured, text, relative=name == "value" and said.get("way", way) == "by")
        except PlanningError as error:
            problems.append(f"{name}: {error}")
        if name in LEVELS and name not in problems:
            said[name] = text.strip() if text.strip().endswith("%") else str(said[name])
    if problems:
        raise LedgerError(bulleted("This goal cannot be read:", problems))
    return said


def _figure(context: Context, measured: Metric, text: str, relative: bool = False) -> Decimal:
    """Read a figure: a percentage is a fraction, money is given in major units."""
    bare = text.strip()
    if not relative and measured.unit == "money" and not bare.endswith("%"):
        return Decimal(to_minor(bare, context.settings.minor_digits))
    try:
        value = Decimal(bare.removesuffix("%").strip())
    except InvalidOperation as error:
        raise LedgerError(f"{text!r} is not a figure. Write it as 8%, 426 or 62.5.") from error
    if relative and not bare.endswith("%"):
        raise LedgerError(
            f"{text!r} is to be a part of last year's figure. Write it with a percent sign, such as 8%."
        )
    return value / 100 if bare.endswith("%") else value
