"""Measure, print the ratios, and write build/bench.json: `make bench`."""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import company  # noqa: E402
import drawing  # noqa: E402
import measures  # noqa: E402
import reading  # noqa: E402

BUILD = HERE.parents[1] / "build"


def main() -> int:
    """Run all comparisons, and give 1 if an aim was missed."""
    parser = argparse.ArgumentParser(description="Measure the workbook against the bare tools, as ratios in one run.")
    parser.add_argument("--lines", type=int, default=20_000_000, help="order lines of the made-up company")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each comparison, after one to warm up")
    parser.add_argument("--draws", type=int, default=10_000, help="draws of next year's result")
    parser.add_argument("--build", type=Path, default=BUILD, help="folder for the company and for bench.json")
    asked = parser.parse_args()
    history = company.make(asked.build / "bench", asked.lines)
    records = measures.run(reading.COMPARISONS, [str(history)], asked.rounds)
    records += measures.run(drawing.COMPARISONS, [str(asked.draws)], asked.rounds)
    measures.keep(records, asked.build / "bench.json")
    return 0 if all(each.met for each in records) else 1


if __name__ == "__main__":
    sys.exit(main())
