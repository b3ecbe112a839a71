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
    from planning.metrics import catalogue
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, territory=territory)
    start, end = history.months(context, first, last, year)
    table = history.attainment(context, metric, parted(by), start, end)
    unit = UNITS[catalogue(context.settings)[metric].unit]
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
def review(
    by: Annotated[
        Literal["assumption", "kind", "territory", "product_line", "owner", "verdict"],
        typer.Option(help="Each by itself, or counted and added up by one of these."),
    ] = "assumption",
    year: FiscalYear = 0,
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold the assumptions of a year against what happened, with what their owners say.

    Example: planning history review --year 2026
    """
    from planning.workbook.expected.review import counted, reviewed
    from planning.workbook.place import stand

    context = stand(workspace, territory=territory)
    table = reviewed(context, year).drop(columns=["evidence", "at"])
    kinds: dict[str, Kind] = dict.fromkeys(("low", "likely", "high", "happened"), "percent")
    kinds |= dict.fromkeys(("assumptions", "held"), "count")
    show(table if by == "assumption" else counted(table, by), {**kinds, "effect": "money"}, form, context.settings)


@app.command()
def funnel(
    by: By = ["rep"],  # noqa: B006
    first: First = "",
    last: Last = "",
    year: FiscalYear = 0,
    stages: Annotated[
        bool, typer.Option("--stages", help="Stage by stage, against others and a year before.")
    ] = False,
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Count the pipeline: opened, open, won, lost, win rate = won / (won + lost), values, size and cycle of deals.

    Example: planning history funnel --by territory --stages --year 2026
    """
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, territory=territory)
    if stages:
        table = history.stages(context, parted(by), *history.months(context, first, last, year))
        show(table, _kinds_of_stages(list(table.columns)), form, context.settings)
        return
    if year:
        first, last = history.months(context, first, last, year)
    table = history.funnel(context, parted(by), first or None, last or None)
    kinds: dict[str, Kind] = dict.fromkeys(("opened", "open", "won", "lost"), "count")
    kinds |= dict.fromkeys(("won_value", "open_value", "deal_size"), "money")
    show(table, {**kinds, "win_rate": "percent", "cycle_days": "number"}, form, context.settings)


@app.command()
def growth(
    by: By = ["product_line", "territory"],  # noqa: B006
    year: FiscalYear = 0,
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Rank growth areas by the size of the prize: what the best quarter of peers would bring there, less what came.

    Example: planning history growth --by territory --year 2026
    """
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, territory=territory)
    table = history.growth(context, parted(by), *history.months(context, year=year))
    money = ("actual", "benchmark", "prize", "by_winning", "by_developing")
    kinds: dict[str, Kind] = dict.fromkeys(money, "money")
    kinds |= dict.fromkeys(("customers", "buyers", "to_win", "to_develop", "peers"), "count")
    kinds |= dict.fromkeys(("penetration", "best_penetration", "weight"), "percent")
    show(table, {**kinds, "deals": "number", "months": "number"}, form, context.settings)


@app.command()
def forecast(
    metric: Annotated[str, typer.Option(help="Metric of the catalogue, such as revenue or units.")] = "revenue",
    by: Annotated[
        Literal["company", "region", "territory", "position", "product_line", "month"],
        typer.Option(help="Which level to show, or the whole month by month."),
    ] = "territory",
    year: Annotated[int, typer.Option("--year", metavar="FY", help="Fiscal year to forecast.")] = 0,
    tested: Annotated[bool, typer.Option("--tested", help="How far off such forecasts were in the past.")] = False,
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say what a year brings if nothing changes, with intervals of 80% and 95%.

    Example: planning history forecast --by territory
    """
    from planning.metrics import catalogue
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, year, territory=territory)
    found = history.forecast(context, metric)
    node = f"territory:{territory}" if territory else "company"
    unit = UNITS[catalogue(context.settings)[metric].unit]
    figures: dict[str, Kind] = dict.fromkeys(
        ("last_12_months", "expected", "low_80", "high_80", "low_95", "high_95"), unit
    )
    if tested:
        counts: dict[str, Kind] = dict.fromkeys(("nodes", "trials", "months", "years"), "count")
        shares: dict[str, Kind] = dict.fromkeys(
            [str(name) for name in found.tested if name not in ("level", *counts)], "percent"
        )
        show(found.tested, {**counts, **shares}, form, context.settings)
    elif by == "month":
        table = found.months[found.months["node"] == node]
        show(table[["month", *(name for name in figures if name in table)]], figures, form, context.settings)
    else:
        table = found.years[found.years["level"] == by]
        table = table[table["territory"] == territory] if territory else table
        names = ["name", *(["territory"] if by == "position" else [])]
        show(table[[*names, *figures, "method"]], figures, form, context.settings)


def _kinds_of_stages(columns: list[str]) -> dict[str, Kind]:
    """Say what the columns of the stages hold."""
    kinds: dict[str, Kind] = dict.fromkeys(("entered", "went_on", "lost", "still", "won", "ended"), "count")
    shares = ("conversion", "low", "high", "shrunk", "team", "past", "team_points", "past_points")
    kinds |= dict.fromkeys(shares, "percent")
    kinds |= dict.fromkeys(("lost_value", "won_value", "team_at_stake", "past_at_stake"), "money")
    kinds |= dict.fromkeys(("median_days", "mean_days"), "number")
    return {name: kind for name, kind in kinds.items() if name in columns}
