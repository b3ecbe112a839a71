"""What goals earn: the pay plan of a role, what it pays and costs, and whether it pulls with the goals."""

from dataclasses import replace
from html import escape
from typing import Any

from planning import charts, sheets
from planning.amounts import to_major
from planning.charts.picture import written_as_money
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, later, section, together, words
from planning.goals.pay.besides import METHOD as BESIDES
from planning.goals.pay.commission import GATES
from planning.goals.pay.curve import percent
from planning.goals.pay.earned import RULE, Sold, pay
from planning.goals.pay.plan import MAIN, PayPlan, check
from planning.goals.pay.written import EXAMPLE, LISTS, as_said, attainments, commission_entries, curve_entries, read
from planning.sheets import Field
from planning.workbook.aims.aimed import known
from planning.workbook.pay import kept, paid

_ABOUT = (
    "The curve is that of revenue; what else is paid for earns evenly with its attainment, or by its own curve where "
    "a file has given it one (planning pay set)."
)
_PERIODS = {"year": "year", "half": "half year", "quarter": "quarter", "month": "month"}


@later
@section
def earns(here: Page) -> Any:
    """Open the form of pay plans."""
    return _Form(here).view


class _Form:
    """Fields of one role's plan, and below them what it would pay and cost."""

    def __init__(self, here: Page) -> None:
        self._here, self._messages = here, Messages()
        self._plans = kept.plans(here.context)
        named = {"Everybody else": "", **{each: each for each in kept.all_roles(here.context)}}
        self._role = inputs.choice("Role", named, "")
        self._base, self._incentive = (
            inputs.money(label, here.settings, required=True)
            for label in ("Base salary of a year", "Incentive at target")
        )
        self._for = inputs.text("Paid for", hint="Metric and weight: revenue 80%, opportunities 20%")
        self._curve = {
            "threshold": inputs.text("Threshold", hint="Attainment below which nothing is earned"),
            "at_threshold": inputs.text("Earned at the threshold", hint="Of what the target earns"),
            "above": inputs.text("Above the target", hint="From where on, earning how much: 100%: 150%; 120%: 200%"),
            "cap": inputs.text("Cap", hint="Such as 250%; empty: no end"),
            "bonus": inputs.text("Stretch bonus", hint="At what attainment, and how much: 120%: 5000"),
        }
        self._commission = {
            "tiers": inputs.text("Commission", hint="Of what is sold, from which amount on: 0: 5%; 100000: 6%"),
            "per": inputs.choice(
                "Its tiers begin anew each", {text: name for name, text in _PERIODS.items()}, "year"
            ),
            "gate": inputs.choice("Its higher rates wait for", {text: name for name, text in GATES.items()}, "none"),
        }
        self._level = inputs.text("Explain pay at", "110%", hint="Attainment of all goals")
        inputs.all_optional(self._for, *self._curve.values(), self._commission["tiers"], self._level)
        self._does = Live(self._draw)
        self._quiet = False
        self._load()
        self._role.control.observe(lambda _: self._load(), names="value")
        for each in self._fields:
            each.control.observe(lambda _: self._redraw(), names="value")
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._role, self._base, self._incentive, self._for),
            inputs.side_by_side(*list(self._curve.values())[:3]),
            inputs.side_by_side(*list(self._curve.values())[3:], self._level),
            inputs.side_by_side(*self._commission.values()),
            words(_ABOUT),
            blocks.actions(
                blocks.button("Keep this plan", self._messages, self._keep, main=True),
                blocks.button("Fill in an example", self._messages, self._example, hint="Its figures are made up."),
                blocks.button("Withdraw it", self._messages, self._withdraw),
            ),
            self._messages.view,
            self._does.view,
        )

    @property
    def _fields(self) -> list[inputs.Input]:
        stated = [self._base, self._incentive, self._for, *self._curve.values(), *self._commission.values()]
        return [*stated, self._level]

    def _load(self) -> None:
        self._fill(next((each for each in self._plans if each.role == self._chosen), None))

    def _redraw(self) -> None:
        if not self._quiet:
            self._does.redraw()

    def _fill(self, plan: PayPlan | None) -> None:
        digits = self._here.settings.minor_digits
        main = plan.main if plan else None
        curve = curve_entries(main, digits) if main else {}
        commission = commission_entries(plan.commission, digits) if plan and plan.commission else {}
        parts = [f"{each.metric} {percent(each.weight)}" for each in plan.components] if plan else []
        self._own = {each.metric: curve_entries(each, digits) for each in plan.components} if plan else {}
        self._quiet = True  # one field after the other would be priced as a plan of its own
        for field, amount in ((self._base, plan and plan.base), (self._incentive, plan and plan.incentive)):
            field.fill("" if amount is None else sheets.money(amount, self._here.settings))
        self._for.fill(", ".join(parts))
        for name, field in (self._curve | self._commission).items():
            said = (curve | commission).get(name, {"per": "year", "gate": "none"}.get(name, ""))
            field.fill("; ".join(said) if name in LISTS else said)
        self._quiet = False
        self._does.redraw()

    @property
    def _chosen(self) -> str:
        return str(self._role.control.value or "")

    def _asked(self) -> PayPlan:
        """Read what stands in the fields, as a file would say it."""
        digits = self._here.settings.minor_digits
        base, incentive = (str(to_major(each.read(), digits)) for each in (self._base, self._incentive))
        curve, commission = _typed(self._curve), _typed(self._commission)
        components = []
        for each in filter(None, (part.strip() for part in _text(self._for).split(","))):
            metric, _, weight = each.rpartition(" ")
            own = curve if metric == MAIN else self._own.get(metric, {})
            components.append({"metric": metric.strip(), "weight": weight} | own)
        said = {"role": self._chosen, "base": base, "incentive": incentive, "component": components}
        plan = as_said(said | ({"commission": commission} if "tiers" in commission else {}), digits)
        version = next((each.version for each in self._plans if each.role == plan.role), 0)
        check(plan, list(known(self._here.context)))
        return replace(plan, version=version)

    def _draw(self) -> list[Any]:
        if not any(_text(each) for each in (self._base, self._incentive, self._for, self._commission["tiers"])):
            return [words("No plan is kept for this role yet. Fill in the fields, or begin with the example.")]
        plan = self._asked()
        others = [each for each in self._plans if each.role != plan.role]
        found = paid.paid(self._here.context, [plan, *others])
        return [*self._pictured(plan, found.usual.get(plan.role, ())), *self._priced(found, plan)]

    def _pictured(self, plan: PayPlan, goal: tuple[int, ...]) -> list[Any]:
        settings = self._here.settings
        table = paid.at_levels(plan, goal)
        at_target = float(table.loc[table["attainment"] == 1, "pay"].iloc[0])
        told = f"Pay of {plan.named} by attainment of all goals."
        if plan.commission and goal:
            told += (
                f" Commission is that on a goal of {sheets.money(sum(goal), settings, compact=True)}, the middle one."
            )
        picture = charts.curve(
            paid.line(plan, goal), told, ("Attainment", "Pay of the year"),
            (lambda value: sheets.percent(value, settings, digits=0), written_as_money(settings)),
            here=("at target", 1.0, at_target),
        )  # fmt: skip
        fields = [Field("attainment", "Attainment", "percent"), Field("pay", "Pay of the year", "money")]
        figures = sheets.table(table, fields, settings, caption="Pay by attainment")
        return [picture, folded("The figures", together([figures, self._explained(plan, goal)]))]

    def _explained(self, plan: PayPlan, goal: tuple[int, ...]) -> Any:
        settings = self._here.settings
        level = attainments([f"{MAIN}={_text(self._level) or '100%'}"])[MAIN]
        came = [round(each * level) for each in goal]
        metrics = known(self._here.context)
        table = pay(plan, dict.fromkeys([each.metric for each in plan.components], level), Sold(goal, came))
        goals = [metrics[name].label if name else "" for name in table["metric"]]
        table = table.assign(part=table["part"].str.capitalize(), metric=goals)
        fields = [
            Field("part", "Part"),
            Field("metric", "Goal"),
            Field("why", "Which stretch of it"),
            Field("share", "Of what the target earns", "percent"),
            Field("amount", "Pay", "money"),
        ]
        whole = sheets.money(int(table["amount"].sum()), settings)
        told = f"Pay at {sheets.percent(float(level), settings)} of all goals, part by part: {whole}"
        return sheets.table(table, fields, settings, caption=told)

    def _priced(self, found: paid.Paid, plan: PayPlan) -> list[Any]:
        settings = self._here.settings
        parts: list[Any] = [words(*self._sentences(found))]
        if len(found.findings):
            fields = [Field("about", "About"), Field("finding", "What is found"), Field("mend", "What would mend it")]
            parts.append(sheets.table(found.findings, fields, settings, caption="Where pay and goals pull apart"))
        mine = found.people[found.people["plan"] == plan.role]
        fields = [
            Field("rep", "Rep"),
            Field("goal", "Goal", "rounded"),
            *([Field("there", "Of the year", "percent")] if (mine["there"] < 1).any() else []),
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
        how = [words(_METHOD, RULE), *self._besides(found)]
        return [*parts, folded("Person by person", listing), folded("Where this comes from", together(how))]

    def _besides(self, found: paid.Paid) -> list[Any]:
        """Say how goals besides revenue were drawn, and which could not be."""
        said: list[Any] = []
        if len(found.besides):
            fields = [
                Field("label", "Goal on"),
                Field("times", "Changes of years", "count"),
                Field("cases", "Of people", "count"),
                Field("together", "Goes with revenue", "number"),
                Field("within", "Fell within", "percent"),
            ]
            caption = "Goals besides revenue; eight of ten past changes were to fall within"
            said += [words(BESIDES), sheets.table(found.besides, fields, self._here.settings, caption=caption)]
        if found.as_attained:
            names = escape(", ".join(found.as_attained))
            said.append(words(f"The history tells too little of these, so they count as attained: {names}."))
        return said

    def _sentences(self, found: paid.Paid) -> list[str]:
        settings, cost = self._here.settings, found.cost
        money = {name: sheets.money(value, settings, compact=True) for name, value in cost.items()}
        said = [
            f"{len(found.people)} people are paid <strong>{money['at_target']}</strong> at target, and are expected "
            f"to be paid <strong>{money['expected']}</strong>; nine times in ten between {money['low']} and "
            f"{money['high']}. {money['beyond']} of it is earned above what the targets earn."
        ]
        if found.cost_of_sales is not None:
            said.append(
                f"Pay costs {sheets.percent(found.cost_of_sales, settings)} of what they are expected to sell."
            )
        if found.without:
            said.append(f"Without a pay plan, and not in these figures: {escape(', '.join(found.without))}.")
        return said if len(found.people) else ["Nobody with a goal is paid by these plans."]

    def _keep(self) -> str:
        stored = kept.keep(self._here.context, self._asked(), self._here.person or "planner")
        self._plans = kept.plans(self._here.context)
        return f"The pay plan of {stored.named} is kept (version {stored.version})."

    def _example(self) -> str:
        self._fill(replace(read(EXAMPLE, self._here.settings.minor_digits), role=self._chosen))
        return "Filled in; nothing is kept yet."

    def _withdraw(self) -> str:
        gone = kept.withdraw(self._here.context, self._chosen, self._here.person or "planner")
        self._plans = kept.plans(self._here.context)
        self._load()
        return f"The pay plan of {gone.named} is withdrawn."


def _text(field: inputs.Input) -> str:
    return str(field.control.value or "").strip()


def _typed(fields: dict[str, inputs.Input]) -> dict[str, Any]:
    """Give what is filled in, by the names that a file gives its entries."""
    typed: dict[str, Any] = {name: _text(each) for name, each in fields.items() if _text(each)}
    pairs = {
        name: [each.strip() for each in typed[name].split(";") if each.strip()] for name in LISTS if name in typed
    }
    return typed | pairs


_METHOD = (
    "Pay follows revenue in each draw of next year, as for the probabilities of the goals. Without a goal, a part of "
    "the plan earns nothing. "
    "For commission, each draw's year is sold over its months as the goal is."
)
