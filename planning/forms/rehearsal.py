"""What a form costs at its first use, done once in the warm process: formats, tables, widgets, queries."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pandas as pd
from ipywidgets import Widget

from planning import charts, settings, sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.settings import Settings
from planning.store import assumed, books, people
from planning.store.database import Database
from planning.workbook.kept import code


def rehearse(workspace: str = "") -> None:
    """Fill in a form that nobody sees, in the locale of the workspace, and ask an empty plan.

    Nothing is opened that would have to be closed in every process that comes of this one.

    Parameters
    ----------
    workspace
        Folder of the company; empty means the environment's, or the default one.
    """
    code()
    told = settings.load(workspace)
    _form(told)
    Widget.close_all()
    with tempfile.TemporaryDirectory() as folder:
        _plan(Path(folder))


def _form(told: Settings) -> None:
    messages = Messages()
    asked = [
        inputs.text("Text"),
        inputs.long_text("Text"),
        inputs.money("Amount", told, 100),
        inputs.percent("Share", told, Decimal("0.01")),
        inputs.month("Month", told, "2026-01", "2026-12", "2026-01"),
    ]
    fields = [sheets.Field("name", "Name"), sheets.Field("amount", "Amount", "money")]
    fields += [sheets.Field("share", "Share", "percent"), sheets.Field("change", "Change", "change")]
    rows = pd.DataFrame([{"name": "a", "amount": 1, "share": 0.1, "change": 0.1}])
    table = sheets.table(rows, fields, told, caption="Rows")
    steps = pd.DataFrame([{"label": "a", "amount": 1, "role": "step"}])
    figure = charts.waterfall(steps, told, "Steps")
    press = blocks.button("Do", messages, lambda: "Done")
    blocks.panel("Title", inputs.side_by_side(*asked), blocks.actions(press), table, figure, messages.view)


def _plan(folder: Path) -> None:
    with Database(f"sqlite:///{folder / 'plan.sqlite'}") as database, database.reading() as connection:
        people.people(connection)
        assumed.assumptions(connection, 2026, "plan")
        assumed.scenarios(connection, 2026)
        books.owners(connection, 0)
        books.entries(connection, 0)
        books.find(connection, 2026, "plan")
