"""Measure, print the ratios, and write build/bench.json: `make bench`."""

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import batching  # noqa: E402
import cascading  # noqa: E402
import company  # noqa: E402
import drawing  # noqa: E402
import measures  # noqa: E402
import moving  # noqa: E402
import reading  # noqa: E402
import serving  # noqa: E402
import setting  # noqa: E402

BUILD = HERE.parents[1] / "build"
PARTS = ("reading", "drawing", "cascading", "setting", "moving", "batching", "serving")


def main() -> int:
    """Run all comparisons, and give 1 if an aim was missed."""
    parser = argparse.ArgumentParser(description="Measure the workbook against the bare tools, as ratios in one run.")
    parser.add_argument("--lines", type=int, default=20_000_000, help="order lines of the made-up company")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each comparison")
    parser.add_argument("--warm-up", type=int, default=1, help="rounds before them that do not count")
    parser.add_argument("--draws", type=int, default=10_000, help="draws of next year's result")
    parser.add_argument("--reps", type=int, default=1000, help="reps of the cascade, of 25 products and 4 quarters")
    parser.add_argument("--edited", type=int, default=100, help="reps of the plan that is edited, of 5 products")
    parser.add_argument(
        "--grown", type=int, default=1000, help="reps of the plan that grows, of 50 products, 12 months"
    )
    parser.add_argument("--patience", type=float, default=30, help="seconds for an edit of the package's, at most")
    parser.add_argument("--cells", type=int, default=1_000_000, help="cells of one level of the split")
    parser.add_argument("--set", type=int, default=2_000_000, help="order lines of the company whose goals are set")
    parser.add_argument("--moves", type=int, default=2_000, help="moves of negotiations")
    parser.add_argument("--reports", type=int, default=200, help="reports of a batch")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what is measured")
    parser.add_argument("--build", type=Path, default=BUILD, help="folder for the company and for bench.json")
    asked = parser.parse_args()
    records = []
    if "reading" in asked.parts:
        history = company.make(asked.build / "bench", asked.lines)
        records += measures.run(reading.COMPARISONS, [str(history)], asked.rounds, asked.warm_up)
    if "drawing" in asked.parts:
        records += measures.run(drawing.COMPARISONS, [str(asked.draws)], asked.rounds, asked.warm_up)
    if "cascading" in asked.parts:
        # The package takes minutes for what the others take seconds for.
        few = min(asked.rounds, 2)
        cascading.hold_equal(str(asked.edited), "5")
        records += measures.run(cascading.CASCADES, [str(asked.reps), "25"], few, asked.warm_up)
        records += measures.run(cascading.EDITS, [str(asked.edited), "5"], few, asked.warm_up)
        records += cascading.on_the_whole(str(asked.reps), "25", asked.patience)
        records += measures.run(cascading.GROWTH, [str(asked.grown), "50", "12"], few, asked.warm_up)
        records += measures.run(cascading.LEVEL, [str(asked.cells)], asked.rounds, asked.warm_up)
    if "setting" in asked.parts:
        history = company.make(asked.build / "bench", asked.set)
        kinds = [*setting.SQLITE, *(setting.POSTGRESQL if setting.databases.binaries() else [])]
        workspace = str(setting.prepare(asked.build / "bench", history))
        records += measures.run(kinds, [workspace], min(asked.rounds, 3), asked.warm_up)
    if "moving" in asked.parts:
        workspace = str(moving.prepare(asked.build / "bench"))
        kinds = [*moving.SQLITE, *(moving.POSTGRESQL if moving.databases.binaries() else [])]
        records += measures.run(kinds, [workspace, str(asked.moves)], min(asked.rounds, 3), asked.warm_up)
    if "batching" in asked.parts:
        (asked.build / "bench").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=asked.build / "bench") as folder:
            kinds = [batching.LOOP, batching.POOL, batching.GROWTH]
            # One round, and none to warm up: the loop alone takes minutes.
            records += measures.run(kinds, [folder, str(asked.reports)], 1, warm_up=0)
    if "serving" in asked.parts:
        workspace = str(moving.prepare(asked.build / "bench"))
        records += measures.run(serving.COMPARISONS, [workspace], min(asked.rounds, 3), warm_up=0)
    measures.keep(records, asked.build / "bench.json")
    return 0 if all(each.met for each in records) else 1


if __name__ == "__main__":
    sys.exit(main())
