"""Canonical tables as CSV files that read the same everywhere."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from planning.amounts import to_major
from planning.metrics import METRICS
from planning.tables import TABLES, Column


def write(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write a file for every frame; each appears whole or not at all.

    Parameters
    ----------
    folder
        Made if it is not there.
    frames
        Canonical tables by name, money in minor units; a name that is no canonical table is written
        with its columns as they are.
    """
    write_texts(folder, {name: texts(name, frame) for name, frame in frames.items()})


def write_texts(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write a file for every frame of texts, as `write` does."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        text = frame.to_csv(index=False, lineterminator="\n")
        draft = folder / f".{name}.csv.new"
        draft.write_bytes(text.encode())
        draft.replace(folder / f"{name}.csv")


def texts(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a table as its file says it; what is no canonical table stays as it is."""
    if name not in TABLES:
        return frame
    said = {column.name: _text(column, frame[column.name]) for column in TABLES[name].columns}
    if name == "goals":
        said["target"] = [
            _money(target) if METRICS[metric].unit == "money" else str(target)
            for metric, target in zip(frame["metric"], frame["target"], strict=True)
        ]
    return pd.DataFrame(said)


def _text(column: Column, values: pd.Series) -> list[str] | pd.Series:
    if column.type == "money":
        return [_money(value) for value in values]
    if column.type == "date":
        days = values.to_numpy("datetime64[D]")
        return pd.Series(np.datetime_as_string(days)).replace("NaT", "")
    return values.reset_index(drop=True)


def _money(minor: int) -> str:
    return str(to_major(minor))
