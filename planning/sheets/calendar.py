"""A month as people know it: a grid of days where there is room, a list of days where there is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from babel.dates import format_date, get_day_names

from planning.settings import Settings
from planning.sheets.html import Html, element
from planning.sheets.numbers import day as written
from planning.sheets.numbers import month as written_month

_SHOWN = 4
"""Things that a day of the grid shows at once; a press shows the others."""


@dataclass(frozen=True)
class Mark:
    """Something on a day.

    Parameters
    ----------
    title
        What it is.
    look
        How it looks: a class of the style sheet, such as ``late``.
    state
        Where it stands, in words.
    detail
        What more there is to say.
    """

    title: str
    look: str = ""
    state: str = ""
    detail: str = ""


def calendar(
    month: str, weeks: Sequence[Sequence[date]], marks: Mapping[date, Sequence[Mark]], today: date, settings: Settings
) -> Html:
    """Write a month.

    Parameters
    ----------
    month
        ISO month.
    weeks
        Its weeks, of seven days each (`planning.tracking.entries.grid`).
    marks
        What there is on each day.
    today
        Is marked.
    settings
        For the locale.
    """
    names = get_day_names("abbreviated", locale=settings.locale)
    heads = "".join(element("th", escape(names[place]), scope="col") for place in range(7))
    rows = "".join(
        element("tr", "".join(_cell(each, month, marks.get(each, ()), today, settings) for each in week))
        for week in weeks
    )
    title = written_month(month, settings)
    table = element(
        "table", f"<caption>{escape(title)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>", "month"
    )
    inside = [each for week in weeks for each in week if f"{each:%Y-%m}" == month and marks.get(each)]
    listed = "".join(_day(each, marks[each], today, settings) for each in inside)
    empty = '<p class="words">Nothing stands in this month.</p>'
    agenda = f'<ol class="agenda" aria-label="{escape(title)}, day by day">{listed}</ol>' if listed else empty
    return Html(f'<div class="calendar">{table}{agenda}</div>', f"Calendar: {title}")


def _cell(day: date, month: str, marks: Sequence[Mark], today: date, settings: Settings) -> str:
    looks = ["" if f"{day:%Y-%m}" == month else "other", "today" if day == today else ""]
    items = [element("li", escape(each.title), each.look, title=_told(each)) for each in marks]
    shown, rest = "".join(items[:_SHOWN]), items[_SHOWN:]
    if rest:
        folded = f"<details><summary>{len(rest)} more</summary><ul>{''.join(rest)}</ul></details>"
        shown += f'<li class="more">{folded}</li>'
    number = element("time", str(day.day), datetime=day.isoformat(), title=written(day, settings))
    return element("td", number + (f"<ul>{shown}</ul>" if shown else ""), *looks)


def _day(day: date, marks: Sequence[Mark], today: date, settings: Settings) -> str:
    items = "".join(
        element(
            "li",
            f"{escape(each.title)}" + (f' <span class="state">{escape(each.state)}</span>' if each.state else ""),
            each.look,
            title=each.detail,
        )
        for each in marks
    )
    name = format_date(day, "EEE d", locale=settings.locale)
    head = element("time", escape(name), datetime=day.isoformat())
    return element("li", f"{head}<ul>{items}</ul>", "today" if day == today else "")


def _told(mark: Mark) -> str:
    return "\n".join(filter(None, [mark.title, mark.state, mark.detail]))
