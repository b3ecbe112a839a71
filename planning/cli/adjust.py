"""Commands: a settled goal is changed during the year, by agreement."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planning.cli.options import Actor, Dry, Form, Scenario, Workspace, Year, stand
from planning.cli.output import Format, Kind, say, show

if TYPE_CHECKING:
    from planning.workbook.context import Context
    from planning.workbook.negotiation.adjusting import Outset

app = typer.Typer(
    no_args_is_help=True,
    help="A settled goal is changed during the year: proposed with its effect, then answered and signed as any other "
    "offer (planning negotiation reopen --answer consent, counter, accept). Months that are over stay as they are.",
)

Rep = Annotated[str, typer.Argument(metavar="REP", help="Whose goal.")]
Since = Annotated[str, typer.Option("--since", metavar="YYYY-MM", help="Month from which it holds.")]
Who = Annotated[str, typer.Option("--as", metavar="NAME", help="Who speaks: the rep, or who leads them.")]
Total = Annotated[
    str, typer.Option("--total", metavar="AMOUNT", help="Goal of the year, in proportion over its lines.")
]
Lines = Annotated[
    list[str],
    typer.Option("--line", "-l", metavar="PRODUCT LINE=AMOUNT", help="Goal of the year of a line, in major units."),
]
Why = Annotated[str, typer.Option("--note", "-n", help="Why; it stands in the account of the goal.")]


@app.command()
def propose(
    rep: Rep,
    sender: Who,
    since: Since,
    trigger: Annotated[str, typer.Option(help="market, resources, out_of_reach, too_easy, absorbing or reversal.")],
    note: Why,
    total: Total = "",
    line: Lines = [],  # noqa: B006
    evidence: Annotated[
        list[str], typer.Option("--evidence", metavar="WHAT[=AMOUNT]", help="What speaks for it; several times.")
    ] = [],  # noqa: B006
    link: Annotated[
        list[str], typer.Option("--link", metavar="URL", help="Where it can be read; several times.")
    ] = [],  # noqa: B006
    absorbed: Annotated[
        str, typer.Option("--absorbed-by", help="territory (its account), others (named) or company (its goal).")
    ] = "territory",
    other: Annotated[
        list[str], typer.Option("--other", metavar="NAME=AMOUNT", help="A colleague who absorbs so much of it.")
    ] = [],  # noqa: B006
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Ask the other side to change a settled goal from a month on; they consent, answer and sign as ever."""
    from planning.workbook.negotiation.proposing import Wish
    from planning.workbook.negotiation.proposing import propose as proposed

    context, begin = _outset(workspace, year, scenario, rep)
    support: list[dict[str, Any]] = [
        *({"what": what, "amount": amount} for what, amount in (_figure(context, each) for each in evidence)),
        *({"what": each, "amount": None, "link": each} for each in link),
    ]
    named = {name: amount or 0 for name, amount in (_figure(context, each) for each in other)}
    wish = Wish(_asked(context, begin, total, line, since), since, trigger, note, absorbed, support, named)
    thread = proposed(context, rep, wish, sender, len(begin.talk.thread.moves))
    say(f"Sent. The goal of {rep} is {thread.state}, version {thread.next_version - 1}.")


@app.command()
def carry(
    rep: Rep,
    sender: Who,
    since: Since,
    note: Why = "",
    month: Annotated[
        list[str], typer.Option("--from", metavar="YYYY-MM", help="Month that is over; several times; else all.")
    ] = [],  # noqa: B006
    line: Annotated[
        list[str], typer.Option("--line", "-l", metavar="PRODUCT LINE", help="Only of this line; several times.")
    ] = [],  # noqa: B006
    part: Annotated[str, typer.Option(help="Which part of it, such as 50%.")] = "100%",
    preview: Dry = False,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Ask to carry what months that are over missed of a settled goal, or exceeded, to the months left.

    The goal of the year stays, as does the company's. The other side answers and signs as with any change.
    """
    from planning.assumptions.assumption import fraction
    from planning.workbook.negotiation import carrying, proposing
    from planning.workbook.negotiation.adjusting import effect

    context, begin = _outset(workspace, year, scenario, rep)
    carried = carrying.carry_of(begin.over, month, line, fraction(part))
    if preview:
        show(begin.over, dict.fromkeys(("goal", "result", "short"), "money"), form, context.settings)
        months = effect(begin, {}, since, carried).months
        show(months, dict.fromkeys(("goal", "proposed"), "money"), form, context.settings)
        say("Nothing was sent yet.")
        return
    thread = proposing.propose_to_carry(context, rep, carried, since, note, sender, len(begin.talk.thread.moves))
    say(f"Sent. The goal of {rep} is {thread.state}, version {thread.next_version - 1}.")


@app.command("effect")
def shown_effect(
    rep: Rep,
    since: Since,
    total: Total = "",
    line: Lines = [],  # noqa: B006
    by: Annotated[str, typer.Option("--by", help="By line or by month; by default as a whole.")] = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say what a change would do: to the months left, the odds, pay, and the company; nothing is kept."""
    from planning.workbook.negotiation.adjusting import effect

    context, begin = _outset(workspace, year, scenario, rep)
    found = effect(begin, _asked(context, begin, total, line, since), since)
    table = {"line": found.lines, "month": found.months}.get(by, found.beside)
    money = [name for name in table if name not in ("product", "month", "goal_is", "probability")]
    kinds: dict[str, Kind] = {**dict.fromkeys(money, "money"), "probability": "percent"}
    show(table, kinds, form, context.settings)


@app.command("list")
def listed(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """List the changes that were asked for during the year, and what became of each; what is open first."""
    from planning.workbook.negotiation import adjusted

    context = stand(workspace, year, scenario)
    kinds: dict[str, Kind] = dict.fromkeys(("original", "before", "goal", "change"), "money")
    show(adjusted.listing(context), {**kinds, "version": "count"}, form, context.settings)


@app.command()
def originals(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Set every goal beside what it was before it was changed during the year."""
    from planning.workbook import goals

    context = stand(workspace, year, scenario)
    kinds: dict[str, Kind] = dict.fromkeys(("original", "changed", "goal"), "money")
    show(goals.originals(context).drop(columns="owner"), kinds, form, context.settings)


@app.command()
def to_place(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Say what changes left on the accounts of territories, and what the company's goal took over of it."""
    from planning.workbook.negotiation import adjusted

    context = stand(workspace, year, scenario)
    kinds: dict[str, Kind] = dict.fromkeys(("conceded", "company", "left"), "money")
    show(adjusted.to_place(context), kinds, form, context.settings)


@app.command()
def ask_others(
    rep: Rep,
    sender: Who,
    other: Annotated[
        list[str], typer.Option("--other", metavar="NAME=AMOUNT", help="Instead of who was named in the proposal.")
    ] = [],  # noqa: B006
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Ask the colleagues who were named to absorb a settled change, each in the thread of their own goal."""
    from planning.workbook.negotiation import proposing

    context = stand(workspace, year, scenario)
    named = {name: amount or 0 for name, amount in (_figure(context, each) for each in other)}
    asked = proposing.ask_others(context, rep, sender, named)
    say(f"Asked: {', '.join(asked)}." if asked else "All of them were asked already.")


@app.command()
def company(
    note: Why,
    rep: Annotated[str, typer.Option("--for", metavar="REP", help="By what the change of a rep's goal left.")] = "",
    amount: Annotated[str, typer.Option("--by", metavar="AMOUNT", help="Or by an amount, up or down.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="YYYY-MM", help="Month from which the amount holds.")] = "",
    territory: Annotated[str, typer.Option("--territory", "-t", help="Whose account it is passed on to.")] = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Change the company's goal openly, as the planner: by what a settled change left, or by an amount."""
    from planning import sheets
    from planning.workbook.editing import company as editing

    if bool(rep) == bool(amount):
        raise typer.BadParameter("say --for REP, or --by AMOUNT")
    context = stand(workspace, year, scenario)
    if rep:
        now = editing.take_over(context, rep, note, actor)
    else:
        _, by = _figure(context, f"by={amount}")
        now = editing.change_company(context, by or 0, note, actor, since, territory)
    say(f"The company's goal of FY{context.year} is {sheets.money(now, context.settings)} now.")


def _outset(workspace: str, year: int, scenario: str, rep: str) -> tuple["Context", "Outset"]:
    from planning.workbook.negotiation.adjusting import outset

    context = stand(workspace, year, scenario)
    return context, outset(context, rep)


def _asked(context: "Context", begin: "Outset", total: str, lines: list[str], since: str) -> dict[str, int]:
    """Give the year's goal by line: as named, or a total in proportion."""
    from planning.workbook.negotiation.adjusting import in_proportion

    if bool(total) == bool(lines):
        raise typer.BadParameter("say the goal by --total AMOUNT, or by --line PRODUCT LINE=AMOUNT")
    if total:
        return in_proportion(begin, _figure(context, f"total={total}")[1] or 0, since)
    wrong = [text for text in lines if "=" not in text]
    if wrong:
        raise typer.BadParameter(f"write PRODUCT LINE=AMOUNT, not {', '.join(wrong)}")
    return {name: amount or 0 for name, amount in (_figure(context, each) for each in lines)}


def _figure(context: "Context", text: str) -> tuple[str, int | None]:
    """Take WHAT[=AMOUNT] apart."""
    from planning.amounts import to_minor

    what, _, amount = text.rpartition("=") if "=" in text else (text, "", "")
    return what.strip(), to_minor(amount.strip(), context.settings.minor_digits) if amount.strip() else None
