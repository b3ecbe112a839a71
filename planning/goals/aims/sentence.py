"""A goal as one sentence in plain words; how figures are written is given."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from planning.goals.aims import aim as aims
from planning.goals.aims.aim import Aim
from planning.metrics import Metric


@dataclass(frozen=True)
class Facts:
    """What is known of a goal besides its words.

    Parameters
    ----------
    base, target
        Last year's figure, none where not known, and the figure that is aimed at.
    counted
        Whether the history holds results of the metric.
    own, peers
        The best change for the better that the goal's own figure ever made from one year to the next, and that any
        figure alike ever made; fractions, none where no two years can be compared.
    hardest
        Who is asked for the largest change, and how large it is for the better; empty for nobody.
    probability
        Probability that it is reached, by the draws of the year; none where there are none.
    worked
        Whether the channel or product line that it rests on has brought anything in the last two years; none where it
        names none.
    """

    base: Decimal | None
    target: Decimal
    counted: bool
    own: float | None = None
    peers: float | None = None
    hardest: tuple[str, float] = ("", 0.0)
    probability: float | None = None
    worked: bool | None = None


@dataclass(frozen=True)
class Writer:
    """How figures are written; formats are not decided here.

    Parameters
    ----------
    figure
        Writes a figure of a metric.
    change
        Writes a change, a fraction, with its sign.
    month
        Writes a month.
    """

    figure: Callable[[Metric, Decimal | None], str]
    change: Callable[[float], str]
    month: Callable[[str], str]


def sentence(aim: Aim, measured: Metric, facts: Facts, write: Writer, company: str) -> str:
    """Write a goal as one sentence.

    Parameters
    ----------
    aim, measured, facts, write
        As for `check`.
    company
        Name of the company.
    """
    parts = [
        f"From {write.month(aim.start)} to {write.month(aim.end)}, {who(aim, company)} "
        f"{_move(aim, measured, facts, write, each=who(aim, company).startswith('each '))}",
        _lowered(aim.how),
        f"through {aim.through}" if aim.through else "",
        f"looked at after {_listed([write.month(each) for each in aim.checkpoints])}" if aim.checkpoints else "",
        *_earned(aim, measured, facts, write),
    ]
    return "; ".join(part for part in parts if part) + "."


def who(aim: Aim, company: str) -> str:
    """Say in words whose goal it is."""
    whom = aim.whom.rpartition(":")[2]
    if aim.kind == "individual" and (not whom or aim.whom.startswith(("territory:", "region:", "company"))):
        return f"each rep of {company if whom in ('', 'company') else whom}"
    if aim.kind == "team":
        return f"the team of {whom}" if whom else "each team"
    return whom if aim.kind == "individual" else company


def _move(aim: Aim, measured: Metric, facts: Facts, write: Writer, each: bool) -> str:
    label, then = measured.label[:1].lower() + measured.label[1:], write.figure(measured, facts.target)
    if each:
        together = f"(together {write.figure(measured, facts.base)} to {then})"
        if aim.way == "by":
            return f"changes {label} by {write.change(float(aim.value))} of their own last year {together}"
        side = {"to": "brings {} to", "under": "keeps {} under", "over": "keeps {} over"}[aim.way].format(label)
        return f"{side} {write.figure(measured, aim.value)} {together}"
    if facts.base is None:
        return f"brings {label} to {then}"
    if facts.base == facts.target:
        return f"keeps {label} at {then}"
    change = f" ({write.change(float(facts.target / facts.base - 1))})" if facts.base else ""
    return f"brings {label} from {write.figure(measured, facts.base)} to {then}{change}"


def _earned(aim: Aim, measured: Metric, facts: Facts, write: Writer) -> list[str]:
    figures = aims.levels(aim, facts.target)
    told = [f"reaching it earns {_lowered(aim.reward)}"] if aim.reward else []
    if "stretch" in figures:
        earns = f" earns {_lowered(aim.stretch_reward)}" if aim.stretch_reward else " is the stretch"
        told.append(f"{write.figure(measured, figures['stretch'])}{earns}")
    return told


def _lowered(text: str) -> str:
    bare = text.strip().rstrip(".")
    return bare[:1].lower() + bare[1:] if bare[1:2].islower() or bare[1:2] == " " else bare


def _listed(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
