"""The command `planning`, and the commands that belong to no step."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from planning import __version__
from planning.cli import (
    accounts,
    activity,
    adjust,
    aims,
    assumptions,
    bottom,
    checkpoint,
    closing,
    edits,
    evaluate,
    exchange,
    goals,
    history,
    keeping,
    moves,
    negotiation,
    pay,
    people,
    plans,
    routine,
    scenarios,
    track,
    week,
    whatif,
)
from planning.cli.options import Form, Scenario, Workspace, Year
from planning.cli.output import Format, say, show
from planning.errors import PlanningError, bulleted

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Set sales goals that explain themselves, add up to the cent and are agreed.\n\n"
    "The steps, in the order of the season: import, history, assumptions, scenarios and whatif, goals, aims, "
    "activity and pay, negotiation, plans; "
    "serve opens the same steps as forms, and batch writes a report per territory.\n\n"
    "Exit codes: 0 done; 1 refused or failed, with the reason on standard error; 2 wrong usage.",
)
app.add_typer(history.app, name="history")
app.add_typer(assumptions.app, name="assumptions")
app.add_typer(scenarios.app, name="scenarios")
app.add_typer(whatif.app, name="whatif")
for part in (edits.app, bottom.app, exchange.app, accounts.app):
    goals.app.add_typer(part)
app.add_typer(goals.app, name="goals")
app.add_typer(aims.app, name="aims")
app.add_typer(activity.app, name="activity")
app.add_typer(track.app, name="track")
app.add_typer(pay.app, name="pay")
negotiation.app.add_typer(moves.app)
app.add_typer(negotiation.app, name="negotiation")
app.add_typer(plans.app, name="plans")
app.add_typer(adjust.app, name="adjust")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(checkpoint.app, name="checkpoint")
app.add_typer(week.app, name="week")
app.add_typer(people.app, name="people")
for each in (routine.tick, keeping.backup, keeping.restore, keeping.check):
    app.command()(each)
for command in (closing.close, closing.reopen, closing.corrections, closing.handover):
    app.command()(command)


def main() -> None:
    """Run the command line; what a person can mend is said in words, without a traceback."""
    try:
        app()
    except PlanningError as error:
        say(str(error))
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _top(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(metavar="NAME", help="A source under data/sources/, or a path to one.")],
    folder: Annotated[Path, typer.Option("--from", metavar="FOLDER", help="Folder of the files.")],
    add: Annotated[
        bool, typer.Option("--add", help="Add them to what is there: new rows come in, known ones are corrected.")
    ] = False,
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Read a folder of files into the workspace's history, strictly; prints what was read, kept and left out.

    Without --add the files take the place of what the source brought before. With it they are a delivery, such as a
    month: a row with a known key replaces the one that is held, others are added, and nothing is deleted.

    Example: planning import sample --from workspace/sample/2027-03 --add
    """
    from planning.workbook import imports

    settings, report = imports.bring_in(workspace, source, folder, say, add)
    show(report.records(), {"rows": "count"}, form, settings)


@app.command()
def sample(
    through: Annotated[
        str, typer.Option("--through", metavar="2027-MM", help="Month of the year in course to bring in up to.")
    ] = "",
    workspace: Workspace = "",
) -> None:
    """Make the sample company and bring it into the workspace, with assumptions to start from.

    Its history ends with December 2026. With --through, the year that is planned goes on up to a month of it.

    Example: planning sample --through 2027-03
    """
    from planning.workbook import start

    start.sample(workspace, say, through)


@app.command()
def batch(
    territories: Annotated[list[str] | None, typer.Argument(help="Territories; by default all.")] = None,
    parameter: Annotated[
        list[str], typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Parameter of the notebook.")
    ] = [],  # noqa: B006
    workers: Annotated[int, typer.Option(help="Reports at a time; by default as many as the machine carries.")] = 0,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="Time that one report may take.")] = 900.0,
    memory: Annotated[int, typer.Option(metavar="MB", help="Memory that one report may take; 0 for any.")] = 2048,
    scheduler: Annotated[
        str, typer.Option(metavar="tcp://HOST:PORT", help="A Dask cluster that makes the reports instead.")
    ] = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Write the report of every territory, and an index over them; a failing one does not stop the others.

    Ends with 0 if all reports are there, 1 if some failed, 2 if it was asked wrongly, 130 if it was interrupted.
    """
    from planning.batch.batch import run_batch
    from planning.batch.notify import notify
    from planning.cli.progress import bar
    from planning.workbook import reports
    from planning.workbook.place import stand

    wrong = [text for text in parameter if "=" not in text]
    if wrong:
        raise typer.BadParameter(f"write NAME=VALUE, not {', '.join(wrong)}")
    context = stand(workspace, year, scenario)
    order = reports.order(context, territories or [], dict(text.split("=", 1) for text in parameter))
    with reports.record(context.settings) as log, bar() as progress:
        result = run_batch(
            order.notebook,
            order.territories,
            order.parameters,
            context.settings,
            log,
            fingerprint=order.fingerprint,
            edition=order.edition,
            workers=workers or None,
            timeout=timeout,
            memory=memory << 20,
            scheduler=scheduler,
            progress=progress,
        )
    made, skipped = len(result.labels("ok")), len(result.labels("skipped"))
    notify(context.settings, result)
    say(f"{made} reports made, {skipped} were there already, {len(result.failures)} failed: {result.index}")
    if result.failures:
        say(bulleted("These failed:", result.failures))
        raise typer.Exit(1)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8866,
    ip: Annotated[str, typer.Option(help="Address to listen on; others than this machine's once people log in.")] = (
        "127.0.0.1"
    ),
    workspace: Workspace = "",
) -> None:
    """Serve the forms, and print the address to open."""
    from planning import settings as config
    from planning.forms.serve import serve as run

    run(config.load(workspace), port, ip)


@app.command()
def lab(
    given: Annotated[list[str] | None, typer.Argument(metavar="[OPTIONS]", help="Passed on to JupyterLab.")] = None,
    workspace: Workspace = "",
) -> None:
    """Open the same notebooks in JupyterLab, on warm kernels; what follows `--` is passed on to it."""
    from planning import settings as config
    from planning.kernels import spec

    os.environ[config.WORKSPACE_VARIABLE] = str(config.load(workspace).workspace)
    specs = f"--ServerApp.kernel_spec_manager_class={spec.WarmSpecs.__module__}.{spec.WarmSpecs.__name__}"
    # Nothing is asked of the network: no catalogue of extensions, and what asks for news, for newer versions and, at
    # the first start, whether one wants them is left out. A folder of settings can say that, an option cannot.
    first = [str(spec.LAB_SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(first)
    quiet = "--LabApp.extension_manager=readonly"
    command = [sys.executable, "-m", "jupyterlab", str(config.notebooks()), specs, quiet, *(given or [])]
    os.execv(sys.executable, command)


@app.command()
def kernel(
    prefix: Annotated[str, typer.Option(metavar="FOLDER", help="For an environment; by default for you alone.")] = "",
) -> None:
    """Make the warm kernel known to every Jupyter client, such as papermill: `papermill -k planning-warm`."""
    from planning.kernels import spec

    say(f"{spec.NAME} is installed: {spec.install(user=not prefix, prefix=prefix or None)}")
