"""Where things are and how the company counts: read once, typed, unknown names refused.

A *workspace* is a folder that holds one company: its history as Parquet, its plan's database, its
reports and ``workspace.json`` with the settings below. Everything that needs a path asks here.
"""

import json
import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from planning.errors import SettingsError, bulleted

ROOT = Path(__file__).resolve().parent.parent
WORKSPACE_VARIABLE = "PLANNING_WORKSPACE"
LOGIN_VARIABLE = "PLANNING_LOGIN"
"""Set in the environment of pages whose server asks for a login."""
USER_HEADER = "X-Planning-User"
USER_VARIABLE = "HTTP_X_PLANNING_USER"
"""Where a page's process reads who is logged in: the server alone writes the header."""
RUN_VARIABLE = "PLANNING_RUN"
"""Set in the environment of a batch's kernels to the id of the run: there, nothing may fail quietly."""


_ELSEWHERE = {
    "workspace", "database", "history_url", "anchors", "smtp", "mail_from", "notify_webhook", "notify_mail",
    "proxy_header", "proxy_addresses",
}  # fmt: skip


class Settings(BaseModel):
    """The settings of one workspace; frozen, so that nothing changes after start.

    Parameters
    ----------
    workspace
        Folder of the company.
    company
        Name shown on every page.
    currency
        ISO 4217 code, such as ``EUR``; every amount of the workspace is in it.
    minor_digits
        Decimal digits of the currency: 2 for cents, 0 for yen.
    fiscal_year_start
        First month of the fiscal year, 1 to 12. A fiscal year bears the calendar year in which it ends.
    holidays
        Days on which nobody works, besides Saturdays and Sundays, as ISO dates.
    ramp_months
        Months after which a new hire is expected to sell as much as the others.
    close_after_days
        Days after its last one from which `planning tick` closes a month by itself, once its results are in; empty
        leaves it to the planner.
    locale
        How numbers and dates are written, such as ``en_US`` or ``de_DE``.
    database
        URL of the plan's database; empty means a SQLite file in the workspace.
    smtp, mail_from
        Mail server that sends reminders, such as ``mail.example.com:25``, and the address that they come from; empty
        leaves them in the workspace's ``outbox``.
    notify_webhook, notify_mail
        Address of a web server, and of a person, that is told when a batch has ended.
    proxy_header, proxy_addresses
        Header in which a proxy in front of the forms says who is logged in, and the addresses from which it is
        believed.
    anchors
        Folder outside the database in which the heads of negotiations are written down, best on another machine's
        disk; by default ``anchors`` in the workspace.
    history_url
        URL of the warehouse or lake in which the canonical tables lie; empty means Parquet in the workspace.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    workspace: Path
    company: str = "Our company"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    minor_digits: Annotated[int, Field(ge=0, le=4)] = 2
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1
    holidays: tuple[date, ...] = ()
    ramp_months: Annotated[int, Field(ge=0, le=36)] = 6
    close_after_days: Annotated[int, Field(ge=0, le=92)] | None = None
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")] = "en_US"
    database: str = ""
    smtp: str = ""
    mail_from: str = ""
    notify_webhook: str = ""
    notify_mail: str = ""
    proxy_header: str = ""
    proxy_addresses: tuple[str, ...] = ()
    anchors: Path | None = None
    history_url: str = ""

    @property
    def file(self) -> Path:
        """The settings file itself."""
        return self.workspace / "workspace.json"

    @property
    def history(self) -> Path:
        """Canonical tables as Parquet, a folder per source."""
        return self.workspace / "history"

    @property
    def reports(self) -> Path:
        """What batch runs publish."""
        return self.workspace / "reports"

    @property
    def scratch(self) -> Path:
        """Where files are written before they are moved into place; may be deleted at any time."""
        return self.workspace / ".scratch"

    @property
    def figured(self) -> str:
        """What figures and texts depend on, as JSON: all settings but those of where things lie and who is told."""
        return self.model_dump_json(exclude=_ELSEWHERE)

    @property
    def database_url(self) -> str:
        """URL of the plan's database, the SQLite file of the workspace unless set."""
        return self.database or f"sqlite:///{self.workspace / 'plan.sqlite'}"


def notebooks() -> Path:
    """Folder of the notebooks."""
    return ROOT / "notebooks"


def sources() -> Path:
    """Folder of the sources that ship, one folder each."""
    return ROOT / "data" / "sources"


def workspace_path(given: str | Path | None = None) -> Path:
    """Find the workspace: the one given, else the environment's, else ``workspace`` beside the package."""
    chosen = given or os.environ.get(WORKSPACE_VARIABLE) or ROOT / "workspace"
    return Path(chosen).expanduser().resolve()


def load(given: str | Path | None = None) -> Settings:
    """Read the settings of a workspace; a workspace without a settings file has the defaults.

    Raises
    ------
    SettingsError
        With every wrong or unknown setting, the file it stands in and what was expected.
    """
    workspace = workspace_path(given)
    file = workspace / "workspace.json"
    stored: dict[str, object] = {}
    if file.exists():
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{file} is not valid JSON: {error}. Mend it or delete it.") from error
    return _checked({**stored, "workspace": workspace}, where=str(file))


def update(settings: Settings, **changes: object) -> Settings:
    """Write changed settings to the workspace and return them; nothing is written if one is wrong."""
    changed = _checked({**settings.model_dump(), **changes}, where="the settings given")
    changed.workspace.mkdir(parents=True, exist_ok=True)
    text = json.dumps(changed.model_dump(mode="json", exclude={"workspace"}), indent=2, ensure_ascii=False)
    draft = changed.file.with_suffix(".json.new")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(changed.file)
    return changed


def safe_name(name: str) -> str:
    """Turn a name into one that is safe as a file name: letters, digits, dash, dot inside; at most 80 long.

    Two names that differ only in what is replaced stay apart by a short checksum.

    Examples
    --------
    >>> safe_name("United Kingdom")
    'United-Kingdom'
    >>> safe_name("../../x") == safe_name("x"), safe_name("A-B") == safe_name("A B")
    (False, False)
    """
    import hashlib

    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:60]
    if re.fullmatch(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*", name) and len(name) <= 60:
        return plain
    return f"{plain or 'name'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _checked(values: dict[str, object], where: str) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in issue['loc'])}: {issue['msg']} (found {issue['input']!r})"
            for issue in error.errors()
        ]
        raise SettingsError(bulleted(f"Settings in {where} cannot be used:", problems)) from error
