"""A page of the workbook: where it stands, and how its parts say what is missing instead of breaking off."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from html import escape
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import pandas as pd

from planning import sheets
from planning.errors import AccessError, PlanningError
from planning.forms import blocks, inputs, shell
from planning.forms.messages import Messages, message
from planning.forms.widgets import Box, VBox, Widget
from planning.metrics import Metric, catalogue
from planning.settings import RUN_VARIABLE, Settings
from planning.sheets import Field, Html
from planning.workbook import access
from planning.workbook.context import Context
from planning.workbook.leading import territories
from planning.workbook.place import stand
from planning.workbook.season import season

P = ParamSpec("P")
Here = TypeVar("Here")

_SHOWN = 12
"""Rows of a long table that are shown at once."""


@dataclass(frozen=True)
class Page:
    """An open page; shows its header, and what was wrong with the address if anything was.

    Parameters
    ----------
    context
        Where one stands.
    active
        File name of the page.
    person
        Who one acts as, if the address says it.
    problem
        What was wrong with the address, in words.
    """

    context: Context
    active: str
    person: str = ""
    problem: str = ""

    @property
    def settings(self) -> Settings:
        """Settings of the workspace."""
        return self.context.settings

    @property
    def metrics(self) -> dict[str, Metric]:
        """The metrics of the catalogue, the company's own among them."""
        return catalogue(self.settings)

    def _repr_html_(self) -> str:
        told = message("info", self.problem) if self.problem else ""
        known = season(self.context) if shell.served() else None
        return shell.header(self.context, self.active, self.person, known)._repr_html_() + told


@dataclass(frozen=True, repr=False)
class Closed(Html):
    """A page, or live parts of one, that cannot be shown; each part that is asked of it shows `part` instead.

    Parameters
    ----------
    part
        HTML that stands for each part.
    """

    part: str = ""

    def __getattr__(self, name: str) -> Html:
        if name.startswith("_"):
            raise AttributeError(name)
        return Html(self.part)


def open_page(name: str, workspace: str, year: int, scenario: str, territory: str) -> Page | Closed:
    """Open a page where its parameters say, or where its address says if it was opened in a browser.

    What the address says wrongly is said on the page, which then opens on the whole company; what keeps
    any page from being shown, such as a workspace without a history, is said alone. In a batch everything
    wrong is an error.

    Parameters
    ----------
    name
        Name of the notebook, without its ending.
    workspace, year, scenario, territory
        The notebook's parameters.

    Raises
    ------
    PlanningError
        In a batch, if the page cannot be shown as asked.
    """
    asked = shell.query()
    person, active = asked.get("person", ""), f"{name}.ipynb"
    try:
        context = stand(
            workspace, _year(asked, year), asked.get("scenario", scenario), asked.get("territory", territory)
        )
        return _visited(Page(context, active, person))
    except AccessError as error:
        if _in_batch():
            raise
        return _closed(str(error))
    except PlanningError as error:
        if _in_batch():
            raise
        return _whole_company(workspace, year, scenario, str(error), active, person)


def _visited(page: Page) -> Page:
    """Say on a page who is logged in, and refuse it to whom it is not for."""
    person = access.visitor(page.settings)
    access.open_page(person, page.active)
    name = person.name if person is not None else page.person
    context = access.placed(replace(page.context, person=person), page.active)
    if context.territory != page.context.territory:
        others = [each for each in territories(context) or [] if each != context.territory]
        told = f"Here is {context.territory}."
        told += f" Your other territories, by the front page: {', '.join(others)}." if others else ""
        page = replace(page, problem=page.problem or told)
    return replace(page, context=context, person=name)


def _closed(problem: str) -> Closed:
    return Closed(shell.style().markup + blocks.nothing_yet(problem).markup)


def section(show: Callable[Concatenate[Here, P], Any]) -> Callable[Concatenate[Here, P], Any]:
    """Make a part of a page say in words what it cannot show; in a batch it fails, so that nobody trusts it.

    A part may give a list of what shows itself as HTML: these stand below one another.
    """

    @wraps(show)
    def guarded(here: Here, *args: P.args, **kwargs: P.kwargs) -> Any:
        if isinstance(here, Closed):
            return Closed(here.part)
        try:
            shown = show(here, *args, **kwargs)
            return together(shown) if isinstance(shown, list) else shown
        except PlanningError as error:
            if _in_batch():
                raise
            told = message("info", str(error))
            return Closed(told, part=told)

    return cast(Callable[Concatenate[Here, P], Any], guarded)


def later(show: Callable[Concatenate[Here, P], Any]) -> Callable[Concatenate[Here, P], Any]:
    """Draw a part of a served page after the page is there, so that what comes before it can be read meanwhile.

    A served page is shown when its last cell has run. Then it presses by itself, one after the other, the buttons
    that stand for what comes later. Elsewhere everything is drawn at once.
    """

    @wraps(show)
    def drawn(here: Here, *args: P.args, **kwargs: P.kwargs) -> Any:
        if not shell.served() or isinstance(here, Closed):
            return show(here, *args, **kwargs)
        messages = Messages()

        def fill() -> str:
            place.children = [blocks.shown(show(here, *args, **kwargs))]
            return ""

        press = blocks.button("Being drawn …", messages, fill, hint="Press if it does not come by itself.")
        place = VBox([press.add_class("later"), messages.view])
        return place

    return cast(Callable[Concatenate[Here, P], Any], drawn)


@later
@section
def afterwards(here: Page, make: Callable[[], Any]) -> Any:
    """Make a part after the page is there (`later`), so that a form further down can be used meanwhile."""
    return make()


class Live:
    """A place of a page that is drawn again when something has changed.

    Parameters
    ----------
    draw
        Gives what is to be shown; what it cannot show is said in words.

    Attributes
    ----------
    view
        The widget to show.
    """

    def __init__(self, draw: Callable[[], Any]) -> None:
        self._draw = draw
        self.view = VBox().add_class("live")
        self.redraw()

    def redraw(self) -> None:
        """Draw it again."""
        try:
            drawn = self._draw()
        except PlanningError as error:
            drawn = Html(message("info", str(error)))
        parts = drawn if isinstance(drawn, list) else [drawn]
        self.view.children = [blocks.shown(part) for part in parts]


def choosers(options: Mapping[str, Mapping[str, Any]], draw: Callable[..., Any]) -> Widget:
    """Let one choose several things, and draw what was chosen at once.

    Parameters
    ----------
    options
        For each label, what is shown and the value it stands for, at least one; the first is chosen at first.
    draw
        Gives what is to be shown for a value of each, in their order.
    """
    chosen = [inputs.choice(label, each, next(iter(each.values()))) for label, each in options.items()]

    def drawn() -> Any:
        values = [each.control.value for each in chosen]
        return Html("") if None in values else draw(*values)

    live = Live(drawn)
    for each in chosen:
        each.control.observe(lambda _: live.redraw(), names="value")
    return VBox([Box([each.view for each in chosen]).add_class("choices"), live.view])


def chooser(label: str, options: Mapping[str, Any], draw: Callable[[Any], Any]) -> Widget:
    """Let one choose, and draw what was chosen at once (`choosers` with one label)."""
    return choosers({label: options}, draw)


def folded(title: str, part: Any) -> Html:
    """Fold a part away under its title; a press on the title opens it, and paper shows it open.

    Parameters
    ----------
    title
        What is folded away.
    part
        Anything that shows itself as HTML.
    """
    return Html(f'<details class="folded"><summary>{escape(title)}</summary>{part._repr_html_()}</details>')


def beginning(
    rows: pd.DataFrame, fields: Sequence[Field], settings: Settings, caption: str, empty: str = "Nothing to show."
) -> list[Html]:
    """Show the first rows of a long table, and fold the whole away below them.

    Parameters
    ----------
    rows, fields, settings, caption, empty
        As for `planning.sheets.table`.
    """
    whole = sheets.table(rows, fields, settings, caption=caption, empty=empty)
    if len(rows) <= 2 * _SHOWN:
        return [whole]
    first = sheets.table(rows.head(_SHOWN), fields, settings, caption=f"{caption}: the first {_SHOWN}")
    return [first, folded(f"All {len(rows)}", whole)]


def together(parts: Sequence[Any]) -> Html:
    """Put parts that show themselves as HTML below one another."""
    return Html("".join(part._repr_html_() for part in parts))


def words(*sentences: str) -> Html:
    """Show sentences that were made of escaped parts."""
    return Html(f'<p class="words">{" ".join(sentences)}</p>')


def of_company(here: Page) -> Context:
    """Give the place of the whole company."""
    return replace(here.context, territory="")


def _whole_company(workspace: str, year: int, scenario: str, problem: str, active: str, person: str) -> Page | Closed:
    """Open on the whole company instead, or say why nothing can be shown at all."""
    try:
        context = stand(workspace, year, scenario)
        return _visited(Page(context, active, person, f"{problem}\nHere is the whole company instead."))
    except PlanningError as error:
        return _closed(str(error))


def _year(asked: Mapping[str, str], year: int) -> int:
    text = asked.get("year", "")
    if not text:
        return year
    if not (text.isdigit() and len(text) == 4):
        raise PlanningError(f"{text!r} is not a fiscal year. Write it as four digits.")
    return int(text)


def _in_batch() -> bool:
    return RUN_VARIABLE in os.environ
