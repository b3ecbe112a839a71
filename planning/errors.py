"""Every error that the workbook raises on purpose, under one base class.

A form, a command or a batch run catches `PlanningError` and shows its message; anything else is a
defect and is left to stop the run.

PlanningError
├── SettingsError      a setting is missing, unknown or impossible
├── SourceError        files could not be read into canonical tables; nothing was changed
├── HistoryError       the history does not hold what was asked of it
├── AllocationError    an amount cannot be split as asked
├── LedgerError        a transaction would break an identity of the goal ledger
├── AssumptionError    an assumption is incomplete or contradicts itself
├── NegotiationError   a move is not allowed, or came too late
├── PlansError         a plan of somebody's year is incomplete, or was changed meanwhile
├── TrackingError      what is recorded during the year is incomplete, or cannot be told yet
├── AccessError        the person may not see or do this
├── StoreError         the plan's database cannot be used
└── BatchError         runs were refused, or some failed
"""

from collections.abc import Iterable


class PlanningError(Exception):
    """Base of all errors that are meant to be read by the person at the screen."""


class SettingsError(PlanningError):
    """A setting is missing, unknown or impossible."""


class SourceError(PlanningError):
    """Files could not be read into canonical tables; what was there before is untouched."""


class HistoryError(PlanningError):
    """The history does not hold what was asked of it."""


class AllocationError(PlanningError):
    """An amount cannot be split as asked."""


class LedgerError(PlanningError):
    """A transaction would break an identity of the goal ledger."""


class AssumptionError(PlanningError):
    """An assumption is incomplete or contradicts itself."""


class NegotiationError(PlanningError):
    """A move is not allowed, or came too late."""


class PlansError(PlanningError):
    """A plan of somebody's year is incomplete, or was changed meanwhile."""


class TrackingError(PlanningError):
    """What is recorded during the year is incomplete, or cannot be told yet."""


class AccessError(PlanningError):
    """The person who is asking may not see or do this."""


class StoreError(PlanningError):
    """The plan's database cannot be used."""


class BatchError(PlanningError):
    """Runs were refused before they started, or some of them failed."""


def bulleted(headline: str, problems: Iterable[str]) -> str:
    """Join a headline and its problems into one message, a problem a line.

    Examples
    --------
    >>> print(bulleted("Two things are wrong:", ["no owner", "low is above high"]))
    Two things are wrong:
      - no owner
      - low is above high
    """
    return "\n".join([headline, *(f"  - {problem}" for problem in problems)])


def unknown_name(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is not known, with the nearest known ones.

    Examples
    --------
    >>> unknown_name("metric", "revnue", ["revenue", "units"])
    "There is no metric 'revnue'. Did you mean 'revenue'? Known: revenue, units."
    >>> unknown_name("rep", "X", [])
    "There is no rep 'X'. None are known yet."
    """
    from difflib import get_close_matches

    names = sorted(str(each) for each in known)
    if not names:
        return f"There is no {what} {name!r}. None are known yet."
    near = get_close_matches(name, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    shown = ", ".join(names[:40]) + (f" and {len(names) - 40} more" if len(names) > 40 else "")
    return f"There is no {what} {name!r}.{hint} Known: {shown}."
