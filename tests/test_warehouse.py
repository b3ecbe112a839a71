"""The history in a warehouse: the same questions, asked of another engine, give identical figures."""

import re
import shutil
from decimal import Decimal

import pandas as pd
import pyarrow.parquet as pq
import pytest
import sqlglot

from planning import settings as config
from planning.errors import HistoryError
from planning.history import (
    attainment,
    distribution,
    drivers,
    events,
    funnel,
    growth,
    leaks,
    market,
    productivity,
    results,
    seats,
    usual,
)
from planning.history.embedded import Embedded
from planning.history.engine import DIMENSIONS, History, open_history
from planning.history.outlook import forecast
from planning.history.review import review
from planning.history.translation import translated
from planning.history.warehouse import DIALECTS, connected
from planning.tables import TABLES
from planning.workbook.place import stand

FIRST, LAST = "2026-01", "2026-12"


class Listening(Embedded):
    """The embedded engine, which notes down what it is asked."""

    def __init__(self, folder):
        self.asked = {}
        super().__init__(folder)

    def rows(self, sql, parameters):
        self.asked.setdefault(sql, dict(parameters))
        return super().rows(sql, parameters)


def answers(history, calendar):
    """Ask everything that the package asks of a history."""
    told = {}
    for metric in ("revenue", "win_rate", "sales_cycle", "retention", "new_customers", "proposals_value", "upsell"):
        told[metric] = attainment.attainment(history, calendar, metric, ["territory", "quarter"], FIRST, LAST)
    told["calls"] = attainment.attainment(history, calendar, "calls", ["rep"], FIRST, LAST)
    for seen in drivers.VIEWS:
        told[f"why {seen}"] = drivers.account(history, calendar, 2026, "territory", seen=seen)
    told["goal"] = drivers.account(history, calendar, 2026, "rep", {"territory": "Harbour Coast"}, "goal")
    told["funnel"] = funnel.funnel(history, ["rep"], FIRST, LAST)
    told["stages"] = leaks.compared(history, ["territory"], FIRST, LAST)
    told["growth"] = growth.growth(history, ["product_line", "territory"], FIRST, LAST)
    told["productivity"] = productivity.by_rep(history, FIRST, LAST)
    told["events"] = events.events(history, calendar, 2026)
    told["review"] = review(history, calendar, 2026)
    told["bias"] = distribution.bias(distribution.Asked(history, calendar, "revenue", FIRST, LAST), "tenure")
    told["results"] = results.credited(history, calendar, 2027)
    told["came"] = results.came(history, calendar, 2026, told["results"][["territory", "rep"]].drop_duplicates())
    told["groups"] = results.by_customer_group(history, FIRST, LAST)
    told["left"] = pd.DataFrame([str(usual.turnover(history, calendar, [2024, 2025, 2026]))])
    told["stayed"] = usual.customers(history, calendar, 2026, "tier")
    told["grown"] = pd.DataFrame(usual.growth(history))
    told["served"] = seats.served(history, calendar.months(2026), 6)
    told["each"] = seats.of_each(history, calendar.months(2026), 6)
    told["roles"] = pd.DataFrame([results.roles(history)])
    told["market"] = market.market(history, calendar, 2026)
    told["forecast"] = forecast.forecast(history, calendar, "revenue", 2027).years
    told["names"] = pd.DataFrame([{name: str(history.names(name)) for name in DIMENSIONS}])
    return told


@pytest.fixture(scope="module")
def here(sample_company):
    context = stand(str(sample_company))
    engine = Listening(context.settings.history)
    with History(engine) as history:
        return context, answers(history, context.calendar), engine.asked


@pytest.fixture(scope="module")
def spark(sample_company):
    pytest.importorskip("pyspark", reason="pyspark is not installed: make test installs it")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not installed; .ci/run installs it.")
    with pytest.MonkeyPatch.context() as patch:
        # On some hundred small questions, Java's thorough compiler takes longer than what it compiles.
        patch.setenv("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        yield f"spark+local://{stand(str(sample_company)).settings.history}"
    from pyspark.sql import SparkSession

    SparkSession.builder.getOrCreate().stop()


def test_spark_gives_identical_figures_to_every_question(here, spark):
    context, ours, _ = here
    with History(connected(spark)) as history:
        theirs = answers(history, context.calendar)
    assert ours.keys() == theirs.keys()
    for name, table in ours.items():
        pd.testing.assert_frame_equal(table, theirs[name], obj=name)


def test_a_workspace_reads_its_history_where_its_settings_say(here, spark, tmp_path):
    context, ours, _ = here
    elsewhere = config.update(config.load(tmp_path), history_url=spark)
    with open_history(elsewhere) as history:
        pd.testing.assert_frame_equal(
            attainment.attainment(history, context.calendar, "revenue", ["territory", "quarter"], FIRST, LAST),
            ours["revenue"],
        )
        assert history.fingerprint() == history.fingerprint() != ""


def test_shared_lines_are_credited_there_as_here_and_missing_tables_and_columns_are_empty(
    spark, history_of, tmp_path
):
    orders = [{"order_id": "1", "line": 1, "date": "2026-03-04", "amount": 1001, "rep": "Ada"}]
    shares = [{"order_id": "1", "line": 1, "rep": rep, "share": Decimal("0.5")} for rep in ("Ada", "Ben")]
    shared = history_of(orders=orders, credits=shares)
    folder = tmp_path / "lake" / "ours"
    folder.mkdir(parents=True)
    for file in tmp_path.glob("*/*.parquet"):
        if file.stem in ("orders", "credits", "people", "territories", "products"):
            pq.write_table(
                pq.read_table(file).drop_columns(["cost"] if file.stem == "orders" else []), folder / file.name
            )
    with History(connected(f"spark+local://{tmp_path / 'lake'}")) as history:
        sql = "select rep, sum(amount) as amount, count(cost) as costs from orders group by rep order by rep"
        assert list(history.rows(sql)["amount"]) == list(shared.rows(sql)["amount"]) == [501, 500]
        assert list(history.rows("select count(*) as people from customers")["people"]) == [0]


@pytest.mark.parametrize("dialect", DIALECTS.values())
def test_every_query_can_be_written_for_every_kind_of_database(here, dialect):
    _, _, asked = here
    assert len(asked) > 70
    for sql, parameters in asked.items():
        written = translated(sql, dialect, [], {"credits": ["share"], "events": list(TABLES["events"].names)})
        plain = re.sub(r":(\w+)", "'x'", written)
        assert sqlglot.parse_one(plain, dialect=dialect) is not None
        assert all(f":{name}" in written for name in parameters)
        tables = {each.name for each in sqlglot.parse_one(plain, dialect=dialect).find_all(sqlglot.exp.Table)}
        own = {each.alias for each in sqlglot.parse_one(plain, dialect=dialect).find_all(sqlglot.exp.CTE)}
        assert tables - own <= set(TABLES), "a query may ask only tables that are there, and what it brings along"


def test_a_url_that_is_not_known_lists_those_that_are():
    with pytest.raises(HistoryError, match=r"begins with 'mongodb'(.|\n)*spark\+local"):
        connected("mongodb://somewhere/else")


def test_a_database_that_is_not_installed_or_does_not_answer_is_said():
    with pytest.raises(HistoryError, match="not installed: pip install the SQLAlchemy dialect of snowflake"):
        connected("snowflake://somebody@somewhere/db")


def test_a_folder_without_the_tables_is_refused(spark, tmp_path):
    with pytest.raises(HistoryError, match="neither a table orders nor a table opportunities"):
        connected(f"spark+local://{tmp_path}")
