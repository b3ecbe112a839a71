"""The form of a rep's named accounts: proposed, changed, and no more than the rep can serve."""

from collections.abc import Callable
from html import escape
from typing import Any

from planning import sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, of_company, words
from planning.plans import named as shape
from planning.sheets import Field
from planning.workbook.plans import named, proposals
from planning.workbook.plans.named import Named


class Listed:
    """Named accounts of one rep.

    Parameters
    ----------
    here
        The page.
    changed
        Called after a list was kept.
    """

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        reps = proposals.reps(here.context)
        self._rep = inputs.choice("Named accounts of", {each: each for each in reps},
                                  here.person if here.person in reps else next(iter(reps), None))  # fmt: skip
        self._names = inputs.long_text("The list", hint="An account a line, those that matter most at the top.")
        inputs.all_optional(self._names)
        self._seen = Live(self._draw)
        self._rep.control.observe(lambda _: self._fill(), names="value")
        self._fill()
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._rep),
            self._seen.view,
            self._names.view,
            blocks.actions(blocks.button("Keep the list", self._messages, self._keep, main=True)),
            self._messages.view,
        )

    def _found(self) -> Named:
        return named.named(of_company(self._here), str(self._rep.control.value))

    def _fill(self) -> None:
        if self._rep.control.value is not None:
            self._names.fill("\n".join(self._found().names))
            self._seen.redraw()

    def _draw(self) -> list[Any]:
        if self._rep.control.value is None:
            return [words("There is nobody here whose accounts are yours to see.")]
        found, settings = self._found(), self._here.settings
        kept = "kept" if found.version else "proposed; nobody has kept it yet"
        told = f"The list is {kept}. {len(found.names)} of at most {found.can.most} accounts want "
        told += f"<strong>{sheets.count(found.wanted, settings)}</strong> calls and visits a year"
        if found.can.named is None:
            told += "; the history counts none, so it does not say whether that can be done."
        else:
            told += f"; {escape(found.rep)} has {sheets.count(found.can.named, settings)} of "
            told += f"{sheets.count(found.can.contacts, settings)} for named accounts."
        fields = [
            Field("customer", "Account"),
            Field("priority", "Class"),
            Field("score", "Score", "number"),
            Field("revenue", "Revenue", "rounded"),
            Field("headroom", "Room to grow", "rounded"),
            Field("contacts", "Calls and visits a year", "count"),
        ]
        table = found.table.assign(headroom=found.table["headroom"].round().astype("Int64"))
        caption = f"Named accounts of {found.rep}"
        return [
            words(told),
            sheets.table(table, fields, settings, caption=caption, empty="No account is named."),
            folded("How the limit comes about", words(shape.METHOD)),
        ]

    def _keep(self) -> str:
        names = [each.strip() for each in str(self._names.read() or "").splitlines() if each.strip()]
        context, rep = of_company(self._here), str(self._rep.control.value)
        named.keep(context, rep, names, self._here.person or "planner", self._found().version)
        self._seen.redraw()
        self._changed()
        return f"{len(names)} named accounts of {rep} are kept."
