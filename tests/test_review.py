from decimal import Decimal

import pytest

from planning.errors import AssumptionError, StoreError
from planning.history.review import review
from planning.periods import FiscalCalendar
from planning.store import reviews, schema
from planning.workbook.expected.review import answer, reviewed
from planning.workbook.place import plan, stand

CALENDAR = FiscalCalendar()


def order(number, day, quantity, amount, product="Pan"):
    return {"order_id": str(number), "line": 1, "date": day, "rep": "Ana", "territory": "North", "product": product,
            "customer": "Acme", "quantity": quantity, "amount": amount}  # fmt: skip


def assumed(kind, likely, low=None, high=None, **more):
    likely, low, high = (None if value is None else Decimal(str(value)) for value in (likely, low, high))
    return {"year": 2026, "kind": kind, "likely": likely, "low": low, "high": high, "owner": "Mia", **more}


BASE = {
    "people": [{"rep": "Ana"}, {"rep": "Ben", "left": "2026-06-30"}],
    "territories": [{"territory": "North"}],
    "assignments": [{"rep": "Ana", "territory": "North"}, {"rep": "Ben", "territory": "North"}],
    "products": [{"product": "Pan", "product_line": "Pans"}, {"product": "Pot", "product_line": "Pots"}],
    # Ten pans at 1.00, then twelve at 1.10: prices rise by 10%, volume by 20%.
    "orders": [order(1, "2025-03-02", 10, 1000), order(2, "2026-03-02", 12, 1320)],
}


def verdicts(history):
    table = review(history, CALENDAR, 2026)
    return {row.kind: (row.verdict, round(row.happened, 6), row.effect) for row in table.itertuples()}


def test_price_and_volume_are_told_apart(history_of):
    rows = [assumed("price_change", 0.02, 0.0, 0.12), assumed("market_growth", 0.05, 0.0, 0.1)]
    assert verdicts(history_of(**BASE, assumptions=rows)) == {
        "price_change": ("held", 0.1, 80), "market_growth": ("above", 0.2, 150),
    }  # fmt: skip


def test_a_value_without_a_range_must_be_met(history_of):
    assert verdicts(history_of(**BASE, assumptions=[assumed("market_growth", 0.3)]))["market_growth"][0] == "below"


def test_turnover_is_who_left_over_the_mean_of_those_there(history_of):
    found = verdicts(history_of(**BASE, assumptions=[assumed("rep_turnover", 0.1, 0.0, 0.2)]))["rep_turnover"]
    assert found[:2] == ("above", round(1 / 1.5, 6))


def test_a_one_off_order_is_not_growth(history_of):
    one_off = [*BASE["orders"], order(3, "2026-05-04", 1000, 99_000)]
    history = history_of(
        **{**BASE, "orders": one_off}, one_offs=[{"order_id": "3"}], assumptions=[assumed("market_growth", 0.2)]
    )
    assert verdicts(history)["market_growth"][1] == 0.2


def test_what_the_history_does_not_tell_is_said_with_the_reason(history_of):
    rows = [assumed("interest_rate", 0.02), assumed("market_growth", 0.02, product_line="Pots")]
    table = review(history_of(**BASE, assumptions=rows), CALENDAR, 2026).set_index("kind")
    assert set(table["verdict"]) == {"cannot be measured"}
    assert table[["happened", "effect"]].isna().all(axis=None)
    assert "owner is asked" in table.loc["interest_rate", "reason"]
    assert "Nothing was sold there both" in table.loc["market_growth", "reason"]


def test_no_assumptions_give_no_review(history_of):
    assert review(history_of(**BASE), CALENDAR, 2026).empty


def test_the_sample_is_reviewed_as_its_story_tells(planned_company):
    table = reviewed(stand(str(planned_company))).set_index(["kind", "territory", "product_line"])["verdict"]
    assert table["price_change", "", ""] == "above"
    assert table["rep_turnover", "", ""] == "above"
    assert table["market_growth", "Harbour Coast", ""] == "below"


def test_the_last_answer_of_an_owner_counts_and_none_is_lost(planned_company):
    context = stand(str(planned_company))
    for words in ("It grew", "It grew by 2%"):
        answer(context, "market_growth", "", "", "held", words, "Mia")
    row = reviewed(context).query("kind == 'market_growth' and territory == '' and product_line == ''").iloc[0]
    assert (row["said"], row["told"], row["actor"]) == ("held", "It grew by 2%", "Mia")
    with plan(context.settings) as database:
        with database.reading() as connection:
            assert len(reviews.answers(connection)) == 1
        with pytest.raises(StoreError, match="never altered"), database.writing() as connection:
            connection.execute(schema.review.delete())


def test_everything_that_is_wrong_with_an_answer_is_said_at_once(planned_company):
    with pytest.raises(AssumptionError) as refused:
        answer(stand(str(planned_company)), "weather", "", "", "maybe", " ", "")
    for words in ("nothing like it was assumed for FY2026", "'maybe' is no verdict", "what happened", "who answers"):
        assert words in str(refused.value)
