"""The end marker of a report: what tells a report that was finished from one that merely stopped.

A notebook that calls ``sys.exit(0)``, or whose kernel dies, can look like one that came to its end.
So the last cell of every report calls `finished`, and a batch believes nothing else.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planning.settings import RUN_VARIABLE

MIME = "application/vnd.planning.finished+json"


@dataclass(frozen=True)
class Finished:
    """Says that a report came to its end; shown as a short line where a person runs the notebook.

    Parameters
    ----------
    run
        Id of the run; empty outside a batch.
    figures
        Headline figures for the list of reports: label to text, ready to be shown.
    """

    run: str
    figures: Mapping[str, str] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {MIME: {"run": self.run, "figures": dict(self.figures)}, "text/plain": "End of the report."}


def finished(figures: Mapping[str, str] | None = None) -> Finished:
    """End a report: the last line of its last cell.

    Parameters
    ----------
    figures
        Headline figures for the list of reports, such as ``{"Target": "1,200,000 USD"}``.

    Examples
    --------
    >>> finished({"Target": "1,200,000 USD"}).figures
    {'Target': '1,200,000 USD'}
    """
    return Finished(os.environ.get(RUN_VARIABLE, ""), figures or {})


def marker_in(outputs: list[Any]) -> Finished | None:
    """Find the end marker among the outputs of a cell."""
    for output in outputs:
        content = output.get("data", {}).get(MIME)
        if content:
            return Finished(content["run"], content["figures"])
    return None
