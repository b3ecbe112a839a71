"""`planning people ...`: who may log in, as whom, and in which role."""

import sys
from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Workspace
from planning.cli.output import Format, say, show

app = typer.Typer(no_args_is_help=True, help="Who may log in to the forms, as whom, and in which role.")

User = Annotated[str, typer.Argument(metavar="USER", help="Name to log in with, or that the proxy gives.")]


@app.command()
def add(
    user: User,
    name: Annotated[str, typer.Option(help="Name in the history.")],
    role: Annotated[str, typer.Option(help="planner, manager, rep or viewer.")],
    proxy: Annotated[bool, typer.Option("--no-password", help="A trusted proxy says who it is.")] = False,
    actor: Actor = "planner",
    workspace: Workspace = "",
) -> None:
    """Let somebody log in; the password is asked for, or read from standard input."""
    from planning.settings import load
    from planning.store.people import Person
    from planning.workbook import access

    password = ""
    if not proxy:
        asked = sys.stdin.isatty()
        password = typer.prompt("Password", hide_input=True) if asked else sys.stdin.readline().rstrip("\n")
        if not password:
            raise typer.BadParameter("a password is needed; or --no-password where a trusted proxy says who it is")
    access.add(load(workspace), Person(user, name, role), password, actor)
    say(f"{user} may log in as {name} ({role}).")


@app.command("list")
def listed(workspace: Workspace = "", form: Form = Format.table) -> None:
    """List who may log in."""
    import pandas as pd

    from planning.settings import load
    from planning.workbook import access

    settings = load(workspace)
    rows = [{"user": each.user, "name": each.name, "role": each.role} for each in access.people(settings)]
    show(pd.DataFrame(rows, columns=["user", "name", "role"]), {}, form, settings)


@app.command()
def remove(user: User, actor: Actor = "planner", workspace: Workspace = "") -> None:
    """Let a user no longer log in."""
    from planning.settings import load
    from planning.workbook import access

    access.remove(load(workspace), user, actor)
    say(f"{user} may not log in any more.")
