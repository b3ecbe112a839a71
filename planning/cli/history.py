"""`planning history ...`: what happened, and why."""

from typing import Annotated, Literal

import typer

from planning.cli.options import By, First, Form, Last, Territory, Workspace, parted
from planning.cli.output import Format, Kind, show

app = typer.Typer(no_args_is_help=True, help="What happened last year, and why.")

FiscalYear = Annotated[
    int, typer.Option("--year", metavar="FY", help="Fiscal year; by default the last with results.")
]

UNITS: dict[str, Kind] = {
    "money": "money", "count": "count", "ratio": "percent", "days": "number", "average": "number",
}  # fmt: skip


@app.command()
def attainment(
    by: By = ["rep"],  # noqa: B006
    metric: Annotated[str, typer.Option(help="Metric of the catalogue, such as revenue or units.")] = "revenue",
    first: First = "",
    last: Last = "",
    year: FiscalYear = 0,
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold results against goals: goal, result, difference (result minus goal) and attainment.

    Example: planning history attainment --by rep --metric revenue --from 2019-01 --to 2019-12
    """
    from planning.metrics import metric as look_up
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, territory=territory)
    start, end = history.months(context, first, last, year)
    table = history.attainment(context, metric, parted(by), start, end)
    unit = UNITS[look_up(metric).unit]
    show(table, {"goal": unit, "result": unit, "difference": unit, "attainment": "percent"}, form, context.settings)


@app.command()
def bias(
    by: Annotated[
        Literal["territory", "region", "tenure", "product_line", "channel", "goal_size"],
        typer.Option(help="What goals could lean against."),
    ] = "territory",
    metric: Annotated[str, typer.Option(help="Metric of the catalogue, such as revenue or units.")] = "revenue",
    year: FiscalYear = 0,
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Tell whether the goals asked more of some than of others, by the attainment of their reps.

    Example: planning history bias --by tenure
    """
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, territory=territory)
    table = history.bias(context, metric, by, year or context.year - 1)
    kinds: dict[str, Kind] = dict.fromkeys(("attainment", "shift", "low", "high"), "percent")
    show(table, {**kinds, "reps": "count", "p": "fraction"}, form, context.settings)


@app.command()
def drivers(
    view: Annotated[
        Literal["sales", "customers", "people", "pipeline", "days"],
        typer.Option(help="sales: volume, mixes, price; customers; people; pipeline; days: working days."),
    ] = "sales",
    by: Annotated[str, typer.Option(metavar="DIMENSION", help="Account for each of these by itself.")] = "",
    year: FiscalYear = 0,
    against: Annotated[
        Literal["last_year", "months_before", "goal"], typer.Option(help="What it is held against.")
    ] = "last_year",
    valued_at: Annotated[
        Literal["mean", "base"],
        typer.Option(help="Value a unit at the mean of both years, or at the base's price (sales alone)."),
    ] = "mean",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say why a year differs from the year before, or from its goal; the effects add up exactly, at every level.

    Example: planning history drivers --view customers --by territory
    """
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, territory=territory)
    table = history.account(context, year or context.year - 1, by or None, against, view, valued_at)
    show(table, {"amount": "money"}, form, context.settings)


@app.command()
def events(
    year: FiscalYear = 0, territory: Territory = "", workspace: Workspace = "", form: Form = Format.table
) -> None:
    """Say what each event seems to have cost or brought in, with an interval of 95%.

    Example: planning history events --year 2026
    """
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, territory=territory)
    table = history.events(context, year or context.year - 1).drop(columns=["note", "method"])
    kinds: dict[str, Kind] = dict.fromkeys(("amount", "amount_low", "amount_high"), "money")
    kinds |= dict.fromkeys(("effect", "low", "high"), "fraction")
    show(table, {**kinds, "cells": "count"}, form, context.settings)


@app.command()
def funnel(
    by: By = ["rep"],  # noqa: B006
    first: First = "",
    last: Last = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Count the pipeline: opened, open, won, lost, win rate = won / (won + lost), values, size and cycle of deals."""
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, territory=territory)
    table = history.funnel(context, parted(by), first or None, last or None)
    kinds: dict[str, Kind] = dict.fromkeys(("opened", "open", "won", "lost"), "count")
    kinds |= dict.fromkeys(("won_value", "open_value", "deal_size"), "money")
    show(table, {**kinds, "win_rate": "percent", "cycle_days": "number"}, form, context.settings)
