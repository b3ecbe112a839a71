"""A year as a timeline: what takes days as bars, what is on a day as diamonds, and where its quarters end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from babel.dates import format_date

from planning.settings import Settings
from planning.sheets.html import Html, element
from planning.sheets.numbers import day as written


@dataclass(frozen=True)
class Bar:
    """A bar, or a diamond where it is on one day.

    Parameters
    ----------
    begin, end
        First and last day.
    title
        What it is.
    look
        How it looks: a class of the style sheet, such as ``late``.
    state
        Where it stands, in words.
    point
        Whether it is a diamond.
    """

    begin: date
    end: date
    title: str
    look: str = ""
    state: str = ""
    point: bool = False


@dataclass(frozen=True)
class Line:
    """A row of the timeline: its name, and what stands in it."""

    name: str
    bars: Sequence[Bar]


def timeline(
    lines: Sequence[Line], first: date, last: date, ends: Sequence[tuple[date, str]], today: date, settings: Settings,
    caption: str,
) -> Html:  # fmt: skip
    """Write a timeline.

    Parameters
    ----------
    lines
        Its rows.
    first, last
        First and last day that is shown; what reaches past them is cut there.
    ends
        Days to draw a line at, with what ends then, such as quarters.
    today
        Is drawn as a line of its own.
    settings
        For the locale.
    caption
        What it shows.
    """
    if not lines:
        return Html('<p class="words">Nothing stands in this time.</p>')
    span = max((last - first).days + 1, 1)

    def place(day: date) -> float:
        return round(min(max((day - first).days / span, 0.0), 1.0) * 100, 3)

    marks = "".join(
        f'<span class="end" style="left: {place(day)}%"><b>{escape(name)}</b></span>'
        for day, name in ends
        if first <= day <= last
    )
    marks += f'<span class="now" style="left: {place(today)}%"></span>' if first <= today <= last else ""
    months = "".join(
        f'<span style="left: {place(each)}%">{escape(format_date(each, "LLL", locale=settings.locale))}</span>'
        for each in _months(first, last)
    )
    rows = "".join(_row(line, first, last, place, settings) for line in lines)
    head = f'<div class="scale" aria-hidden="true"><div class="track">{months}{marks}</div></div>'
    inner = element("div", f'{head}<ol class="lines">{rows}</ol>', "timeline-inner")
    attributes = {"role": "region", "tabindex": "0", "aria-label": caption}
    return Html(
        f'<p class="timeline-caption">{escape(caption)}</p>' + element("div", inner, "timeline", **attributes),
        f"Timeline: {caption}",
    )


def _row(line: Line, first: date, last: date, place: Callable[[date], float], settings: Settings) -> str:
    bars = []
    for each in line.bars:
        if each.end < first or each.begin > last:
            continue
        days = written(each.end, settings)
        days = days if each.begin == each.end else f"{written(each.begin, settings)} to {days}"
        told = ", ".join(filter(None, [each.title, days, each.state]))
        left = place(each.begin)
        # A bar ends with the end of its last day; a diamond stands on the middle of its day.
        wide = max(place(each.end) - left, 0.4)
        where = f"left: {left}%" if each.point else f"left: {left}%; width: {wide}%"
        looks = ("point" if each.point else "bar", each.look)
        bars.append(element("li", f"<span>{escape(told)}</span>", *looks, style=where, title=told))
    track = f'<ul class="track">{"".join(bars)}</ul>'
    return f'<li><span class="name" title="{escape(line.name)}">{escape(line.name)}</span>{track}</li>'


def _months(first: date, last: date) -> list[date]:
    found, each = [], date(first.year, first.month, 1)
    while each <= last:
        found.append(max(each, first))
        each = date(each.year + each.month // 12, each.month % 12 + 1, 1)
    return found
