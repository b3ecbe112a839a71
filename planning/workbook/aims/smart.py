"""Check goals: each by itself, and all against one another, before the year starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pandas as pd

from planning.errors import AssumptionError, LedgerError, PlanningError
from planning.goals import chances
from planning.goals.aims import aim as aims
from planning.goals.aims import contradictions, library, smart
from planning.goals.aims.aim import Aim
from planning.goals.aims.contradictions import Contradiction
from planning.goals.aims.library import Template
from planning.goals.aims.sentence import Facts, Writer
from planning.goals.aims.smart import Finding
from planning.goals.owners import COMPANY, Owners
from planning.history.attainment import attainment
from planning.history.engine import open_history
from planning.metrics import METRICS, Metric, brought, catalogue, in_tables
from planning.store import assumed
from planning.workbook.aims import precedent
from planning.workbook.aims.aimed import Proposed, known, proposed
from planning.workbook.aims.kept import stated
from planning.workbook.context import Context
from planning.workbook.expected.simulation import uncertain
from planning.workbook.goals import book
from planning.workbook.place import plan


@dataclass(frozen=True)
class Checked:
    """A goal, what is known of it, and what is to be mended.

    Parameters
    ----------
    made
        What it asks of whom.
    facts
        What is known of it.
    findings
        What is to be mended.
    """

    made: Proposed
    facts: Facts
    findings: tuple[Finding, ...]

    @property
    def aim(self) -> Aim:
        """The goal itself."""
        return self.made.aim

    @property
    def called(self) -> str:
        """What it is called by its findings."""
        return smart.called(list(self.findings))


@dataclass(frozen=True)
class Whole:
    """All goals against one another.

    Parameters
    ----------
    goals
        Every goal, checked by itself, those of the highest priority first.
    against
        Goals that cannot all hold.
    crowded
        Reps with more goals than anybody can mind, and how many they have.
    broken
        Goals that can no longer be worked out on the figures as they are now, by their number, and why.
    """

    goals: list[Checked]
    against: list[Contradiction]
    crowded: dict[str, int]
    broken: dict[int, str] = field(default_factory=dict)


def checked(context: Context, aim: Aim, write: Writer) -> Checked:
    """Check one goal, kept or not yet.

    Raises
    ------
    LedgerError
        If it could not be kept at all, with everything that is wrong.
    """
    return _checked(context, aim, write, book(context), stated(context))


def everything(context: Context, write: Writer) -> Whole:
    """Check every goal that was stated, and all against one another.

    Raises
    ------
    LedgerError
        If the company's goals were not set yet.
    """
    known_book, all_of_them = book(context), stated(context)
    tree, _ = known_book
    goals, broken = list[Checked](), dict[int, str]()
    for aim in all_of_them:
        try:
            goals.append(_checked(context, aim, write, known_book, all_of_them))
        except LedgerError as error:
            # What was kept on other figures, such as a part more of a margin that is a loss now, hides no other goal.
            broken[aim.identity] = str(error)
    goals.sort(key=lambda each: -each.aim.priority)
    return Whole(goals, _against(context, goals), _crowded(goals, tree), broken)


def offered(context: Context) -> pd.DataFrame:
    """Fit the library to the company's own numbers.

    Returns
    -------
    A row a ready goal: ``name``, ``words``, ``metric``, ``label``, ``kind``, ``serves``, ``whose``, ``counts`` (how
    it is measured), ``measurable``, ``base`` and ``target`` (figures; empty where the history does not tell them),
    ``why`` (what keeps it from being fitted).
    """
    metrics, months = known(context), context.calendar.months(context.year)
    known_all = catalogue(context.settings)
    tree, rows = book(context)
    with open_history(context.settings) as history:
        counted = {
            each.metric
            for each in library.LIBRARY.values()
            if brought(metrics[each.metric], known_all) is None
            and precedent.is_counted(history, metrics[each.metric], known_all)
        }
    return pd.DataFrame(
        [_offer(context, each, metrics, counted, months, tree, rows) for each in library.LIBRARY.values()]
    )


def _checked(
    context: Context, aim: Aim, write: Writer, of: tuple[Owners, pd.DataFrame], others: list[Aim]
) -> Checked:
    tree, rows = of
    made = proposed(context, aim, tree, rows, others)
    facts = _facts(context, made, tree, _probability(context, made, tree))
    return Checked(made, facts, tuple(smart.check(aim, made.measured, facts, write)))


def _offer(
    context: Context,
    ready: Template,
    metrics: Mapping[str, Metric],
    counted: set[str],
    months: list[str],
    tree: Owners,
    rows: pd.DataFrame,
) -> dict[str, object]:
    measured = metrics[ready.metric]
    row: dict[str, object] = {
        "name": ready.name, "words": ready.words, "metric": ready.metric, "label": measured.label, "kind": ready.kind,
        "serves": ready.serves, "whose": ready.whose, "counts": measured.counts, "base": None, "target": None,
        "why": "", "measurable": library.measurable(ready, metrics, counted),
    }  # fmt: skip
    if not row["measurable"]:
        missing = brought(measured, catalogue(context.settings))
        why = (
            "the history holds nothing of it"
            if missing is None
            else "bring last year's figure"
            if missing is measured
            else f"bring last year's {missing.label[0].lower()}{missing.label[1:]}"
        )
        return {**row, "why": why}
    try:
        made = proposed(context, library.fitted(ready, measured, months), tree, rows, [])
    except PlanningError as error:
        return {**row, "why": str(error).splitlines()[-1].strip(" -")}
    return {**row, "base": made.base, "target": made.target}


def _facts(context: Context, made: Proposed, tree: Owners, probability: float | None) -> Facts:
    aim, measured = made.aim, made.measured
    with open_history(context.settings) as history:
        known_all = catalogue(context.settings)
        counted = measured.typed or precedent.is_counted(history, measured, known_all)
        plain = measured.name in in_tables(known_all)
        own, peers = precedent.bests(context, history, made, tree) if plain else (None, None)
        worked = precedent.worked(context, history, aim.through) if aim.through else None
    return Facts(
        made.base,
        made.target,
        counted,
        own,
        peers,
        ("", 0.0) if aim.kind == "company" else _hardest(made),
        probability,
        worked,
    )


def _hardest(made: Proposed) -> tuple[str, float]:
    """Say who is asked for the largest change, of those who have a last year."""
    rows = made.owners[(made.owners["kind"] == "position") & made.owners["base"].map(bool)]
    if rows.empty:
        return "", 0.0
    change = (rows["goal"].astype(float) / rows["base"].astype(float) - 1) * (
        1 if made.measured.higher_is_better else -1
    )
    return str(rows.loc[change.idxmax(), "name"]), float(change.max())


def _probability(context: Context, made: Proposed, tree: Owners) -> float | None:
    """Give the probability that a goal on a whole year's revenue is reached; none for others."""
    aim = made.aim
    if aim.metric != "revenue" or aim.months != context.calendar.months(context.year) or aim.kind == "individual":
        return None
    whom = tree.frame[tree.frame["owner"].isin(tree.resolve(aim.whom or COMPANY))].iloc[0]
    if whom["kind"] not in ("company", "territory"):
        return None
    try:
        draws = uncertain(context).drawn.of(str(whom["territory"]))
    except AssumptionError:
        # Too little history to say how sure anything is: then nobody says it.
        return None
    return chances.probability(draws, int(made.target))


def _against(context: Context, goals: list[Checked]) -> list[Contradiction]:
    """Hold the goals of the whole company, and of each team or person that has several, against one another."""
    found: list[Contradiction] = []
    groups: dict[tuple[str, str, str], list[Checked]] = {}
    for each in goals:
        groups.setdefault((each.aim.whom or COMPANY, each.aim.start, each.aim.end), []).append(each)
    for same in groups.values():
        asked = {each.aim.metric: each.made.target for each in same}
        before = {**_last_year(context, same), **{each.aim.metric: each.made.base for each in same if each.made.base}}
        price = contradictions.price(asked, before)
        found += [*contradictions.between(asked, before), *([price] if price else [])]
        names = {name: METRICS[name].label for name in asked if name in METRICS and aims.is_activity(METRICS[name])}
        found += contradictions.activities(asked, before, names)
        churn = contradictions.assumed_churn(asked, _assumed_churn(context))
        found += [churn] if churn else []
    return found


def _last_year(context: Context, same: list[Checked]) -> dict[str, Decimal]:
    """Give last year's company figures of what has no goal, for the months of some goals."""
    aim = same[0].aim
    if aim.whom or aim.months != context.calendar.months(context.year):
        return {}
    months = context.calendar.months(context.year - 1)
    found = {}
    with open_history(context.settings) as history:
        for name in ("presentations", "deals_closed", "deal_size", "opportunities", "revenue", "deals_won"):
            result = attainment(history, context.calendar, name, [], months[0], months[-1])["result"].iloc[0]
            if not pd.isna(result):
                found[name] = Decimal(str(result))
    return found


def _assumed_churn(context: Context) -> Decimal | None:
    """Give the part of customers that the plan assumes to lose, where it is said of the whole company."""
    with plan(context.settings) as database, database.reading() as connection:
        said = assumed.assumptions(connection, context.year, context.scenario)
    rates = [each.likely for each in said if each.kind == "customer_attrition" and each.counts and not each.territory]
    return rates[-1] if rates else None


def _crowded(goals: list[Checked], tree: Owners) -> dict[str, int]:
    """Count the goals that stand on each rep: their own, and those of their team or the company that they carry."""
    names = tree.frame.set_index("owner")["rep"]
    counts: dict[str, int] = {}
    for each in goals:
        for rep in {str(names[owner]) for owner in aims.carriers(each.aim, tree)} - {""}:
            counts[rep] = counts.get(rep, 0) + 1
    return contradictions.too_many(counts)
