"""What a workspace holds of which source, and whether another source fits beside it."""

import json

from planning import settings as config
from planning.errors import HistoryError, SourceError, unknown_name
from planning.history.intake import landing
from planning.history.intake.report import ImportReport
from planning.history.intake.source import Source
from planning.settings import Settings

PLAN = "plan"
"""Name under which the plan's own tables lie: what a year handed to the history of the next."""


def held(settings: Settings) -> list[str]:
    """Name the sources whose tables the workspace holds."""
    landing.recover(settings)
    return sorted({file.parent.name for file in settings.history.glob("*/*.parquet")})


def last_report(settings: Settings, name: str) -> ImportReport:
    """Give the report of the last import of a source.

    Raises
    ------
    HistoryError
        If the workspace holds no import of it.
    """
    file = settings.history / name / landing.REPORT
    if not file.is_file():
        known = held(settings)
        if name in known:
            raise HistoryError(f"The report of the import of {name} is missing ({file}). Import it again.")
        raise HistoryError(unknown_name("imported source", name, known))
    return ImportReport.from_json(file.read_text(encoding="utf-8"))


def _own(settings: Settings) -> dict[str, object]:
    """Give the settings that the workspace states itself."""
    return json.loads(settings.file.read_text(encoding="utf-8")) if settings.file.is_file() else {}


def settings_for(source: Source, settings: Settings) -> Settings:
    """Give the settings to import with: the workspace's own, else the source's."""
    own = _own(settings)
    for name in ("currency", "minor_digits"):
        if name in own and source.implied.get(name, own[name]) != own[name]:
            raise SourceError(
                f"{source.name} has {name} {source.implied[name]}, this workspace has {own[name]}. Amounts of both "
                "cannot stand together: use another workspace."
            )
    return settings.model_copy(update={**source.implied, **own})


def keep_settings(source: Source, settings: Settings) -> None:
    """Keep what a source implies where the workspace says nothing of its own."""
    own = _own(settings)
    new = {name: value for name, value in source.implied.items() if name not in own}
    if new:
        config.update(settings, **new)


def check_company(source: Source, settings: Settings) -> None:
    """Refuse to mix a source that wants its workspace for itself with others."""
    others = [name for name in held(settings) if name not in (source.name, PLAN)]
    alone = [name for name in others if _is_alone(settings, name)]
    if others and (source.alone or alone):
        lonely, other = (source.name, others[0]) if source.alone else (alone[0], source.name)
        raise SourceError(
            f"{lonely} cannot share a workspace with {other}: it is a company of its own. Use another workspace, "
            f"such as --workspace {settings.workspace.parent / source.name}."
        )


def _is_alone(settings: Settings, name: str) -> bool:
    return (settings.history / name / landing.REPORT).is_file() and last_report(settings, name).alone
