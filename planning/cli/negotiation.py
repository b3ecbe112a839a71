"""`planning negotiation ...`: what the form does, on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planning.cli.options import Actor, Form, Scenario, Workspace, Year
from planning.cli.output import Format, Kind, say, show

if TYPE_CHECKING:
    from planning.workbook.context import Context

app = typer.Typer(
    no_args_is_help=True, help="Propose, counter, ask, accept, until both accept the same version; and prove it."
)

Rep = Annotated[str, typer.Argument(metavar="REP", help="Whose goal it is.")]
Who = Annotated[str, typer.Option("--as", metavar="NAME", help="Who sends it.")]
Lines = Annotated[
    list[str],
    typer.Option(
        "--line",
        "-l",
        metavar="PRODUCT LINE=AMOUNT",
        help="Year's goal for a product line in major units; lines left out stay as they stand.",
    ),
]
Support = Annotated[
    list[str],
    typer.Option(
        "--support", metavar="WHAT[=AMOUNT]", help="An account, opportunity or activity behind it; several times."
    ),
]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Such as sheet.pdf or sheet.html.")]
Seen = Annotated[int, typer.Option("--version", help="Version you have seen; by default the one on the table.")]
Note = Annotated[str, typer.Option("--note", "-n", help="Justification, supporting detail, reason or comment.")]
Line = Annotated[str, typer.Option("--line", "-l", help="Product line that it is about; by default the whole goal.")]


@app.command("list")
def listed(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Say where every negotiation stands."""
    from planning.workbook.negotiation import overview
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    money = ("number", "original", "goal", "offer", "company", "own", "distance")
    kinds: dict[str, Kind] = dict.fromkeys(money, "money")
    counts: dict[str, Kind] = dict.fromkeys(("version", "days", "questions"), "count")
    show(overview.standing(context), {**kinds, **counts}, form, context.settings)


@app.command()
def teams(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Add up every team: agreed, moving, untouched, and what is on the table against the number passed down."""
    from planning.workbook.negotiation import overview
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    money: dict[str, Kind] = dict.fromkeys(("number", "on_table", "over"), "money")
    counts: dict[str, Kind] = dict.fromkeys(("reps", "agreed", "set", "moving", "untouched"), "count")
    show(overview.roll_up(context), {**money, **counts}, form, context.settings)


@app.command()
def waiting(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """List who has to move, since when, and what is due."""
    from planning.workbook.negotiation import overview
    from planning.workbook.place import stand

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

    context = _stand(workspace, year, scenario)
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
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    table = talks.exchange(context, rep)
    show(table, {"total": "money", "sequence": "count", "version": "count"}, form, context.settings)


@app.command()
def propose(
    rep: Rep,
    sender: Who,
    note: Note,
    line: Lines = [],  # noqa: B006
    support: Support = [],  # noqa: B006
    version: Seen = -1,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Propose a goal for the company, with its justification; without lines, the goal as it stands."""
    context = _stand(workspace, year, scenario)
    _move(context, rep, "propose", sender, version, note, line, {"support": _supported(context, support)})


@app.command()
def counter(
    rep: Rep,
    note: Note,
    line: Lines,
    support: Support = [],  # noqa: B006
    version: Seen = -1,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Make one's own proposal as the rep, with supporting detail."""
    context = _stand(workspace, year, scenario)
    _move(context, rep, "counter", rep, version, note, line, {"support": _supported(context, support)})


@app.command()
def comment(
    rep: Rep,
    sender: Who,
    note: Note,
    line: Line = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Say something, or answer a question, without changing the offer."""
    _move(_stand(workspace, year, scenario), rep, "comment", sender, -1, note, [], {"line": line})


@app.command()
def question(
    rep: Rep,
    sender: Who,
    note: Note,
    line: Line = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Ask something; it stays open until the other side answers."""
    _move(_stand(workspace, year, scenario), rep, "question", sender, -1, note, [], {"line": line})


@app.command()
def accept(
    rep: Rep,
    sender: Who,
    version: Annotated[int, typer.Option("--version", help="Version you accept.")],
    line: Annotated[list[str], typer.Option("--line", "-l", help="Only this product line; several times.")] = [],  # noqa: B006
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Accept a version or lines of it; when both sides have accepted all of the same one, it is agreed and posted."""
    _move(_stand(workspace, year, scenario), rep, "accept", sender, version, "", [], {"lines": line})


@app.command()
def withdraw(
    rep: Rep,
    sender: Who,
    note: Note = "",
    version: Seen = -1,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Take one's own offer back, or the wish to reopen; the version before it is on the table again."""
    _move(_stand(workspace, year, scenario), rep, "withdraw", sender, version, note, [], {})


@app.command("return")
def return_(
    rep: Rep,
    sender: Who,
    note: Note,
    to: Annotated[str, typer.Option(help="Who has to change something: manager or rep.")],
    version: Seen = -1,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Send it back to the one who has to change something, with what."""
    _move(_stand(workspace, year, scenario), rep, "return", sender, version, note, [], {"to": to})


@app.command()
def escalate(
    rep: Rep,
    sender: Who,
    note: Note,
    version: Seen = -1,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Ask the manager's manager, who then sees both positions."""
    _move(_stand(workspace, year, scenario), rep, "escalate", sender, version, note, [], {})


@app.command()
def decide(
    rep: Rep,
    sender: Who,
    note: Note,
    line: Lines = [],  # noqa: B006
    version: Seen = -1,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Set the goal as the manager's manager, after an escalation; it counts as set, not as agreed."""
    _move(_stand(workspace, year, scenario), rep, "decide", sender, version, note, line, {})


@app.command()
def reopen(
    rep: Rep,
    sender: Who,
    note: Note,
    answer: Annotated[str, typer.Option(help="To the other side's wish: consent or refuse.")] = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Ask for a settled goal to be opened again, or answer that; it opens if the other side consents."""
    wrong = answer not in ("", "consent", "refuse")
    if wrong:
        raise typer.BadParameter(f"the answer is consent or refuse, not {answer}")
    _move(_stand(workspace, year, scenario), rep, answer or "reopen", sender, -1, note, [], {})


@app.command()
def delegate(
    rep: Rep,
    sender: Who,
    to: Annotated[str, typer.Option(help="Who speaks for the manager; empty takes it back.")],
    until: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="Last day; by default until it is taken back.")
    ] = "",
    note: Note = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Let somebody else speak for the manager, for the time being."""
    _move(_stand(workspace, year, scenario), rep, "delegate", sender, -1, note, [], {"to": to, "until": until})


@app.command()
def hand_over(
    rep: Rep,
    to: Annotated[str, typer.Option(help="Who manages the rep from now on.")],
    note: Note,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Give a negotiation to another manager, such as when one leaves."""
    _move(_stand(workspace, year, scenario), rep, "hand_over", actor, -1, note, [], {"to": to})


@app.command()
def leave(
    rep: Rep,
    note: Note,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """End the negotiation of a rep who leaves; the goal stays where it is, to be placed by the planner."""
    _move(_stand(workspace, year, scenario), rep, "leave", actor, -1, note, [], {})


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

    context = _stand(workspace, year, scenario)
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

    moved = moving.past_deadline(_stand(workspace, year, scenario), actor)
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

    say(f"Written: {save(meeting(_stand(workspace, year, scenario), rep), out)}")


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

    say(f"Written: {save(written(_stand(workspace, year, scenario), rep), out)}")


@app.command()
def suggest(
    rep: Rep, year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table
) -> None:
    """Suggest fair ways to settle, with what each does; none is applied."""
    from planning.workbook.negotiation import prepare

    context = _stand(workspace, year, scenario)
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

    found = proof.verify(_stand(workspace, year, scenario), head)
    say(f"{found.events} events, {found.anchors} anchors, head {found.head or '-'}.")
    for problem in found.problems:
        say(f"- {problem}")
    if found.problems:
        raise typer.Exit(1)
    say("Every event is as it was said, in its place, and none is missing.")


def _stand(workspace: str, year: int, scenario: str) -> "Context":
    from planning.workbook.place import stand

    return stand(workspace, year, scenario)


def _supported(context: "Context", support: list[str]) -> list[dict[str, Any]]:
    from planning.amounts import to_minor

    found: list[dict[str, Any]] = []
    for each in support:
        what, _, amount = each.rpartition("=") if "=" in each else (each, "", "")
        minor = to_minor(amount.strip(), context.settings.minor_digits) if amount else None
        found.append({"what": what.strip(), "amount": minor})
    return found


def _move(
    context: "Context",
    rep: str,
    kind: str,
    sender: str,
    version: int,
    note: str,
    lines: list[str],
    detail: dict[str, Any],
) -> None:
    from planning.amounts import to_minor
    from planning.negotiation.moves import Say
    from planning.workbook.negotiation import moving, talks

    wrong = [text for text in lines if "=" not in text]
    if wrong:
        raise typer.BadParameter(f"write PRODUCT LINE=AMOUNT, not {', '.join(wrong)}")
    pairs = [text.rsplit("=", 1) for text in lines]
    offered = {name.strip(): to_minor(amount.strip(), context.settings.minor_digits) for name, amount in pairs}
    told = Say(kind, note, offered, {name: value for name, value in detail.items() if value or name == "to"})
    seen = talks.talk(context, rep).thread.seen(version)
    thread = moving.move(context, rep, told, sender, seen)
    say(f"Sent. The goal of {rep} is {thread.state}, version {thread.version}.")
