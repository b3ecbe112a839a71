"""What has been said over a goal, and where it stands, for people to read."""

from collections.abc import Mapping
from html import escape

import pandas as pd

from planning import sheets
from planning.forms.page import Page
from planning.forms.settle.naming import told as named
from planning.negotiation import adjusting
from planning.negotiation.adjusting import ABSORBED
from planning.negotiation.moves import Move
from planning.papers.agreement import carried_from
from planning.sheets import Field, Html
from planning.workbook.negotiation.talks import Talk

STATES = {
    "not started": "Not started",
    "proposed": "Proposed",
    "countered": "Countered",
    "returned": "Returned",
    "escalated": "Escalated",
    "agreed": "Agreed",
    "reopening": "To be reopened",
    "set": "Set without agreement",
    "ended": "Ended",
}
DID = {
    "propose": "proposed",
    "counter": "made an own proposal",
    "accept": "accepted",
    "withdraw": "withdrew",
    "return": "returned it",
    "escalate": "asked the manager's manager",
    "decide": "decided",
    "lapse": "let the manager's last offer stand",
    "reopen": "asked to reopen it",
    "consent": "consented to reopen it",
    "refuse": "refused to reopen it",
    "comment": "commented",
    "question": "asked",
    "delegate": "let somebody else speak",
    "hand_over": "handed it over",
    "leave": "ended it",
}
ROLES = {"manager": "manager", "rep": "rep", "senior": "manager's manager", "planner": "planner"}


def state(talk: Talk) -> Html:
    """Say where a negotiation stands, who has signed, and who has to move."""
    thread = talk.thread
    told = [f"<strong>{STATES[thread.state]}.</strong>"]
    if thread.offer is None:
        told.append("There is no offer yet.")
    else:
        signed = " and ".join(f"the {side}" for side in sorted(thread.accepted_by)) or "nobody yet"
        told += [f"{escape(thread.reopened.person)} asks to change it {escape(adjusting.told(thread.reopened))}."
                 ] if thread.reopened is not None and adjusting.adjusts(thread.reopened) else []  # fmt: skip
        told.append(
            f"Version {thread.version}, by {escape(thread.offer.person)}, is on the table; signed by {signed}."
        )
    person = {"manager": talk.manager, "rep": thread.rep, "senior": talk.senior}.get(thread.waits, "")
    told += [f"It is for {escape(person)} to move."] if person else []
    open_ = len(thread.questions)
    told += [f"{open_} {'question is' if open_ == 1 else 'questions are'} open."] if open_ else []
    due = talk.rules.deadline
    told += [f"The deadline is {due:%Y-%m-%d}."] if due and thread.waits else []
    return Html(f'<p class="words">{" ".join(told)}</p>')


def both_sides(talk: Talk, here: Page) -> Html:
    """Set both sides against each other, line by line."""
    table = talk.table()
    sums = table.drop(columns=["product", "accepted"]).sum(min_count=1)
    total = pd.DataFrame([{"product": "Together", **sums.to_dict(), "accepted": ""}])
    signed = {"manager": "Manager", "rep": "Rep", "manager and rep": "Both", "": ""}
    fields = [
        Field("product", "Product line"),
        Field("goal", "Goal as it stands", "money"),
        Field("manager", "Company's last offer", "money"),
        Field("rep", "Rep's last offer", "money"),
        Field("distance", "Between them", "difference"),
        Field("accepted", "Signed by"),
    ]
    caption = f"Both sides of the goal of {talk.thread.rep}"
    table = table.assign(accepted=table["accepted"].map(signed))
    return sheets.table(table, fields, here.settings, caption=caption, total=total)


def exchange(talk: Talk, here: Page) -> Html:
    """Show the exchange in order; what people wrote is shown as text."""
    items = [_item(move, here) for move in talk.thread.moves]
    return Html(f'<ol class="exchange">{"".join(items)}</ol>' if items else "")


def _item(move: Move, here: Page) -> str:
    settings = here.settings
    total = f", {sheets.money(sum(move.lines.values()), settings)} in all" if move.lines else ""
    about = f" on {escape(str(move.detail['line']))}" if move.detail.get("line") else ""
    about += f" {escape(', '.join(move.detail['lines']))}" if move.detail.get("lines") else ""
    about += f" to {escape(str(move.detail['to']))}" if move.detail.get("to") else ""
    about += f" until {escape(str(move.detail['until']))}" if move.detail.get("until") else ""
    said = f"<blockquote>{escape(move.note)}</blockquote>" if move.note else ""
    about += f" {escape(adjusting.told(move))}" if adjusting.adjusts(move) else ""
    version = f", version {move.version}" if move.version else ""
    return (
        f"<li><strong>{escape(move.person)}</strong> ({ROLES[move.role]}) {DID[move.kind]}{about}{version}{total} "
        f'<span class="when">{sheets.moment(move.at, settings)}</span>{said}{_support(move.detail, here)}</li>'
    )


def _support(detail: Mapping[str, object], here: Page) -> str:
    """Show what an offer rests on, and what it carries besides its lines."""
    told = []
    for each in detail.get("support") or []:  # type: ignore[attr-defined]
        told.append(named(each, here.settings))
    told += [escape(each) for each in carried_from(detail, here.settings)]
    if detail.get("absorbed") and not detail.get("carry"):
        told.append(f"Who absorbs it: {ABSORBED[str(detail['absorbed'])]}")
    if detail.get("phase"):
        parts = ", ".join(f"{each}%" for each in detail["phase"])  # type: ignore[attr-defined]
        told.append(f"Phased over the quarters: {parts} of their usual part")
    if detail.get("stretch"):
        told.append(f"Stretch, rewarded and not required: {sheets.money(detail['stretch'], here.settings)}")
    return f"<ul>{''.join(f'<li>{each}</li>' for each in told)}</ul>" if told else ""
