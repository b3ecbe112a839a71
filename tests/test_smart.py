"""The check of goals: letter by letter, as a sentence, and against one another."""

from decimal import Decimal

import pytest
from test_aims import aim

from planning.errors import LedgerError
from planning.forms.page import Page
from planning.forms.takes import aims as page
from planning.goals.aims import contradictions, smart
from planning.goals.aims.sentence import Facts, Writer, sentence
from planning.metrics import METRICS
from planning.settings import Settings
from planning.sheets.metrics import figure
from planning.workbook.aims import kept as aims
from planning.workbook.aims import smart as checks
from planning.workbook.aims import wording

PLAIN = Writer(lambda _, value: f"{value:f}", lambda change: f"{change:+.1%}", str)
GOOD = {
    "how": "Present to every account of the second tier", "evidence": "Most losses come before a presentation",
    "checkpoints": ("2027-03", "2027-06"), "floor": "90%", "stretch": "110%", "reward": "A week off",
    "stretch_reward": "A course of choice",
}  # fmt: skip


def facts(base="700000", target="750000", **more):
    return Facts(Decimal(base), Decimal(target), True, **({"own": 0.1, "peers": 0.12} | more))


def found(stated, known=None, name="deals_won"):
    return smart.check(stated, METRICS[name], known or facts(), PLAIN)


def test_a_goal_that_says_everything_is_smart():
    assert found(aim(**GOOD)) == []
    assert smart.called([]) == "SMART"


def test_five_million_after_seven_hundred_thousand_is_called_out_of_reach():
    finding = found(aim(**GOOD), facts(target="5000000"))[0]
    assert (finding.letter, finding.grave) == ("attainable", True)
    assert "After 700000, 5000000 is out of reach: +614.3%" in finding.text


@pytest.mark.parametrize(
    ("words", "known", "letter", "said"),
    [
        ({"how": "more"}, {}, "specific", "only how much"),
        ({"evidence": ""}, {}, "specific", "why this goal"),
        ({"checkpoints": ()}, {}, "time-bound", "Nobody looks at it"),
        ({"checkpoints": ("2027-12",)}, {}, "time-bound", "first checkpoint is its end"),
        ({"reward": ""}, {}, "reward", "earns nothing"),
        ({"stretch_reward": ""}, {}, "reward", "stretch earns nothing extra"),
        ({"floor": "", "stretch": ""}, {}, "evaluate", "neither what is good enough"),
        ({"through": "Fairs"}, {"worked": False}, "realistic", "Fairs has brought nothing"),
        ({"fit": 1}, {}, "realistic", "Resources do not fit"),
        ({}, {"target": "780000"}, "attainable", "others have done it"),
        ({}, {"target": "800000"}, "attainable", "more than anybody here"),
        ({}, {"own": None, "peers": None}, "attainable", "No two years"),
        ({}, {"probability": 0.05}, "attainable", "probability of 5.0%"),
        ({}, {"probability": 0.99}, "attainable", "as good as certain"),
        ({}, {"hardest": ("Ana", 0.5)}, "attainable", "Ana is asked for"),
    ],
)
def test_what_a_goal_lacks_is_found_with_how_to_mend_it(words, known, letter, said):
    [finding] = found(aim(**GOOD | words), facts(**known))
    assert finding.letter == letter
    assert said in finding.text
    assert finding.mend
    assert smart.passes([finding])[letter] == ("mend" if finding.grave else "look")


def test_what_the_history_cannot_measure_is_to_be_recorded_first():
    [finding] = found(aim("demos", **GOOD), Facts(None, Decimal(5), False), "demos")
    assert (finding.letter, finding.grave) == ("measurable", True)


def test_less_is_better_is_judged_the_right_way_round():
    asked = smart.asks(METRICS["sales_cycle"], facts("100", "92"))
    assert asked == pytest.approx(0.08)


def test_the_goal_is_one_sentence():
    said = sentence(aim(**GOOD), METRICS["deals_won"], facts("400", "440"), PLAIN, "We")
    assert said == (
        "From 2027-01 to 2027-12, We brings deals won from 400 to 440 (+10.0%); present to every account of the "
        "second tier; looked at after 2027-03 and 2027-06; reaching it earns a week off; 484.0 earns a course of "
        "choice."
    )


def test_a_goal_of_each_says_each():
    said = sentence(
        aim(way="to", value="30", kind="individual"), METRICS["deals_won"], facts("400", "900"), PLAIN, "We"
    )
    assert said == "From 2027-01 to 2027-12, each rep of We brings deals won to 30 (together 400 to 900)."


def test_figures_are_written_in_the_unit_of_their_metric(tmp_path):
    settings = Settings(workspace=tmp_path)
    told = {"revenue": 123456, "deals_won": 426, "win_rate": Decimal("0.415"), "sales_cycle": 62.5}
    written = [figure(METRICS[name], value, settings) for name, value in told.items()]
    assert written == ["$1,235", "426", "41.5%", "62.5 days"]
    assert figure(METRICS["revenue"], None, settings) == "–"


# Against one another


def numbers(**told):
    return {name: Decimal(str(value)) for name, value in told.items()}


def test_deals_must_follow_from_presentations_and_the_closing_ratio():
    goals = numbers(deals_won=400, closing_ratio=0.25, presentations=1200)
    [clash] = contradictions.between(goals, {})
    assert (clash.asked, clash.follows, clash.by) == (400, 300, 100)
    assert contradictions.between({**goals, "presentations": Decimal(1600)}, {}) == []


def test_what_has_no_goal_is_taken_as_last_year():
    goals, past = numbers(deals_won=400, closing_ratio=0.5), numbers(presentations=600)
    [clash] = contradictions.between(goals, past)
    assert clash.follows == 300
    assert "of last year" in clash.text
    assert contradictions.between(numbers(deals_won=400), past) == []


def test_revenue_and_units_ask_for_a_price():
    past = numbers(revenue=1000, units=100)
    assert contradictions.price(numbers(revenue=1320, units=100), past).by == 320
    assert contradictions.price(numbers(revenue=1080, units=100), past) is None


def test_activities_below_what_the_deals_need_are_found_unless_rates_improve():
    past, names = numbers(deals_won=100, calls=1000, closing_ratio=0.4), {"calls": "Calls"}
    [clash] = contradictions.activities(numbers(deals_won=120, calls=1050), past, names)
    assert clash.follows == 1200
    assert contradictions.activities(numbers(deals_won=120, calls=1050, closing_ratio=0.48), past, names) == []


def test_a_goal_on_retention_is_held_against_the_churn_that_is_assumed():
    clash = contradictions.assumed_churn(numbers(retention=0.95), Decimal("0.12"))
    assert (clash.asked, clash.follows) == (Decimal("0.95"), Decimal("0.88"))
    assert contradictions.assumed_churn(numbers(churn=0.12), Decimal("0.12")) is None
    assert contradictions.assumed_churn(numbers(retention=0.95), None) is None


def test_more_goals_than_anybody_can_mind_are_named():
    assert contradictions.too_many({"Ana": 7, "Ben": 6}) == {"Ana": 7}


def test_the_sample_company_is_told_where_its_goals_contradict_each_other(planned):
    for name, value in (("deals_won", "30%"), ("closing_ratio", "2%"), ("calls", "1%")):
        aims.state(planned, wording.from_words(planned, name, value=value, through="Moon"), "planner")
    whole = checks.everything(planned, PLAIN)
    clashes = {clash.what[0]: clash for clash in whole.against}
    assert set(clashes) == {"deals_won", "calls"}
    assert clashes["deals_won"].asked == 503
    deals = next(each for each in whole.goals if each.aim.metric == "deals_won")
    assert {each.letter for each in deals.findings if each.grave} >= {"attainable", "realistic", "specific"}
    assert whole.crowded == {}


def test_the_page_says_each_goal_and_keeps_a_ready_one_that_was_chosen(planned):
    here = Page(planned, "takes.ipynb")
    form = page._Form(here, lambda: None)
    form._ready.control.value = "calls"
    assert form._keep() == "Goal 1 on calls is kept and handed out."
    assert form._ready.control.value is None
    shown = page.smart(here)._repr_html_()
    assert "each rep of Alder &amp; Finch changes calls by +10.0%" in shown
    assert "No two goals contradict each other." in shown
    form._number.control.value = 1
    assert form._withdraw().startswith("Goal 1 is withdrawn")
    assert form._keep() == "Choose a ready goal, or a metric and how much."


def test_a_goal_that_can_no_longer_be_worked_out_is_named_and_hides_no_other(planned, monkeypatch):
    first, second = (
        aims.state(planned, wording.from_library(planned, name), "planner").aim for name in ("calls", "win_rate")
    )
    shown = checks.proposed

    def loss(context, aim, *rest):
        if aim.metric == "calls":
            raise LedgerError("last year's figure is below zero")
        return shown(context, aim, *rest)

    monkeypatch.setattr(checks, "proposed", loss)
    whole = checks.everything(planned, PLAIN)
    assert [each.aim.identity for each in whole.goals] == [second.identity]
    assert whole.broken == {first.identity: "last year's figure is below zero"}
    here = Page(planned, "5_what_it_takes.ipynb", "")
    told = "".join(each._repr_html_() for each in page._listing(here))
    assert "Goal 1 cannot be worked out any more. last year" in told
