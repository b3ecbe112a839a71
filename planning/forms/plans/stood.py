"""Where a plan stands, what was said about it, and its earlier versions."""

from html import escape
from typing import Any

from planning import sheets
from planning.forms.page import Page, folded, of_company, words
from planning.forms.plans.sheet import told
from planning.plans.plans import key
from planning.plans.sections import asked
from planning.plans.signing import CHANGED, NONE, RETURNED
from planning.sheets import Html
from planning.workbook.plans import kept
from planning.workbook.plans.kept import Written

DID = {"submit": "submitted", "return": "returned", "sign": "signed", "comment": "commented on"}
_MOST = 5
"""Earlier versions that are shown."""


def state(here: Page, found: Written) -> list[Any]:
    """Show where a plan stands between who writes it and who signs it."""
    stand = found.stand
    if stand.state == NONE:
        parts: list[Any] = [words("<strong>Proposed from the data.</strong> Nobody has kept it yet.")]
    else:
        said = f"<strong>Version {stand.version}: {stand.state}</strong>, {escape(stand.by)}, "
        said += f"{sheets.moment(stand.since, here.settings)}."
        if stand.state == CHANGED:
            said += f" Version {stand.signed} was signed; this one is to be submitted and signed again."
        if stand.state == RETURNED:
            said += " What must change is said below."
        parts = [words(said)]
    return [*parts, *_said(here, found), *_versions(here, found)]


def _said(here: Page, found: Written) -> list[Any]:
    names = {each.name: each.label for each in asked(type(found.plan))}
    items = [
        f"<li><strong>{escape(word.actor)}</strong> {DID[word.did]} version {word.version}"
        f"{', ' + escape(names.get(word.section, '')) if word.section else ''} "
        f'<span class="when">{sheets.moment(word.at, here.settings)}</span>'
        f"{f'<blockquote>{escape(word.text)}</blockquote>' if word.text else ''}</li>"
        for word in found.stand.words
    ]
    return [Html(f'<ol class="exchange">{"".join(items)}</ol>')] if items else []


def _versions(here: Page, written: Written) -> list[Any]:
    """Show earlier versions, folded away."""
    settings = here.settings
    found = kept.versions(of_company(here), written.sort, written.plan.rep, key(written.plan))[:-1]
    return [
        folded(f"Version {each.version}, {each.actor}, {sheets.moment(each.at, settings)}",
               Html("".join(part.markup for part in told(plan, settings))))
        for plan, each in found[::-1][:_MOST]
    ]  # fmt: skip
