"""`planning goals pin`, `transfer` and the other edits, each conserving the totals above it."""

from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.options import Actor, Dry, Form, Hold, Owner, Parent, Scenario, Why, Workspace, Year, decimal, pair
from planning.cli.output import Format, Kind, say, show

if TYPE_CHECKING:
    from planning.workbook.context import Context
    from planning.workbook.editing.edits import Asked

app = typer.Typer(no_args_is_help=True, help="Goals are changed; every total stays.")


@app.command()
def pin(
    owner: Owner,
    amount: Annotated[str, typer.Argument(help="The goal in major units, such as 640000, or a change: +5%.")],
    why: Why,
    hold: Hold = [],  # noqa: B006
    floor: Annotated[str, typer.Option(help="The others may lose this much at most, such as -5%.")] = "",
    cap: Annotated[str, typer.Option(help="The others may gain this much at most, such as 5%.")] = "",
    preview: Dry = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Fix a goal; those beside it share the difference, and the total above stays what it was."""
    from planning.amounts import to_minor
    from planning.assumptions.assumption import fraction
    from planning.workbook.editing import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    bounds = [fraction(each) if each else None for each in (floor, cap)]
    if amount.endswith("%"):
        asked = edits.scaled(owner, fraction(amount), hold, *bounds)
    else:
        asked = edits.pinned(owner, to_minor(amount, context.settings.minor_digits), hold, *bounds)
    carry_out(context, asked, why, actor, preview, form)


@app.command()
def pin_part(
    owner: Owner,
    amount: Annotated[str, typer.Argument(help="The goal of this part in major units, such as 64000.")],
    why: Why,
    product: Annotated[str, typer.Option(help="Of this product line.")] = "",
    quarter: Annotated[str, typer.Option(help="Of this quarter, such as 'FY2027 Q1'.")] = "",
    above: Annotated[
        bool, typer.Option("--above", help="The account above takes the difference, instead of those beside.")
    ] = False,
    preview: Dry = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Fix what a goal holds of a product line, of a quarter, or of both; the totals above stay."""
    from planning.amounts import to_minor
    from planning.workbook.editing import exchange
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    typed = {owner: to_minor(amount, context.settings.minor_digits)}
    does = exchange.previewed(context, typed, not above, product, quarter)
    if not preview:
        exchange.typed(context, typed, why, actor, not above, product, quarter)
    columns = ["name", "before", "after", "unplaced_before", "unplaced_after"]
    show(does.table[columns], dict.fromkeys(columns[1:], "money"), form, context.settings)
    say("Nothing was changed yet." if preview else "It is fixed; the totals above are what they were.")


@app.command()
def resplit(
    parent: Parent,
    why: Why,
    by: Annotated[str, typer.Option(help="even, or last_year.")] = "last_year",
    hold: Hold = [],  # noqa: B006
    preview: Dry = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Split anew what those below a parent carry together."""
    from planning.workbook.editing import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    carry_out(context, edits.split_anew(parent, by, hold), why, actor, preview, form)


@app.command()
def respread(
    owner: Owner,
    why: Why,
    by: Annotated[str, typer.Option(help="season, even, working_days or typed.")] = "season",
    parts: Annotated[
        str, typer.Option(help="If typed: percent of 12 months, 4 quarters or 2 halves, with commas.")
    ] = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Spread a goal over the year anew, with all below it; what everybody carries stays what it was."""
    from planning.workbook.editing import within
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    typed = [decimal(each.strip().removesuffix("%")) for each in parts.split(",")] if parts else []
    table = within.respread(context, owner, by, why, actor, typed)
    show(table, {"before": "money", "after": "money"}, form, context.settings)


@app.command()
def fit(
    owner: Owner,
    why: Why,
    product: Annotated[
        list[str], typer.Option(metavar="LINE:AMOUNT", help="What a product line comes to; several times.")
    ] = [],  # noqa: B006
    period: Annotated[
        list[str], typer.Option(metavar="PERIOD:AMOUNT", help="What a quarter (FY2027 Q1) or a month comes to.")
    ] = [],  # noqa: B006
    hold: Annotated[
        list[str], typer.Option(metavar="LINE:PERIOD", help="A line in a period that stays as it is; several times.")
    ] = [],  # noqa: B006
    preview: Dry = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Fit a goal to totals of product lines and of quarters at once; the whole stays, the rest shares it."""
    from planning.amounts import to_minor
    from planning.workbook.editing import within
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    products, periods = (
        {name: to_minor(amount, context.settings.minor_digits) for name, amount in map(pair, each)}
        for each in (product, period)
    )
    cuts = within.Cuts(products, periods, list(map(pair, hold)))
    found = within.refitted(context, owner, cuts) if preview else within.refit(context, owner, cuts, why, actor)
    table = found.pivot_table(index="product", columns="period", values="after", fill_value=0).astype("int64")
    table = table.assign(together=table.sum(axis=1)).rename_axis(columns=None).reset_index()
    kinds: dict[str, Kind] = dict.fromkeys(table.columns[1:], "money")
    show(table, kinds, form, context.settings)
    say("Nothing was changed yet." if preview else "It is fitted; what everybody carries is what it was.")


@app.command("round")
def round_(
    parent: Parent,
    why: Why = "Rounded to what one would say",
    to: Annotated[str, typer.Option(help="Quantum in major units.")] = "1000",
    hold: Hold = [],  # noqa: B006
    preview: Dry = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Round the goals below a parent without losing a unit; the largest takes what is left over."""
    from planning.amounts import to_minor
    from planning.workbook.editing import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    quantum = to_minor(to, context.settings.minor_digits)
    carry_out(context, edits.rounded(parent, quantum, hold), why, actor, preview, form)


@app.command()
def transfer(
    giver: Annotated[str, typer.Argument(help="Who gives: a rep, or a territory's own account.")],
    taker: Annotated[str, typer.Argument(help="Who takes.")],
    amount: Annotated[str, typer.Argument(help="How much, in major units.")],
    why: Why,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Move an amount from one to another, within each product and month."""
    from planning.amounts import to_minor
    from planning.workbook.editing import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    edits.transfer(context, giver, taker, to_minor(amount, context.settings.minor_digits), why, actor)
    say(f"{amount} went from {giver} to {taker}.")


@app.command()
def relieve(
    rep: Annotated[str, typer.Argument(metavar="REP", help="Whose goal.")],
    why: Why,
    first: Annotated[
        str, typer.Option("--from", metavar="YYYY-MM-DD", help="First day; by default the year's.")
    ] = "",
    last: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day; by default the year's.")] = "",
    part: Annotated[
        str, typer.Option(help="What is taken off, such as 50%, or by month: 75%,50%,25%; by default all of it.")
    ] = "",
    of: Annotated[
        str, typer.Option(help="goal, or last_year: a part of last year's result in these months.")
    ] = "goal",
    goes: Annotated[str, typer.Option(help="above: to the account above, to be placed; or beside.")] = "above",
    preview: Dry = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Take part of a goal off somebody who is away, starts late or is in ramp; the total above stays."""
    from planning.goals.editing.relief import asked_for
    from planning.workbook.editing import relief
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    asked = asked_for(context.calendar, context.year, first, last, part, of, goes)
    seen = relief.previewed(context, rep, asked)
    table = seen if preview else relief.give(context, rep, asked, why, actor)
    show(table, dict.fromkeys(("before", "change", "after"), "money"), form, context.settings)
    say(f"Relief, {asked}: " + ("nothing was changed yet." if preview else "given."))


@app.command()
def even(
    territory: Annotated[str, typer.Argument(help="Territory whose goals are to be equally hard.")],
    why: Why = "Equally hard for everybody",
    preview: Dry = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Split a territory's goal so that it is equally hard for all of its reps, at the same total."""
    from planning.workbook import chances as found
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    carry_out(context, found.evened(context, territory), why, actor, preview, form)


@app.command()
def hold(
    owner: Owner,
    why: Why,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Hold a goal: no change beside it moves it, for anybody, until it is released."""
    from planning.workbook.editing import book
    from planning.workbook.place import stand

    book.hold(stand(workspace, year, scenario), owner, why, actor)
    say(f"The goal of {owner} is held.")


@app.command()
def release(
    owner: Owner, actor: Actor = "planner", year: Year = 0, scenario: Scenario = "", workspace: Workspace = ""
) -> None:
    """Release a goal that was held."""
    from planning.workbook.editing import book
    from planning.workbook.place import stand

    book.release(stand(workspace, year, scenario), owner, actor)
    say(f"The goal of {owner} is released.")


@app.command()
def held(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "") -> None:
    """List goals that no change beside them moves: held, and agreed."""
    from planning.workbook.editing import book
    from planning.workbook.place import stand

    found = book.held(stand(workspace, year, scenario))
    for owner, reason in found.items():
        say(f"{owner}: {reason}")
    if not found:
        say("No goal is held.")


@app.command()
def undo(actor: Actor = "planner", year: Year = 0, scenario: Scenario = "", workspace: Workspace = "") -> None:
    """Undo the last edit that still stands."""
    from planning.workbook.editing import book
    from planning.workbook.place import stand

    say(f"Undone: {book.undo(stand(workspace, year, scenario), actor)}")


def carry_out(context: "Context", asked: "Asked", why: str, actor: str, preview: bool, form: Format) -> None:
    """Show what an edit does or would do, and do it unless it is a preview."""
    from planning.workbook.editing import edits

    edit = edits.previewed(context, asked) if preview else edits.apply(context, asked, why, actor)
    table = edit.table.assign(
        change=edit.table["after"] - edit.table["before"], held=edit.table["held"].map({True: "held", False: ""})
    )
    columns = ["name", "before", "after", "change", "held"]
    show(table[columns], dict.fromkeys(columns[1:4], "money"), form, context.settings)
    say(f"{edit.what}: nothing was changed yet." if preview else f"{edit.what}.")
