"""A rep who left: the leaver's accounts while the seat was vacant, against accounts of other reps."""

from datetime import date, timedelta

import pandas as pd

from planning.history.cost.cells import Window, cells, growth, since
from planning.history.cost.finding import Finding, in_money
from planning.history.cost.happening import Happening, clean
from planning.history.cost.spread import apart, unknown
from planning.history.engine import History
from planning.periods import add_months, first_day

METHOD = (
    "Sales of the leaver's accounts in the vacant months over the same months a year before, of customers who bought "
    "in both years, against accounts of reps who were there throughout, in other territories; interval from the "
    "spread of these."
)
NEAR = timedelta(days=31)
"""How far the day of the event may lie from the last day of the person."""

_SEATS = """
select people.rep, people.hired, people."left", assignments.territory, assignments.effective_from
from people join assignments on assignments.rep = people.rep
"""
# Each account belongs to whoever sold to it last before the event.
_HOLDER = """
join (
    select territory, customer, rep,
           row_number() over (
               partition by territory, customer order by date desc, order_id desc, line desc, amount desc, rep
           ) as place
    from orders
    where customer is not null and date >= $served_from and date < $vacant_from
) as holder
on holder.place = 1 and holder.territory = fact.territory and holder.customer = fact.customer
"""


def findings(history: History, of: Happening, others: list[Happening], window: Window) -> list[Finding]:
    """Measure what the leaver's accounts lost while nobody had taken them over."""
    seats = history.rows(_SEATS)
    leaver = _leaver(seats, of)
    if leaver is None:
        place = of.territory or "the company"
        reason = f"Nobody of {place} left within {NEAR.days} days of {of.day}: whose accounts they are is not known."
        return [Finding("sales", METHOD, None, unknown(reason))]
    rep, territory, left = leaver
    vacant = _vacant(seats, territory, left, window)
    if not vacant.length:
        return [Finding("sales", METHOD, None, unknown("The seat was taken over before a whole month had passed."))]
    rows = cells(history, vacant, "holder.rep", _HOLDER, _served(vacant))
    here = Happening(of.event, of.kind, territory, "", of.day, of.note)
    rows = clean(rows, here, others, vacant, by_line=False)
    own = rows.rows["unit"] == rep
    kept = rows.rows[own | _steady(rows.rows, seats, vacant, territory)]
    grown = growth(kept)["sales"]
    change = apart(grown[grown.index == rep], grown[grown.index != rep])
    sold = int(rows.rows.loc[own, "sold"].sum())
    return [Finding("sales", METHOD, vacant, change.relative(), in_money(sold, change), rows.beside)]


def _served(vacant: Window) -> dict[str, object]:
    return {"served_from": first_day(vacant.base.first), "vacant_from": first_day(vacant.first)}


def _leaver(seats: pd.DataFrame, of: Happening) -> tuple[str, str, date] | None:
    """Find who of the territory left nearest to the day of the event."""
    gone = seats[seats["left"].notna()]
    gone = gone[gone["territory"] == of.territory] if of.territory else gone
    days = [(abs(row.left - of.day), row.rep, row.territory, row.left) for row in gone.itertuples()]
    near = sorted(each for each in days if each[0] <= NEAR)
    return near[0][1:] if near else None


def _vacant(seats: pd.DataFrame, territory: str, left: date, window: Window) -> Window:
    """Give the whole months from the day after a departure until somebody starts in the territory."""
    begun = seats.loc[(seats["territory"] == territory) & seats["effective_from"].notna(), "effective_from"]
    taken = [day for day in begun if day > left]
    months = since(left + timedelta(days=1), window.last)
    last = min([months.last, *(add_months(f"{day:%Y-%m}", -1) for day in taken)])
    return Window(months.first, last)


def _steady(rows: pd.DataFrame, seats: pd.DataFrame, vacant: Window, territory: str) -> pd.Series:
    """Say which cells belong to reps elsewhere who were there in both years from the first to the last month."""
    begins, ends = vacant.bounds["base_first"], vacant.bounds["last"]
    late = seats.loc[seats["hired"].notna(), ["rep", "hired"]]
    gone = seats.loc[seats["left"].notna(), ["rep", "left"]]
    moved = {*late.loc[late["hired"] > begins, "rep"], *gone.loc[gone["left"] < ends, "rep"]}
    return ~rows["unit"].isin(moved) & (rows["territory"] != territory)
