"""The moves of `planning negotiation ...`: what one says of a goal, on the command line as in the form."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planning.cli.options import Actor, Scenario, Workspace, Year, stand
from planning.cli.output import say

if TYPE_CHECKING:
    from planning.workbook.context import Context

app = typer.Typer()

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
Seen = Annotated[int, typer.Option("--version", help="Version you have seen; by default the one on the table.")]
Note = Annotated[str, typer.Option("--note", "-n", help="Justification, supporting detail, reason or comment.")]
Line = Annotated[str, typer.Option("--line", "-l", help="Product line that it is about; by default the whole goal.")]


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
    context = stand(workspace, year, scenario)
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
    context = stand(workspace, year, scenario)
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
    _move(stand(workspace, year, scenario), rep, "comment", sender, -1, note, [], {"line": line})


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
    _move(stand(workspace, year, scenario), rep, "question", sender, -1, note, [], {"line": line})


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
    _move(stand(workspace, year, scenario), rep, "accept", sender, version, "", [], {"lines": line})


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
    _move(stand(workspace, year, scenario), rep, "withdraw", sender, version, note, [], {})


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
    _move(stand(workspace, year, scenario), rep, "return", sender, version, note, [], {"to": to})


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
    _move(stand(workspace, year, scenario), rep, "escalate", sender, version, note, [], {})


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
    _move(stand(workspace, year, scenario), rep, "decide", sender, version, note, line, {})


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
    _move(stand(workspace, year, scenario), rep, answer or "reopen", sender, -1, note, [], {})


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
    _move(stand(workspace, year, scenario), rep, "delegate", sender, -1, note, [], {"to": to, "until": until})


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
    _move(stand(workspace, year, scenario), rep, "hand_over", actor, -1, note, [], {"to": to})


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
    _move(stand(workspace, year, scenario), rep, "leave", actor, -1, note, [], {})


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
