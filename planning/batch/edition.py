"""An edition: the reports of one notebook that stand together in a folder, such as those of FY2027."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import nbformat

import planning
from planning.batch.pages import INDEX, Row, report_title, style_sheet
from planning.batch.parameters import checked_values, declared_parameters
from planning.batch.runs import Run, Value, checksum, code_version, run_key
from planning.errors import BatchError, PlanningError, bulleted
from planning.settings import Settings, safe_name


@dataclass(frozen=True)
class Edition:
    """What is made and where it goes; everything about it has been checked.

    Parameters
    ----------
    settings
        Settings of the workspace.
    file
        Name of the notebook's file.
    notebook
        The notebook as it was when the batch began; changing the file meanwhile changes nothing.
    name
        Name of the edition; may be empty.
    style
        Style sheet of the pages.
    values
        Checked parameters of each item, in the order asked for.
    """

    settings: Settings
    file: str
    notebook: nbformat.NotebookNode
    name: str
    style: str
    values: Mapping[str, Mapping[str, Value]]

    @property
    def folder(self) -> str:
        """Where it stands, below the folder of reports."""
        stem = safe_name(Path(self.file).stem.replace("_", " "))
        return f"{stem}/{safe_name(self.name)}" if self.name else stem

    @property
    def home(self) -> Path:
        """The folder itself."""
        return self.settings.reports / self.folder

    @property
    def index(self) -> Path:
        """The list of the reports."""
        return self.home / INDEX

    @property
    def heading(self) -> str:
        """Title of the notebook."""
        return report_title(self.notebook, Path(self.file).stem)

    @property
    def title(self) -> str:
        """Title of the list of reports."""
        return " · ".join(filter(None, [self.heading, self.name]))

    def label(self, item: str) -> str:
        """Name of an item as it is shown."""
        return item or self.settings.company

    def page(self, item: str) -> Path:
        """Where the report of an item is published."""
        return self.home / f"{self._stem(item)}.html"

    def executed(self, item: str) -> Path:
        """Where the notebook behind a report is published."""
        return self.home / f"{self._stem(item)}.ipynb"

    def kept(self, item: str) -> dict[str, Path]:
        """Where a run that failed leaves what there is to look at: the notebook as far as it came, and its log."""
        stem = self._stem(item)
        return {name: self.home / "failed" / f"{stem}{suffix}" for name, suffix in _KEPT.items()}

    def row(self, run: Run) -> Row:
        """Make the line of a run in the list of reports, with the files that exist now."""
        page = self.page(run.item)
        kept = {name: file for name, file in self.kept(run.item).items() if file.exists()}
        return Row(
            run,
            self.label(run.item),
            page=page.name if page.exists() else "",
            kept={name: file.relative_to(self.home).as_posix() for name, file in kept.items()},
        )

    def runs(self, fingerprint: str) -> list[Run]:
        """Make a run for each item, waiting to be done."""
        source = checksum([[cell.cell_type, cell.source, cell.metadata.get("tags")] for cell in self.notebook.cells])
        code = code_version(Path(planning.__file__).parent)
        return [
            Run(
                id=uuid4().hex,
                key=run_key(source, values, fingerprint, code),
                notebook=self.file,
                folder=self.folder,
                item=item,
                parameters=values,
                queued=datetime.now(UTC),
            )
            for item, values in self.values.items()
        ]

    def _stem(self, item: str) -> str:
        return safe_name(self.label(item))


_KEPT = {"notebook as far as it came": ".ipynb", "log": ".log"}


def prepare(
    notebook: Path, items: Sequence[str], parameters: Mapping[str, object], settings: Settings, name: str, across: str
) -> Edition:
    """Check everything that can be checked before a report is made.

    Raises
    ------
    BatchError
        If the notebook cannot be read, or with all that is wrong with the parameters or items.
    """
    if not items:
        raise BatchError("No report was asked for: name at least one territory.")
    content = _read(notebook)
    try:
        declared = declared_parameters(content)
        if across in parameters:
            raise BatchError(f"{across!r} differs from report to report and cannot be given for all of them.")
        # What is wrong with one item's values is wrong with all.
        common = checked_values(declared, {**parameters, across: items[0]})
    except PlanningError as error:
        raise BatchError(f"{notebook.name}: {error}") from error
    values = {item: {**common, across: item} for item in items}
    edition = Edition(settings, notebook.name, content, name, style_sheet(), values)
    refuse_shared_pages(edition, items)
    return edition


def refuse_shared_pages(edition: Edition, items: Iterable[str]) -> None:
    """Refuse items whose reports would be the same file, also where capitals do not matter to the system.

    Raises
    ------
    BatchError
        With all items that share a file name.
    """
    sharing: dict[str, list[str]] = {INDEX: ["the list of reports"]}
    for item in dict.fromkeys(items):
        sharing.setdefault(edition.page(item).name.casefold(), []).append(repr(edition.label(item)))
    problems = [f"{' and '.join(names)} would both be {page}" for page, names in sharing.items() if len(names) > 1]
    if problems:
        raise BatchError(bulleted("Reports would overwrite each other; rename the territory:", problems))


def _read(notebook: Path) -> nbformat.NotebookNode:
    try:
        return nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    except FileNotFoundError as error:
        raise BatchError(f"There is no notebook {notebook}.") from error
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        raise BatchError(
            f"{notebook} is not a notebook that can be read: {str(error).partition(chr(10))[0]}"
        ) from error
