"""Standards of a role: between what its people usually lie, and where each one stands."""

import pandas as pd

FEWEST_PEERS = 4
"""Tenured people of a role below which there is no band."""
ENDS = (0.25, 0.75)

BELOW, WITHIN, ABOVE = "below", "within", "above"
NO_BAND = "no band"

METHOD = (
    "A band reaches from the 25th to the 75th percentile of the tenured people of the role: those who were there "
    "through all of the months, and hired at least a year before. So a quarter of them lies below and a quarter "
    "above: a band shows what is usual, not what is right. "
    f"With fewer than {FEWEST_PEERS} there is no band."
)


def held_to_bands(values: pd.DataFrame) -> pd.DataFrame:
    """Hold everybody against the band of the role.

    Parameters
    ----------
    values
        ``rep``, ``role``, ``group`` (activity, product mix ...), ``measure``, ``value`` (empty where not known) and
        ``tenured`` (whether the person makes up the band).

    Returns
    -------
    The same with ``low``, ``middle`` and ``high`` of the band, ``peers`` (how many make it up), and ``says``:
    `BELOW`, `WITHIN`, `ABOVE`, or `NO_BAND`; empty where the value is not known.
    """
    keys = ["role", "group", "measure"]
    made = bands(values)
    table = values.merge(made, on=keys, how="left").fillna({"peers": 0}).astype({"peers": "int64"})
    said = pd.Series(WITHIN, table.index).mask(table["value"] < table["low"], BELOW)
    said = said.mask(table["value"] > table["high"], ABOVE).mask(table["low"].isna(), NO_BAND)
    return table.assign(says=said.where(table["value"].notna()))


def bands(values: pd.DataFrame) -> pd.DataFrame:
    """Give the bands by ``role``, ``group`` and ``measure``: ``low``, ``middle``, ``high``, ``peers``.

    Parameters
    ----------
    values
        As for `held_to_bands`.
    """
    keys = ["role", "group", "measure"]
    counted = values[values["tenured"] & values["value"].notna()].groupby(keys, sort=False)["value"]
    found = pd.DataFrame({
        "low": counted.quantile(ENDS[0]), "middle": counted.median(), "high": counted.quantile(ENDS[1]),
        "peers": counted.count(),
    }).reset_index()  # fmt: skip
    enough = found["peers"] >= FEWEST_PEERS
    return found.assign(**{name: found[name].where(enough) for name in ("low", "middle", "high")})
