"""What the boards show: open deals by step, and what people noted on them."""

from dataclasses import replace
from datetime import date

import pandas as pd

from planning.errors import TrackingError, unknown_name
from planning.history import during
from planning.history.engine import open_history
from planning.store import documents
from planning.store.documents import Document
from planning.workbook.context import Context
from planning.workbook.leading import concerned, speak_of
from planning.workbook.place import EVERYBODY, reading, writing

KIND = "deal_note"
LONGEST = 1000


def deals(context: Context, day: date) -> pd.DataFrame:
    """Give the open deals in view as of a day (`planning.history.during.open_deals`), each with its ``note``.

    A day past the end of the history is taken as its last one: nothing is known of later.
    """
    with open_history(context.settings) as history:
        found = during.open_deals(history, min(day, during.through(history) or day))
    found = found[found["rep"].isin(concerned(context, set(found["rep"])))]
    if context.territory:
        found = found[found["territory"] == context.territory]
    with reading(context) as connection:
        kept = documents.documents(connection, context.year, context.scenario, KIND)
    notes = {each.key: str(each.body["note"]) for each in kept}
    return found.assign(note=[notes.get(each, "") for each in found["opportunity"]]).reset_index(drop=True)


def note(context: Context, opportunity: str, text: str, day: date, actor: str) -> None:
    """Note something on an open deal; the deal itself is history, and stays as the source has it.

    Raises
    ------
    TrackingError
        If there is no such open deal in view, or the note is too long.
    AccessError
        If it is none of the business of who is asking.
    """
    known = deals(replace(context, territory=""), day).set_index("opportunity")["rep"]
    if opportunity not in known:
        raise TrackingError(unknown_name("open deal", opportunity, known.index))
    if len(text.strip()) > LONGEST:
        raise TrackingError(f"The note has {len(text.strip()):,} characters; {LONGEST:,} are kept at most.")
    rep = str(known[opportunity])
    speak_of(context, rep)
    with writing(context, "note something on deals", EVERYBODY) as connection:
        where = (connection, context.year, context.scenario)
        last = documents.document(*where, KIND, rep, opportunity)
        written = replace(last or Document(KIND, rep, key=opportunity), body={"note": text.strip()})
        documents.keep(*where, written, context.actor(actor))
