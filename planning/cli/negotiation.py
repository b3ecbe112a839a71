"""`planning negotiation ...`: where it stands, its rules, its papers and its proof; the moves are in `moves`."""

from pathlib import Path
from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Workspace, Year, stand
from planning.cli.output import Format, Kind, say, show

app = typer.Typer(
    no_args_is_help=True, help="Propose, counter, ask, accept, until both accept the same version; and prove it."
)

Rep = Annotated[str, typer.Argument(metavar="REP", help="Whose goal it is.")]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Such as sheet.pdf or sheet.html.")]


@app.command("list")
def listed(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Say where every negotiation stands."""
    from planning.workbook.negotiation import overview

    context = stand(workspace, year, scenario)
    money = ("number", "original", "goal", "offer", "company", "own", "distance")
    kinds: dict[str, Kind] = dict.fromkeys(money, "money")
    counts: dict[str, Kind] = dict.fromkeys(("version", "days", "questions"), "count")
    show(overview.standing(context), {**kinds, **counts}, form, context.settings)


@app.command()
def teams(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Add up every team: agreed, moving, untouched, and what is on the table against the number passed down."""
    from planning.workbook.negotiation import overview

    context = stand(workspace, year, scenario)
    money: dict[str, Kind] = dict.fromkeys(("number", "on_table", "over"), "money")
    counts: dict[str, Kind] = dict.fromkeys(("reps", "agreed", "set", "moving", "untouched"), "count")
    show(overview.roll_up(context), {**money, **counts}, form, context.settings)


@app.command()
def waiting(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """List who has to move, since when, and what is due."""
    from planning.workbook.negotiation import overview

    context = stand(workspace, year, scenario)
    show(overview.waiting(context), {"days": "count", "questions": "count"}, form, context.settings)


@app.command()
def remind(
    preview: Annotated[bool, typer.Option("--preview", help="Only show who would be reminded of what.")] = False,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Remind those who have to move, once a day: into the outbox, and by mail where a server is set."""
    from planning.workbook.negotiation import outbox

    context = stand(workspace, year, scenario)
    if preview:
        for each in outbox.reminders(context):
            say(f"{each.person}: {', '.join(each.goals)}")
        return
    for person, became in outbox.remind(context).items():
        say(f"{person}: {became}")


@app.command("show")
def shown(
    rep: Rep, year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table
) -> None:
    """Show the whole exchange over a rep's goal, in order: who, when, which version, what and why."""
    from planning.workbook.negotiation import talks

    context = stand(workspace, year, scenario)
    table = talks.exchange(context, rep)
    show(table, {"total": "money", "sequence": "count", "version": "count"}, form, context.settings)


@app.command()
def rules(
    opening: Annotated[str, typer.Option(help="Who makes the first offer: manager, rep or either.")] = "",
    deadline: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Last day; none takes it back.")] = "",
    at_deadline: Annotated[str, typer.Option(help="What happens to what is open: remind, escalate or stand.")] = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Show or set who opens, the deadline, and what happens at it."""
    from dataclasses import replace

    from planning.cli.options import day
    from planning.workbook.negotiation import moving, overview

    context = stand(workspace, year, scenario)
    now = overview.rules_of(context)
    if opening or deadline or at_deadline:
        due = now.deadline if not deadline else None if deadline == "none" else day(deadline)
        now = replace(now, opening=opening or now.opening, deadline=due, at_deadline=at_deadline or now.at_deadline)
        moving.keep_rules(context, now, actor)
    due_told = now.deadline.isoformat() if now.deadline else "none"
    say(f"First offer: {now.opening}. Deadline: {due_told}. At the deadline: {now.at_deadline}.")


@app.command()
def due(actor: Actor = "planner", year: Year = 0, scenario: Scenario = "", workspace: Workspace = "") -> None:
    """Do what the rules say to what is still open after the deadline."""
    from planning.workbook.negotiation import moving

    moved = moving.past_deadline(stand(workspace, year, scenario), actor)
    say(f"Done for {', '.join(moved)}." if moved else "Nothing was open any more.")


@app.command()
def sheet(
    rep: Rep,
    out: Out,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Write the one-page sheet for the one-to-one on a goal, as PDF or HTML by the file's ending."""
    from planning.papers.files import save
    from planning.papers.meeting import meeting

    say(f"Written: {save(meeting(stand(workspace, year, scenario), rep), out)}")


@app.command()
def agreement(
    rep: Rep,
    out: Out,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Write a settled goal for both to keep, as PDF or HTML by the file's ending."""
    from planning.papers.agreement import agreement as written
    from planning.papers.files import save

    say(f"Written: {save(written(stand(workspace, year, scenario), rep), out)}")


@app.command()
def suggest(
    rep: Rep, year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table
) -> None:
    """Suggest fair ways to settle, with what each does; none is applied."""
    from planning.workbook.negotiation import prepare

    context = stand(workspace, year, scenario)
    table = prepare.suggested(context, rep).drop(columns=["lines", "detail"])
    kinds: dict[str, Kind] = {"total": "money", "probability": "percent", "gives": "money", "pay": "money"}
    show(table, kinds, form, context.settings)


@app.command()
def verify(
    head: Annotated[str, typer.Option(help="A hash that was written down, such as on a printed agreement.")] = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Prove that nothing was edited, reordered, inserted or cut off, or say where it was."""
    from planning.workbook.negotiation import proof

    found = proof.verify(stand(workspace, year, scenario), head)
    say(f"{found.events} events, {found.anchors} anchors, head {found.head or '-'}.")
    for problem in found.problems:
        say(f"- {problem}")
    if found.problems:
        raise typer.Exit(1)
    say("Every event is as it was said, in its place, and none is missing.")
