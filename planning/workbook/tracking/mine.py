"""What people keep for themselves alone: notes, drafts, columns of their own; nobody else reads it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from planning.errors import AccessError
from planning.store import documents
from planning.store.documents import Document
from planning.workbook.context import Context
from planning.workbook.place import EVERYBODY, reading, writing


def keep(context: Context, kind: str, key: str, said: Mapping[str, Any], actor: str) -> None:
    """Keep something for oneself, in place of what was kept under the same key.

    Parameters
    ----------
    context, actor
        Where one stands, and who one is where nobody logs in.
    kind
        One of `planning.store.schema.PRIVATE`.
    key
        Tells it apart among those of the kind.
    said
        What it says, of what JSON can hold; nothing takes it back.

    Raises
    ------
    AccessError
        If it is not for who is asking to write, or nobody says who it is.
    """
    me = _me(context, actor)
    with writing(context, "keep something for themselves", EVERYBODY) as connection:
        found = documents.versions(connection, context.year, context.scenario, kind, me, key)
        last = found[-1] if found else Document(kind, me, {}, key)
        if last.body == dict(said) and last.withdrawn == (not said):
            return
        written = replace(last, body=said, withdrawn=not said)
        documents.keep(connection, context.year, context.scenario, written, me)


def kept(context: Context, kind: str, actor: str) -> dict[str, Document]:
    """Give what one has kept for oneself, by key, oldest first; nobody else's."""
    me = _me(context, actor)
    with reading(context) as connection:
        found = documents.documents(connection, context.year, context.scenario, kind, me)
    return {each.key: each for each in found if each.actor == me}


def _me(context: Context, actor: str) -> str:
    me = context.actor(actor).strip()
    if not me:
        raise AccessError("Say who you are first: what is kept for oneself needs a name.")
    return me
