"""Who talks with whom during the year, as the history says who leads whom, and in which role one sits there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from planning.errors import AccessError, TrackingError, unknown_name
from planning.history import during, results
from planning.history.engine import open_history
from planning.periods import first_day, last_day
from planning.store import books
from planning.tracking.checkpoint import Side
from planning.workbook.context import Context
from planning.workbook.leading import concerned, managers
from planning.workbook.negotiation.talks import find
from planning.workbook.place import reading


@dataclass(frozen=True)
class Pair:
    """A rep and who leads them.

    Parameters
    ----------
    rep, manager
        Their names; nobody is told as the manager where it is empty.
    begins, ends
        First and last day on which the rep is there.
    place
        Place among those with a goal whom the manager leads, from 0, in alphabetical order.
    team
        How many these are.
    """

    rep: str
    manager: str
    begins: date
    ends: date
    place: int = 0
    team: int = 1


def pairs(context: Context) -> list[Pair]:
    """Give everybody in view with a goal whose year is the business of who is asking, in alphabetical order.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    with reading(context) as connection:
        places = books.owners(connection, find(connection, context)).positions
    everybody = sorted(set(places["rep"]))
    if context.territory:
        places = places[places["territory"] == context.territory]
    reps = sorted(set(places["rep"]))
    with open_history(context.settings) as history:
        there = results.there(history)
    led, mine, ever = managers(context), concerned(context, reps), (date.min, date.max)
    teams: dict[str, list[str]] = {}
    for each in everybody:
        teams.setdefault(led.get(each, ""), []).append(each)
    found = []
    for each in sorted(mine):
        manager = led.get(each, "")
        team = teams[manager]
        found.append(Pair(each, manager, *there.get(each, ever), team.index(each), len(team)))
    return found


def pair(context: Context, rep: str) -> Pair:
    """Give a rep and who leads them.

    Raises
    ------
    TrackingError
        If nobody of the name carries a goal.
    AccessError
        If it is none of the business of who is asking.
    """
    found = pairs(context)
    for each in found:
        if each.rep == rep:
            return each
    if rep and context.person is not None and not concerned(context, [rep]):
        raise AccessError(f"The year of {rep} is between them and those who lead them.")
    raise TrackingError(unknown_name("rep with a goal", rep, [each.rep for each in found]))


def side(context: Context, rep: str, name: str) -> Side | None:
    """Say on which side of the table somebody sits; none for somebody who sits on neither."""
    if name == rep:
        return "rep"
    led, above = managers(context), rep
    seen: set[str] = set()
    while (above := led.get(above, "")) and above not in seen:
        if above == name:
            return "manager"
        seen.add(above)
    me = context.person
    leads = me is None or (me.name == name and me.role in ("manager", "planner"))
    return "manager" if leads and not led.get(rep) and name else None


def day(context: Context) -> date:
    """Give the day as of which the year is looked at where nobody says one.

    It is today where today lies in the year and the history reaches no further; else the last day with results, and
    the first day of the year before there are any.
    """
    months = context.calendar.months(context.year)
    begins, ends = first_day(months[0]), last_day(months[-1])
    with open_history(context.settings) as history:
        last = during.through(history)
    seen = max(datetime.now(UTC).date(), last or begins)
    return min(max(seen, begins), ends)
