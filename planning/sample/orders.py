"""Order lines: who bought what, when, for how much, credited to whom."""

import numpy as np
import pandas as pd

from planning.sample.causes import (
    LAUNCH_CANNIBALISED,
    LAUNCH_PRODUCT,
    LAUNCH_SIBLING,
    ONE_OFF_DISCOUNT,
    ONE_OFF_MONTH,
    ONE_OFF_REASON,
    ONE_OFF_TERRITORY,
    ONE_OFF_UNITS,
    PRICE_FROM,
    PRICE_LINE,
    PRICE_RISE,
    demand_factor,
    launch_share,
)
from planning.sample.company import COST_SHARE, LINES, PRODUCTS, SEASON, TERRITORIES
from planning.sample.course_causes import course_factor
from planning.sample.customers import Customers
from planning.sample.months import (
    MONTH_COUNT,
    Numbers,
    Places,
    last_day,
    month_number,
    month_of,
    working_day,
    working_days,
    year_of,
)
from planning.sample.staff import Staff, fading_seat

VOLUME_GROWTH = 0.02
PRICE_GROWTH = 0.02
"""Units and list prices each grow by so much a year, so that sales grow by about 4%."""
PRICE_YEAR = 2026
ORDER_NOISE = 0.10
CUSTOMER_YEAR_SPREAD = 0.04
SEAT_YEAR_SPREAD = 0.03
RETURN_RATE = 0.015
RETURNED_PART = (0.1, 0.5)
RETURN_AFTER_DAYS = (7, 35)


HISTORY_MONTHS = np.arange(MONTH_COUNT)


def products(month: int = MONTH_COUNT - 1) -> pd.DataFrame:
    """Products with the list prices and costs in force in a month, by default at the end of FY2026, in cents."""
    rows = [(name, line, price) for line in LINES for name, price in PRODUCTS[line]]
    frame = pd.DataFrame(rows, columns=["product", "product_line", "base_price"])
    frame["list_price"] = list_prices(frame, np.arange(len(frame)), np.full(len(frame), month))
    frame["standard_cost"] = np.rint(frame["base_price"] * frame["product_line"].map(COST_SHARE)).astype(np.int64)
    return frame


def list_prices(catalogue: pd.DataFrame, product: Places, month: Places) -> Places:
    """List prices in force in a month, in cents: a new list each January, and the planted rise."""
    dearer = (catalogue["product_line"] == PRICE_LINE).to_numpy()[product] & (month >= month_number(PRICE_FROM))
    index = (1 + PRICE_GROWTH) ** (year_of(month) - PRICE_YEAR) * np.where(dearer, 1 + PRICE_RISE, 1.0)
    return np.rint(catalogue["base_price"].to_numpy()[product] * index).astype(np.int64)


def orders(
    force: Staff,
    accounts: Customers,
    catalogue: pd.DataFrame,
    random: np.random.Generator,
    months: Places = HISTORY_MONTHS,
    numbered_from: tuple[int, int] = (0, 0),
) -> pd.DataFrame:
    """Generate the order lines of some months, returns included, in the order of their numbers.

    Parameters
    ----------
    force, accounts, catalogue
        Who sells, who buys, and what.
    random
        Its own stream of chance.
    months
        Places of the months, of whole years; by default those of the history. What is sent back after the last of
        them is left out.
    numbered_from
        Orders and returns that were there before.

    Returns
    -------
    pd.DataFrame
        The canonical columns, and ``seat`` and ``month`` in places for what is derived from them.
    """
    demand = _demand(force, accounts, months, random)
    lines = _priced(_with_products(demand, catalogue, random), accounts, catalogue)
    lines["date"] = _order_days(lines, len(accounts.frame), months, random)
    lines = _numbered(lines, "S", numbered_from[0])
    back = _numbered(_returns(lines, int(months[-1]), random), "R", numbered_from[1])
    everything = pd.concat([lines, back], ignore_index=True)
    everything["cost"] = everything["quantity"] * catalogue["standard_cost"].to_numpy()[everything["item"]]
    return _named(everything, force, accounts, catalogue)


def one_off_order(
    force: Staff, accounts: Customers, catalogue: pd.DataFrame, random: np.random.Generator
) -> pd.DataFrame:
    """Generate the lines of the hotel opening, ordered by a hotel that has long been a customer, as `orders` does."""
    frame, month = accounts.frame, month_number(ONE_OFF_MONTH)
    long_there = (frame["first"] < month - 12) & (frame["last"] >= month)
    hotels = np.flatnonzero((frame["segment"] == "Hotel") & (frame["territory"] == ONE_OFF_TERRITORY) & long_there)
    buyer = int(random.choice(hotels))
    item = np.array([np.flatnonzero(catalogue["product"] == name)[0] for name in ONE_OFF_UNITS])
    months = np.full(len(item), month)
    price = np.rint(list_prices(catalogue, item, months) * (1 - ONE_OFF_DISCOUNT)).astype(np.int64)
    quantity = np.array(list(ONE_OFF_UNITS.values()))
    lines = pd.DataFrame({"customer": buyer, "line": np.arange(len(item)), "month": months, "item": item})
    lines = lines.assign(seat=frame["seat"].iloc[buyer], quantity=quantity, amount=quantity * price)
    lines["cost"] = quantity * catalogue["standard_cost"].to_numpy()[item]
    lines["date"] = working_day(months, np.full(len(item), random.random()))
    return _named(_numbered(lines, "P"), force, accounts, catalogue)


def one_offs(order: pd.DataFrame) -> pd.DataFrame:
    """Mark the hotel opening as an order that will not come again."""
    return order[["order_id"]].drop_duplicates().assign(reason=ONE_OFF_REASON)


def _demand(force: Staff, accounts: Customers, months: Places, random: np.random.Generator) -> pd.DataFrame:
    """Give the value that each due order line is worth at the list prices of one year, in cents."""
    frame = accounts.frame
    alive = (frame["first"].to_numpy()[:, None] <= months) & (months <= frame["last"].to_numpy()[:, None])
    due = alive & ((months + frame["phase"].to_numpy()[:, None]) % frame["interval"].to_numpy()[:, None] == 0)
    customer, line, place = np.nonzero(due[:, None, :] & (accounts.mix > 0)[:, :, None])
    month, year = months[place], place // 12
    seat = frame["seat"].to_numpy()[customer]
    territory = frame["territory"].map(TERRITORIES.index).to_numpy()[customer]
    yearly = (frame["value"] * frame["interval"] / 12).to_numpy()[customer] * accounts.mix[customer, line]
    years = len(months) // 12
    mood = np.exp(CUSTOMER_YEAR_SPREAD * random.standard_normal((len(frame), years)))
    form = np.exp(SEAT_YEAR_SPREAD * random.standard_normal((len(force.seats), years)))
    noise = np.exp(ORDER_NOISE * random.standard_normal(len(customer)) - ORDER_NOISE**2 / 2)
    value = yearly * _market(line, month) * force.care()[seat, month] * noise
    value *= mood[customer, year] * form[seat, year] * demand_factor(territory, line, month)
    value *= course_factor(seat, territory, line, month, fading_seat(force))
    return pd.DataFrame({"customer": customer, "line": line, "month": month, "seat": seat, "value": value})


def _market(line: Places, month: Places) -> Numbers:
    """Season, working days and growth of a line's usual month."""
    season = np.array([SEASON[name] for name in LINES])[line, month % 12]
    days = (working_days() / working_days()[:MONTH_COUNT].mean())[month]
    return season * days * (1 + VOLUME_GROWTH) ** ((month - MONTH_COUNT + 12) / 12)


def _with_products(demand: pd.DataFrame, catalogue: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Deal each month's lines to products so that every product gets its share of the value."""
    item = np.empty(len(demand), dtype=np.int64)
    values, chances = demand["value"].to_numpy(), random.random(len(demand))
    for (month, line), rows in demand.groupby(["month", "line"]).indices.items():
        first = int(np.flatnonzero(catalogue["product_line"] == LINES[line])[0])
        largest_first = rows[np.argsort(-values[rows], kind="stable")]
        shares = product_shares(LINES[line], month)
        item[largest_first] = first + _dealt(values[largest_first], shares, chances[largest_first])
    return demand.assign(item=item)


def _dealt(values: Numbers, shares: Numbers, chances: Numbers) -> Places:
    """Deal values, largest first, to where most is missing, by chance in proportion to what is missing.

    The small ones at the end fill the gaps, so that shares come out nearly exact; with a draw for each
    line on its own, the mix of products would blur the prices of a line.
    """
    missing = shares * values.sum()
    dealt = np.empty(len(values), dtype=np.int64)
    for row, (value, chance) in enumerate(zip(values, chances, strict=True)):
        room = np.where(missing >= value / 2, missing, 0.0)
        if not room.any():
            room = np.where(missing == missing.max(), 1.0, 0.0)
        upto = np.cumsum(room)
        dealt[row] = np.searchsorted(upto, chance * upto[-1], side="right")
        missing[dealt[row]] -= value
    return dealt


def product_shares(line: str, month: int) -> Numbers:
    """Shares of the products in their line in a month: falling by rank, and moved by the launch."""
    names = [name for name, _ in PRODUCTS[line]]
    old = np.array([0.0 if name == LAUNCH_PRODUCT else 1.0 for name in names])
    shares = old * 0.82 ** np.arange(len(names))
    shares /= shares.sum()
    if LAUNCH_PRODUCT in names:
        launched = float(launch_share(np.array([month]))[0])
        shares[names.index(LAUNCH_PRODUCT)] = launched
        shares[names.index(LAUNCH_SIBLING)] -= launched * LAUNCH_CANNIBALISED
    return shares / shares.sum()


def _priced(lines: pd.DataFrame, accounts: Customers, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Turn value into whole units, and units into an amount at the customer's price."""
    item = lines["item"].to_numpy()
    quantity = np.rint(lines["value"].to_numpy() / catalogue["base_price"].to_numpy()[item]).astype(np.int64)
    discount = accounts.frame["discount"].to_numpy()[lines["customer"]]
    price = np.rint(list_prices(catalogue, item, lines["month"].to_numpy()) * (1 - discount)).astype(np.int64)
    priced = lines.assign(quantity=quantity, price=price, amount=quantity * price)
    return priced[priced["quantity"] > 0].reset_index(drop=True)


def _order_days(lines: pd.DataFrame, customer_count: int, months: Places, random: np.random.Generator) -> np.ndarray:
    """Pick one working day for all the lines of a customer's order of a month."""
    chance = random.random((customer_count, len(months)))[lines["customer"], lines["month"] - months[0]]
    return working_day(lines["month"].to_numpy(), chance)


def _numbered(lines: pd.DataFrame, letter: str, numbered_from: int = 0) -> pd.DataFrame:
    """Give each order a number, by day, and each line its place in the order."""
    lines = lines.sort_values(["date", "customer", "line"], kind="stable", ignore_index=True)
    number = lines.groupby(["date", "customer"], sort=True).ngroup() + 1 + numbered_from
    place = lines.groupby(number).cumcount() + 1
    return lines.assign(order_id=[f"{letter}{each:05d}" for each in number], place=place)


def _returns(lines: pd.DataFrame, last: int, random: np.random.Generator) -> pd.DataFrame:
    """Send back a part of some lines, some weeks later and at the price that was paid."""
    back = lines[random.random(len(lines)) < RETURN_RATE].reset_index(drop=True)
    quantity = -np.ceil(back["quantity"] * random.uniform(*RETURNED_PART, len(back))).astype(np.int64)
    later = back["date"].to_numpy("datetime64[D]") + random.integers(*RETURN_AFTER_DAYS, len(back))
    date = np.busday_offset(later, 0, roll="forward").astype("datetime64[D]")
    back = back.assign(quantity=quantity, amount=quantity * back["price"], date=date)
    back = back[date <= last_day(last)]
    return back.assign(month=month_of(back["date"].to_numpy("datetime64[D]")))


def _named(lines: pd.DataFrame, force: Staff, accounts: Customers, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Put names in the place of places."""
    buyer = accounts.frame.iloc[lines["customer"]].reset_index(drop=True)
    return pd.DataFrame(
        {
            "order_id": lines["order_id"],
            "line": lines["place"],
            "date": lines["date"],
            "rep": np.array(force.reps)[force.credited[lines["seat"], lines["month"]]],
            "territory": buyer["territory"],
            "customer": buyer["customer"],
            "product": catalogue["product"].to_numpy()[lines["item"]],
            "channel": buyer["channel"],
            "quantity": lines["quantity"],
            "amount": lines["amount"],
            "cost": lines["cost"],
            "product_line": catalogue["product_line"].to_numpy()[lines["item"]],
            "seat": lines["seat"],
            "month": lines["month"],
        }
    ).sort_values(["date", "order_id", "line"], kind="stable", ignore_index=True)
