"""What goals earn: the pay plan of a role, what it pays and costs, and whether it pulls with the goals."""

from dataclasses import replace
from typing import Any

from planning import charts, sheets
from planning.amounts import to_major
from planning.charts.picture import written_as_money
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, later, section, words
from planning.goals.pay.curve import percent
from planning.goals.pay.earned import RULE
from planning.goals.pay.plan import EXAMPLE, PayPlan, as_said, check, in_words, read
from planning.sheets import Field
from planning.workbook import pay
from planning.workbook.aims.aimed import known

_CURVE = ("threshold", "at_threshold", "above", "cap", "bonus")
_ABOUT = (
    "The curve is that of revenue; what else is paid for earns evenly with its attainment. A plan with a curve for "
    "each goal is kept from a file: planning pay set."
)


@later
@section
def earns(here: Page) -> Any:
    """Open the form of pay plans."""
    return _Form(here).view


class _Form:
    """Fields of one role's plan, and below them what it would pay and cost."""

    def __init__(self, here: Page) -> None:
        self._here, self._messages = here, Messages()
        self._plans = pay.plans(here.context)
        named = {"Everybody else": "", **{each: each for each in pay.all_roles(here.context)}}
        self._role = inputs.choice("Role", named, "")
        self._base, self._incentive = (
            inputs.money(label, here.settings, required=True)
            for label in ("Base salary of a year", "Incentive at target")
        )
        self._for = inputs.text("Paid for", hint="Metric and weight: revenue 80%, opportunities 20%", required=True)
        self._threshold = inputs.text("Threshold", hint="Attainment below which nothing is earned")
        self._at = inputs.text("Earned at the threshold", hint="Of what the target earns")
        self._above = inputs.text(
            "Above the target", hint="From where on, and how much each percent earns: 100%: 150%; 120%: 200%"
        )
        self._cap = inputs.text("Cap", hint="Such as 250%; empty: no end")
        self._bonus = inputs.text("Stretch bonus", hint="At what attainment, and how much: 120%: 5000")
        self._fields = [self._base, self._incentive, self._for, self._threshold, self._at, self._above, self._cap,
                        self._bonus]  # fmt: skip
        self._does = Live(self._draw)
        inputs.all_optional(*self._fields[3:])
        self._quiet = False
        self._load()
        self._role.control.observe(lambda _: self._load(), names="value")
        for each in self._fields:
            each.control.observe(lambda _: self._redraw(), names="value")
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._role, self._base, self._incentive, self._for),
            inputs.side_by_side(self._threshold, self._at, self._above),
            inputs.side_by_side(self._cap, self._bonus),
            words(_ABOUT),
            blocks.actions(
                blocks.button("Keep this plan", self._messages, self._keep, main=True),
                blocks.button("Fill in an example", self._messages, self._example, hint="Its figures are made up."),
                blocks.button("Withdraw it", self._messages, self._withdraw),
            ),
            self._messages.view,
            self._does.view,
        )

    def _load(self) -> None:
        self._fill(next((each for each in self._plans if each.role == self._chosen), None))

    def _redraw(self) -> None:
        if not self._quiet:
            self._does.redraw()

    def _fill(self, plan: PayPlan | None) -> None:
        main = next((each for each in plan.components if each.metric == pay.MAIN), None) if plan else None
        digits = self._here.settings.minor_digits
        told = in_words(main, digits) if main else dict.fromkeys(_CURVE, "")
        parts = [f"{each.metric} {percent(each.weight)}" for each in plan.components] if plan else []
        amounts = (plan.base, plan.incentive) if plan else ()
        money = [sheets.money(value, self._here.settings) for value in amounts] or ["", ""]
        texts = [*money, ", ".join(parts), *(told[name] for name in _CURVE)]
        self._quiet = True  # one field after the other would be priced as a plan of its own
        for field, text in zip(self._fields, texts, strict=True):
            field.fill(text)
        self._quiet = False
        self._does.redraw()

    @property
    def _chosen(self) -> str:
        return str(self._role.control.value or "")

    def _asked(self) -> PayPlan:
        """Read what stands in the fields, as a file would say it."""
        settings = self._here.settings
        base, incentive = (
            str(to_major(each.read(), settings.minor_digits)) for each in (self._base, self._incentive)
        )
        paid_for, *curve = (str(each.control.value).strip() for each in self._fields[2:])
        typed: dict[str, Any] = {name: text for name, text in zip(_CURVE, curve, strict=True) if text}
        typed |= {
            name: [each.strip() for each in typed[name].split(";")] for name in ("above", "bonus") if name in typed
        }
        components = []
        for each in filter(None, (part.strip() for part in paid_for.split(","))):
            metric, _, weight = each.rpartition(" ")
            components.append({"metric": metric, "weight": weight} | (typed if metric == pay.MAIN else {}))
        said = {"role": self._chosen, "base": base, "incentive": incentive, "component": components}
        plan = as_said(said, settings.minor_digits)
        version = next((each.version for each in self._plans if each.role == plan.role), 0)
        check(plan, list(known(self._here.context)))
        return replace(plan, version=version)

    def _draw(self) -> list[Any]:
        if not any(str(each.control.value) for each in self._fields):
            return [words("No plan is kept for this role yet. Fill in the fields, or begin with the example.")]
        plan = self._asked()
        others = [each for each in self._plans if each.role != plan.role]
        return [*self._curve(plan), *self._priced(pay.paid(self._here.context, [plan, *others]), plan)]

    def _curve(self, plan: PayPlan) -> list[Any]:
        settings = self._here.settings
        table = pay.at_levels(plan)
        picture = charts.curve(
            pay.line(plan), f"Pay of {plan.named} by attainment of all goals.", ("Attainment", "Pay of the year"),
            (lambda value: sheets.percent(value, settings, digits=0), written_as_money(settings)),
            here=("at target", 1.0, float(plan.at_target)),
        )  # fmt: skip
        fields = [Field("attainment", "Attainment", "percent"), Field("pay", "Pay of the year", "money")]
        return [picture, folded("The figures", sheets.table(table, fields, settings, caption="Pay by attainment"))]

    def _priced(self, found: pay.Paid, plan: PayPlan) -> list[Any]:
        settings = self._here.settings
        parts: list[Any] = [words(*self._sentences(found))]
        if len(found.findings):
            fields = [Field("about", "About"), Field("finding", "What is found"), Field("mend", "What would mend it")]
            parts.append(sheets.table(found.findings, fields, settings, caption="Where pay and goals pull apart"))
        mine = found.people[found.people["plan"] == plan.role]
        fields = [
            Field("rep", "Rep"),
            Field("goal", "Goal", "rounded"),
            Field("pay", "Pay at target", "rounded"),
            Field("expected", "Expected", "rounded"),
            Field("low", "One in ten below", "rounded"),
            Field("high", "One in ten above", "rounded"),
            Field("threshold", "Passes the threshold", "percent"),
            Field("target", "Reaches the target", "percent"),
            Field("capped", "Capped", "percent"),
        ]
        listing = sheets.table(
            mine, fields, settings, caption=f"What {plan.named} earn, in all that the year may bring"
        )
        return [*parts, folded("Person by person", listing), folded("Where this comes from", words(_METHOD, RULE))]

    def _sentences(self, found: pay.Paid) -> list[str]:
        settings, cost = self._here.settings, found.cost
        money = {name: sheets.money(value, settings, compact=True) for name, value in cost.items()}
        said = [
            f"{len(found.people)} people are paid <strong>{money['at_target']}</strong> at target, and are expected "
            f"to be paid <strong>{money['expected']}</strong>; nine times in ten between {money['low']} and "
            f"{money['high']}. {money['beyond']} of it is earned above what the targets earn."
        ]
        if cost["sold"] > 0:
            part = sheets.percent(cost["expected"] / cost["sold"], settings)
            said.append(f"That is {part} of what they are expected to sell.")
        if found.without:
            said.append(f"{len(found.without)} people have a goal and no pay plan.")
        return said if len(found.people) else ["Nobody with a goal is paid by these plans."]

    def _keep(self) -> str:
        kept = pay.keep(self._here.context, self._asked(), self._here.person or "planner")
        self._plans = pay.plans(self._here.context)
        return f"The pay plan of {kept.named} is kept (version {kept.version})."

    def _example(self) -> str:
        self._fill(replace(read(EXAMPLE, self._here.settings.minor_digits), role=self._chosen))
        return "Filled in; nothing is kept yet."

    def _withdraw(self) -> str:
        gone = pay.withdraw(self._here.context, self._chosen, self._here.person or "planner")
        self._plans = pay.plans(self._here.context)
        self._load()
        return f"The pay plan of {gone.named} is withdrawn."


_METHOD = (
    "Pay follows revenue in each draw of next year, as for the probabilities of the goals. A goal besides revenue "
    "counts as attained, since it is not drawn; without a goal, its part earns nothing."
)
