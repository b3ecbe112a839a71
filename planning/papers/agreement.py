"""The agreement on a goal, as it is printed."""

from collections.abc import Mapping
from typing import Any

from planning import sheets
from planning.negotiation import adjusting
from planning.papers.paper import Columns, Heading, Paper, Part, Points, Signatures, Words
from planning.settings import Settings
from planning.workbook.context import Context
from planning.workbook.negotiation.signed import Signed
from planning.workbook.negotiation.signed import signed as settled
from planning.workbook.negotiation.talks import exchange

_DID = {
    "propose": "proposed",
    "counter": "proposed",
    "accept": "signed",
    "decide": "decided",
    "lapse": "set at the deadline",
}


def agreement(context: Context, rep: str) -> Paper:
    """Write the agreement on a rep's goal: both names, both times, the goals, the reasons, and the hash.

    Raises
    ------
    NegotiationError
        If it is not settled, or the rep holds no goal in the book.
    AccessError
        If it is none of the business of who is asking.
    """
    settings, found = context.settings, settled(context, rep)
    said = (
        f"{rep} and {settings.company} have agreed on the goal below for FY{context.year}; both have signed version "
        f"{found.version}."
        if found.state != "set"
        else f"The goal of {rep} for FY{context.year} was set without agreement, as version {found.version}."
    )
    parts: list[Part] = [Words(said), _lines(found, settings)]
    parts += [Points(_besides(found, settings))] if _besides(found, settings) else []
    parts += [Heading("Why"), Words(found.offer.note), Heading("How it came about")]
    parts.append(_how(context, rep, settings))
    names = [
        (each.person, f"{_DID[each.kind]} version {each.version}, {sheets.moment(each.at, settings)}")
        for each in found.signatures
    ]
    parts.append(Signatures(names))
    title = f"Goal of {rep}, FY{context.year}"
    about = f"{settings.company}: {'agreement' if found.state != 'set' else 'goal set without agreement'}"
    return Paper(title, about, parts, f"Event {found.number}, {found.hash}", settings.locale[:2])


def carried_from(detail: Mapping[str, Any], settings: Settings) -> list[str]:
    """Say what a version carries out of which months that are over, a text each month.

    Parameters
    ----------
    detail
        Of the move that put the version on the table (`planning.negotiation.moves.Move`).
    settings
        How amounts and months are written.
    """
    carry: adjusting.Carry = detail.get("carry") or {}
    return [
        f"Carried from {sheets.month(month, settings)} to the months left: "
        + ", ".join(f"{line} {sheets.money(amount, settings, signed=True)}" for line, amount in sorted(parts.items()))
        for month, parts in sorted(carry.items())
    ]


def _lines(found: Signed, settings: Settings) -> Columns:
    changed = adjusting.adjusts(found.offer)
    shown = [found.original, found.lines] if changed else [found.lines]
    heads = ["Original goal", "Goal of the year"] if changed else ["Goal of the year"]
    rows = [[line, *(sheets.money(each.get(line, 0), settings) for each in shown)] for line in sorted(found.lines)]
    total = ["Together", *(sheets.money(sum(each.values()), settings) for each in shown)]
    return Columns(["Product line", *heads], [*rows, total], numbers=len(shown), total=True)


def _besides(found: Signed, settings: Settings) -> list[str]:
    detail = found.offer.detail
    told = []
    if adjusting.adjusts(found.offer):
        carried = [f"{each}." for each in carried_from(detail, settings)]
        stays = "the goal of the year stays as it was" if carried else "months before stay as they were"
        told += [f"Changed during the year, {adjusting.told(found.offer)}; {stays}.", *carried]
        absorbed = adjusting.ABSORBED.get(str(detail.get("absorbed")), "not said")
        told += [] if carried else [f"Who absorbs it: {absorbed}."]
    if detail.get("phase"):
        parts = ", ".join(f"{each}%" for each in detail["phase"])
        told.append(f"Phased over the quarters: {parts} of their usual part.")
    if detail.get("stretch"):
        told.append(f"Stretch, rewarded and not required: {sheets.money(detail['stretch'], settings)}.")
    supports: list[dict[str, Any]] = list(detail.get("support") or [])
    for each in supports:
        figure = f": {sheets.money(each['amount'], settings)}" if each.get("amount") is not None else ""
        told.append(f"{each['what']}{figure}")
    return told


def _how(context: Context, rep: str, settings: Settings) -> Columns:
    rows = []
    for row in exchange(context, rep).to_dict("records"):
        said = " ".join(filter(None, [str(row["note"]), f"({row['detail']})" if row["detail"] else ""]))
        who = f"{row['person']}, {row['role']}"
        move = f"{str(row['kind']).replace('_', ' ')}, version {row['version']}"
        rows.append([sheets.moment(row["at"], settings), who, move, said])
    return Columns(["When", "Who", "Move", "What was said"], rows)
