"""How often conversations are held: the planner's rule for everybody, and a rule for one rep."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planning.store import documents
from planning.store.documents import Document
from planning.tracking import cadence as rules
from planning.tracking.cadence import Cadence, Planned
from planning.workbook.context import Context
from planning.workbook.leading import speak_of
from planning.workbook.place import LEADERS, PLANNER, reading, writing
from planning.workbook.tracking.team import Pair

KIND = "cadence"


@dataclass(frozen=True)
class Cadences:
    """The rules in force.

    Parameters
    ----------
    context
        Where one stands.
    kept
        Rule by rep; under an empty name that for everybody.
    versions
        Version of each.
    """

    context: Context
    kept: Mapping[str, Cadence]
    versions: Mapping[str, int]

    def of(self, rep: str = "") -> Cadence:
        """Give the rule for a rep: their own, else everybody's, else the usual one."""
        return self.kept.get(rep) or self.kept.get("") or Cadence()

    def version(self, rep: str) -> int:
        """Give a number that rises whenever the days of a rep's conversations may have moved."""
        return self.versions.get("", 0) + self.versions.get(rep, 0)

    def planned(self, pair: Pair) -> list[Planned]:
        """Give the conversations planned with a rep over the year, while the rep is there."""
        own = self.kept.get(pair.rep)
        rule = own or rules.for_one(self.of(), pair.place)
        found = rules.planned(rule, self.context.calendar, self.context.year)
        found = rules.timed(found, own) if own else rules.timed(found, self.of(), pair.place, pair.team)
        return [each for each in found if pair.begins <= each.day <= pair.ends]


def cadences(context: Context) -> Cadences:
    """Give the rules in force."""
    with reading(context) as connection:
        found = documents.documents(connection, context.year, context.scenario, KIND)
    kept = {each.whom: rules.read(each.body) for each in found}
    return Cadences(context, kept, {each.whom: each.version for each in found})


def keep(context: Context, cadence: Cadence, actor: str, rep: str = "") -> None:
    """Set how often conversations are held, for everybody or with one rep.

    Raises
    ------
    TrackingError
        With everything that is wrong with it.
    AccessError
        If somebody other than a planner sets it for everybody, or than who leads the rep for one.
    """
    rules.check(cadence)
    speak_of(context, rep)
    with writing(context, "set how often conversations are held", LEADERS if rep else PLANNER) as connection:
        last = documents.document(connection, context.year, context.scenario, KIND, rep)
        written = replace(last or Document(KIND, rep), body=rules.body(cadence))
        documents.keep(connection, context.year, context.scenario, written, context.actor(actor))
