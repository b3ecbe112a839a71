"""The form of the bench as the workbook writes its forms."""

import pandas as pd

from planning import settings, sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.sheets import Field

REPS = pd.DataFrame({"rep": ["Ana", "Ben", "Cleo"], "result": [12_000_000, 9_000_000, 15_000_000]})


def form():
    """Give the form."""
    told, messages = settings.load(), Messages()
    owner = inputs.text("Owner")
    territory = inputs.choice("Territory", {"North": "North", "South": "South"}, "North")
    growth = inputs.text("Growth", "4%")

    def save():
        goal = REPS["result"].sum() * (1 + float(growth.control.value.rstrip("%")) / 100)
        return f"Saved: {goal / 100:,.0f}"

    table = sheets.table(REPS, [Field("rep", "Rep"), Field("result", "Result", "money")], told, caption="Reps")
    asked = (owner.view, territory.view, growth.view)
    return blocks.panel("", *asked, blocks.button("Save", messages, save), messages.view, table)
