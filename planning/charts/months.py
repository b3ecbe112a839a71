"""Charts over the months of a year."""

import json

import altair as alt
import pandas as pd

from planning import sheets
from planning.amounts import to_major
from planning.charts.picture import ABOVE, INK, NARROW, OTHER, QUIET, Picture, inline, nothing
from planning.settings import Settings

_LOOK = {"columns": ABOVE, "line": QUIET, "marks": INK}


def months(frame: pd.DataFrame, series: dict[str, str], settings: Settings, says: str) -> Picture:
    """Draw amounts by month: the first series as columns, the second as a line, the third as marks.

    Parameters
    ----------
    frame
        Column ``month`` (ISO) and one column of whole minor units a series; empty where there is none.
    series
        Column and name of each series, at most three.
    settings
        For currency and locale.
    says
        What it shows.
    """
    columns = [column for column in series if frame[column].notna().any()]
    if frame.empty or not columns:
        return nothing(says)
    rows = [
        {"place": place, "series": column, "amount": float(to_major(int(row[column]), settings.minor_digits))}
        for place, row in enumerate(frame.to_dict("records"))
        for column in columns
        if pd.notna(row[column])
    ]
    forms = dict(zip(series, ("columns", "line", "marks"), strict=False))
    told = ", ".join(f"{forms[column]}: {series[column]}" for column in columns)
    names = [sheets.month(month, settings, short=True) for month in frame["month"]]
    return Picture(f"{says} {told[0].upper()}{told[1:]}.", lambda width: _draw(rows, names, forms, width, settings))


def _draw(
    rows: list[dict[str, object]], names: list[str], forms: dict[str, str], width: int, settings: Settings
) -> alt.TopLevelMixin:
    narrow = width <= NARROW
    inner, height = width - (46 if narrow else 60), 220
    shown = [name[:1] if narrow else name for name in names]
    named = f"{json.dumps(shown, ensure_ascii=False)}[datum.value]"
    x = alt.X("place:O", axis=alt.Axis(title=None, labelAngle=0, labelExpr=named, grid=False))
    top = max(float(str(row["amount"])) for row in rows)
    ticks = _ticks(top)
    digits = 10**settings.minor_digits
    labels = [sheets.money(round(tick * digits), settings, compact=True) for tick in ticks]
    told = f"{json.dumps(labels, ensure_ascii=False)}[indexof({json.dumps(ticks)}, datum.value)]"
    y = alt.Y("amount:Q", scale=alt.Scale(nice=False), axis=alt.Axis(title=None, values=ticks, labelExpr=told))
    layers = []
    for column, form in forms.items():
        mine = [row for row in rows if row["series"] == column]
        base = alt.Chart(inline(mine), width=inner, height=height).encode(x=x, y=y)
        if form == "columns":
            layers.append(base.mark_bar(color=_LOOK[form]))
        elif form == "line":
            layers.append(base.mark_line(color=OTHER, strokeWidth=3, point=alt.OverlayMarkDef(color=OTHER, size=40)))
        else:
            layers.append(base.mark_tick(color=_LOOK[form], thickness=3, size=18 if narrow else 34))
    return alt.layer(*layers)


def _ticks(top: float) -> list[float]:
    """Give three to six round values from zero to just below the top."""
    if top <= 0:
        return [0.0]
    power = 10.0 ** (len(str(int(top))) - 1)
    step = next(power * part for part in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0) if top / (power * part) < 6)
    return [step * place for place in range(int(top / step) + 1)]
