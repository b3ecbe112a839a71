"""The plans of a year as papers: what one brings to the meeting."""

from decimal import Decimal
from typing import Any

from planning import sheets
from planning.errors import PlanningError
from planning.papers.paper import Columns, Heading, Note, Paper, Part, Points, Signatures, Words
from planning.plans.contradictions import Clash
from planning.plans.gaps import labels
from planning.plans.plans import SUPPORT, Plan, Relationship, Sort, title
from planning.plans.sections import Asked, asked
from planning.plans.signing import SIGNED
from planning.settings import Settings
from planning.workbook.context import Context
from planning.workbook.leading import managers
from planning.workbook.plans import checked, proposals
from planning.workbook.plans.kept import Written

_ADDED = ("expected", "last_year", "q1", "q2", "q3", "q4", "cost")
"""Columns that are added up under a table."""
_QUARTERS = ("q1", "q2", "q3", "q4")


def plan_paper(context: Context, sort: Sort, rep: str, of: str = "") -> Paper:
    """Write a plan as it is kept, else as it is proposed.

    Parameters
    ----------
    context, sort, rep
        Where one stands, which sort of plan, and whose.
    of
        Account of a relationship plan.

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    PlansError
        If there is no such rep, or the account is not theirs.
    """
    found = proposals.any_plan(context, sort, rep, of)
    settings = context.settings
    parts: list[Part] = [Note(_state(found, settings)), *_sections(found.plan, settings)]
    parts += _open(context, found, settings)
    parts += _said(found, settings)
    parts.append(_signatures(context, found, settings))
    about = f"{settings.company}, FY{context.year}"
    return Paper(title(found.plan), about, parts, title(found.plan), settings.locale[:2])


def listed(plan: Plan, settings: Settings) -> list[dict[str, str]]:
    """List what a plan says: ``section``, ``name`` of the row, ``field``, ``says``, and where it is ``from``."""
    found = []
    for each in asked(type(plan)):
        value, origin = getattr(plan, each.name), plan.origins.get(each.name, "")
        rows = list(value) if each.row is not None else [plan]
        for row in rows:
            columns = asked(type(row))[1:] if each.row is not None else [each]
            name = str(getattr(row, asked(type(row))[0].name)) if each.row is not None else ""
            found += [
                {"section": each.label, "name": name, "field": one.label if name else "",
                 "says": figure(getattr(row, one.name), one, row, settings), "from": origin}
                for one in columns if getattr(row, one.name) not in ("", None)
            ]  # fmt: skip
    return found


def figure(value: Any, each: Asked, row: Any, settings: Settings) -> str:
    """Write what a field of a plan holds, for people."""
    if each.kind == "money":
        return sheets.money(value, settings, digits=0)
    if each.kind == "count":
        return sheets.count(value, settings)
    if each.kind == "day":
        return sheets.day(value, settings)
    if each.kind == "figure":
        return measured(value, getattr(row, "measure", ""), settings)
    if each.kind == "number":
        return sheets.number(value, settings, digits=2 if value is not None and abs(value) < 1 else 1)
    return str(value) if value else sheets.NOTHING


def measured(value: Any, measure: str, settings: Settings) -> str:
    """Write a figure in the unit of its measure."""
    unit = labels()[measure].unit if measure in labels() else "number"
    if value is None:
        return sheets.NOTHING
    if unit == "percent":
        return sheets.percent(value, settings)
    if unit == "money":
        return sheets.money(round(value), settings, digits=0)
    return sheets.number(value, settings, digits=2 if abs(value) < 10 else 0)


def clash_words(clash: Clash, settings: Settings) -> str:
    """Say what does not hold, by how much, and what would mend it."""
    figures = [figure_of(clash, each, settings) for each in (clash.asked, clash.follows)]
    said = f" ({figures[0]} against {figures[1]}.)" if any(figures) else ""
    return f"{clash.text}{said} {clash.mend}"


def figure_of(clash: Clash, value: Decimal, settings: Settings) -> str:
    """Write a figure of what does not hold; nothing where it is not about figures."""
    if not clash.asked and not clash.follows:
        return ""
    if clash.unit == "money":
        return sheets.money(round(value), settings, digits=0)
    return sheets.number(value, settings, digits=0 if clash.unit == "count" else 2 if abs(value) < 1 else 1)


def _state(found: Written, settings: Settings) -> str:
    stand = found.stand
    if not stand.version:
        return "Proposed from the data; nobody has kept it yet."
    when = sheets.moment(stand.since, settings)
    return f"Version {stand.version}, {stand.state}: {stand.by}, {when}."


def _sections(plan: Plan, settings: Settings) -> list[Part]:
    parts: list[Part] = []
    for each in asked(type(plan)):
        value = getattr(plan, each.name)
        if each.row is None and value in ("", None):
            continue
        rows = list(value) if each.row else []
        parts.append(Heading(each.label))
        if each.row is not None:
            parts.append(_table(rows, settings) if rows else Words("Nothing yet."))
        else:
            parts.append(Words(figure(value, each, plan, settings)))
        if plan.origins.get(each.name):
            parts.append(Note(plan.origins[each.name]))
    return parts


def _table(rows: list[Any], settings: Settings) -> Columns:
    columns = [
        each for each in asked(type(rows[0])) if any(getattr(row, each.name) not in ("", None) for row in rows)
    ]
    cells = [[figure(getattr(row, each.name), each, row, settings) for each in columns] for row in rows]
    figures = [each.kind in ("money", "count", "number", "figure") for each in columns]
    sums = [_sum(rows, each, settings) for each in columns]
    heads = [each.label for each in columns]
    if [each.name for each in columns][-4:] == list(_QUARTERS):
        heads, figures = [*heads, "Year"], [*figures, True]
        years = [sum(getattr(row, name) or 0 for name in _QUARTERS) for row in rows]
        cells = [[*row, sheets.money(each, settings, digits=0)] for row, each in zip(cells, years, strict=True)]
        sums = [*sums, sheets.money(sum(years), settings, digits=0)]
    total = any(sums) and len(rows) > 1
    if total:
        cells.append(["Together", *sums[1:]])
    return Columns(heads, cells, total=total, figures=figures)


def _sum(rows: list[Any], each: Asked, settings: Settings) -> str:
    if each.name == "contacts":
        return sheets.count(sum(row.contacts or 0 for row in rows), settings)
    if each.kind != "money" or each.name not in _ADDED:
        return ""
    return sheets.money(sum(getattr(row, each.name) or 0 for row in rows), settings, digits=0)


def _open(context: Context, found: Written, settings: Settings) -> list[Part]:
    """List what does not hold yet, of plans that are held against something."""
    plan = found.plan
    if isinstance(plan, Relationship) or found.sort is SUPPORT:
        return []
    try:
        clashes = checked.of_plan(context, plan)  # type: ignore[arg-type]
    except PlanningError as error:
        return [Heading("What does not hold yet"), Words(str(error))]
    if not clashes:
        return []
    return [Heading("What does not hold yet"), Points([clash_words(each, settings) for each in clashes])]


def _said(found: Written, settings: Settings) -> list[Part]:
    names = {each.name: each.label for each in asked(type(found.plan))}
    told = [
        f"{word.actor}, {sheets.moment(word.at, settings)}, on "
        f"{names.get(word.section, 'the plan')} (version {word.version}): {word.text}"
        for word in found.stand.words
        if word.text
    ]
    return [Heading("What was said"), Points(told)] if told else []


def _signatures(context: Context, found: Written, settings: Settings) -> Signatures:
    """Name who signed the version in force; else give lines to sign on."""
    rep, manager = found.plan.rep, managers(context).get(found.plan.rep, "") or "Who leads the rep"
    writer, signer = (rep, manager) if found.sort.writer == "rep" else (manager, rep)
    stand = found.stand
    signed = [word for word in stand.words if word.did == "sign" and word.version == stand.version]
    sent = [word for word in stand.words if word.did == "submit" and word.version == stand.version]
    if stand.state != SIGNED or not signed:
        return Signatures([(writer, "Name, day"), (signer, "Name, day")])
    names = [(sent[-1].actor, f"submitted, {sheets.moment(sent[-1].at, settings)}")] if sent else []
    return Signatures([*names, (signed[-1].actor, f"signed, {sheets.moment(signed[-1].at, settings)}")])
