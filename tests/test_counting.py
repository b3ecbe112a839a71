"""What counts as a result: shared lines, one-off orders, returns, and what was put aside or converted."""

from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning.errors import PlanningError
from planning.history.counting import Tally, import_reports, one_offs, what_counts
from planning.history.engine import open_history
from planning.history.intake.report import Converted, FileRead, ImportReport, TableRead
from planning.history.relations import RELATIONS
from planning.history.sums import Sums
from planning.tables import TABLES
from planning.workbook import place

REPS = ("Ana", "Ben", "Cleo", "Dan")


def order(number, quantity, amount, rep="Ana", line=1, date="2026-01-05", **more):
    return {"order_id": number, "line": line, "date": date, "rep": rep, "territory": "Peru", "product": "Bike",
            "quantity": quantity, "amount": amount, **more}  # fmt: skip


def credit(number, rep, share, line=1):
    return {"order_id": number, "line": line, "rep": rep, "share": Decimal(share)}


def by_rep(history, **of):
    found = history.sums(Sums("orders", of, ["rep"], "date"))
    return {row["rep"]: tuple(row[name] for name in of) for row in found.to_dict("records")}


# ------------------------------------------------------------------------------------- split credit


def test_half_of_an_order_counts_half(history_of):
    """Worked example E32 of the glossary: all of 5 units and half of 10 are 10, not 15."""
    history = history_of(
        orders=[order("1", 5, 500), order("2", 10, 1_000)],
        credits=[credit("2", "Ana", "0.5"), credit("2", "Ben", "0.5")],
    )
    assert by_rep(history, units="quantity", revenue="amount") == {"Ana": (10, 1_000), "Ben": (5, 500)}


def test_a_line_that_is_not_shared_belongs_wholly_to_its_rep(history_of):
    history = history_of(
        orders=[order("1", 1, 101), order("2", 1, 7, line=1), order("2", 2, 9, line=2)],
        credits=[credit("1", "Ben", "1")],
    )
    assert by_rep(history, revenue="amount") == {"Ana": (16,), "Ben": (101,)}


def test_an_unknown_cost_stays_unknown_in_every_part(history_of):
    history = history_of(
        orders=[order("1", 3, 300), order("2", 3, 300, cost=101)],
        credits=[credit(number, rep, "0.5") for number in "12" for rep in ("Ana", "Ben")],
    )
    costs = history.rows("select order_id, rep, cost from orders order by order_id, rep")["cost"].tolist()
    assert [value if value == value else None for value in costs[2:]] == [51, 50]
    assert history.rows("select count(cost) as n from orders where order_id = '1'")["n"].tolist() == [0]


def test_credited_lines_have_the_columns_of_the_table_they_stand_for(history_of):
    history = history_of(orders=[order("1", 1, 1)], credits=[credit("1", "Ben", "1")])
    relation = RELATIONS["orders"]
    assert relation.columns == TABLES["orders"].names
    found, loaded = (history.rows(f"select * from {name}") for name in ("orders", "loaded_orders"))
    assert tuple(found.columns) == relation.columns
    assert found.dtypes.tolist() == loaded.dtypes.tolist()


def test_without_shared_lines_asking_for_orders_costs_what_asking_for_the_loaded_ones_does(history_of):
    def plan(history, table):
        return history.rows(f"explain select sum(amount) from {table}")["explain_value"].item()

    history = history_of(orders=[order("1", 1, 1)])
    assert plan(history, "orders") == plan(history, "loaded_orders")
    history = history_of(orders=[order("1", 1, 1)], credits=[credit("1", "Ben", "1")])
    assert plan(history, "orders") != plan(history, "loaded_orders")


def parts_of(whole, shares):
    """Say by hand what each share of a number is: the difference of two rounded cumulative shares."""
    upto = [int((share * whole).to_integral_value(ROUND_HALF_UP)) for share in (Decimal(0), *accumulate(shares))]
    return [after - before for before, after in zip(upto, upto[1:], strict=False)]


shares = st.lists(st.integers(1, 999_999), max_size=3, unique=True).map(
    lambda cuts: [
        Decimal(after - before) / 1_000_000
        for before, after in zip([0, *sorted(cuts)], [*sorted(cuts), 1_000_000], strict=True)
    ]
)
numbers = st.integers(-(2**53), 2**53)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.tuples(st.integers(-500, 500), numbers, st.none() | numbers, shares), min_size=1, max_size=8)
)
def test_parts_of_a_line_are_its_shares_and_add_up_to_it_exactly(history_of, lines):
    orders = [order(f"{n}", quantity, amount, cost=cost) for n, (quantity, amount, cost, _) in enumerate(lines)]
    credits = [
        credit(f"{n}", rep, share) for n, line in enumerate(lines) for rep, share in zip(REPS, line[3], strict=False)
    ]
    history = history_of(orders=orders, credits=credits[::-1])
    found = history.rows("select order_id, quantity, amount, cost from orders order by rep").groupby("order_id")
    for n, (quantity, amount, cost, parts) in enumerate(lines):
        rows = found.get_group(f"{n}")
        assert rows["quantity"].tolist() == parts_of(quantity, parts)
        assert rows["amount"].tolist() == parts_of(amount, parts)
        assert sum(rows["amount"]) == amount
        if cost is not None:
            assert rows["cost"].tolist() == parts_of(cost, parts)


@pytest.mark.parametrize("amount", [1, 3, 101, 99_999])
def test_the_parts_of_a_return_are_those_of_the_sale_with_the_sign_turned(history_of, amount):
    history = history_of(
        orders=[order("sold", 3, amount), order("back", -3, -amount)],
        credits=[
            credit(n, rep, share) for n in ("sold", "back") for rep, share in (("Ana", "0.65"), ("Ben", "0.35"))
        ],
    )
    assert by_rep(history, units="quantity", revenue="amount") == {"Ana": (0, 0), "Ben": (0, 0)}


# ----------------------------------------------------------------------------------- what counts


@pytest.fixture
def counted(history_of):
    """A small history in which everything happens that can happen to a result."""
    return history_of(
        territories=[{"territory": "Peru", "region": "South"}],
        people=[{"rep": rep, "manager": name} for rep, name in (("Ana", "Mia"), ("Ben", "Mia"), ("Cleo", "Noa"))],
        customers=[{"customer": "Inca"}],
        orders=[
            order("1", 10, 1_001, customer="Inca"),
            order("1", -1, -101, line=2),
            order("2", 5, 500, rep="Ben"),
            order("3", 100, 99_999, rep="Cleo", date="2026-02-01"),
            order("3", 50, 10_000, rep="Cleo", line=2, date="2026-02-01"),
        ],
        credits=[
            credit("1", "Ana", "0.5"), credit("1", "Ben", "0.5"),
            credit("1", "Ana", "0.5", line=2), credit("1", "Cleo", "0.5", line=2),
            credit("3", "Cleo", "0.9", line=2), credit("3", "Ana", "0.1", line=2),
        ],
        one_offs=[{"order_id": "3", "reason": "Opening of a hotel"}],
    )  # fmt: skip


def test_results_are_what_was_loaded_whoever_is_credited(counted):
    company = what_counts(counted)
    assert company.loaded == company.results == Tally(5, 111_399)
    assert company.given == company.received == Tally(0, 0)
    assert company.difference == 0


def test_returns_shared_lines_and_one_off_orders_are_told_apart(counted):
    company = what_counts(counted)
    assert company.returns == Tally(1, -101)
    assert company.sales == Tally(4, 111_500)
    assert company.shared == Tally(3, 1_001 - 101 + 10_000)
    assert (company.one_offs, company.one_off_orders) == (Tally(2, 109_999), 1)
    assert company.without_one_offs == Tally(3, 1_400)


def test_what_passes_between_reps_is_accounted_for(counted):
    ana, cleo = what_counts(counted, where={"rep": "Ana"}), what_counts(counted, where={"rep": "Cleo"})
    assert ana.loaded == Tally(2, 900)
    assert ana.given == Tally(2, 500 - 50)
    assert ana.received == Tally(1, 1_000)
    assert ana.results == Tally(3, 501 - 51 + 1_000)
    assert (cleo.given, cleo.received) == (Tally(1, 1_000), Tally(1, -50))
    assert (cleo.one_offs, cleo.one_off_orders) == (Tally(2, 108_999), 1)


def test_what_passes_inside_a_team_stays_in_the_team(counted):
    team = what_counts(counted, where={"manager": "Mia"})
    assert (team.loaded, team.given, team.received) == (Tally(3, 1_400), Tally(1, -50), Tally(1, 1_000))
    assert team.results == Tally(4, 2_450)


def test_only_the_months_and_the_part_asked_for_are_counted(counted):
    assert what_counts(counted, "2026-02", "2026-02").results == Tally(2, 109_999)
    assert what_counts(counted, "2026-01", "2026-01").one_offs == Tally(0, 0)
    assert what_counts(counted, where={"customer": "Inca", "region": "South"}).results == Tally(1, 1_001)
    with pytest.raises(PlanningError, match="There is no rep 'Anna'. Did you mean 'Ana'"):
        what_counts(counted, where={"rep": "Anna"})


def test_the_account_is_told_line_by_line_and_adds_up(counted):
    told = what_counts(counted, where={"rep": "Ana"}).table().set_index("what")["amount"]
    assert told["Order lines loaded":"Credited from lines of others"].sum() == told["Results"]
    assert told["of which sales"] + told["of which returns"] == told["Results"]
    assert (
        told["of which orders that will not come again"] + told["Results without orders that will not come again"]
        == told["Results"]
    )


def test_one_off_orders_are_listed_with_their_reason_and_what_is_credited_of_them(counted):
    columns = ["order_id", "reason", "amount"]
    assert one_offs(counted)[columns].values.tolist() == [["3", "Opening of a hotel", 109_999]]
    assert one_offs(counted, where={"rep": "Ana"})["amount"].tolist() == [1_000]
    assert one_offs(counted, where={"rep": "Ben"}).empty


def test_a_history_without_orders_counts_nothing(history_of):
    empty = what_counts(history_of())
    assert (empty.results, empty.difference, empty.one_off_orders) == (Tally(0, 0), 0, 0)
    assert empty.put_aside.empty
    assert empty.converted.empty


lines = st.lists(
    st.tuples(st.sampled_from(REPS), st.integers(-(10**12), 10**12), shares, st.booleans()), min_size=1, max_size=10
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=lines)
def test_the_account_closes_for_every_rep_and_team_and_reps_make_up_the_company(history_of, lines):
    history = history_of(
        people=[
            {"rep": rep, "manager": manager} for rep, manager in zip(REPS, ("Mia", "Mia", "Noa", None), strict=True)
        ],
        orders=[order(f"{n}", 1, amount, rep=rep) for n, (rep, amount, _, _) in enumerate(lines)],
        credits=[
            credit(f"{n}", rep, share)
            for n, (_, _, parts, _) in enumerate(lines)
            for rep, share in zip(REPS, parts, strict=False)
        ],
        one_offs=[{"order_id": f"{n}"} for n, line in enumerate(lines) if line[3]],
    )
    company = what_counts(history)
    asked = [{"rep": rep} for rep in REPS] + [{"manager": name} for name in ("Mia", "Noa")]
    parts = [what_counts(history, where=where) for where in asked]
    assert [part.difference for part in (company, *parts)] == [0] * 7
    assert sum(part.results.amount for part in parts[:4]) == company.results.amount == sum(line[1] for line in lines)
    assert sum(part.given.amount for part in parts[:4]) == sum(part.received.amount for part in parts[:4])


# ------------------------------------------------------------------------------- of whole companies


def test_the_sample_company_counts_what_its_files_hold(sample_company):
    context = place.stand(str(sample_company))
    with open_history(context.settings) as history:
        imports = import_reports(context.settings)
        company = what_counts(history, imports=imports)
        kept = next(table for table in imports[0].tables if table.table == "orders")
        assert company.loaded == company.results == Tally(kept.kept, kept.total_out)
        assert (company.one_off_orders, company.one_offs.amount) == (1, 122_185_00)
        assert 50 < company.shared.lines < 100
        year = what_counts(history, "2026-01", "2026-12")
        for name in ("region", "manager"):
            names = set(history.names(name))
            parts = [what_counts(history, "2026-01", "2026-12", {name: value}) for value in names]
            assert sum(part.results.amount for part in parts) == year.results.amount
            assert {part.difference for part in parts} == {0}


def test_rows_put_aside_and_amounts_converted_are_told_for_all_imports(history_of):
    reports = [
        ImportReport(
            "till",
            (FileRead("sales.csv", 9, (), {"sum": 1}, (Converted("Net", "EUR", "1.08", 2, "10.0000", 10_80),)),),
            (TableRead("orders", 8, 7, {"rep is not among the people": 1}, 5, 4),),
            False,
            2,
            "",
        )
    ]
    company = what_counts(history_of(orders=[order("1", 1, 1)]), imports=reports)
    assert company.put_aside.values.tolist() == [
        ["till", "sales.csv", "sum", 1],
        ["till", "orders", "rep is not among the people", 1],
    ]
    assert company.converted.to_dict("records") == [
        {"source": "till", "file": "sales.csv", "column": "Net", "currency": "EUR", "rate": "1.08", "rows": 2,
         "found": "10.0000", "written": 10_80}
    ]  # fmt: skip
