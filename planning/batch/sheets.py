"""Meeting sheets for every rep, by the same machinery as reports: several at once, each whole, none made twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from planning.batch.batch import BatchResult, run_batch
from planning.batch.board import Progress
from planning.settings import Settings
from planning.workbook import reports
from planning.workbook.tracking.sheets import Order


@dataclass(frozen=True)
class Sheets:
    """What became of the sheets of several conversations, an edition each."""

    results: Sequence[BatchResult]

    @property
    def made(self) -> int:
        """How many were made."""
        return sum(len(each.labels("ok")) for each in self.results)

    @property
    def there(self) -> int:
        """How many were there already."""
        return sum(len(each.labels("skipped")) for each in self.results)

    @property
    def failures(self) -> list[str]:
        """Each that could not be made, and why."""
        return [line for each in self.results for line in each.failures]


def make(settings: Settings, orders: Sequence[Order], workers: int = 0, progress: Progress | None = None) -> Sheets:
    """Make the sheets that were ordered.

    Raises
    ------
    BatchError
        Before anything runs: with all that is wrong; or if another batch is making the same sheets.
    """
    with reports.record(settings) as log:
        return Sheets([
            run_batch(
                each.notebook, each.reps, each.parameters, settings, log, fingerprint=each.fingerprint,
                edition=each.edition, across="rep", workers=workers or None, progress=progress,
            )
            for each in orders
        ])  # fmt: skip
