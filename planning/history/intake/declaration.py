"""Read a TOML file key by key, and say everything that is wrong with it at once."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from planning.errors import SourceError, unknown_name


class Section:
    """A table of a TOML file; every key that is not asked for is refused in the end.

    Parameters
    ----------
    values
        What the table holds.
    where
        Its name, for messages; empty for the top of the file.
    problems
        What was found wrong, shared by all sections of the file.
    """

    def __init__(self, values: Mapping[str, Any], where: str, problems: list[str]) -> None:
        self._values = values
        self._where = where
        self._problems = problems
        self._known: list[str] = []

    def wrong(self, problem: str) -> None:
        """Note a problem, with the place where it stands."""
        self._problems.append(f"{self._where}: {problem}" if self._where else problem)

    def text(self, key: str, otherwise: str | None = None) -> str:
        """Read a text; one without a default must be there and must not be empty."""
        value = self._take(key, otherwise)
        if isinstance(value, str) and (value or otherwise is not None):
            return value
        self.wrong(
            f"{key} is missing" if value is None or value == "" else f"{key} is {value!r}; write a text in quotes"
        )
        return otherwise or ""

    def whole(self, key: str, least: int, most: int) -> int | None:
        """Read a whole number that may be left out."""
        value = self._take(key, None)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most):
            return value
        self.wrong(f"{key} is {value!r}; write a whole number from {least} to {most}")
        return None

    def flag(self, key: str) -> bool:
        """Read true or false; left out, it is false."""
        value = self._take(key, False)
        if isinstance(value, bool):
            return value
        self.wrong(f"{key} is {value!r}; write true or false")
        return False

    def texts(self) -> dict[str, str]:
        """Read a section in which every value is a text."""
        self._known += self._values
        for key, value in self._values.items():
            if not isinstance(value, str):
                self.wrong(f"{key} is {value!r}; write a text in quotes")
        return {key: value for key, value in self._values.items() if isinstance(value, str)}

    def section(self, key: str) -> "Section":
        """Open a section inside; one that is left out is empty."""
        return self._inside(key, self._take(key, {}))

    def sections(self) -> Iterator[tuple[str, "Section"]]:
        """Open every section inside."""
        self._known += self._values
        for key, value in self._values.items():
            yield key, self._inside(key, value)

    def list_of_sections(self, key: str) -> list["Section"]:
        """Open sections that are written in double brackets."""
        values = self._take(key, [])
        if not isinstance(values, list):
            self.wrong(f"{key} must be written in double brackets")
            return []
        return [self._inside(f"{key}[{place}]", value) for place, value in enumerate(values, start=1)]

    def finish(self) -> None:
        """Refuse keys that nobody asked for: most are spelled wrongly."""
        for key in self._values:
            if key not in self._known:
                self.wrong(unknown_name("key", key, self._known))

    def _take(self, key: str, otherwise: Any) -> Any:
        self._known.append(key)
        return self._values.get(key, otherwise)

    def _inside(self, key: str, value: Any) -> "Section":
        if not isinstance(value, dict):
            self.wrong(f"{key} is {value!r}; write it as a section of its own")
            value = {}
        return Section(value, f"{self._where}.{key}" if self._where else key, self._problems)


def parse(file: Path) -> tuple[Section, list[str]]:
    """Open a TOML file; problems gather in the list as its sections are read.

    Raises
    ------
    SourceError
        If it is not TOML at all.
    """
    problems: list[str] = []
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{file} is not valid TOML: {error}.") from error
    return Section(values, "", problems), problems
