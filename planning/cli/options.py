"""Options that several commands share."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.output import Format

if TYPE_CHECKING:
    from planning.workbook.context import Context

Workspace = Annotated[
    str,
    typer.Option(
        "--workspace",
        "-w",
        envvar="PLANNING_WORKSPACE",
        metavar="FOLDER",
        help="Folder of the company.",
        show_default="workspace",
    ),
]
Year = Annotated[
    int,
    typer.Option("--year", metavar="FY", help="Fiscal year that is planned; by default the one after the results."),
]
Scenario = Annotated[str, typer.Option("--scenario", help="Scenario of the book; by default the plan.")]
Form = Annotated[Format, typer.Option("--format", "-f", help="How figures are printed.")]
Territory = Annotated[str, typer.Option("--territory", "-t", help="Only this territory.")]
Actor = Annotated[str, typer.Option("--as", metavar="NAME", help="Who does it; kept with what is done.")]
First = Annotated[str, typer.Option("--from", metavar="YYYY-MM", help="First month.")]
Last = Annotated[str, typer.Option("--to", metavar="YYYY-MM", help="Last month, included.")]
By = Annotated[
    list[str],
    typer.Option(
        "--by",
        metavar="DIMENSION",
        help="rep, manager, territory, region, product, product_line, channel, customer, segment, tier, "
        "month, quarter, half or year; twice or with a comma for two.",
    ),
]


def stand(workspace: str, year: int, scenario: str) -> "Context":
    """Say where a command stands (`planning.workbook.place.stand`); the workbook is imported once one does."""
    from planning.workbook import place

    return place.stand(workspace, year, scenario)


def parted(values: list[str]) -> list[str]:
    """Take ``--by a,b`` and ``--by a --by b`` alike."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


Owner = Annotated[
    str, typer.Argument(metavar="OWNER", help="A rep, a territory, a region, a manager (with the team) or: company.")
]
Hold = Annotated[list[str], typer.Option("--hold", metavar="OWNER", help="Keeps the goal it has; several times.")]
Why = Annotated[str, typer.Option(help="Why; it stands in the account of every goal that is moved.")]
Dry = Annotated[bool, typer.Option("--preview", help="Only show what it would do.")]
Parent = Annotated[str, typer.Argument(metavar="PARENT", help="A territory, a region or: company.")]


def pair(text: str) -> tuple[str, str]:
    """Take NAME:VALUE apart; without a colon the value is empty."""
    name, _, value = text.partition(":")
    return name.strip(), value.strip()


def decimal(text: str) -> Decimal:
    """Read a weight.

    Raises
    ------
    LedgerError
        If it is no number.
    """
    from planning.errors import LedgerError

    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise LedgerError(f"{text!r} is not a weight. Write it plainly, such as 0.5.") from error


def day(text: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a day; write YYYY-MM-DD") from error
