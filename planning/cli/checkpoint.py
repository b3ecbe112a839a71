"""`planning checkpoint ...`: conversations between a rep and who leads them."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Workspace, Year, day, stand
from planning.cli.output import Format, say, show

if TYPE_CHECKING:
    from planning.tracking.actions import Action
    from planning.workbook.context import Context
    from planning.workbook.tracking.checkpoints import Meeting

app = typer.Typer(
    no_args_is_help=True, help="Conversations: plan, prepare, record, confirm, and see what was missed."
)

Rep = Annotated[str, typer.Argument(metavar="REP", help="With whom.")]
Key = Annotated[str, typer.Argument(metavar="CHECKPOINT", help="Which one, such as weekly:2027-02-28; see: list.")]
Who = Annotated[str, typer.Option("--as", metavar="NAME", help="Who does it.")]
AsOf = Annotated[str, typer.Option("--day", metavar="YYYY-MM-DD", help="As of when; by default the day in course.")]
Lines = Annotated[list[str], typer.Option(metavar="TEXT", help="Several times.")]


@app.command("list")
def listed(
    rep: Annotated[str, typer.Option(help="Only with this rep.")] = "",
    state: Annotated[str, typer.Option(help="Only: planned, due, missed, held or confirmed.")] = "",
    as_of: AsOf = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """List the conversations of the year, and what became of each."""
    import pandas as pd

    from planning.workbook.tracking import checkpoints

    context = stand(workspace, year, scenario)
    rows = [
        (each.planned.day, each.rep, each.manager, each.planned.kind, each.planned.key, each.state)
        for each in checkpoints.meetings(context, _day(context, as_of))
        if rep in ("", each.rep) and state in ("", each.state)
    ]
    heads = ["day", "rep", "manager", "kind", "checkpoint", "state"]
    show(pd.DataFrame(rows, columns=heads), {}, form, context.settings)


@app.command("show")
def shown(
    rep: Rep, year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table
) -> None:
    """Show the conversations with a rep that were held, and who confirmed them."""
    import pandas as pd

    from planning.workbook.tracking import checkpoints

    context = stand(workspace, year, scenario)
    rows = [
        (each.record.held, each.record.key, each.record.minutes, "; ".join(each.record.problems),
         "; ".join(f"{one.verdict}: {one.what}" for one in each.record.decisions),
         "; ".join(each.record.priorities), each.record.version, each.by, ", ".join(each.confirmed.values()))
        for each in checkpoints.checkpoints(context, rep)
    ]  # fmt: skip
    heads = ["held", "checkpoint", "minutes", "problems", "decisions", "priorities", "version", "by", "confirmed"]
    show(pd.DataFrame(rows, columns=heads), {"minutes": "count", "version": "count"}, form, context.settings)


@app.command()
def missed(
    as_of: AsOf = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """List conversations that were planned, whose time is over, and of which there is no record."""
    from planning.workbook.tracking import checkpoints

    context = stand(workspace, year, scenario)
    show(checkpoints.missed(context, _day(context, as_of)), {"days": "count"}, form, context.settings)


@app.command()
def record(
    rep: Rep,
    key: Key,
    who: Who,
    held: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="When it was held; by default as planned.")] = "",
    unplanned: Annotated[
        bool, typer.Option("--unplanned", help="It was not planned; CHECKPOINT then says its agenda and its day.")
    ] = False,
    minutes: Annotated[int, typer.Option(help="How long it took; by default as its agenda.")] = 0,
    problem: Lines = [],  # noqa: B006
    renew: Lines = [],  # noqa: B006
    revise: Lines = [],  # noqa: B006
    replace: Lines = [],  # noqa: B006
    priority: Lines = [],  # noqa: B006
    resource: Lines = [],  # noqa: B006
    surprise: Annotated[list[str], typer.Option(metavar="WHAT: RESPONSE", help="From above; several times.")] = [],  # noqa: B006
    action: Annotated[list[str], typer.Option(metavar="WHAT;OWNER;YYYY-MM-DD", help="Promised; several times.")] = [],  # noqa: B006
    observation: Annotated[str, typer.Option(help="What was seen in the field.")] = "",
    behaviour: Annotated[str, typer.Option(help="Behaviour and skills.")] = "",
    for_manager: Annotated[str, typer.Option(help="What the manager got from it.")] = "",
    for_rep: Annotated[str, typer.Option(help="What the rep got from it.")] = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Record what a conversation came to; in place of the record that is there."""
    from planning.tracking.agenda import AGENDAS
    from planning.tracking.checkpoint import VERDICTS, Checkpoint, Decision, surprises
    from planning.workbook.tracking import checkpoints

    context = stand(workspace, year, scenario)
    found = _unplanned(context, rep, key) if unplanned else _one(context, rep, key)
    planned, there = found.planned, found.held.record.version if found.held else 0
    verdicts = dict(zip(VERDICTS, (renew, revise, replace), strict=True))
    said = Checkpoint(
        planned.kind, rep, found.manager, day(held) if held else planned.day, planned.first, planned.last,
        minutes or AGENDAS[planned.kind].minutes, tuple(problem),
        tuple(Decision(verdict, what) for verdict, texts in verdicts.items() for what in texts),
        tuple(priority), tuple(resource), surprises("\n".join(surprise)), observation, behaviour, for_manager,
        for_rep, planned.extra, there,
    )  # fmt: skip
    kept = checkpoints.record(context, said, [_action(each) for each in action], who)
    count = f"{len(action)} {'action' if len(action) == 1 else 'actions'}"
    say(f"Kept as version {kept.record.version}, with {count}. It is for the other side to confirm.")


@app.command()
def confirm(
    rep: Rep,
    key: Key,
    who: Who,
    version: Annotated[int, typer.Option("--version", help="Version that you have read.")],
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Confirm a record for your side."""
    from planning.workbook.tracking import checkpoints

    kept = checkpoints.confirm(stand(workspace, year, scenario), rep, key, version, who)
    say(f"Confirmed by {' and '.join(kept.confirmed.values())}.")


@app.command()
def promised(
    rep: Rep,
    as_of: AsOf = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show what was promised at the last conversations: late, carried over, open, done."""
    from planning.workbook.tracking import checkpoints

    context = stand(workspace, year, scenario)
    now = _day(context, as_of)
    table = checkpoints.promised(context, rep, date.max, now).drop(columns="key")
    show(table, {"days": "count"}, form, context.settings)


@app.command()
def sheet(
    rep: Rep,
    key: Key,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Such as sheet.pdf, .html or .docx.")],
    as_of: AsOf = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Write the one-page sheet of a conversation, as PDF, HTML or DOCX by the file's ending."""
    from planning.papers.checkpoint import checkpoint
    from planning.papers.files import save

    context = stand(workspace, year, scenario)
    planned = _one(context, rep, key).planned
    say(f"Written: {save(checkpoint(context, rep, planned, day(as_of) if as_of else planned.day), out)}")


@app.command()
def sheets(
    key: Key,
    workers: Annotated[int, typer.Option(help="Sheets at a time; by default as many as the machine carries.")] = 0,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Make the sheet of a conversation for every rep, and a list of them; ends with 1 if some failed."""
    from planning.batch.sheets import make
    from planning.cli.progress import bar
    from planning.errors import TrackingError, bulleted, unknown_name
    from planning.workbook.tracking import checkpoints
    from planning.workbook.tracking import sheets as ordered

    context = stand(workspace, year, scenario)
    planned = checkpoints.meetings(context, _day(context, ""))
    wanted = [each for each in planned if each.planned.key == key]
    if not wanted:
        raise TrackingError(unknown_name("planned checkpoint", key, {each.planned.key for each in planned}))
    with bar() as progress:
        found = make(context.settings, ordered.orders(context, wanted), workers, progress)
    where = ", ".join(str(each.index) for each in found.results)
    say(f"{found.made} sheets made, {found.there} were there already, {len(found.failures)} failed: {where}")
    if found.failures:
        say(bulleted("These failed:", found.failures))
        raise typer.Exit(1)


@app.command()
def cadence(
    weekly: Annotated[str, typer.Option(help="Day of the week, such as Monday; none for no weekly one.")] = "",
    spread: Annotated[
        bool | None, typer.Option("--spread/--one-day", help="Spread a manager's weekly ones over the week.")
    ] = None,
    every: Annotated[int, typer.Option(help="Weeks from one weekly conversation to the next.")] = 0,
    monthly: Annotated[int, typer.Option(help="Working day after the month; 0 for none.")] = -1,
    quarterly: Annotated[int, typer.Option(help="Working day after the quarter; 0 for none.")] = -1,
    half_yearly: Annotated[int, typer.Option(help="Working day after the half; 0 for none.")] = -1,
    patience: Annotated[int, typer.Option(help="Working days until a conversation counts as missed.")] = -1,
    begins: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Nothing is missed before this day.")] = "",
    at: Annotated[
        str, typer.Option(metavar="HH:MM", help="When a manager's first one begins; none for no hours.")
    ] = "",
    rep: Annotated[str, typer.Option(help="Only with this rep; by default with everybody.")] = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Show or set how often conversations are held; they are expected, and missed, once it was set."""
    from dataclasses import replace

    from planning.tracking.cadence import WEEKDAYS, hour
    from planning.workbook.tracking import cadences

    context = stand(workspace, year, scenario)
    now = cadences.cadences(context).of(rep)
    given = {"monthly": monthly, "quarterly": quarterly, "half_yearly": half_yearly}
    changes: dict[str, object] = {name: place or None for name, place in given.items() if place >= 0}
    changes |= {"patience": patience} if patience >= 0 else {}
    changes |= {"every": every} if every else {}
    changes |= {"spread": spread} if spread is not None else {}
    changes |= {"begins": day(begins)} if begins else {}
    changes |= {"at": None if at == "none" else hour(at)} if at else {}
    if weekly:
        if weekly != "none" and weekly not in WEEKDAYS:
            raise typer.BadParameter(f"{weekly!r} is none of {', '.join(WEEKDAYS)} or none")
        changes["weekly"] = None if weekly == "none" else WEEKDAYS.index(weekly)
    if changes:
        since = now.begins or _day(context, "")
        now = replace(now, **{"begins": since, **changes})  # type: ignore[arg-type]
        cadences.keep(context, now, actor, rep)
    told = (
        "none"
        if now.weekly is None
        else f"{WEEKDAYS[now.weekly]}, every {now.every} weeks"
        if now.every > 1
        else WEEKDAYS[now.weekly]
    )
    told += ", spread over the week from there" if now.weekly is not None and now.spread else ""
    told += f", the first of a day at {now.at:%H:%M}" if now.at else ""
    places = ", ".join(f"{name.replace('_', '-')}: {getattr(now, name) or 'none'}" for name in given)
    say(f"Weekly: {told}. Working day after the end, {places}. Missed after {now.patience} working days, "
        f"from {now.begins or 'the day on which the cadence is set'}.")  # fmt: skip


@app.command()
def ical(
    person: Annotated[str, typer.Argument(metavar="NAME", help="Whose calendar.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Such as planning.ics.")],
    as_of: AsOf = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Write somebody's conversations, actions and hours as a file that calendars import."""
    from planning.papers.files import write
    from planning.papers.ical import ical as written
    from planning.workbook.tracking import feed

    context = stand(workspace, year, scenario)
    name, entries = feed.file(context, _day(context, as_of), person)
    content = written(entries, context.settings, f"{context.settings.company}: {name}, FY{context.year}")
    say(f"Written: {write(content, out)} ({len(entries)} entries)")


def _day(context: "Context", as_of: str) -> date:
    from planning.workbook.tracking import team

    return day(as_of) if as_of else team.day(context)


def _one(context: "Context", rep: str, key: str) -> "Meeting":
    """Find a planned conversation with a rep."""
    from planning.errors import TrackingError, unknown_name
    from planning.workbook.tracking import checkpoints, team

    both = team.pair(context, rep)
    planned = {each.planned.key: each for each in checkpoints.meetings(context, date.max) if each.rep == both.rep}
    if key not in planned:
        raise TrackingError(unknown_name("planned checkpoint", key, planned))
    return planned[key]


def _unplanned(context: "Context", rep: str, key: str) -> "Meeting":
    """Make a conversation that was not planned, from its agenda and its day."""
    from planning.errors import TrackingError, unknown_name
    from planning.tracking.agenda import AGENDAS, KINDS
    from planning.workbook.tracking import checkpoints, team

    name, _, when = key.partition(":")
    kind = next((each for each in KINDS if each == name), None)
    if kind is None:
        raise TrackingError(unknown_name("agenda", name, AGENDAS))
    both = team.pair(context, rep)
    made = checkpoints.unplanned(context, both.rep, kind, day(when))
    return checkpoints.Meeting(both.rep, both.manager, made, "due")


def _action(text: str) -> "Action":
    from planning.tracking.actions import Action

    parts = [each.strip() for each in text.split(";")]
    if len(parts) != 3:
        raise typer.BadParameter(f"write WHAT;OWNER;YYYY-MM-DD, not {text!r}")
    return Action(parts[0], parts[1], "", day(parts[2]))
