"""The kinds of assumption, each with its own arithmetic: a kind is added by a module in this folder with `KINDS`."""

from importlib import import_module
from pkgutil import iter_modules

from planning.assumptions.kinds.kind import Asked, Field, Kind, Scene, Unit, Values
from planning.errors import AssumptionError, unknown_name

__all__ = ["KINDS", "Asked", "Field", "Kind", "Scene", "Unit", "Values", "kind"]


def _found() -> dict[str, Kind]:
    modules = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__) if each.name != "kind"]
    return {each.name: each for module in modules for each in module.KINDS}


KINDS: dict[str, Kind] = _found()


def kind(name: str) -> Kind:
    """Look a kind up.

    Raises
    ------
    AssumptionError
        If there is no such kind, with the nearest name.
    """
    if name not in KINDS:
        raise AssumptionError(unknown_name("kind of assumption", name, KINDS))
    return KINDS[name]
