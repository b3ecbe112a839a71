"""Set the company's goal: how much, handed out by which methods, and how much more is passed down than carried."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from planning.errors import LedgerError, bulleted
from planning.goals import ledger, owners
from planning.goals.setting import cascade, methods, over
from planning.goals.setting.methods import EXPECTED
from planning.store import assumed as assumed_store
from planning.store import books, records
from planning.store.database import Connection
from planning.workbook.context import Context
from planning.workbook.goals import Outlook, expected
from planning.workbook.ground import ground
from planning.workbook.place import PLANNER, writing
from planning.workbook.setting import methods as ways


@dataclass(frozen=True)
class Asked:
    """What is asked of the company.

    Parameters
    ----------
    target
        The company's goal in minor units.
    growth
        The company's goal as growth over last year's result, a fraction. Without either, it is what is expected.
    reason
        Why more or less is asked for than is expected.
    weights
        Weight by method (`planning.goals.setting.methods.METHODS`).
    drivers
        Weight by metric, for the method that hands out by drivers.
    over
        Part that each level passes down on top of what it carries (`planning.goals.setting.over`).

    Raises
    ------
    LedgerError
        If both target and growth are given, or methods or levels cannot be used.
    """

    target: int | None = None
    growth: Decimal | None = None
    reason: str = ""
    weights: Mapping[str, Decimal] = field(default_factory=lambda: {EXPECTED: Decimal(1)})
    over: Mapping[str, Decimal] = field(default_factory=dict)
    drivers: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.target is not None and self.growth is not None:
            raise LedgerError("Give the company's goal as an amount or as a growth, not both.")
        methods.checked(self.weights)
        over.check(self.over)

    def amount(self, seen: Outlook) -> int:
        """Give the company's goal in minor units."""
        if self.growth is not None:
            return int((seen.last_year * (1 + self.growth)).to_integral_value(rounding=ROUND_HALF_EVEN))
        return seen.expected if self.target is None else self.target


def set_goals(context: Context, actor: str, asked: Asked | None = None) -> Outlook:
    """Set the company's goal and split it over territories, reps, products, channels and months.

    A book that was begun is begun again: what was posted for it is reversed, never erased. It is refused as soon as a
    goal in it was agreed, since nobody else may change what two people have agreed.

    Parameters
    ----------
    context, actor
        Which year and scenario; who sets it.
    asked
        How much, and how it is handed out; without it, what is expected.

    Raises
    ------
    LedgerError
        If a goal was agreed already, the goal is not above zero, or the history knows nothing that a method goes by.
    """
    asked = asked or Asked()
    parts = methods.checked(asked.weights)
    ground(context)  # before the plan is locked for writing: it may take seconds
    with writing(context, "set goals", PLANNER) as connection:
        seen = expected(context, assumed_store.assumptions(connection, context.year, context.scenario))
        target = asked.amount(seen)
        steps = list(seen.steps)
        if target != seen.expected or list(parts) != [EXPECTED]:
            told = asked.reason or (
                "Company's decision" if target != seen.expected else "what is expected is asked for"
            )
            told += (
                f" ({', '.join(f'{name} {weight}' for name, weight in asked.drivers.items())})"
                if asked.drivers
                else ""
            )
            values = ways.values(context, seen, parts, asked.drivers)
            steps += methods.handed_out(steps, target, parts, values, told, f"set by {actor}")
        tree = owners.build(seen.territories, seen.places, context.settings.company)
        book = books.begin(connection, context.year, context.scenario, tree)
        _undo(connection, book, actor)
        rows = cascade.as_entries(steps)
        placed = ledger.place(rows, asked.reason or f"Goals of FY{context.year}", actor)
        books.post(connection, book, [*placed, *over.over_assigned(tree, rows, asked.over, actor)])
    return seen


def _undo(connection: Connection, number: int, actor: str) -> None:
    agreed = [rep for rep, thread in records.threads(connection, number).items() if thread.settled]
    if agreed:
        raise LedgerError(
            bulleted(
                "The goals cannot be set again, since some were agreed. Change them by agreement instead:",
                [f"{rep}: agreed" for rep in agreed],
            )
        )
    books.reverse(connection, number, "revenue", "The goals are set again", actor)
