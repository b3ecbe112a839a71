"""Goals on every metric: chosen from the library or stated, checked before they are kept, by what they aim at."""

from collections.abc import Callable
from html import escape
from typing import Any, get_args

import pandas as pd

from planning import sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, later, of_company, section, words
from planning.goals.aims.aim import Aim, Serves, levels
from planning.goals.aims.sentence import sentence, who
from planning.goals.aims.smart import LETTERS, passes
from planning.sheets import Field
from planning.sheets.metrics import figure, writer
from planning.workbook.aims import kept as workbook
from planning.workbook.aims import smart as checks
from planning.workbook.aims import wording
from planning.workbook.aims.aimed import Proposed, known
from planning.workbook.aims.smart import Checked, Whole
from planning.workbook.goals import goals

_KINDS = {"The company": "company", "Each team": "team", "Each person": "individual"}
_WAYS = {
    "A part more or less than last year": "by",
    "A figure to reach": "to",
    "Stay under a figure": "under",
    "Stay over a figure": "over",
}
_MARKS = {"yes": "✓", "look": "look", "mend": "mend"}
_WEIGHTS = {"Low": 1, "Middle": 2, "High": 3}


@later
@section
def aims(here: Page) -> Any:
    """Show the goals by what they aim at, and let one state, check and withdraw them."""
    listing = Live(lambda: _listing(here))
    return blocks.panel("", listing.view, _Form(here, listing.redraw).view)


@later
@section
def smart(here: Page) -> Any:
    """Show every goal as one sentence with what is to be mended, and where goals contradict each other."""
    whole = checks.everything(of_company(here), writer(here.settings))
    if not whole.goals and not whole.broken:
        return words("No goal was stated besides the company's number, so there is none to check.")
    if not whole.goals:
        return _broken(whole)
    parts = [_marks(here, whole), *(_told(here, each) for each in whole.goals), *_together(here, whole)]
    return [*_broken(whole), *parts]


def _listing(here: Page) -> list[Any]:
    whole = checks.everything(of_company(here), writer(here.settings))
    stated = whole.goals
    if not stated and not whole.broken:
        return [words("No goal was stated besides the company's number. Choose one from the library below.")]
    return _broken(whole) + [
        _table(here, serves, rows)
        for serves in get_args(Serves)
        for rows in [[each for each in stated if each.aim.serves == serves]]
        if rows
    ]


def _broken(whole: Whole) -> list[Any]:
    """Say which goals can no longer be worked out, and what to do."""
    return [
        words(f"Goal {number} cannot be worked out any more. {escape(why)} Withdraw it, and state it anew.")
        for number, why in whole.broken.items()
    ]


def _table(here: Page, serves: str, made: list[Checked]) -> Any:
    fields = [
        Field("metric", "Goal on"),
        Field("target", "Target"),
        Field("base", f"FY{here.context.year - 1}"),
        Field("whom", "Of"),
        Field("months", "Months"),
        Field("levels", "Floor, stretch, challenge"),
        Field("called", "Which is"),
    ]
    frame = pd.DataFrame([_row(here, each) for each in made])
    return sheets.table(frame, fields, here.settings, caption=f"Goals that aim at {serves}")


def _row(here: Page, each: Checked) -> dict[str, str]:
    aim, measured, settings = each.aim, each.made.measured, here.settings
    told = levels(aim, each.facts.target)
    return {
        "metric": f"{aim.identity}. {measured.label}",
        "whom": who(aim, settings.company),
        "months": f"{sheets.month(aim.start, settings)} to {sheets.month(aim.end, settings)}",
        "base": figure(measured, each.facts.base, settings),
        "target": figure(measured, each.facts.target, settings),
        "levels": ", ".join(figure(measured, told[name], settings) for name in told if name != "target"),
        "called": each.called,
    }


def _marks(here: Page, whole: Whole) -> Any:
    rows = [
        {"metric": each.made.measured.label, "priority": each.aim.priority}
        | {letter: _MARKS[mark] for letter, mark in passes(list(each.findings)).items()}
        for each in whole.goals
    ]
    fields = [Field("metric", "Goal on"), *(Field(letter, letter.capitalize()) for letter in LETTERS)]
    fields.append(Field("priority", "Priority, 1 to 27", "count"))
    return sheets.table(pd.DataFrame(rows), fields, here.settings, caption="What each goal lacks")


def _told(here: Page, each: Checked) -> Any:
    write = writer(here.settings)
    said = sentence(each.aim, each.made.measured, each.facts, write, here.settings.company)
    found = pd.DataFrame(
        [{"letter": one.letter.capitalize(), "text": one.text, "mend": one.mend} for one in each.findings],
        columns=["letter", "text", "mend"],
    )
    fields = [Field("letter", "Not quite"), Field("text", "What is wrong"), Field("mend", "How to mend it")]
    label = f"{each.made.measured.label}: {each.called}"
    part = sheets.table(found, fields, here.settings, caption=label, empty="Nothing is to be mended.")
    return _both(words(escape(said), *(escape(note) for note in each.made.notes)), folded(f"{label}", part))


def _both(one: Any, other: Any) -> Any:
    return sheets.Html(one._repr_html_() + other._repr_html_())


def _together(here: Page, whole: Whole) -> list[Any]:
    metrics = known(of_company(here))
    rows = [
        {
            "text": clash.text,
            "asked": figure(metrics[clash.what[0]], clash.asked, here.settings),
            "follows": figure(metrics[clash.what[0]], clash.follows, here.settings),
            "mend": clash.mend,
        }
        for clash in whole.against
    ]
    fields = [
        Field("text", "Which do not agree"),
        Field("asked", "Asked"),
        Field("follows", "What follows from the others"),
        Field("mend", "How to mend it"),
    ]
    frame = pd.DataFrame(rows, columns=[field.column for field in fields])
    table = sheets.table(frame, fields, here.settings, caption="Goals against one another",
                         empty="No two goals contradict each other.")  # fmt: skip
    return [table, *_crowd(whole)]


def _crowd(whole: Whole) -> list[Any]:
    if not whole.crowded:
        return []
    most = max(whole.crowded.values())
    named = ", ".join(escape(rep) for rep in sorted(whole.crowded)[:10])
    more = f" and {len(whole.crowded) - 10} more" if len(whole.crowded) > 10 else ""
    return [
        words(
            f"{len(whole.crowded)} people have more goals than anybody can mind, up to {most}: {named}{more}. Keep "
            "those of the highest priority, and let teams carry the others."
        )
    ]


class _Form:
    """The form: a ready goal or one's own, seen with its findings before it is kept."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._metrics = known(of_company(here))
        offered = checks.offered(of_company(here))
        ready = {_option(self._metrics[row["metric"]], row, here): row["name"] for row in offered.to_dict("records")}
        self._ready = inputs.choice("From the library", ready, required=False)
        self._metric = inputs.choice("Or on a metric", {each.label: name for name, each in self._metrics.items()},
                                     required=False)  # fmt: skip
        self._fields = self._inputs()
        self._number = inputs.choice("Goal to withdraw", {}, required=False)
        inputs.all_optional(self._ready, self._metric, *self._fields.values(), self._number)
        self._seen = Live(self._draw)
        self._refill()
        for each in (self._ready, self._metric, *self._fields.values()):
            each.control.observe(lambda _: self._seen.redraw(), names="value")
        self.view = blocks.panel("State a goal", *self._rows(), self._messages.view)

    def _inputs(self) -> dict[str, inputs.Input]:
        context = of_company(self._here)
        months = context.calendar.months(context.year)
        owners = goals(context)
        named = {
            f"{row['name']}, {row['territory']}" if row["kind"] == "position" else row["name"]: row["owner"]
            for row in owners[owners["kind"] != "company"].to_dict("records")
        }
        text, choice = inputs.text, inputs.choice
        return {
            "kind": choice("For", _KINDS, required=False),
            "whom": choice("Only of", named, required=False),
            "way": choice("Asks for", _WAYS, required=False),
            "value": text("How much", hint="Such as 8%, 426 or 62.5; money in whole units of the currency."),
            "typed": text(
                "Last year's figure",
                hint="Only where the history does not tell it; of acquisition cost, what marketing and sales cost.",
            ),
            "start": inputs.month("From", context.settings, months[0], months[-1], required=False),
            "end": inputs.month("Until", context.settings, months[0], months[-1], required=False),
            "how": inputs.long_text("How", hint="What will be done for it."),
            "evidence": text("Why this goal"),
            "through": text("Rests on", hint="A channel or product line, if one in particular."),
            "floor": text("Floor", hint="Such as 90% of the target, or a figure."),
            "stretch": text("Stretch", hint="Such as 105% of the target, or a figure."),
            "reward": text("Reaching it earns"),
            "stretch_reward": text("The stretch earns"),
            "impact": choice("Impact", _WEIGHTS, required=False),
            "speed": choice("Speed", _WEIGHTS, required=False),
            "fit": choice("Fit of resources", _WEIGHTS, required=False),
        }

    def _rows(self) -> list[Any]:
        groups = (("kind", "whom", "way", "value", "typed"), ("start", "end"), ("how",), ("evidence", "through"),
                  ("floor", "stretch", "reward", "stretch_reward"), ("impact", "speed", "fit"))  # fmt: skip
        return [
            words("A ready goal says all that is needed; what you fill in takes its place."),
            inputs.side_by_side(self._ready, self._metric),
            *(inputs.side_by_side(*(self._fields[name] for name in names)) for names in groups),
            self._seen.view,
            blocks.actions(blocks.button("Keep this goal", self._messages, self._keep, main=True)),
            blocks.panel(
                "Withdraw a goal",
                inputs.side_by_side(self._number),
                blocks.actions(blocks.button("Withdraw it", self._messages, self._withdraw)),
            ),
        ]

    def _asked(self) -> Aim | None:
        said = {name: value for name, value in inputs.read_all(**self._fields).items() if value not in (None, "")}
        context = of_company(self._here)
        if self._ready.control.value:
            return wording.from_library(context, self._ready.control.value, **said)
        if self._metric.control.value and "value" in said:
            return wording.from_words(context, self._metric.control.value, **said)
        return None

    def _draw(self) -> Any:
        aim = self._asked()
        if aim is None:
            return words("Choose a ready goal, or a metric and how much, to see what it would ask of whom.")
        found = checks.checked(of_company(self._here), aim, writer(self._here.settings))
        return [_told(self._here, found), *_owners(self._here, found.made)]

    def _keep(self) -> str:
        aim = self._asked()
        if aim is None:
            return "Choose a ready goal, or a metric and how much."
        kept = workbook.state(of_company(self._here), aim, self._here.person or "planner")
        for each in (self._ready, self._metric, *self._fields.values()):
            each.fill(None if hasattr(each.control, "options") else "")
        self._refill()
        self._changed()
        return f"Goal {kept.aim.identity} on {kept.measured.label.lower()} is kept and handed out."

    def _withdraw(self) -> str:
        number = self._number.read()
        if number is None:
            return "Choose the goal to withdraw."
        workbook.withdraw(of_company(self._here), number, "Withdrawn on the page", self._here.person or "planner")
        self._refill()
        self._changed()
        return f"Goal {number} is withdrawn: what it had asked is taken back."

    def _refill(self) -> None:
        """Offer the goals that stand now to be withdrawn."""
        stated = workbook.stated(of_company(self._here))
        options = [
            (
                f"{aim.identity}. {self._metrics[aim.metric].label}, {who(aim, self._here.settings.company)}",
                aim.identity,
            )
            for aim in stated
        ]
        self._number.control.options = [("–", None), *options]


def _option(measured: Any, row: dict[str, Any], here: Page) -> str:
    if not row["measurable"]:
        return f"{row['words']} ({row['why']})"
    base, target = (figure(measured, row[name], here.settings) for name in ("base", "target"))
    return f"{row['words']} ({base} to {target})"


def _owners(here: Page, made: Proposed) -> list[Any]:
    if made.owners.empty:
        return []
    frame = made.owners.assign(
        **{
            name: [figure(made.measured, value, here.settings) for value in made.owners[name]]
            for name in ("base", "goal")
        }
    )
    fields = [Field("name", "Goal of"), Field("territory", "Territory"), Field("base", f"FY{here.context.year - 1}"),
              Field("goal", "Goal")]  # fmt: skip
    caption = f"What this would ask on {made.measured.label.lower()}"
    return [folded("Who would carry what", sheets.table(frame, fields, here.settings, caption=caption))]
