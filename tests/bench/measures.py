"""How a measurement is taken and kept: ours and theirs in turn, each in a process of its own."""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Record:
    """One line of the report: what was measured, against what, and whether the aim was met.

    `ratio` is ours over theirs; the aim is the largest ratio that is good enough.
    """

    name: str
    against: str
    ours: float
    theirs: float
    unit: str
    ratio: float
    aim: float
    met: bool


@dataclass(frozen=True)
class Comparison:
    """Two tasks that give the same answer, as ``module:function``; a unit is ``s``, ``MB`` or what a module tells."""

    name: str
    against: str
    ours: str
    theirs: str
    aims: dict[str, float]


def run(comparisons: Iterable[Comparison], arguments: list[str], rounds: int, warm_up: int) -> list[Record]:
    """Run each comparison: rounds to warm up, then the median of so many, ours and theirs in turn."""
    records = []
    for each in comparisons:
        taken: dict[str, list[dict[str, Any]]] = {each.ours: [], each.theirs: []}
        for _ in range(rounds + warm_up):
            for task, samples in taken.items():
                samples.append(sample(task, arguments))
        answers = {str(figures["answer"]) for samples in taken.values() for figures in samples}
        if len(answers) != 1:
            raise AssertionError(f"{each.name}: ours and theirs do not give the same answer: {sorted(answers)}")
        for unit, aim in each.aims.items():
            ours, theirs = (statistics.median(s[unit] for s in samples[warm_up:]) for samples in taken.values())
            ratio = ours / theirs
            records.append(
                Record(
                    each.name,
                    each.against,
                    round(ours, 4),
                    round(theirs, 4),
                    unit,
                    round(ratio, 4),
                    aim,
                    ratio <= aim,
                )
            )
            print(told(records[-1]), flush=True)
    return records


def sample(task: str, arguments: list[str]) -> dict[str, Any]:
    """Run one task in a process of its own, and give its seconds, its peak memory in MB and its answer."""
    command = [sys.executable, str(HERE / "measures.py"), task, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{task} failed:\n{done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def told(record: Record) -> str:
    """Write a record as a line."""
    verdict = "met" if record.met else "MISSED"
    return (
        f"{record.name:<42} {record.against:<28} {record.ours:>10,.3f} {record.theirs:>10,.3f} {record.unit:<3}"
        f" {record.ratio:>7.3f}  aim {record.aim:g}  {verdict}"
    )


def keep(records: list[Record], file: Path) -> None:
    """Write all records, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps([asdict(each) for each in records], indent=1) + "\n", encoding="utf-8")
    draft.replace(file)


def _measured(prepare: Callable[..., Callable[[], list[int]]], arguments: list[str]) -> dict[str, Any]:
    task = prepare(*arguments)
    before = time.perf_counter()
    answer = task()
    seconds = time.perf_counter() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"s": seconds, "MB": peak, "answer": answer}


def _besides(module: Any) -> dict[str, float]:
    """Give what a module has measured itself."""
    return module.figures() if hasattr(module, "figures") else {}


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    module, _, function = sys.argv[1].partition(":")
    loaded = __import__(module)
    taken = _measured(getattr(loaded, function), sys.argv[2:])
    print(json.dumps({**taken, **_besides(loaded)}))
