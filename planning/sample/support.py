"""What comes to reps beside their own work: leads, coaching, and the demos that are shown in presentations."""

import numpy as np
import pandas as pd

from planning.sample.causes import coaching_factor, lead_factor
from planning.sample.company import TERRITORIES
from planning.sample.months import FIRST_DAY, MONTH_COUNT, Places, first_days, month_number
from planning.sample.staff import Staff

LEADS_A_MONTH = 5.0
"""Marketing-qualified leads that a seat is given in a month."""
SALES_READY = 0.4
"""Part of them that is qualified by sales."""
COACHED_A_MONTH = 1.2
"""Occasions on which a seat is coached in a month."""
LONGER = 0.5
"""Part of the occasions that last two hours instead of one."""
SHOWN = 0.5
"""Part of the presentations in which a demo is shown."""
HISTORY_MONTHS: Places = np.arange(month_number(str(FIRST_DAY)[:7]), MONTH_COUNT)


def support(
    force: Staff, records: pd.DataFrame, random: np.random.Generator, months: Places, numbered_from: int = 0
) -> pd.DataFrame:
    """Sum up by rep and month which leads came and who was coached, and by week which demos were shown.

    Parameters
    ----------
    force, records
        Who was there, and the activities of these months.
    random
        Its own stream of chance.
    months
        Places of the months.
    numbered_from
        Records of this sort that were there before.

    Returns
    -------
    pd.DataFrame
        The canonical columns, with numbers of their own, by day; a month stands on its first working day.
    """
    seat, place = np.indices((len(force.seats), len(months))).reshape(2, -1)
    month = months[place]
    territory = pd.Index(TERRITORIES).get_indexer(force.seats["territory"])[seat]
    leads = random.poisson(LEADS_A_MONTH * force.ramp[seat, month] * lead_factor(territory, month))
    coached = random.poisson(COACHED_A_MONTH * coaching_factor(territory, month))
    counts = {
        "marketing-qualified lead": leads,
        "sales-qualified lead": random.binomial(leads, SALES_READY),
        "coaching": coached,
        "coaching hour": coached + random.binomial(coached, LONGER),
    }
    day = np.busday_offset(first_days(month), 0, roll="forward")
    names = np.array(force.reps)[force.credited[seat, month]]
    parts = [pd.DataFrame({"date": day, "rep": names, "kind": kind, "count": n}) for kind, n in counts.items()]
    held = records.loc[records["kind"] == "presentation", ["date", "rep", "count"]]
    shown = held.assign(kind="demo", count=random.binomial(held["count"].to_numpy(), SHOWN))
    summed = pd.concat([*parts, shown]).groupby(["date", "rep", "kind"], as_index=False)["count"].sum()
    done = summed[summed["count"] > 0].reset_index(drop=True)
    numbers = range(numbered_from + 1, numbered_from + len(done) + 1)
    return done.assign(activity=[f"S{number:05d}" for number in numbers], customer="")
