"""`planning goals ...`: set, split and explained to the cent."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, Kind, say, show

if TYPE_CHECKING:
    from planning.workbook.context import Context
    from planning.workbook.edits import Asked

app = typer.Typer(no_args_is_help=True, help="What is asked for: set, split and explained to the cent.")

STEPS: dict[str, Kind] = {"amount": "money"}
Owner = Annotated[str, typer.Argument(metavar="OWNER", help="A rep, a territory, a region or: company.")]


@app.command("set")
def set_(
    target: Annotated[str, typer.Option(help="The company's goal in major units, such as 120000000.")] = "",
    growth: Annotated[str, typer.Option(help="Or as growth over last year's result, such as 8%.")] = "",
    reason: Annotated[str, typer.Option(help="Why more or less is asked for than is expected.")] = "",
    method: Annotated[
        list[str],
        typer.Option(metavar="NAME[:WEIGHT]", help="How it is handed out, such as potential:1; several times."),
    ] = [],  # noqa: B006
    driver: Annotated[
        list[str],
        typer.Option(metavar="METRIC[:WEIGHT]", help="For the method drivers, such as revenue:0.5; several times."),
    ] = [],  # noqa: B006
    over: Annotated[
        list[str],
        typer.Option(metavar="LEVEL:PERCENT", help="Passed down on top, such as territory:5%; several times."),
    ] = [],  # noqa: B006
    missing: Annotated[bool, typer.Option("--if-missing", help="Only if no goals were set yet.")] = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Set the company's goal and split it to every rep, product, channel and month.

    Without a target or a growth, what the assumptions lead to expect is asked for. Methods: planning goals methods.
    """
    from planning.amounts import to_minor
    from planning.assumptions.assumption import fraction
    from planning.workbook import goals as planned
    from planning.workbook import setting
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    if missing and planned.begun(context):
        say(f"The goals of FY{context.year} are set already.")
        return
    say(f"Setting the goals of FY{context.year} ...")
    amount = to_minor(target, context.settings.minor_digits) if target else None
    weights = {name: _decimal(weight or "1") for name, weight in map(_pair, method)}
    ratios = {name: fraction(ratio) for name, ratio in map(_pair, over)}
    drivers = {name: _decimal(weight or "1") for name, weight in map(_pair, driver)}
    asked = {"weights": weights or {"drivers": _decimal("1")}} if weights or drivers else {}
    setting.set_goals(
        context,
        actor,
        setting.Asked(amount, fraction(growth) if growth else None, reason, over=ratios, drivers=drivers, **asked),
    )
    say(f"The goals of FY{context.year} are set. See them with: planning goals show")


@app.command()
def methods(
    target: Annotated[str, typer.Option(help="The company's goal in major units; without, what is expected.")] = "",
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold side by side what each method of handing out the company's number would ask of whom."""
    from planning.amounts import to_minor
    from planning.workbook import methods as ways
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    table = ways.compared(context, to_minor(target, context.settings.minor_digits) if target else None)
    table = table[table["territory"] == territory] if territory else table
    kinds: dict[str, Kind] = dict.fromkeys(table.columns[2:], "money")
    show(table, kinds, form, context.settings)


@app.command("show")
def shown(
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show what company, regions, territories and reps carry, pass down, and have not placed."""
    from planning.workbook import goals as planned
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    table = planned.goals(context)
    if territory:
        table = table[table["territory"] == territory]
    columns = ["kind", "name", "territory", "rep", "assigned", "allocated", "unplaced"]
    show(table[columns], dict.fromkeys(columns[4:], "money"), form, context.settings)


@app.command()
def explain(
    owner: Owner,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Account for a goal step by step, from last year's result; the steps add up to the goal exactly."""
    from planning.workbook import goals as planned
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    show(planned.explain(context, owner), STEPS, form, context.settings)


@app.command()
def split(
    owner: Owner,
    by: Annotated[
        str, typer.Option(help="product, channel, week, month, quarter, half, year, rep or territory.")
    ] = "month",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Split a goal by product, channel, time, rep or territory."""
    from planning.workbook import goals as planned
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    show(planned.split(context, owner, by), {"goal": "money"}, form, context.settings)


Hold = Annotated[list[str], typer.Option("--hold", metavar="OWNER", help="Keeps the goal it has; several times.")]
Why = Annotated[str, typer.Option(help="Why; it stands in the account of every goal that is moved.")]
Dry = Annotated[bool, typer.Option("--preview", help="Only show what it would do.")]
Parent = Annotated[str, typer.Argument(metavar="PARENT", help="A territory, a region or: company.")]


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
    from planning.workbook import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    bounds = [fraction(each) if each else None for each in (floor, cap)]
    if amount.endswith("%"):
        asked = edits.scaled(owner, fraction(amount), hold, *bounds)
    else:
        asked = edits.pinned(owner, to_minor(amount, context.settings.minor_digits), hold, *bounds)
    _edit(context, asked, why, actor, preview, form)


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
    from planning.workbook import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    _edit(context, edits.split_anew(parent, by, hold), why, actor, preview, form)


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
    from planning.workbook import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    typed = [_decimal(each.strip().removesuffix("%")) for each in parts.split(",")] if parts else []
    table = edits.respread(context, owner, by, why, actor, typed)
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
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Fit a goal to totals of product lines and of quarters at once; the whole stays, the rest shares it."""
    from planning.amounts import to_minor
    from planning.workbook import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    products, periods = (
        {name: to_minor(amount, context.settings.minor_digits) for name, amount in map(_pair, each)}
        for each in (product, period)
    )
    table = edits.refit(context, owner, products, periods, why, actor)
    kinds: dict[str, Kind] = dict.fromkeys(table.columns[1:], "money")
    show(table, kinds, form, context.settings)


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
    from planning.workbook import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    quantum = to_minor(to, context.settings.minor_digits)
    _edit(context, edits.rounded(parent, quantum, hold), why, actor, preview, form)


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
    from planning.workbook import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    edits.transfer(context, giver, taker, to_minor(amount, context.settings.minor_digits), why, actor)
    say(f"{amount} went from {giver} to {taker}.")


@app.command()
def chances(
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    raised: Annotated[bool, typer.Option("--raised", help="What raising all goals would do instead.")] = False,
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say with what probability each goal is reached, and what growth it asks."""
    from planning.workbook import chances as found
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    seen = found.attainable(context)
    if raised:
        show(seen.raised, {"extra": "percent", "people": "number", "low": "number", "high": "number", "of": "count"},
             form, context.settings)  # fmt: skip
        return
    table = seen.owners[seen.owners["territory"] == territory] if territory else seen.owners
    kinds: dict[str, Kind] = {"goal": "money", "base": "money", "growth": "percent", "probability": "percent"}
    show(table.drop(columns=["owner", "rep"]), kinds, form, context.settings)


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
    _edit(context, found.evened(context, territory), why, actor, preview, form)


@app.command()
def own(
    rep: Annotated[str, typer.Argument(metavar="REP", help="Who says so.")],
    amount: Annotated[str, typer.Argument(help="What they can bring, in major units; none: takes it back.")],
    detail: Annotated[str, typer.Option(help="What it rests on: accounts, pipeline, plans.")] = "",
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Keep the number that a rep says they can bring."""
    from planning.amounts import to_minor
    from planning.workbook import bottom
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    minor = None if amount == "none" else to_minor(amount, context.settings.minor_digits)
    bottom.say_own(context, territory, rep, minor, detail, rep)
    say(f"{rep}'s own number is {'taken back' if minor is None else 'kept'}.")


@app.command()
def bottomup(
    reps: Annotated[bool, typer.Option("--reps", help="By rep instead of by territory.")] = False,
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold what is asked from the top against what reps say, what the market would bear and what people can carry."""
    from planning.workbook import bottom
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    found = bottom.reconciled(context)
    table = found.positions if reps else found.territories
    table = table[table["territory"] == territory] if territory else table
    kinds: dict[str, Kind] = dict.fromkeys([*bottom.FIGURES, "rest"], "money")
    show(table, kinds | {"answered": "count", "of": "count"}, form, context.settings)


@app.command("take-own")
def take_own(
    territory: Annotated[str, typer.Argument(help="Territory whose reps' own numbers become their goals.")],
    why: Why = "As the reps proposed",
    preview: Dry = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Make own numbers goals; whoever did not answer shares what is left of the territory's goal."""
    from planning.workbook import bottom
    from planning.workbook.place import stand

    _edit(stand(workspace, year, scenario), bottom.taken(territory), why, actor, preview, form)


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
    from planning.workbook import edits
    from planning.workbook.place import stand

    edits.hold(stand(workspace, year, scenario), owner, why, actor)
    say(f"The goal of {owner} is held.")


@app.command()
def release(
    owner: Owner, actor: Actor = "planner", year: Year = 0, scenario: Scenario = "", workspace: Workspace = ""
) -> None:
    """Release a goal that was held."""
    from planning.workbook import edits
    from planning.workbook.place import stand

    edits.release(stand(workspace, year, scenario), owner, actor)
    say(f"The goal of {owner} is released.")


@app.command()
def held(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "") -> None:
    """List goals that no change beside them moves: held, and agreed."""
    from planning.workbook import edits
    from planning.workbook.place import stand

    found = edits.held(stand(workspace, year, scenario))
    for owner, reason in found.items():
        say(f"{owner}: {reason}")
    if not found:
        say("No goal is held.")


@app.command()
def undo(actor: Actor = "planner", year: Year = 0, scenario: Scenario = "", workspace: Workspace = "") -> None:
    """Undo the last edit that still stands."""
    from planning.workbook import edits
    from planning.workbook.place import stand

    say(f"Undone: {edits.undo(stand(workspace, year, scenario), actor)}")


@app.command()
def log(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """List everything that was posted to the book: what, when, by whom and why."""
    from planning.workbook import edits
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    show(edits.log(context), {"number": "count", "moved": "money"}, form, context.settings)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip(), value.strip()


def _decimal(text: str) -> Decimal:
    from planning.errors import LedgerError

    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise LedgerError(f"{text!r} is not a weight. Write it plainly, such as 0.5.") from error


def _edit(context: "Context", asked: "Asked", why: str, actor: str, preview: bool, form: Format) -> None:
    from planning.workbook import edits

    edit = edits.previewed(context, asked) if preview else edits.apply(context, asked, why, actor)
    table = edit.table.assign(change=edit.table["after"] - edit.table["before"])
    columns = ["name", "before", "after", "change", "held"]
    show(table[columns], dict.fromkeys(columns[1:4], "money"), form, context.settings)
    say(f"{edit.what}: nothing was changed yet." if preview else f"{edit.what}.")
