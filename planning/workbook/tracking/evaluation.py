"""The evaluation of somebody's year: every figure with how it came about, and what both sides said to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from planning.errors import PlanningError, TrackingError
from planning.goals.pay.plan import MAIN
from planning.goals.pay.plan import of_role as plan_of
from planning.history import results
from planning.history.engine import open_history
from planning.tracking import scoring
from planning.tracking.criteria import Criteria
from planning.tracking.judging import DONE, State
from planning.workbook.context import Context
from planning.workbook.leading import managers
from planning.workbook.pay import kept, paid
from planning.workbook.tracking import attained, evaluating
from planning.workbook.tracking.circumstances import Circumstances, circumstances
from planning.workbook.tracking.criteria import of_role, published, role_of
from planning.workbook.tracking.evaluating import Record


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of somebody's year.

    Parameters
    ----------
    rep, role, manager
        Whose, in which role, and who leads them.
    months
        First and last month with results.
    criteria, versions
        By what it is judged, and every version that was made known for the role.
    parts
        A row a part: the columns of `planning.workbook.tracking.attained.COLUMNS` without the rep; of behaviour,
        ``result`` is the level, and ``how`` says who rated it and why.
    score, told
        Weighed points of what is told (1 is as expected), and the part of the weight that is told; exact fractions.
    peers, of
        Quarters of the role by what goals and activities count (`planning.tracking.scoring.bands`), and of how many.
    circumstances
        What the market and assumptions did; none where there is no revenue goal.
    pay, pay_says
        What the pay plan pays for the result, part by part; none, and why, where it cannot be told.
    record
        Where it stands, and what both sides said.
    """

    rep: str
    role: str
    manager: str
    months: tuple[str, str]
    criteria: Criteria
    versions: Sequence[Criteria]
    parts: pd.DataFrame
    score: Fraction | None
    told: Fraction
    peers: pd.DataFrame
    of: int
    circumstances: Circumstances | None
    pay: pd.DataFrame | None
    pay_says: str
    record: Record

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give every table of it by name; one that cannot be told has no rows."""
        seen = self.circumstances
        none = pd.DataFrame()
        said = [
            {"done": each.done, "by": each.by, "at": each.at, "text": each.text,
             "agrees": "" if each.agrees is None else "yes" if each.agrees else "no"}
            for each in self.record.said
        ]  # fmt: skip
        return {
            "parts": self.parts, "peers": self.peers, "gap": seen.gap if seen else none,
            "why": seen.why if seen else none, "assumed": seen.assumed if seen else none,
            "pay": none if self.pay is None else self.pay,
            "said": pd.DataFrame(said, columns=["done", "by", "at", "text", "agrees"]),
        }  # fmt: skip

    @property
    def whole(self) -> bool:
        """Whether every part that counts is told."""
        return self.told == 1

    @property
    def moved(self) -> bool:
        """Whether figures have changed since it was shared: a late or corrected result shows as such."""
        shared = self.record.score
        return (
            shared is not None
            and not self.record.prepared
            and (self.score is None or abs(float(self.score) - shared) > 5e-7)
        )


def evaluation(context: Context, rep: str) -> Evaluation:
    """Evaluate a rep's year by the criteria that were made known.

    Raises
    ------
    TrackingError
        If no criteria were made known; or to the rep, as long as it was not shared.
    AccessError
        If it is none of the business of who is asking.
    """
    record = evaluating.record(context, rep)
    if evaluating.side(context, rep) == "rep" and record.state == "draft":
        raise TrackingError(f"Your evaluation for FY{context.year} was not shared with you yet.")
    criteria = of_role(context, role_of(context, rep))
    table = attained.measured(context, criteria)
    parts = _parts(table[table["rep"] == rep], criteria, record)
    score, told = scoring.together(list(parts["weight"]), list(parts["points"]))
    points = attained.scores(table)
    peers = [float(each) for each in points.values()]
    bands = scoring.bands(peers, float(points[rep])) if rep in points else scoring.bands([], 0)
    pay, says = _pay(context, rep, parts)
    versions = [each for each in published(context) if each.role == criteria.role]
    return Evaluation(
        rep, role_of(context, rep), managers(context).get(rep, ""), attained.months(context), criteria, versions,
        parts, score, told, bands, len(peers), _circumstances(context, rep, parts), pay, says, record,
    )  # fmt: skip


def standing(context: Context) -> pd.DataFrame:
    """Say where every evaluation stands that one may see.

    Returns
    -------
    A row a rep: ``rep``, ``role``, ``manager``, ``state``, ``score`` (when it was shared last, a fraction; empty
    before), ``last`` (what was done last, in words) and ``at`` (UTC).
    """
    with open_history(context.settings) as history:
        roles = results.roles(history)
    leads = managers(context)
    rows = []
    for rep in evaluating.people(context):
        seen = evaluating.record(context, rep)
        last = seen.said[-1] if seen.said else None
        rows.append({
            "rep": rep, "role": roles.get(rep, ""), "manager": leads.get(rep, ""), "state": seen.state,
            "score": seen.score, "last": f"{last.by} {DONE[last.done]}" if last else "",
            "at": last.at if last else None,
        })  # fmt: skip
    table = pd.DataFrame(rows, columns=["rep", "role", "manager", "state", "score", "last", "at"])
    return table.astype({"score": "Float64", "at": "datetime64[us]"})


def share(context: Context, rep: str, text: str, person: str) -> State:
    """Share an evaluation with the rep, with what it comes to now.

    Raises
    ------
    TrackingError
        If a part is not told yet, or it is not to be shared now.
    AccessError
        If the one who is asking does not lead the rep.
    """
    criteria = of_role(context, role_of(context, rep))
    table = attained.measured(context, criteria)
    parts = _parts(table[table["rep"] == rep], criteria, evaluating.record(context, rep))
    score, _ = scoring.together(list(parts["weight"]), list(parts["points"]))
    missing = list(parts.loc[parts["points"].isna(), "label"])
    if score is None or missing:
        raise TrackingError(f"Before it is shared, every part is to be told. Still missing: {', '.join(missing)}.")
    columns = ["group", "name", "goal", "result", "points"]
    told = parts[columns].map(lambda value: None if value is None else str(value)).to_dict("records")
    figures = {"score": round(float(score), 6), "parts": told}
    return evaluating.step(context, rep, "share", text, person, figures=figures)


def _parts(measured: pd.DataFrame, criteria: Criteria, record: Record) -> pd.DataFrame:
    rows: list[dict[str, Any]] = measured.drop(columns="rep").to_dict("records")
    there = {(each["group"], each["name"]) for each in rows}
    for each in criteria.parts:
        if each.group != "behaviour" and (each.group, each.name) not in there:
            rows.append({"group": each.group, "name": each.name, "label": each.name, "unit": "",
                         "weight": each.weight, "how": "Nothing is told of it in these months."})  # fmt: skip
    for each in criteria.of("behaviour"):
        rating = record.ratings.get(each.name)
        level = rating["level"] if rating and rating["level"] in criteria.scale else None
        rows.append({
            "group": each.group, "name": each.name, "label": each.name, "unit": "level", "weight": each.weight,
            "result": level, "points": Fraction(criteria.scale[level]) if level else None,
            "how": f"{rating['by']}: {rating['reason']}" if rating else "Not rated yet.",
        })  # fmt: skip
    columns = [name for name in attained.COLUMNS if name != "rep"]
    order = [(each.group, each.name) for each in criteria.parts]
    rows.sort(key=lambda row: order.index((row["group"], row["name"])))
    table = pd.DataFrame(rows, columns=columns, dtype=object)
    return table.where(table.notna(), None)


def _main(parts: pd.DataFrame) -> dict[str, Any]:
    mine = parts[(parts["group"] == "goal") & (parts["name"] == MAIN)]
    return dict(mine.iloc[0]) if len(mine) else {}


def _circumstances(context: Context, rep: str, parts: pd.DataFrame) -> Circumstances | None:
    row = _main(parts)
    if not row or row["goal"] is None:
        return None
    return circumstances(context, rep, int(row["goal"]), int(row["result"] or 0), *attained.months(context))


def _pay(context: Context, rep: str, parts: pd.DataFrame) -> tuple[pd.DataFrame | None, str]:
    if attained.months(context)[1] != context.calendar.months(context.year)[-1]:
        return None, f"What FY{context.year} pays is told once all of its months have results."
    made = plan_of(kept.plans(context), role_of(context, rep))
    paid_for = {each.metric for each in made.components} if made else set()
    others = {
        str(each["name"]): each["attainment"]
        for each in parts.to_dict("records")
        if each["name"] in paid_for - {MAIN} and each["attainment"] is not None
    }
    row = _main(parts)
    try:
        return paid.for_result(context, rep, max(int(row["result"] or 0), 0) if row else None, others), ""
    except PlanningError as error:
        return None, str(error)
