"""A settled goal as it is printed: who signed what, when, why, and the hash that proves it."""

from collections.abc import Mapping
from dataclasses import dataclass

from planning.errors import NegotiationError
from planning.goals.originals import CHANGES
from planning.negotiation.chain import Event
from planning.negotiation.moves import SETS, Move
from planning.store import books, records
from planning.workbook.context import Context
from planning.workbook.negotiation.talks import look
from planning.workbook.place import reading


@dataclass(frozen=True)
class Signed:
    """A settled goal.

    Parameters
    ----------
    rep, state
        Whose goal it is; ``agreed`` or ``set``.
    version, lines
        What was settled: goal of the year by product line, whole minor units.
    offer
        The move that put it on the table, with its reason and what it carries besides.
    signatures
        The moves that signed it: acceptances of both sides, or the decision.
    number, hash
        Place and hash of the event that settled it.
    original
        Goal by product line before it was changed during the year, whole minor units.
    """

    rep: str
    state: str
    version: int
    lines: Mapping[str, int]
    offer: Move
    signatures: list[Move]
    number: int
    hash: str
    original: Mapping[str, int]


def signed(context: Context, rep: str) -> Signed:
    """Give the settled goal of a rep.

    Raises
    ------
    NegotiationError
        If it is not settled, or the rep holds no goal in the book.
    AccessError
        If it is none of the business of who is asking.
    """
    with reading(context) as connection:
        talk, number = look(connection, context, rep, held=lambda _: False)
        events = [each for each in records.events(connection, number) if each.rep == rep]
        owners = books.positions(connection, number, rep)
        sums = books.sums(connection, number, "revenue", ["product", "step"], owners)
    first = sums[~sums["step"].isin(CHANGES)].groupby("product")["amount"].sum()
    offer = talk.thread.in_force
    if offer is None:
        raise NegotiationError(f"The goal of {rep} is {talk.thread.state}; there is no agreement to print yet.")
    last = _settled_by(events, offer)
    state = "set" if offer.kind in SETS else "agreed"
    original = {str(line): int(amount) for line, amount in first.items()}
    return Signed(
        rep, state, offer.version, offer.lines, offer, _signatures(events, offer), last.number, last.hash, original
    )


def _settled_by(events: list[Event], offer: Move) -> Event:
    kinds = ("accept", "decide", "lapse")
    return [each for each in events if each.move.kind in kinds and each.move.version == offer.version][-1]


def _signatures(events: list[Event], offer: Move) -> list[Move]:
    if offer.kind in ("decide", "lapse"):
        return [offer]
    accepts = [each.move for each in events if each.move.kind == "accept" and each.move.version == offer.version]
    return list({each.side: each for each in accepts}.values())
