"""Find lines and records in the bytes of a delimited file, without looking into the fields."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Records:
    """Where the records of a file stand.

    Parameters
    ----------
    starts, ends
        Places in the bytes; the line end is not part of a record.
    lines
        Line that each record begins on, counted from 1.
    """

    starts: Places
    ends: Places
    lines: Places

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Which records are more than an empty line."""
        return self.ends > self.starts

    def __len__(self) -> int:
        return len(self.starts)


class MisplacedQuoteError(Exception):
    """A quote stands where none can stand; `line` says where, `fault` what is wrong."""

    def __init__(self, line: int, fault: str) -> None:
        super().__init__(f"line {line}: {fault}")


def records(content: bytes, separator: str, quote: str) -> Records:
    r"""Find the records: one ends at each line end that is not inside quotes.

    Parameters
    ----------
    content
        The file in UTF-8; lines end with line feed, return, or both.
    separator, quote
        One plain character each; without a quote every line is a record.

    Raises
    ------
    MisplacedQuoteError
        At the first quote that opens inside a field, closes before its end, or never closes: from there on it is
        anyone's guess what the fields are.

    Examples
    --------
    >>> records(b'a,b\n"x\ny",1\n2,3', ",", '"').lines.tolist()
    [1, 2, 4]
    """
    codes = np.frombuffer(content, np.uint8)
    breaks = _line_breaks(codes)
    quotes = np.flatnonzero(codes == ord(quote)) if quote else np.empty(0, np.int64)
    _check_quotes(codes, quotes, separator, breaks)
    closing = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    starts = np.concatenate([[0], closing + 1])
    ends = np.concatenate([closing, [len(codes)]])
    if starts[-1] == len(codes):
        starts, ends = starts[:-1], ends[:-1]
    lines = np.searchsorted(breaks, starts) + 1
    return Records(starts, ends - _ends_with_return(codes, starts, ends), lines)


def _line_breaks(codes: NDArray[np.uint8]) -> Places:
    """Find the byte that ends each line: a line feed, or a return that no line feed follows."""
    returns = np.flatnonzero(codes == ord("\r"))
    followed = codes[np.minimum(returns + 1, len(codes) - 1)] == ord("\n")
    return np.sort(np.concatenate([np.flatnonzero(codes == ord("\n")), returns[~followed]]))


def _ends_with_return(codes: NDArray[np.uint8], starts: Places, ends: Places) -> NDArray[np.bool_]:
    return (ends > starts) & (codes[np.maximum(ends - 1, 0)] == ord("\r"))


def _check_quotes(codes: NDArray[np.uint8], quotes: Places, separator: str, breaks: Places) -> None:
    """Check that each quote opens at the start of a field, closes at its end, or is doubled inside."""
    if not quotes.size:
        return
    edges = [ord(separator), ord("\r"), ord("\n"), codes[quotes[0]]]
    opening, closing = quotes[::2], quotes[1::2]
    inside = opening[(opening > 0) & ~np.isin(codes[np.maximum(opening - 1, 0)], edges)]
    early = closing[(closing + 1 < len(codes)) & ~np.isin(codes[np.minimum(closing + 1, len(codes) - 1)], edges)]
    wrong = np.concatenate([inside, early])
    if wrong.size:
        line = int(np.searchsorted(breaks, wrong.min())) + 1
        raise MisplacedQuoteError(line, "a quote stands inside a field; double it and put the whole field in quotes")
    if quotes.size % 2:
        line = int(np.searchsorted(breaks, quotes[-1])) + 1
        raise MisplacedQuoteError(line, "a quote is opened here and never closed")
