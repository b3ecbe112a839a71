"""`planning assumptions ...`: state, change, judge and check what is expected of the coming year."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planning.cli.options import Actor, Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, Kind, say, show

if TYPE_CHECKING:
    from planning.assumptions.kinds import Unit
    from planning.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What is expected of the coming year, and what it does.")

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the assumption.")]
Likely = Annotated[str, typer.Option(help="Likely value: 4% or 0.04, an amount in major units, or people.")]
Low = Annotated[str, typer.Option(help="Low end: one time in ten it is lower.")]
High = Annotated[str, typer.Option(help="High end: one time in ten it is higher.")]
Owner = Annotated[str, typer.Option(help="Who stands for it.")]
Evidence = Annotated[str, typer.Option(help="Why it is believed.")]
Place = Annotated[str, typer.Option("--territory", "-t", help="Only in this territory.")]
Line = Annotated[str, typer.Option(help="Only for this product line.")]
Channel = Annotated[str, typer.Option(help="Only in this channel.")]
Segment = Annotated[str, typer.Option(help="Only for this customer segment.")]
Tier = Annotated[str, typer.Option(help="Only for this customer tier.")]
First = Annotated[str, typer.Option("--from", metavar="YYYY-MM", help="Month from which it holds.")]
Last = Annotated[str, typer.Option("--until", metavar="YYYY-MM", help="Last month in which it holds.")]
Link = Annotated[str, typer.Option(help="Where the evidence is to be found.")]
Confidence = Annotated[str, typer.Option(help="low, medium or high.")]
Review = Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Day on which to look at it again.")]
Indicator = Annotated[str, typer.Option(help="What would show that it was wrong.")]
Numbers = Annotated[
    list[str], typer.Option("--number", metavar="NAME=VALUE", help="Further number, such as months_to_fill=4.")
]

_EFFECTS: dict[str, Kind] = dict.fromkeys(("effect_low", "effect_likely", "effect_high"), "money")
_ENDS = ("low", "likely", "high")


@app.command("list")
def listed(
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """List the assumptions in force with their range, owner, evidence and effect in money."""
    from planning.workbook.expected import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    table = stated.priced(context)
    for name in _ENDS:
        values = [_told(row[name], row["unit"], form, context.settings) for row in table.to_dict("records")]
        table[name] = table[name].astype("object")
        table[name] = values
    show(table, _EFFECTS, form, context.settings)


@app.command()
def add(
    kind: Annotated[str, typer.Argument(help="Kind, such as market_growth; see: planning assumptions kinds.")],
    likely: Likely,
    owner: Owner,
    evidence: Evidence,
    low: Low = "",
    high: High = "",
    territory: Place = "",
    product_line: Line = "",
    channel: Channel = "",
    segment: Segment = "",
    tier: Tier = "",
    first: First = "",
    last: Last = "",
    link: Link = "",
    confidence: Confidence = "medium",
    review_on: Review = "",
    indicator: Indicator = "",
    number: Numbers = [],  # noqa: B006
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """State an assumption; without a low or a high end, it is sure on that side."""
    from planning.assumptions.assumption import Assumption
    from planning.assumptions.kinds import kind as rule_of
    from planning.workbook.expected import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    unit = rule_of(kind).unit
    value = _value(likely, unit, context.settings)
    new = Assumption(
        kind, _value(low, unit, context.settings) if low else value, value,
        _value(high, unit, context.settings) if high else value, owner, evidence,
        territory=territory, product_line=product_line, channel=channel, segment=segment, tier=tier, first=first,
        last=last, link=link, confidence=confidence, review_on=review_on, indicator=indicator,
        numbers=_numbers(number),
    )  # fmt: skip
    kept = stated.state(context, new, actor)
    say(f"Assumption {kept.identity} is kept for FY{context.year}.")


@app.command()
def change(
    identity: Number,
    likely: Likely = "",
    low: Low = "",
    high: High = "",
    owner: Owner = "",
    evidence: Evidence = "",
    link: Link = "",
    confidence: Confidence = "",
    review_on: Review = "",
    indicator: Indicator = "",
    number: Numbers = [],  # noqa: B006
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Change what is given of an assumption; the rest stays, and every version stays on record."""
    from planning.assumptions.kinds import kind as rule_of
    from planning.workbook.expected import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    before = stated.find(context, identity)
    unit = rule_of(before.kind).unit
    ends = {"low": low, "likely": likely, "high": high}
    texts = {
        "owner": owner, "evidence": evidence, "link": link, "confidence": confidence, "review_on": review_on,
        "indicator": indicator,
    }  # fmt: skip
    given: dict[str, Any] = {
        name: _value(text, unit, context.settings) for name, text in ends.items() if text
    } | {name: text for name, text in texts.items() if text}  # fmt: skip
    numbers = {**before.numbers, **_numbers(number)}
    stated.state(context, replace(before, **given, numbers=numbers), actor)
    say(f"Assumption {identity} is changed for FY{context.year}.")


@app.command()
def judge(
    identity: Number,
    status: Annotated[str, typer.Argument(help="proposed, challenged, accepted or rejected.")],
    why: Annotated[str, typer.Option(help="Reason; needed to challenge or reject it.")] = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Challenge, accept or reject an assumption; what is rejected is not priced."""
    from planning.workbook.expected import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    stated.judge(context, identity, status, why, actor)
    say(f"Assumption {identity} is {status}.")


@app.command()
def withdraw(
    identity: Number,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Take an assumption back; what was said stays on record."""
    from planning.workbook.expected import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    stated.withdraw(context, identity, actor)
    say(f"Assumption {identity} is withdrawn for FY{context.year}.")


@app.command()
def versions(
    identity: Number,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say who changed what of an assumption, and when."""
    from planning.workbook.expected import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    table = stated.versions(context, identity)
    unit = stated.find(context, identity).unit
    for name in _ENDS:
        table[name] = [_told(float(value), unit, form, context.settings) for value in table[name]]
    show(table, {}, form, context.settings)


@app.command()
def check(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Name contradictions and gaps among the assumptions in force."""
    import pandas as pd

    from planning.workbook.expected import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    rows = [
        {"finding": each.kind, "about": ", ".join(map(str, each.identities)), "says": each.says}
        for each in stated.findings(context)
    ]
    show(pd.DataFrame(rows, columns=["finding", "about", "says"]), {}, form, context.settings)


@app.command()
def kinds(workspace: Workspace = "", form: Form = Format.table) -> None:
    """List the kinds of assumption: what each asks for, its formula and where that comes from."""
    import pandas as pd

    from planning import settings as config
    from planning.assumptions.kinds import KINDS

    rows = [
        {
            "kind": each.name,
            "unit": each.unit,
            "asks": each.asks,
            "formula": each.formula,
            "source": each.source,
            "numbers": ", ".join(f"{field.name}={field.default.normalize():f}" for field in each.fields),
        }
        for each in KINDS.values()
    ]
    show(pd.DataFrame(rows), {}, form, config.load(workspace))


@app.command()
def propose(
    take: Annotated[str, typer.Option(metavar="KIND", help="State this one; --owner says who stands for it.")] = "",
    owner: Owner = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """List what history proposes to assume, with its evidence; or take one over."""
    from planning.workbook.expected import proposals
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    if take:
        kept = proposals.take_over(context, take, owner, actor)
        say(f"Assumption {kept.identity} is kept for FY{context.year}.")
        return
    table = proposals.listed(proposals.proposed(context))
    for name in _ENDS:
        values = [_told(row[name], row["unit"], form, context.settings) for row in table.to_dict("records")]
        table[name] = table[name].astype("object")
        table[name] = values
    show(table, {}, form, context.settings)


def _value(text: str, unit: "Unit", settings: "Settings") -> Decimal:
    """Read a value in the unit of its kind."""
    from planning.amounts import to_minor
    from planning.assumptions.assumption import fraction

    if unit == "money":
        return Decimal(to_minor(text.replace(",", ""), settings.minor_digits))
    return fraction(text)


def _numbers(texts: list[str]) -> dict[str, Decimal]:
    from planning.assumptions.assumption import fraction

    wrong = [text for text in texts if "=" not in text]
    if wrong:
        raise typer.BadParameter(f"write NAME=VALUE, not {', '.join(wrong)}")
    return {name: fraction(value) for name, value in (text.split("=", 1) for text in texts)}


def _told(value: float, unit: "Unit", form: Format, settings: "Settings") -> Any:
    """Write a value in its unit for people; plain for machines: fractions, major units, people."""
    from planning import sheets
    from planning.amounts import to_major

    if form is not Format.table:
        return (
            to_major(round(value), settings.minor_digits) if unit == "money" else Decimal(str(value)).normalize() + 0
        )
    if unit == "money":
        return sheets.money(round(value), settings)
    return sheets.percent(Decimal(str(value)), settings, digits=1) if unit == "share" else f"{value:g}"
