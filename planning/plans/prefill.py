"""Plans filled in from the data, to start from: each figure with where it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from planning.goals.activity.arithmetic import label
from planning.plans.gaps import MEASURES
from planning.plans.plans import (
    Account,
    Activity,
    Development,
    Gap,
    Help,
    Line,
    Practice,
    Relationship,
    Result,
    Risk,
    Step,
    Support,
    Territory,
)
from planning.plans.targeting import MUST_EXPAND, MUST_KEEP, Targeting

FALLING = -0.2
"""Growth below which an account is a risk of its own."""
LARGE = 0.15
"""Part of a rep's sales from which one account is a risk of its own."""
WORKED_ON = 2
"""Gaps that a development plan begins with: more at once are none."""


@dataclass(frozen=True)
class Ground:
    """What a rep's plans are filled in from.

    Parameters
    ----------
    rep
        Whose.
    year, before
        As the fiscal year that is planned, and the one before, are called.
    accounts
        The rep's accounts and named prospects, scored (`planning.plans.targeting.scored`).
    names
        The rep's named accounts.
    goal
        Minor units: a row a product line, a column a quarter; none where no goal was set.
    base
        Last year's result that the goal starts from, minor units.
    takes, usual
        What the goal takes, and what was done last year, in a working week, by kind and step; empty where not known.
    events
        What happened in the rep's territories in the last year: ``kind``, ``product`` (line), ``note``.
    gaps
        As `planning.plans.gaps.gaps` gives them.
    ends
        Last day of each quarter of the year.
    targeting
        What decides who is worth how much time.
    unit
        Minor units in a major one; what a line is to bring is rounded up to it.
    """

    rep: str
    year: str
    before: str
    accounts: pd.DataFrame
    names: Sequence[str]
    goal: pd.DataFrame
    base: int
    takes: Mapping[str, float]
    usual: Mapping[str, float]
    events: pd.DataFrame
    gaps: pd.DataFrame
    ends: Sequence[date]
    targeting: Targeting
    unit: int = 100

    @property
    def asked(self) -> int:
        """The goal of the year, minor units."""
        return int(self.goal.to_numpy().sum()) if self.goal.size else 0

    @property
    def factor(self) -> float:
        """The goal over last year's result; 1 where one of them is not known."""
        return self.asked / self.base if self.asked > 0 and self.base > 0 else 1.0

    @property
    def named(self) -> pd.DataFrame:
        """The named accounts, in the order of the list."""
        return self.accounts.set_index("customer", drop=False).reindex(list(self.names)).dropna(subset="customer")


def territory(on: Ground) -> Territory:
    """Fill in a territory plan."""
    origins = {
        "strategy": f"Goal of {on.year} against last year's result; accounts by class (targeting).",
        "accounts": f"Named accounts. Last year: orders of the twelve months to the end of {on.before}. Expected: "
        f"last year's sales in proportion to the goal ({on.factor - 1:+.1%}); empty for who bought nothing. Calls "
        "and visits: by class.",
        "results": f"The goal of {on.year} as it stands in the book, by product line and quarter, in whole units.",
        "activities": "Last year: a working week of the last twelve months, drawn towards all. The goal takes: "
        "activity arithmetic at the rep's own conversion. Planned: the larger of the two."
        if on.usual
        else "The history counts no activities and has no pipeline, so nothing is proposed.",
        "risks": f"Accounts whose sales fell by {-FALLING:.0%} or more or that make {LARGE:.0%} of all or more, and "
        "events in the territory. At stake: their sales, of the year before where they fell.",
    }
    return Territory(
        on.rep, strategy=_strategy(on), accounts=tuple(_account(row, on) for row in _rows(on.named)),
        results=tuple(Result(str(name), *(_up(each, on.unit) for each in row)) for name, row in on.goal.iterrows()),
        activities=_activities(on), risks=_risks(on), origins=origins,
    )  # fmt: skip


def relationship(on: Ground, customer: str, lines: pd.DataFrame, proposition: str) -> Relationship:
    """Fill in the plan for one relationship.

    Parameters
    ----------
    on
        What the rep's plans are filled in from.
    customer
        Which account.
    lines
        ``product``, ``amount`` (what it bought last year) and ``alike`` (what customers alike that buy the line
        usually buy; empty where nobody does), minor units.
    proposition
        Value proposition of its segment.
    """
    row = _rows(on.accounts[on.accounts["customer"] == customer])[0]
    expands = row["priority"] == MUST_EXPAND
    listed = tuple(_line(each, on, expands) for each in _rows(lines))
    white = [each.product for each in listed if not each.last_year and each.alike]
    steps = [
        Step("Meet who decides: what do they need this year, and what would make them leave?", on.rep, on.ends[0])
    ]
    steps += [Step(f"Show {white[0]}, which they do not buy of us", on.rep, on.ends[1])] if white else []
    steps += [Step("Close the open opportunities", on.rep, on.ends[0])] if (row["open_deals"] or 0) > 0 else []
    risks = [Risk(f"Sales fell by {-row['growth']:.0%}", int(row["before"]), "")] if _falls(row) else []
    origins = {
        "stands": f"Orders to the end of {on.before}; class and score by the targeting.",
        "lines": f"Last year: orders of {on.before}. Customers alike: the median of those of the same segment and "
        "tier who buy the line. Expected: "
        + ("the larger of the two" if expands else f"last year in proportion to the goal ({on.factor - 1:+.1%})")
        + ".",
        "contacts": f"What an account that is {row['priority']} wants (targeting).",
        "proposition": "Value proposition of its segment (targeting)." if proposition else "",
    }
    return Relationship(
        on.rep, customer, _stands(row, on), proposition, lines=listed,
        contacts=on.targeting.contacts.get(row["priority"]), steps=tuple(steps), risks=tuple(risks),
        origins={name: text for name, text in origins.items() if text},
    )  # fmt: skip


def development(on: Ground) -> Development:
    """Fill in a development plan: the largest gaps to peers, and what works on them."""
    below = _rows(on.gaps[on.gaps["below"].astype(bool)])
    listed = tuple(
        Gap(MEASURES[each["measure"]].label, _figure(each["own"]), _figure(each["peers"]), _whole(each["worth"]))
        for each in below
    )
    steps = tuple(
        Practice(
            MEASURES[each["measure"]].practice, MEASURES[each["measure"]].label, _figure(each["peers"]), on.ends[1]
        )
        for each in below[:WORKED_ON]
    )
    said = "The rep is not below the median of peers in anything that is measured." if not below else ""
    origins = {
        "gaps": said or "Own figures of two years against the median of peers (see how gaps are found).",
        "steps": said or "A usual answer to each of the largest gaps; to reach: the peers' median.",
    }
    return Development(on.rep, gaps=listed, steps=steps, origins=origins)


def support(on: Ground, plan: Development) -> Support:
    """Fill in what a manager can do for what a rep works on."""
    measures = {each.label: each for each in MEASURES.values()}
    named = list(dict.fromkeys(each.measure for each in plan.steps if each.measure in measures))
    helps = tuple(
        Help(one.help, one.way, one.label, Decimal(one.hours), on.ends[1]) for one in map(measures.__getitem__, named)
    )
    return Support(on.rep, helps=helps, origins={"helps": "A usual answer to each result that the rep works on."})


def _strategy(on: Ground) -> str:
    kept, expand = (on.accounts[on.accounts["priority"] == name] for name in (MUST_KEEP, MUST_EXPAND))
    sold = float(on.accounts["revenue"].sum()) or 1.0
    told = [f"The goal asks for {on.factor - 1:+.1%} over last year."] if on.asked else []
    if len(kept):
        part = float(kept["revenue"].sum()) / sold
        told.append(
            f"{_many(len(kept), 'must keep account')} brought {part:.0%} of the sales: none of them is to leave."
        )
    peers = float(expand["peers"].sum())
    if len(expand) and peers:
        part = float(expand["revenue"].sum()) / peers
        told.append(
            f"{_many(len(expand), 'must expand account')} buy {part:.0%} of what the best quarter of customers like "
            "them do: there the growth is to come from."
        )
    return " ".join(told)


def _account(row: dict[str, Any], on: Ground) -> Account:
    deals = int(row["open_deals"]) if pd.notna(row["open_deals"]) else 0
    expected = _told(int(row["revenue"]) * on.factor) if row["revenue"] > 0 else None
    step = f"Close {_many(deals, 'open opportunity', 'open opportunities')}" if deals else ""
    return Account(row["customer"], row["priority"], int(row["revenue"]), expected,
                   on.targeting.contacts.get(row["priority"]), step)  # fmt: skip


def _activities(on: Ground) -> tuple[Activity, ...]:
    names = list(dict.fromkeys([*on.usual, *on.takes]))
    found = []
    for name in names:
        usual, takes = on.usual.get(name), on.takes.get(name)
        if name == "won":
            continue
        planned = max((each for each in (usual, takes) if each is not None), default=None)
        found.append(Activity(label(name), _figure(usual), _figure(takes), _figure(planned, up=True)))
    return tuple(found)


def _risks(on: Ground) -> tuple[Risk, ...]:
    sold = float(on.accounts["revenue"].sum()) or 1.0
    found = []
    for row in _rows(on.accounts.sort_values("revenue", ascending=False)):
        part = float(row["revenue"]) / sold
        if part >= LARGE:
            found.append(Risk(f"{row['customer']} makes {part:.0%} of the sales", int(row["revenue"])))
        elif _falls(row) and row["priority"] in (MUST_KEEP, MUST_EXPAND):
            found.append(Risk(f"{row['customer']} bought {-row['growth']:.0%} less", int(row["before"])))
    events = [Risk(_event(each)) for each in _rows(on.events)]
    return tuple(found[:6] + events)


def _event(each: dict[str, Any]) -> str:
    kind, line = str(each["kind"]).replace("_", " ").capitalize(), each["product"]
    return f"{kind} in {line}: {each['note']}" if line else f"{kind}: {each['note']}"


def _stands(row: dict[str, Any], on: Ground) -> str:
    sold = float(on.accounts["revenue"].sum()) or 1.0
    told = [f"{str(row['priority']).capitalize()}, {row['rank']}, score {row['score']:.0f}."]
    told += [f"It makes {float(row['revenue']) / sold:.1%} of the sales of {on.rep}."] if row["revenue"] else []
    told += [f"Sales {row['growth']:+.0%} against the year before."] if pd.notna(row["growth"]) else []
    told += (
        [f"Last order {row['months_since']:.1f} months before the year began."]
        if pd.notna(row["months_since"])
        else []
    )
    told += [f"Of the profile of its segment it lacks: {row['lacks']}."] if row["lacks"] else []
    return " ".join(told)


def _line(each: dict[str, Any], on: Ground, expands: bool) -> Line:
    amount, alike = max(int(each["amount"]), 0), _whole(each["alike"])
    grown = _told(amount * on.factor)
    return Line(each["product"], amount, alike, max(grown, _told(alike or 0)) if expands else grown)


def _falls(row: dict[str, Any]) -> bool:
    return pd.notna(row["growth"]) and row["growth"] <= FALLING


def _figure(value: float | None, up: bool = False) -> Decimal | None:
    """Write a figure with as many digits as say something; rounded up where less would not do."""
    if value is None or pd.isna(value):
        return None
    digits = 3 if abs(value) < 1 else 1 if abs(value) < 1000 else 0
    unit = Decimal(1).scaleb(-digits)
    return Decimal(str(round(float(value), 9))).quantize(unit, "ROUND_CEILING" if up else "ROUND_HALF_UP")


def _up(amount: int, unit: int) -> int:
    return -(-int(amount) // unit) * unit


def _told(amount: float) -> int:
    """Round an amount that is expected to three digits: more would say more than anybody knows."""
    digits = len(str(abs(round(amount))))
    return round(round(amount), min(3 - digits, 0))


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else round(float(value))


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")
