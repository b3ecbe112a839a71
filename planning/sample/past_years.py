"""What was asked and assumed in past years: goals set from the year before, and assumptions with owners."""

import numpy as np
import pandas as pd

from planning.sample.causes import ACCOUNTS_WITHOUT_REP
from planning.sample.company import CHANNELS, DIRECTOR, LINES, MANAGERS, SEASON
from planning.sample.months import SIMULATED_FROM, YEARS, Numbers, Places, first_days, working_days
from planning.sample.orders import PRICE_GROWTH
from planning.sample.staff import Staff

GROWTH_ASKED = {2024: 0.04, 2025: 0.045, 2026: 0.05}
"""Growth of the company's goal over the result of the year before."""
POOLED = 0.30
"""Part of a seat's goal that is dealt evenly to the territory's seats instead of by last year's result."""
JUDGEMENT_SPREAD = 0.10
"""How far a manager's judgement moves a seat's goal."""

ASSUMPTIONS = (
    (2024, "market_growth", "", "", 0.01, 0.02, 0.03, DIRECTOR, "Trade association forecast of dining out"),
    (2024, "price_change", "", "", 0.015, 0.02, 0.025, DIRECTOR, "Price list of January, agreed with buyers"),
    (2024, "rep_turnover", "", "", 0.02, 0.03, 0.06, DIRECTOR, "Two leavers a year on average since 2019"),
    (2024, "market_growth", "", "Glassware", 0.03, 0.05, 0.08, MANAGERS["South"], "Terrace season expected long"),
    (2025, "market_growth", "", "", 0.02, 0.035, 0.05, DIRECTOR, "Hotel openings announced for the summer"),
    (2025, "price_change", "", "", 0.015, 0.02, 0.025, DIRECTOR, "Price list of January, agreed with buyers"),
    (2025, "rep_turnover", "", "", 0.02, 0.04, 0.06, DIRECTOR, "Two left in FY2024"),
    (2025, "market_growth", "River Cities", "", 0.03, 0.05, 0.07, MANAGERS["Central"], "New riverside quarter"),
    (2026, "market_growth", "", "", 0.01, 0.02, 0.03, DIRECTOR, "Trade association forecast of dining out"),
    (2026, "price_change", "", "", 0.015, 0.02, 0.025, DIRECTOR, "Price list of January; no further rise planned"),
    (2026, "rep_turnover", "", "", 0.0, 0.02, 0.04, DIRECTOR, "One left in FY2025"),
    (
        2026,
        "market_growth",
        "Harbour Coast",
        "",
        0.03,
        0.05,
        0.08,
        MANAGERS["North"],
        "Two hotels under construction",
    ),
    (2026, "market_growth", "", "Kitchen Tools", 0.04, 0.07, 0.12, MANAGERS["South"], "New product in the spring"),
)
"""Year, kind, territory, product line, low, likely and high, owner, evidence; empty means all."""


def goals(force: Staff, lines: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Set revenue and unit goals for every year as the company did: last year's result and something on top.

    A seat's goal stays with its accounts: a colleague who covers a vacant seat carries it meanwhile,
    and a new hire's is lowered by what is not expected during the ramp.

    Returns
    -------
    pd.DataFrame
        The canonical columns; targets in cents for revenue and whole units for units.
    """
    return pd.concat([_goals_of(year, force, lines, random) for year in YEARS], ignore_index=True)


def assumptions() -> pd.DataFrame:
    """Give the assumptions behind the goals of FY2024 to FY2026; some held, and some did not."""
    columns = ["year", "kind", "territory", "product_line", "low", "likely", "high", "owner", "evidence"]
    return pd.DataFrame(ASSUMPTIONS, columns=columns)


def _goals_of(year: int, force: Staff, lines: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    before = lines[lines["date"].dt.year == year - 1]
    asked = _asked(before, force, random) * (1 + GROWTH_ASKED[year])
    months = (year - int(str(SIMULATED_FROM)[:4])) * 12 + np.arange(12)
    seat, channel, line = np.nonzero(asked)
    monthly = asked[seat, channel, line][:, None] * _shape(months)[line]
    monthly *= relief(force)[seat[:, None], months]
    price = _price_expected(before)
    rep = force.credited[seat[:, None], months]
    cells = np.broadcast_arrays(rep, seat[:, None], channel[:, None], line[:, None], months)
    frame = pd.DataFrame(dict(zip(("place", "seat", "channel", "line", "month"), map(np.ravel, cells), strict=True)))
    frame["revenue"] = np.rint(monthly.ravel() / 1000) * 1000
    frame["units"] = np.rint(monthly.ravel() / price[frame["line"]])
    return _by_rep(frame, force)


def _asked(before: pd.DataFrame, force: Staff, random: np.random.Generator) -> Numbers:
    """Revenue of the year before by seat, channel and line, evened out a little and moved by judgement."""
    shape = (len(force.seats), len(CHANNELS), len(LINES))
    places = (
        before["seat"].to_numpy(),
        before["channel"].map(CHANNELS.index).to_numpy(),
        before["product_line"].map(LINES.index).to_numpy(),
    )
    result = np.bincount(np.ravel_multi_index(places, shape), before["amount"], int(np.prod(shape))).reshape(shape)
    seats = pd.Series(result.sum(axis=(1, 2)))
    level = (1 - POOLED) * seats + POOLED * seats.groupby(force.seats["territory"]).transform("mean")
    level *= np.exp(JUDGEMENT_SPREAD * random.standard_normal(len(seats)))
    factor = (level / seats * seats.sum() / level.sum()).to_numpy()
    return np.maximum(result, 0.0) * factor[:, None, None]


def _shape(months: Places) -> Numbers:
    """Share of each month in a year's goal by line: season and working days."""
    usual = np.array([SEASON[line] for line in LINES]) * working_days()[months]
    return usual / usual.sum(axis=1, keepdims=True)


def relief(force: Staff) -> Numbers:
    """Part of a seat's goal that is asked while a new hire ramps; a vacant seat's is asked in full."""
    expected = ACCOUNTS_WITHOUT_REP + (1 - ACCOUNTS_WITHOUT_REP) * force.ramp
    return np.where(force.ramp > 0, expected, 1.0)


def _price_expected(before: pd.DataFrame) -> Numbers:
    """Average price of each line last year, in cents, with the yearly rise."""
    sums = before.groupby("product_line")[["amount", "quantity"]].sum().loc[list(LINES)]
    return (sums["amount"] / sums["quantity"]).to_numpy() * (1 + PRICE_GROWTH)


def _by_rep(frame: pd.DataFrame, force: Staff) -> pd.DataFrame:
    """Sum what a rep is asked over seats, so that a colleague who covers has one row a cell."""
    frame["territory"] = force.seats["territory"].to_numpy()[frame["seat"]]
    keys = ["place", "territory", "line", "channel", "month"]
    summed = frame.groupby(keys, as_index=False)[["revenue", "units"]].sum()
    long = summed.melt(keys, ["revenue", "units"], "metric", "target")
    return pd.DataFrame(
        {
            "rep": np.array(force.reps)[long["place"]],
            "metric": long["metric"],
            "month": first_days(long["month"].to_numpy()),
            "territory": long["territory"],
            "product_line": np.array(LINES)[long["line"]],
            "channel": np.array(CHANNELS)[long["channel"]],
            "target": long["target"].astype("int64"),
        }
    )
