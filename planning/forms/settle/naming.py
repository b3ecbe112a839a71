"""A list that one adds to line by line: what speaks for something, or who takes how much on."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.widgets import VBox
from planning.settings import Settings
from planning.sheets import Html

_OWN = "Something else"


class Named:
    """Things that are named, each with an amount and where it can be read.

    Parameters
    ----------
    label
        What is named.
    settings
        For currency and locale.
    hint
        Shown under the amount.
    link
        Whether an address is asked for.
    """

    def __init__(self, label: str, settings: Settings, hint: str, link: bool = False) -> None:
        self._settings, self._messages = settings, Messages()
        self.chosen: list[dict[str, Any]] = []
        self._ready: dict[str, Mapping[str, Any]] = {}
        self._from = inputs.choice("From the history", {_OWN: ""}, "", required=False)
        self._what = inputs.text(label, hint=hint if link else "")
        self._amount = inputs.money("Amount", settings, hint="" if link else hint)
        self._link = inputs.text("Where it can be read", hint="An address that begins with https://")
        inputs.all_optional(self._from, self._what, self._amount, self._link)
        blocks.show(self._from.view, False)
        blocks.show(self._link.view, link)
        self._list = blocks.shown(Html(""))
        self.view = VBox([
            inputs.side_by_side(self._from, self._what, self._amount, self._link),
            blocks.actions(
                blocks.button("Add it", self._messages, self._add),
                blocks.button("Take the last one out", self._messages, self._take_out),
            ),
            self._list, self._messages.view,
        ])  # fmt: skip

    def offer(self, ready: Sequence[Mapping[str, Any]]) -> None:
        """Offer what one may choose instead of writing it."""
        self._ready = {str(each["what"]): each for each in ready}
        self._from.control.options = [(_OWN, ""), *((each, each) for each in self._ready)]
        self._from.control.value = ""
        blocks.show(self._from.view, self._ready)

    def take(self, each: Mapping[str, Any]) -> None:
        """Name something that is ready, as if one had chosen it."""
        if dict(each) not in self.chosen:
            self.chosen = [*self.chosen, dict(each)]
            self._show()

    def clear(self) -> None:
        """Begin again."""
        self.chosen = []
        self._show()

    def _add(self) -> str:
        picked = str(self._from.control.value or "")
        if picked:
            self.chosen = [*self.chosen, dict(self._ready[picked])]
        else:
            given = inputs.read_all(what=self._what, amount=self._amount, link=self._link)
            what, link = given["what"] or given["link"], given["link"] or ""
            if not what:
                raise PlanningError("Say what it is.")
            if link and not link.startswith(("https://", "http://")):
                raise PlanningError(f"{link!r} is no address: it begins with https://")
            self.chosen = [
                *self.chosen,
                {"what": what, "amount": given["amount"], **({"link": link} if link else {})},
            ]
        for each in (self._what, self._amount, self._link):
            each.fill("")
        self._from.control.value = ""
        self._show()
        return ""

    def _take_out(self) -> str:
        self.chosen = self.chosen[:-1]
        self._show()
        return ""

    def _show(self) -> None:
        items = "".join(f"<li>{told(each, self._settings)}</li>" for each in self.chosen)
        self._list.value = f"<ul>{items}</ul>" if items else ""


def told(each: Mapping[str, Any], settings: Settings) -> str:
    """Write something that was named as HTML; only an address of the web becomes a link."""
    amount = f": {sheets.money(each['amount'], settings)}" if each.get("amount") is not None else ""
    what, link = escape(str(each.get("what", ""))), str(each.get("link") or "")
    if link.startswith(("https://", "http://")):
        return f'<a href="{escape(link)}" rel="noopener noreferrer" target="_blank">{what}</a>{amount}'
    return f"{what}{amount}"
