"""Whether a goal is specific, measurable, attainable, realistic and time-bound, evaluated and rewarded.

Findings say what is to be mended, and how; nothing is refused for them.
"""

from dataclasses import dataclass
from typing import Literal

from planning.goals.aims.aim import Aim
from planning.goals.aims.sentence import Facts, Writer
from planning.goals.chances import verdict
from planning.metrics import Metric

Letter = Literal["specific", "measurable", "attainable", "realistic", "time-bound", "evaluate", "reward"]
LETTERS: tuple[Letter, ...] = (
    "specific", "measurable", "attainable", "realistic", "time-bound", "evaluate", "reward"
)  # fmt: skip
SHORTEST = 12
"""Letters below which a how says no more than "more"."""
FAR = 2.0
"""Growth beyond this many times the best ever seen is out of reach, not only more than was ever done."""


@dataclass(frozen=True)
class Finding:
    """Something about a goal that is to be mended, or at least looked at.

    Parameters
    ----------
    letter
        Which of the seven it falls short of.
    grave
        Whether the goal should not stand as it is.
    text, mend
        What is wrong, and how to mend it.
    """

    letter: Letter
    grave: bool
    text: str
    mend: str


def check(aim: Aim, measured: Metric, facts: Facts, write: Writer) -> list[Finding]:
    """Say what is to be mended about a goal, letter by letter.

    Parameters
    ----------
    aim
        The goal.
    measured
        Its metric.
    facts
        What is known of it besides.
    write
        How figures are written.
    """
    return [
        *_specific(aim),
        *_measurable(measured, facts),
        *_attainable(measured, facts, write),
        *_realistic(aim, facts),
        *_time_bound(aim),
        *_evaluated_and_rewarded(aim),
    ]


def asks(measured: Metric, facts: Facts) -> float | None:
    """Give the change for the better that is asked, a fraction of last year's figure; none where not known."""
    if not facts.base:
        return None
    change = float(facts.target / facts.base - 1)
    return change if measured.higher_is_better else -change


def _specific(aim: Aim) -> list[Finding]:
    found = []
    if len(aim.how.strip()) < SHORTEST:
        found.append(
            Finding("specific", True, "It does not say how, only how much.", "Say what will be done for it.")
        )
    if not aim.evidence.strip():
        found.append(
            Finding("specific", False, "It does not say why this goal.", "Name what it rests on: where growth is, or "
                    "where deals go wrong.")
        )  # fmt: skip
    return found


def _measurable(measured: Metric, facts: Facts) -> list[Finding]:
    label = measured.label.lower()
    if measured.typed:
        return [Finding("measurable", False, f"No table tells {label}. {measured.counts}",
                        "Name who brings the figure, from where, and when.")]  # fmt: skip
    if measured.whole and not facts.counted and facts.base is not None:
        return [Finding("measurable", False, f"The history does not tell all of {label}. {measured.counts}",
                        "Name who brings the figure, from where, and when.")]  # fmt: skip
    if not facts.counted:
        return [Finding("measurable", True, f"The history holds nothing of {label}, so nobody can tell how it goes.",
                        f"Have it recorded ({measured.counts}), or choose a metric that is.")]  # fmt: skip
    if facts.base is None:
        return [Finding("measurable", True, f"Last year's {label} cannot be told.", "Choose months that can be told, "
                        "or a metric that is counted.")]  # fmt: skip
    return []


def _attainable(measured: Metric, facts: Facts, write: Writer) -> list[Finding]:
    asked, found = asks(measured, facts), []
    if asked is None:
        return []
    best = max((each for each in (facts.own, facts.peers) if each is not None), default=None)
    if best is None:
        found.append(Finding("attainable", False, "No two years can be compared, so nobody knows what is possible.",
                             "Begin with a goal for a quarter, and look again."))  # fmt: skip
    elif asked > max(best, 0.0):
        found.append(_beyond(measured, facts, write, asked, best))
    elif facts.own is not None and asked > max(facts.own, 0.0):
        found.append(Finding("attainable", False, f"{write.change(asked)} for the better is more than ever here "
                             f"(best {write.change(facts.own)}); others have done it ({write.change(best)}).",
                             "Find out what those others did, and put it into the how."))  # fmt: skip
    if asked <= 0 and facts.base is not None and facts.target == facts.base:
        found.append(Finding("attainable", False, "It asks for what is there already.", "Ask for more, or drop it."))
    hardest = _hardest(facts, write, asked, best) if best is not None and asked <= best else []
    return [*found, *hardest, *_chance(facts, write)]


def _beyond(measured: Metric, facts: Facts, write: Writer, asked: float, best: float) -> Finding:
    far = asked > FAR * max(best, 0.1)
    now, then = write.figure(measured, facts.base), write.figure(measured, facts.target)
    ever = f"the best year there ever was brought {write.change(best)}" if best > 0 else "no year has brought any"
    said = "is out of reach" if far else "is more than anybody here has ever done"
    return Finding(
        "attainable", far, f"After {now}, {then} {said}: {write.change(asked)} for the better is asked, and {ever}.",
        "Ask for what the best did, or spread it over several years.",
    )  # fmt: skip


def _hardest(facts: Facts, write: Writer, asked: float, best: float) -> list[Finding]:
    name, change = facts.hardest
    if not name or change <= max(best, asked, 0.0):
        return []
    return [Finding("attainable", False, f"{name} is asked for {write.change(change)}, more than anybody ever did.",
                    "Set a figure for each that starts from their own.")]  # fmt: skip


def _chance(facts: Facts, write: Writer) -> list[Finding]:
    if facts.probability is None:
        return []
    called = verdict(facts.probability)
    told = write.change(facts.probability).lstrip("+")
    if called in ("out of reach", "hard"):
        return [Finding("attainable", called == "out of reach", f"It is reached with a probability of {told}.",
                        "Ask for less, or say what will be done that was never done.")]  # fmt: skip
    if called == "certain":
        return [Finding("attainable", False, f"It is as good as certain ({told}).", "Ask for more.")]
    return []


def _realistic(aim: Aim, facts: Facts) -> list[Finding]:
    if facts.worked is False:
        return [Finding("realistic", True, f"{aim.through} has brought nothing here in the last two years; what was "
                        "never used will not bring it.", "Try it small first, or use what works.")]  # fmt: skip
    if aim.fit == 1:
        return [Finding("realistic", False, "Resources do not fit it, by its own priority.",
                        "Say what is stopped for it, or who is added.")]  # fmt: skip
    return []


def _time_bound(aim: Aim) -> list[Finding]:
    if len(aim.months) > 3 and not aim.checkpoints:
        return [Finding("time-bound", True, "Nobody looks at it before it ends.",
                        "Name checkpoints, such as the ends of the quarters.")]  # fmt: skip
    if len(aim.months) > 3 and min(aim.checkpoints) == aim.end:
        return [Finding("time-bound", False, "Its first checkpoint is its end.", "Name one on the way.")]
    return []


def _evaluated_and_rewarded(aim: Aim) -> list[Finding]:
    found = []
    if not aim.floor and not aim.stretch:
        found.append(Finding("evaluate", False, "It says neither what is good enough nor what is more than good.",
                             "Name a floor and a stretch, such as 90% and 105% of the target."))  # fmt: skip
    if not aim.reward.strip():
        found.append(Finding("reward", False, "Reaching it earns nothing that is said.",
                             "Say what it earns: pay, time, or being seen."))  # fmt: skip
    if aim.stretch and not aim.stretch_reward.strip():
        found.append(Finding("reward", False, "Reaching the stretch earns nothing extra.", "Say what it earns."))
    return found


def passes(findings: list[Finding]) -> dict[Letter, str]:
    """Say by letter whether a goal holds: ``yes``, ``look`` or ``mend``."""
    marks: dict[Letter, str] = dict.fromkeys(LETTERS, "yes")
    for each in findings:
        marks[each.letter] = "mend" if each.grave or marks[each.letter] == "mend" else "look"
    return marks


def called(findings: list[Finding]) -> str:
    """Call a goal by its findings: ``SMART``, ``to look at`` or ``to mend``."""
    if not findings:
        return "SMART"
    return "to mend" if any(each.grave for each in findings) else "to look at"
