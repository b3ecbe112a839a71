"""Inputs of a form: each has a label, a hint, and says under it what it read or what is wrong."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

from planning import sheets
from planning.errors import PlanningError, bulleted
from planning.forms.widgets import HTML, Box, DatePicker, Dropdown, Text, Textarea, ValueWidget, VBox
from planning.periods import month_range
from planning.settings import Settings
from planning.sheets.entry import read_money, read_percent

Read = Callable[[Any], Any]


class Input:
    """One labelled input.

    Parameters
    ----------
    label
        What is asked for; also the name by which a problem is reported.
    control
        The widget that is filled in.
    read
        Turns what was filled in into a value; raises PlanningError with what is wrong.
    echo
        Writes the value that was read, to be shown under the input; nothing for no echo.
    hint
        What to fill in, shown until there is an echo or a problem.
    required
        Whether leaving it empty is a problem; else empty is read as nothing.

    Attributes
    ----------
    view
        The widget to show.
    """

    def __init__(
        self,
        label: str,
        control: ValueWidget,
        read: Read,
        echo: Callable[[Any], str] | None = None,
        hint: str = "",
        required: bool = False,
    ) -> None:
        self.label = label
        self.control = control
        self.hint = hint
        self.required = required
        self._read, self._echo = read, echo
        self._note = HTML().add_class("input-note")
        control.description = label if required else f"{label} (optional)"
        control.observe(lambda _: self._remark(), names="value")
        self.view = VBox([control, self._note]).add_class("input")
        self._remark(at_start=True)

    def read(self) -> Any:
        """Give the value that was filled in; nothing if it was left empty and may be.

        Raises
        ------
        PlanningError
            With the label, what is wrong and how to write it.
        """
        try:
            return self._value()
        except PlanningError as error:
            self._show(str(error), "problem")
            raise PlanningError(f"{self.label}: {error}") from error

    def peek(self) -> Any:
        """Give the value, without marking what is wrong; nothing if it was left empty.

        Raises
        ------
        PlanningError
            If it cannot be read.
        """
        given = self.control.value
        empty = given is None or (isinstance(given, str) and not given.strip())
        return None if empty else self._read(given)

    def fill(self, value: Any) -> None:
        """Fill in a value as it is typed, such as the empty text after saving; no problem is shown for it."""
        self.control.value = value
        self._remark(at_start=True)

    def _value(self) -> Any:
        value = self.peek()
        if value is None and self.required:
            raise PlanningError("this is needed.")
        return value

    def _remark(self, at_start: bool = False) -> None:
        """Say what was read, what is wrong, or the hint."""
        try:
            value = self._value()
        except PlanningError as error:
            self._show(self.hint if at_start else str(error), "hint" if at_start else "problem")
            return
        echo = self._echo(value) if self._echo and value is not None else ""
        self._show(echo or self.hint, "echo" if echo else "hint")

    def _show(self, text: str, kind: str) -> None:
        self._note.value = f'<span class="{kind}">{escape(text)}</span>' if text else ""


def read_all(**inputs: Input) -> dict[str, Any]:
    """Read several inputs by name.

    Raises
    ------
    PlanningError
        With everything that is wrong, a line each; nothing is read in part.
    """
    values, problems = {}, []
    for name, each in inputs.items():
        try:
            values[name] = each.read()
        except PlanningError as error:
            problems.append(str(error))
    if problems:
        raise PlanningError(bulleted("Please mend what is marked in the form:", problems))
    return values


def text(label: str, value: str = "", hint: str = "", required: bool = False, longest: int = 200) -> Input:
    """Ask for a line of text, given without spaces around it."""
    control = Text(value=value, continuous_update=False)
    return Input(label, control, _no_longer_than(longest), hint=hint, required=required)


def long_text(label: str, value: str = "", hint: str = "", required: bool = False, longest: int = 4000) -> Input:
    """Ask for some lines of text, such as a justification."""
    control = Textarea(value=value, rows=4, continuous_update=False)
    return Input(label, control, _no_longer_than(longest), hint=hint, required=required)


def money(label: str, settings: Settings, value: int | None = None, hint: str = "", required: bool = False) -> Input:
    """Ask for an amount as people write it; given in whole minor units, and echoed with its currency."""
    shown = "" if value is None else typed_money(value, settings)
    control = Text(value=shown, continuous_update=False).add_class("figure-input")
    return Input(
        label,
        control,
        lambda typed: read_money(typed, settings),
        lambda minor: f"Read as {sheets.money(minor, settings)}",
        hint or f"Such as {sheets.money(123450 * 10**settings.minor_digits, settings)}",
        required,
    )


def typed_money(value: int, settings: Settings) -> str:
    """Write whole minor units as one would type them into a form."""
    return sheets.money(value, settings).replace(sheets.MINUS, "-")


def percent(
    label: str, settings: Settings, value: Decimal | None = None, hint: str = "", required: bool = False
) -> Input:
    """Ask for a percentage; given as a fraction, so that 4% is 0.04."""
    shown = "" if value is None else sheets.percent(value, settings, digits=2).replace(sheets.MINUS, "-")
    control = Text(value=shown, continuous_update=False).add_class("figure-input")
    return Input(
        label,
        control,
        lambda typed: read_percent(typed, settings),
        lambda fraction: f"Read as {sheets.percent(fraction, settings, digits=2)}",
        hint or f"Such as {sheets.percent(Decimal('0.045'), settings)}",
        required,
    )


def number(label: str, value: Decimal | None = None, hint: str = "", required: bool = False) -> Input:
    """Ask for a plain number; given as a decimal."""
    shown = "" if value is None else f"{value.normalize():f}"
    control = Text(value=shown, continuous_update=False).add_class("figure-input")
    return Input(label, control, plain_number, hint=hint, required=required)


def choice(label: str, options: Mapping[str, Any], value: Any = None, hint: str = "", required: bool = True) -> Input:
    """Ask for one of several.

    Parameters
    ----------
    label
        What is asked for.
    options
        What is shown, and the value it stands for.
    value
        Value that is chosen at first; nothing lets the person choose.
    hint
        Shown under it.
    required
        Whether something must be chosen.
    """
    control = Dropdown(options=[("Choose …" if required else "–", None), *options.items()], index=0)
    if value is not None:
        control.value = value
    return Input(label, control, lambda chosen: chosen, hint=hint, required=required)


def month(
    label: str, settings: Settings, first: str, last: str, value: str | None = None, required: bool = True
) -> Input:
    """Ask for a month between two, both included; given as ``YYYY-MM``."""
    options = {sheets.month(each, settings): each for each in month_range(first, last)}
    return choice(label, options, value, required=required)


def day(label: str, value: date | None = None, hint: str = "", required: bool = False) -> Input:
    """Ask for a day, by the browser's own calendar; given as a date."""
    return Input(label, DatePicker(value=value), lambda chosen: chosen, hint=hint, required=required)


def all_optional(*inputs: Input) -> None:
    """Take the mark off inputs of a form that may all be left empty; the form says so once."""
    for each in inputs:
        each.control.description = each.label


def why(label: str = "Why") -> Input:
    """Ask why goals are moved; no goal is moved without it."""
    return text(label, hint="It stands in the account of every goal that is moved.", required=True)


def on_change(does: Callable[[], object], *inputs: Input) -> None:
    """Do something whenever one of some inputs is filled in anew."""
    for each in inputs:
        each.control.observe(lambda _: does(), names="value")


def side_by_side(*inputs: Input) -> Box:
    """Show inputs beside one another where there is room, else below one another."""
    return Box([each.view for each in inputs]).add_class("inputs")


def plain_number(typed: str) -> Decimal:
    """Read a plain number.

    Raises
    ------
    PlanningError
        If it is none.
    """
    try:
        value = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation as error:
        raise PlanningError(f"{typed!r} is not a number. Write it as 2 or 1.5.") from error
    if not value.is_finite():
        raise PlanningError(f"{typed!r} is not a number. Write it as 2 or 1.5.")
    return value


def _no_longer_than(longest: int) -> Read:
    def read(typed: str) -> str:
        bare = typed.strip()
        if len(bare) > longest:
            raise PlanningError(f"this has {len(bare):,} characters; {longest:,} are kept at most.")
        return bare

    return read
