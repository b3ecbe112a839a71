"""What is written beside a conversation: notes of one's own side, and what one is writing and has not kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from planning.errors import TrackingError
from planning.store import drafts
from planning.store.documents import Document
from planning.workbook.context import Context
from planning.workbook.leading import speak_of
from planning.workbook.place import EVERYBODY, reading, writing
from planning.workbook.tracking import mine
from planning.workbook.tracking.team import pair

NOTE = "note_to_self"
DRAFT = "checkpoint"
_LONGEST = 4000


def note(context: Context, rep: str, text: str, actor: str) -> None:
    """Keep a note on somebody that nobody else reads, whoever leads whom.

    Raises
    ------
    TrackingError
        If it is empty or too long, or nobody of the name carries a goal.
    AccessError
        If it is none of the business of who is asking.
    """
    bare = text.strip()
    if not bare or len(bare) > _LONGEST:
        raise TrackingError(f"A note has 1 to {_LONGEST:,} characters; this has {len(bare):,}.")
    mine.keep(context, NOTE, f"{pair(context, rep).rep}:{uuid4().hex}", {"note": bare}, actor)


def notes(context: Context, rep: str, actor: str) -> list[tuple[datetime, str]]:
    """Give one's own notes on somebody, oldest first."""
    found = mine.kept(context, NOTE, actor)
    return [
        (each.at or datetime.min, str(each.body["note"]))
        for key, each in found.items()
        if key.rpartition(":")[0] == rep
    ]


def keep_draft(context: Context, rep: str, key: str, said: Mapping[str, Any], actor: str) -> None:
    """Keep what one is writing on a conversation; nothing takes it back.

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    """
    who, draft_of = context.actor(actor).strip(), Document(DRAFT, rep, said, key)
    if not who:
        return
    speak_of(context, rep)
    with writing(context, "write on checkpoints", EVERYBODY) as connection:
        where = (connection, context.year, context.scenario, draft_of, who)
        if said:
            drafts.keep(*where)
        else:
            drafts.drop(*where)


def draft(context: Context, rep: str, key: str, actor: str) -> Mapping[str, Any]:
    """Give what one was writing on a conversation; nothing if nothing is there."""
    who, of = context.actor(actor).strip(), Document(DRAFT, rep, key=key)
    with reading(context) as connection:
        found = drafts.draft(connection, context.year, context.scenario, of, who)
    return found.body if found is not None else {}
