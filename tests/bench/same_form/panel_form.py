"""The form of the bench in Panel."""

import pandas as pd
import panel as pn

REPS = pd.DataFrame({"rep": ["Ana", "Ben", "Cleo"], "result": [120_000, 90_000, 150_000]})

pn.extension()
owner = pn.widgets.TextInput(name="Owner")
territory = pn.widgets.Select(name="Territory", options=["North", "South"])
growth = pn.widgets.TextInput(name="Growth", value="4%")
said = pn.pane.Markdown("")
save = pn.widgets.Button(name="Save")


def told(_):
    """Answer."""
    goal = REPS["result"].sum() * (1 + float(growth.value.rstrip("%")) / 100)
    said.object = f"Saved: {goal:,.0f}"


save.on_click(told)
pn.Column("# Goals", owner, territory, growth, save, said, pn.pane.DataFrame(REPS)).servable()
