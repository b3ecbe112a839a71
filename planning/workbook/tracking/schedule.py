"""What stands in the calendars: of all in view for the pages, of one person for their own calendar."""

from datetime import date

from planning.tracking.entries import Entry, of_action, of_planned, of_weeks
from planning.workbook.context import Context
from planning.workbook.plans import own
from planning.workbook.tracking import actions
from planning.workbook.tracking.cadences import cadences
from planning.workbook.tracking.checkpoints import meetings


def entries(context: Context, day: date, whom: str = "") -> list[Entry]:
    """Give what stands in the calendar of the year, by day.

    Parameters
    ----------
    context
        Where one stands, and who is asking: what is none of their business is left out.
    day
        As of when something is late or missed.
    whom
        Only what is theirs: conversations that they sit in, actions that they own, hours that they plan for
        themselves. Empty for all in view.
    """
    rules = cadences(context)
    found = []
    for each in meetings(context, day):
        if whom in ("", each.rep, each.manager):
            record = each.held.record if each.held else None
            # Whatever moves it, the cadence or its record, makes its version higher.
            version = rules.version(each.rep) + (record.version if record else 0)
            held = record.held if record else None
            found.append(of_planned(each.planned, each.rep, each.manager, each.state, held, version, whom))
    found += [of_action(each, day) for each in actions.actions(context) if whom in ("", each.owner)]
    for manager in [each for each in own.leaders(context) if whom in ("", each)]:
        plan = own.plan_of(context, manager)
        found += of_weeks(plan, manager, context.calendar.weeks(context.year)) if plan else []
    return sorted(found, key=lambda each: (each.end, each.kind, each.title))
