"""What the warm process reads for all pages, and what is kept of a plan until it changes."""

import asyncio
import shutil
import sqlite3
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager

from planning.errors import HistoryError
from planning.forms import opening, serve, widgets
from planning.history import engine
from planning.store import books
from planning.store.people import Person
from planning.workbook import beforehand, chances, goals, kept, overview, place, posted
from planning.workbook.editing import edits
from planning.workbook.setting.asked import Asked, set_goals


@pytest.fixture
def anew(monkeypatch):
    """Be a process that has read nothing yet."""
    place.leave()
    for name in ("_READ", "_HERE", "_KEPT"):
        owner = {"_READ": posted, "_HERE": kept, "_KEPT": engine}[name]
        monkeypatch.setattr(owner, name, type(getattr(owner, name))())


def looked_at(context):
    for look in beforehand._LOOKS:
        look(context)


def test_what_was_read_beforehand_is_there_and_nothing_is_left_open(planned, anew, monkeypatch):
    looked_at(planned)
    whole = goals.book(planned)[1]
    place.leave()
    for name, owner in (("_READ", posted), ("_HERE", kept), ("_KEPT", engine)):
        monkeypatch.setattr(owner, name, type(getattr(owner, name))())
    beforehand.read(str(planned.settings.workspace))
    assert not place._OPEN
    files = [each.path for each in psutil.Process().open_files()]
    assert not [each for each in files if each.startswith(str(planned.settings.workspace))]
    monkeypatch.setattr(books, "entries", lambda *_, **__: pytest.fail("the book was read again"))
    monkeypatch.setattr(engine, "_embedded", lambda _: pytest.fail("the engine was opened"))
    monkeypatch.setattr(kept, "_of_all", lambda *_: pytest.fail("it was made or read again"))
    looked_at(planned)
    assert goals.book(planned)[1].equals(whole)


@pytest.mark.parametrize("broken", ["nothing", "history", "plan", "settings"])
def test_what_is_missing_or_broken_is_left_to_the_pages(planned, anew, broken, tmp_path):
    workspace = planned.settings.workspace
    if broken == "nothing":
        workspace = tmp_path / "nowhere"
    elif broken == "history":
        shutil.rmtree(planned.settings.history)
    else:
        (workspace / {"plan": "plan.sqlite", "settings": "workspace.json"}[broken]).write_text("no such thing" * 99)
    beforehand.read(str(workspace))
    assert not place._OPEN


def test_the_engine_is_not_opened_for_what_nobody_has_asked_before(planned, anew):
    shutil.rmtree(planned.settings.scratch)
    beforehand.read(str(planned.settings.workspace))
    found = engine._KEPT["history"]
    assert found._engine._engine is None
    # It is opened as ever for who asks then.
    with engine.open_history(planned.settings) as history:
        assert len(history.rows("select 1 as one")) == 1


def test_asking_for_what_was_kept_alone_is_over_when_it_is_over(planned, anew):
    from planning.history import answers

    with engine.open_history(planned.settings) as history:
        with answers.kept_alone(), pytest.raises(HistoryError, match="never asked"):
            history.rows("select 41 + 1 as sum")
        assert history.rows("select 41 + 1 as sum")["sum"].tolist() == [42]


def test_what_rests_on_the_plan_holds_until_anything_of_it_changes(planned, anew, monkeypatch):
    first = chances.attainable(planned)
    drawn = chances.draws_of
    with monkeypatch.context() as patch:
        patch.setattr(chances, "draws_of", lambda *_: pytest.fail("it was kept"))
        assert chances.attainable(replace(planned, territory="Northern Isles")) is first
        patch.setattr(kept, "_HERE", type(kept._HERE)())
        assert chances.attainable(planned).owners.equals(first.owners)
    asked = []
    monkeypatch.setattr(chances, "draws_of", lambda *told: asked.append(told) or drawn(*told))
    owner = first.owners.loc[first.owners["kind"] == "territory", "name"].iloc[0]
    edits.apply(planned, edits.scaled(owner, Decimal("0.05")), "More", "planner")
    after = chances.attainable(planned).owners.set_index("name").at[owner, "goal"]
    assert after > first.owners.set_index("name").at[owner, "goal"]
    assert asked


def test_what_is_for_some_is_not_kept_for_others(planned, anew):
    assert len(overview.overview(planned).territories) > 1
    rep = goals.book(planned)[0].positions.iloc[0]
    me = replace(planned, person=Person(user="r", name=str(rep["rep"]), role="rep"))
    assert overview.overview(me).territories["territory"].tolist() == [rep["territory"]]


def test_the_server_renews_the_warm_process_when_something_has_changed(planned, anew, monkeypatch):
    renewed = []
    monkeypatch.setattr(serve, "_warm", lambda _: SimpleNamespace(renew=lambda: renewed.append(1)))
    server = SimpleNamespace(planning=planned.settings, _rests_on=None)
    for _ in range(2):
        serve.FormServer.renew(server)
    assert len(renewed) == 1
    owner = goals.book(planned)[0].positions["territory"].iloc[0]
    edits.apply(planned, edits.scaled(owner, Decimal("0.05")), "More", "planner")
    for _ in range(2):
        serve.FormServer.renew(server)
    assert len(renewed) == 2


def test_a_page_that_was_left_is_heard_out_but_not_for_long(tmp_path, monkeypatch):
    async def left(seconds):
        manager = AsyncKernelManager(kernel_name="python3")
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            client.execute(
                f"import time, pathlib; time.sleep({seconds}); pathlib.Path({str(tmp_path / 'kept')!r}).touch()"
            )
            await opening._heard_out(manager)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    asyncio.run(left(0.5))
    assert (tmp_path / "kept").exists()
    (tmp_path / "kept").unlink()
    monkeypatch.setattr(opening, "_HEARS_WITHIN", 0.2)
    asyncio.run(left(30))
    assert not (tmp_path / "kept").exists()


def test_widgets_of_a_kind_share_their_looks_until_they_are_closed():
    one, other = widgets.VBox(), widgets.VBox([widgets.HTML("x")])
    assert one.layout is other.layout is widgets.Text().layout
    assert widgets.Text().style is widgets.Text().style
    assert widgets.Dropdown().style.description_width == "initial"
    before = one.layout
    widgets.Widget.close_all()
    assert widgets.VBox().layout is not before


@pytest.mark.parametrize(("size", "left"), [(1, 20), (1 << 20, 8)])
def test_few_large_things_of_a_kind_are_kept_and_many_small_ones(planned, anew, size, left):
    for number in range(20):
        kept.kept(planned.settings, "thing", number, lambda: b"x" * size)
    assert len(list((planned.settings.scratch / "kept").glob("thing-*"))) == left


def test_settings_that_figures_depend_on_count_and_no_others(planned, anew, monkeypatch):
    # What other tests have kept of the same company is none of it.
    shutil.rmtree(planned.settings.scratch)
    asked, assigned = [], goals.ledger.assigned
    monkeypatch.setattr(goals.ledger, "assigned", lambda *told: asked.append(told) or assigned(*told))
    for changed, count in (({}, 1), ({"smtp": "mail.example.com"}, 1), ({"company": "Another"}, 2), ({}, 2)):
        goals.goals(replace(planned, settings=planned.settings.model_copy(update=changed)))
        assert len(asked) == count


def test_who_adds_a_column_to_what_was_kept_adds_it_for_nobody_else(planned, anew):
    table = goals.goals(planned)
    table["mine"] = 1
    assert "mine" not in goals.goals(planned)
    before = table["assigned"].iloc[0]
    table.loc[table.index[0], "assigned"] = 0
    assert goals.goals(planned)["assigned"].iloc[0] == before


def test_another_plan_at_the_same_address_is_read_anew(planned, anew, tmp_path):
    file = planned.settings.workspace / "plan.sqlite"
    with place.plan(planned.settings) as database:
        database.close()
    place.leave()
    before = tmp_path / "before.sqlite"
    with sqlite3.connect(file) as one, sqlite3.connect(before) as other:
        one.backup(other)
    set_goals(planned, "planner", Asked(growth=Decimal("0.5")))
    risen = goals.book(planned)[1]["amount"].sum()
    # Back to the one before, and on from there: as many postings, and others.
    place.leave()
    with sqlite3.connect(before) as one, sqlite3.connect(file) as other:
        one.backup(other)
    set_goals(planned, "planner", Asked(growth=Decimal("0.25")))
    read = goals.book(planned)[1]
    with place.plan(planned.settings) as database, database.reading() as connection:
        _, fresh = posted.fresh(connection, books.find(connection, planned.year, planned.scenario))
    assert read.reset_index(drop=True).equals(fresh.reset_index(drop=True))
    assert read["amount"].sum() != risen
