"""Plans as dataclasses with typed sections: what each section asks for, and how it is kept as JSON.

A plan's fields bear what they ask for, so that forms, papers and checks are made from the plan itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from planning.errors import PlansError, bulleted

Kind = Literal["text", "long", "money", "count", "number", "figure", "day", "rows"]
"""What a field holds: a line or some lines of text, minor units, a whole number, a decimal, a figure whose unit the
row's measure says, a day, or rows."""

T = TypeVar("T")
LONGEST = {"text": 200, "long": 4000}
MOST_ROWS = 60


@dataclass(frozen=True)
class Asked:
    """What a field of a plan asks for.

    Parameters
    ----------
    name, label
        As the field is called in the plan, and on a form.
    kind
        What it holds.
    hint
        What to fill in.
    fixed
        Whether it is told by the data alone and not edited.
    row
        Of rows: the dataclass of one.
    """

    name: str
    label: str
    kind: Kind
    hint: str = ""
    fixed: bool = False
    row: type | None = None


def asks(label: str, kind: Kind = "text", hint: str = "", fixed: bool = False) -> Any:
    """Declare a field of a plan; it is empty unless filled in."""
    empty: Any = "" if kind in ("text", "long") else () if kind == "rows" else None
    return field(default=empty, metadata={"label": label, "kind": kind, "hint": hint, "fixed": fixed})


def asked(of: type) -> list[Asked]:
    """List what a plan, or a row of one, asks for, in its order."""
    hints = get_type_hints(of)
    found = []
    for each in fields(of):
        if "label" in each.metadata:
            said = each.metadata
            row = get_args(hints[each.name])[0] if said["kind"] == "rows" else None
            found.append(Asked(each.name, said["label"], said["kind"], said["hint"], said["fixed"], row))
    return found


def key_of(row: type) -> Asked:
    """Give the column that names a row: one without it says nothing and is left out."""
    return asked(row)[0]


def body(plan: Any) -> dict[str, Any]:
    """Write what a plan says as JSON can hold it, with where its figures come from."""
    said = {each.name: _written(getattr(plan, each.name), each) for each in asked(type(plan))}
    return {**said, "origins": dict(plan.origins)}


def read(of: type[T], said: Mapping[str, Any], **more: Any) -> T:
    """Read a plan as `body` wrote it; what it does not say is empty.

    Parameters
    ----------
    of
        Which plan.
    said
        What was written.
    more
        Fields that are not sections, such as whose plan it is.
    """
    values = {each.name: _read(said[each.name], each) for each in asked(of) if each.name in said}
    made: Callable[..., T] = of
    return made(**more, **values, origins=dict(said.get("origins", {})))


def check(plan: Any, title: str) -> None:
    """Refuse a plan that cannot be read back or followed up.

    Raises
    ------
    PlansError
        With everything that is wrong with it.
    """
    problems = []
    for each in asked(type(plan)):
        value = getattr(plan, each.name)
        rows = list(value) if each.row else []
        problems += [f"{each.label}: {len(rows)} rows, and {MOST_ROWS} are the most"] if len(rows) > MOST_ROWS else []
        problems += [] if each.row else _wrong(value, each, each.label)
        for row in rows:
            problems += _wrong_row(row, each)
    if problems:
        raise PlansError(bulleted(f"{title} cannot be kept:", problems))


def _wrong_row(row: Any, section: Asked) -> list[str]:
    columns = asked(type(row))
    name = str(getattr(row, columns[0].name)).strip()
    if not name:
        return [f"{section.label}: a row does not say {columns[0].label.lower()}"]
    return [
        said for each in columns for said in _wrong(getattr(row, each.name), each, f"{section.label}, {name[:40]}")
    ]


def _wrong(value: Any, each: Asked, where: str) -> list[str]:
    if isinstance(value, str) and len(value) > LONGEST.get(each.kind, 200):
        return [f"{where}: {each.label.lower()} has {len(value):,} characters, {LONGEST[each.kind]:,} are kept"]
    if each.kind in ("money", "count", "number") and value is not None and value < 0:
        return [f"{where}: {each.label.lower()} is below zero"]
    return []


def _written(value: Any, each: Asked) -> Any:
    if each.row is not None:
        return [{one.name: _written(getattr(row, one.name), one) for one in asked(each.row)} for row in value]
    if value is None:
        return None
    if each.kind in ("number", "figure"):
        return str(value)
    return value.isoformat() if each.kind == "day" else value


def _read(value: Any, each: Asked) -> Any:
    if each.row is not None:
        columns = asked(each.row)
        return tuple(each.row(**{one.name: _read(row[one.name], one) for one in columns if one.name in row})
                     for row in value)  # fmt: skip
    if value is None:
        return None
    if each.kind in ("number", "figure"):
        return Decimal(value)
    return date.fromisoformat(value) if each.kind == "day" else value
