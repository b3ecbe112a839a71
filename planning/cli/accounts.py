"""`planning goals accounts`: goals of accounts and customer groups, parts of what reps carry."""

from collections.abc import Mapping
from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, say, show

app = typer.Typer(help="Goals of accounts and customer groups, parts of what reps carry.")


@app.command()
def accounts(
    rep: Annotated[str, typer.Argument(help="Whose accounts; without, all customers by group.")] = "",
    by: Annotated[str, typer.Option(help="segment, tier or channel; of all, customer as well.")] = "segment",
    say_: Annotated[
        list[str],
        typer.Option("--say", metavar="ACCOUNT=AMOUNT", help="Give it a number that stays; empty takes it back."),
    ] = [],  # noqa: B006
    group: Annotated[
        list[str],
        typer.Option("--group", metavar="GROUP=AMOUNT", help="Give a customer group a number; empty takes it back."),
    ] = [],  # noqa: B006
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Split a rep's goal over the accounts: numbers that were said stay, the others share what is left.

    Without a rep, the goals of all accounts are added up by customer group; they add up to the company's.
    """
    from planning.goals.setting.accounts import Said
    from planning.workbook.place import stand
    from planning.workbook.setting import accounts as split

    context = stand(workspace, year, scenario, territory)
    if not rep:
        show(split.summed(context, by), {"last_year": "money", "goal": "money"}, form, context.settings)
        return
    found = split.of(context, rep, by)
    if say_ or group:
        digits = context.settings.minor_digits
        said = Said(
            _changed(found.said.accounts, say_, digits),
            _changed(found.said.groups, group, digits),
        )
        found = split.keep(context, rep, said, by, actor, found.version)
        say(f"The goals of {rep}'s accounts are kept.")
    show(found.table, {"last_year": "money", "typed": "money", "goal": "money"}, form, context.settings)
    kept = (
        "" if found.usual.kept is None else f" Accounts that had bought before bought {found.usual.kept:.0%} again."
    )
    say(f"Accounts that were new last year brought {found.usual.new:.0%} of what the company sold.{kept}")


def _changed(before: Mapping[str, int], told: list[str], digits: int) -> dict[str, int]:
    """Put what is said anew over what was said before."""
    from planning.amounts import to_minor

    found = dict(before)
    for each in told:
        name, _, amount = (part.strip() for part in each.rpartition("="))
        if amount:
            found[name] = to_minor(amount, digits)
        else:
            found.pop(name, None)
    return found
