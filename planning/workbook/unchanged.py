"""What rests on the plan as it stands: kept until anything of the plan or of the history changes."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

import pandas as pd

from planning.settings import Settings
from planning.store import books
from planning.workbook.context import Context
from planning.workbook.ground import depends_on
from planning.workbook.kept import kept
from planning.workbook.place import plan

P = ParamSpec("P")
Made = TypeVar("Made")
Asks = Callable[Concatenate[Context, P], Made]


def unchanged(kind: str, of_book: bool = False) -> Callable[[Asks[P, Made]], Asks[P, Made]]:
    """Keep what a question comes to for all who ask it, as long as nothing changes.

    Parameters
    ----------
    kind
        What it is, as part of a file's name (`planning.workbook.kept.kept`).
    of_book
        Whether it is asked of the whole book, whoever asks and whichever territory is in view.
    """

    def around(ask: Asks[P, Made]) -> Asks[P, Made]:
        @wraps(ask)
        def asked(context: Context, *args: P.args, **kwargs: P.kwargs) -> Made:
            context = replace(context, territory="", person=None) if of_book else context
            laid = depends_on(context)
            asked_of = (context.scenario, context.territory, context.person, args, sorted(kwargs.items()))
            told = None if laid is None else (laid, state(context.settings), asked_of)
            found = kept(context.settings, kind, told, lambda: ask(context, *args, **kwargs))
            # Who adds a column adds it to a table of their own.
            return found.copy(deep=False) if isinstance(found, pd.DataFrame) else found

        return cast(Asks[P, Made], asked)

    return around


def state(settings: Settings) -> tuple[str, str]:
    """Give what changes whenever anything of the plan does, or of the settings that figures depend on."""
    with plan(settings) as database, database.reading() as connection:
        return books.state(connection), settings.figured
