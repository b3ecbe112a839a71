r"""The pipeline: opportunities in hand, pace, conversion at each stage, and deal size.

Opportunities in hand were open at some time of the months, of which some were brought to an end (closed), and of
these some were qualified, presented, proposed, won. With :math:`n_k` the number at step :math:`k` and :math:`v_k`
the territory's value won per opportunity at that step, the mean of the two years,

.. math::

    opportunities = v_0 \Delta n_0, \quad step_k = v_k \Delta n_k - v_{k-1} \Delta n_{k-1}, \quad
    deal\ size = \Delta m - v_w \Delta n_w
"""

import numpy as np
import pandas as pd

from planning.history.engine import History
from planning.history.why.scope import ACCOUNT, Scope

STEPS = ("qualified", "presented", "proposed")
EFFECTS = ("opportunities", "pace", *STEPS, "won", "deal_size")
RULES = (
    "Opportunities in hand were open at some time of the months; pace is the share of them brought to an end, won "
    "or lost: a shorter sales cycle brings more to an end.",
    "Conversions are those of opportunities brought to an end in these months. A stage that the data has no dates "
    "for is left out, and its losses stand at the next stage.",
    "The value of an opportunity won counts on the day it was won.",
)


def effects(scope: Scope) -> pd.DataFrame:
    """Account for the difference in value won by what happened in the pipeline.

    Returns
    -------
    Index: the accounts. Columns those of `EFFECTS` that the data tells, and the values ``base`` and ``now``, whole
    minor units.
    """
    steps = _told(scope.history)
    counts = ["in_hand", "closed_", *(f"n_{step}" for step in steps), "won_"]
    whole = _counted(scope, steps, of_all=True)
    rows = _counted(scope, steps) if scope.where or scope.by else whole
    values = _values(whole, counts)
    found = _effects(rows, counts, values.reindex(rows["territory"]).to_numpy())
    names = ["opportunities", "pace", *steps, "won", "deal_size"]
    table = pd.DataFrame(found, rows[ACCOUNT], names).groupby(level=0).sum().astype("int64")
    value = rows.groupby(ACCOUNT)[["value0", "value1"]].sum()
    return table.assign(base=value["value0"], now=value["value1"])


def _effects(rows: pd.DataFrame, counts: list[str], values: np.ndarray) -> np.ndarray:
    """Give what each step changed, from whole counts and whole values of one."""
    worth = [values[:, place] * (rows[f"{each}1"] - rows[f"{each}0"]) for place, each in enumerate(counts)]
    won = rows["value1"] - rows["value0"]
    steps = [worth[0], *(after - before for before, after in zip(worth, worth[1:], strict=False)), won - worth[-1]]
    return np.column_stack(steps)


def _values(whole: pd.DataFrame, counts: list[str]) -> pd.DataFrame:
    """Give what one is worth at each step, by territory: the mean of the years that had any, in whole minor units."""
    sums = whole.drop(columns=ACCOUNT).groupby("territory").sum().astype(float)
    worth = {}
    for each in counts:
        years = [sums[f"value{place}"] / sums[f"{each}{place}"].where(sums[f"{each}{place}"] > 0) for place in (0, 1)]
        worth[each] = pd.concat(years, axis=1).mean(axis=1).fillna(0)
    return pd.DataFrame(worth).round().astype("int64")


def _counted(scope: Scope, steps: list[str], of_all: bool = False) -> pd.DataFrame:
    """Count both sides by account and territory; figures of the base end on 0, those of now on 1."""
    asked = scope.opportunities(list(dict.fromkeys([*scope.split, "territory"])))
    figures = ["in_hand", "closed_", *(f"n_{step}" for step in steps), "won_", "value"]
    listed = {f"{name}{place}": sql for place, when in enumerate(("base", "now"))
              for name, sql in zip(figures, _conditions(when, steps), strict=True)}  # fmt: skip
    sums = ", ".join(f"cast(sum({name}) as bigint) as {name}" for name in listed)
    account = "''" if of_all else scope.account_of
    found = scope.history.rows(
        f"with line as ({asked.rows(listed, of_all=of_all)}) "
        f"select {account} as account, line.territory, {sums} from line group by 1, 2",
        **(scope.bounds if of_all else asked.values()),
    )
    return found.fillna({ACCOUNT: ""}).fillna(0).astype(dict.fromkeys(listed, "int64"))


def _conditions(when: str, steps: list[str]) -> list[str]:
    """Write what each figure counts on one side, in the order of the figures."""
    ended = f"fact.status in ('won', 'lost') and fact.closed between ${when}_first and ${when}_last"
    begun = f"coalesce(fact.opened, fact.closed) <= ${when}_last"
    in_hand = f"{begun} and (fact.closed is null or fact.closed >= ${when}_first)"
    won = f"{ended} and fact.status = 'won'"
    # Who won passed every stage, whatever was written down; who passed a later stage passed the earlier ones.
    reached = [
        f"{ended} and (fact.status = 'won' or {' or '.join(f'fact.{later} is not null' for later in steps[place:])})"
        for place in range(len(steps))
    ]
    counts = [f"case when {each} then 1 else 0 end" for each in (in_hand, ended, *reached, won)]
    return [*counts, f"case when {won} then coalesce(fact.amount, 0) else 0 end"]


def _told(history: History) -> list[str]:
    """Name the stages that the data has dates for."""
    found = history.rows("select " + ", ".join(f"count({step}) as {step}" for step in STEPS) + " from opportunities")
    return [step for step in STEPS if int(found[step].iloc[0]) > 0]
