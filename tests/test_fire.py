"""Under fire: many negotiators at once, and processes that are killed in mid-move, on both databases."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import negotiators
import pytest

from planning.settings import load
from planning.store import records
from planning.store.database import Database
from planning.workbook import goals, keeping
from planning.workbook.negotiation import proof
from planning.workbook.place import stand

AT_ONCE = 50
MOVES = int(os.environ.get("FIRE_MOVES", "4"))
"""Moves of each; a hundred by hand, when there is time."""

KILLS = 100
KILLED_AT_ONCE = 4


@pytest.fixture
def shared(planned_company, tmp_path, plan_url):
    """Make a workspace with goals whose plan is in a database of its own."""
    workspace = tmp_path / "workspace"
    shutil.copytree(planned_company, workspace)
    if plan_url.startswith("postgresql"):
        keeping.backup(load(str(workspace)), tmp_path / "plan.zip")
        settings = json.loads((workspace / "workspace.json").read_text())
        (workspace / "workspace.json").write_text(json.dumps({**settings, "database": plan_url}))
        keeping.restore(load(str(workspace)), tmp_path / "plan.zip")
    return workspace


@pytest.fixture(scope="module")
def processes():
    """Give processes that have imported what they need, and nothing of this one besides."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["negotiators"])
    # Before Python 3.12.8 the server does not look where this process does: each process would then import it all by
    # itself, and those that are killed would die of it before their first move.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        first = context.Process(target=negotiators.REPS.count, args=("",))
        first.start()
        first.join()
    return context


def told(folder):
    """Read what the negotiators were told: names of moves that were kept, and of those that were refused."""
    lines = [line.split(" ") for file in Path(folder).iterdir() for line in file.read_text().splitlines()]
    assert {word for word, _ in lines} <= {"kept", "late"}, (
        "a move was refused for another reason than that it came late"
    )
    return {name for word, name in lines if word == "kept"}, {name for word, name in lines if word == "late"}


def kept(workspace):
    context = stand(str(workspace))
    with Database(context.settings.database_url) as database, database.reading() as connection:
        return [each.move.note for each in records.events(connection, 1)]


def whole(workspace, total):
    """Hold all that must be true of the plan whatever happened."""
    context = stand(str(workspace))
    assert keeping.check(context.settings) == []
    assert proof.verify(context).problems == []
    table = goals.goals(context).set_index("owner")
    assert table.loc["company", "assigned"] == total
    assert table["unplaced"].sum() == total - table.loc[table["kind"] == "position", "assigned"].sum()


def company(workspace):
    return int(goals.goals(stand(str(workspace)))["assigned"].iloc[0])


def test_of_fifty_at_once_every_move_is_kept_once_or_its_author_was_told(shared, processes, tmp_path):
    total, folder = company(shared), tmp_path / "told"
    folder.mkdir()
    crowd = [
        processes.Process(target=negotiators.negotiate, args=(str(shared), str(folder), seed, MOVES))
        for seed in range(AT_ONCE)
    ]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(300)
    assert [each.exitcode for each in crowd] == [0] * AT_ONCE
    acknowledged, refused = told(folder)
    assert len(acknowledged) + len(refused) == AT_ONCE * MOVES
    assert sorted(kept(shared)) == sorted(acknowledged)
    assert acknowledged
    assert refused
    whole(shared, total)


def test_no_move_is_half_made_and_none_that_was_acknowledged_is_lost_when_processes_are_killed(
    shared, processes, tmp_path
):
    total, folder, chance = company(shared), tmp_path / "told", random.Random(7)
    folder.mkdir()

    def begin(seed):
        started = processes.Process(target=negotiators.negotiate, args=(str(shared), str(folder), seed, 10_000))
        started.start()
        return started

    running, seed = [begin(seed) for seed in range(KILLED_AT_ONCE)], KILLED_AT_ONCE
    time.sleep(2)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.01, 0.15))
        place = chance.randrange(KILLED_AT_ONCE)
        running[place].kill()
        running[place].join()
        assert running[place].exitcode == -signal.SIGKILL
        running[place], seed = begin(seed), seed + 1
    for each in running:
        each.kill()
        each.join()
    acknowledged, _ = told(folder)
    assert acknowledged, "no process lived to make a move"
    there = kept(shared)
    assert len(set(there)) == len(there)
    assert acknowledged <= set(there)
    # A move that was kept just before its author was killed, and nothing else, was not acknowledged.
    assert len(set(there) - acknowledged) <= seed
    # No lock was left behind: the next one gets through at once.
    negotiators.negotiate(str(shared), str(folder), seed, 5)
    whole(shared, total)
