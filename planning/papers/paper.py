"""What a paper is made of; every text in it is plain text, whatever it looks like."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A heading."""

    text: str


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Note:
    """A small remark, such as where figures come from."""

    text: str


@dataclass(frozen=True)
class Points:
    """A list.

    Parameters
    ----------
    texts
        Its points, in their order.
    numbered
        Whether they are numbered, as an agenda is.
    """

    texts: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True)
class Columns:
    """A table of texts.

    Parameters
    ----------
    heads
        Heading of each column.
    rows
        A text each cell.
    numbers
        How many columns, counted from the end, hold figures.
    total
        Whether the last row sums up the others.
    figures
        Whether each column holds figures, where they are not the last ones; `numbers` counts for nothing then.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 0
    total: bool = False
    figures: Sequence[bool] = ()

    @property
    def aligned(self) -> list[bool]:
        """Whether each column holds figures."""
        first = len(self.heads) - self.numbers
        return list(self.figures) or [place >= first for place in range(len(self.heads))]


@dataclass(frozen=True)
class Signatures:
    """Who signed, and when; or lines to sign on.

    Parameters
    ----------
    names
        Name and what stands under it.
    """

    names: Sequence[tuple[str, str]]


Part = Heading | Words | Note | Points | Columns | Signatures


@dataclass(frozen=True)
class Paper:
    """A paper.

    Parameters
    ----------
    title
        What it is.
    about
        Company, year and whom it is about, in one line.
    parts
        What stands on it.
    foot
        What stands below every page, such as the hash of an agreement.
    language
        Language of the texts, such as ``en``.
    sizes
        Sizes of the texts of a PDF, in points, the usual one first: the first is taken with which all stands on one
        page, and the usual one where there is none.
    """

    title: str
    about: str
    parts: Sequence[Part]
    foot: str = ""
    language: str = "en"
    sizes: Sequence[float] = (10.0,)
