"""`planning plans ...`: whom to sell to, the plans of a year, what they contradict, and who has which."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, Kind, say, show

if TYPE_CHECKING:
    from planning.plans.plans import Sort
    from planning.plans.targeting import Targeting

app = typer.Typer(no_args_is_help=True, help="Whom to sell to, and the plans of reps and managers for the year.")

Rep = Annotated[str, typer.Argument(metavar="REP", help="Whose plan it is.")]
SortName = Annotated[
    str, typer.Option("--sort", "-s", metavar="SORT", help="territory, relationship, development or support.")
]
Account = Annotated[str, typer.Option("--account", "-a", metavar="ACCOUNT", help="Of a relationship plan.")]
Who = Annotated[str, typer.Option("--as", metavar="NAME", help="Who does it.")]
Text = Annotated[str, typer.Option("--note", "-n", help="What is said, or what must change.")]
Section = Annotated[str, typer.Option("--on", metavar="SECTION", help="Section that it is about, such as accounts.")]
Version = Annotated[int, typer.Option("--version", help="Version that you have seen; by default the one in force.")]
Weights = Annotated[
    list[str], typer.Option("--weight", metavar="CRITERION=WEIGHT", help="Try another weight; several times.")
]


@app.command()
def targets(
    explain: Annotated[str, typer.Option("--explain", metavar="ACCOUNT", help="The score of one, explained.")] = "",
    weight: Weights = [],  # noqa: B006
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """List all accounts by score, with their class; or explain the score of one, criterion by criterion."""
    from planning.workbook.place import stand
    from planning.workbook.plans import targeting

    context = stand(workspace, year, scenario, territory)
    by = _tried(targeting.targeting(context), weight)
    if explain:
        table = targeting.explained(context, explain, by)
        show(table, {"weight": "number", "points": "fraction", "adds": "number"}, form, context.settings)
        return
    names = ["customer", "priority", "rank", "score", "worth", "promise", "rep", "territory", "place", "fit",
             "revenue", "growth", "lines", "open_value", "headroom"]  # fmt: skip
    table = targeting.in_view(context, by)[names]
    table = table.assign(headroom=table["headroom"].round().astype("Int64"))
    kinds: dict[str, Kind] = {"fit": "percent", "growth": "percent", "lines": "count"}
    kinds |= dict.fromkeys(("score", "worth", "promise"), "number")
    kinds |= dict.fromkeys(("revenue", "open_value", "headroom"), "money")
    show(table, kinds, form, context.settings)


@app.command()
def classes(
    weight: Weights = [],  # noqa: B006
    keep: Annotated[bool, typer.Option("--keep", help="Keep these weights for everybody.")] = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Test the weights on the year before: what each class brought, against last year's sales alone."""
    from planning.workbook.place import stand
    from planning.workbook.plans import targeting

    context = stand(workspace, year, scenario)
    by = _tried(targeting.targeting(context), weight)
    found = targeting.trial(context, by)
    say(found.says)
    shares: dict[str, Kind] = dict.fromkeys(("revenue_share", "growth_share", "stayed"), "percent")
    show(
        found.classes, {"accounts": "count", "revenue": "money", "growth": "money", **shares}, form, context.settings
    )
    if keep:
        say(f"Kept as version {targeting.keep(context, by, actor).version}.")


@app.command()
def named(
    rep: Rep,
    keep: Annotated[list[str], typer.Option(metavar="ACCOUNT", help="Keep this list; several times.")] = [],  # noqa: B006
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show a rep's named accounts, proposed where nobody kept a list; or keep one."""
    from planning.workbook.place import stand
    from planning.workbook.plans import named as workbook

    context = stand(workspace, year, scenario)
    found = workbook.named(context, rep)
    if keep:
        workbook.keep(context, rep, keep, actor, found.version)
        found = workbook.named(context, rep)
    can = "not known" if found.can.named is None else f"{found.can.named:,}"
    state = "Kept" if found.version else "Proposed"
    say(f"{state}: {found.wanted:,} calls and visits a year are wanted; for named accounts there are: {can}.")
    kinds: dict[str, Kind] = {"score": "number", "revenue": "money", "contacts": "count"}
    show(found.table[["customer", "priority", *kinds]], kinds, form, context.settings)


@app.command("show")
def shown(
    rep: Rep,
    sort: SortName = "territory",
    account: Account = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show a plan as it is kept, else as it is proposed: a row a field, with where its figures come from."""
    import pandas as pd

    from planning.papers.plans import listed
    from planning.workbook.place import stand
    from planning.workbook.plans import proposals

    context = stand(workspace, year, scenario)
    found = proposals.any_plan(context, _sort(sort), rep, account)
    state = f"Version {found.stand.version}, {found.stand.state}" if found.stand.version else "Proposed"
    say(f"{state}.")
    show(pd.DataFrame(listed(found.plan, context.settings)), {}, form, context.settings)


@app.command()
def propose(
    rep: Rep,
    sender: Who,
    sort: SortName = "territory",
    account: Account = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Fill a plan in from the data as it is now, and keep it as a new version."""
    from dataclasses import replace

    from planning.workbook.place import stand
    from planning.workbook.plans import kept, proposals

    context, wanted = stand(workspace, year, scenario), _sort(sort)
    before = kept.find(context, wanted, rep, account)
    plan = proposals.fresh(context, wanted, rep, account)
    found = kept.keep(context, replace(plan, version=before.plan.version if before else 0), sender)
    say(f"Kept as version {found.plan.version}: {found.stand.state}.")


@app.command()
def submit(
    rep: Rep,
    sender: Who,
    sort: SortName = "territory",
    account: Account = "",
    version: Version = 0,
    note: Text = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Submit a plan to who signs it."""
    _say("submit", rep, sender, sort, account, version, note, "", year, scenario, workspace)


@app.command()
def sign(
    rep: Rep,
    sender: Who,
    sort: SortName = "territory",
    account: Account = "",
    version: Version = 0,
    note: Text = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Sign a plan that was submitted."""
    _say("sign", rep, sender, sort, account, version, note, "", year, scenario, workspace)


@app.command("return")
def returned(
    rep: Rep,
    sender: Who,
    note: Text,
    sort: SortName = "territory",
    account: Account = "",
    version: Version = 0,
    section: Section = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Return a plan with what must change."""
    _say("return", rep, sender, sort, account, version, note, section, year, scenario, workspace)


@app.command()
def comment(
    rep: Rep,
    sender: Who,
    note: Text,
    sort: SortName = "territory",
    account: Account = "",
    section: Section = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Say something about a plan, or about a section of it."""
    _say("comment", rep, sender, sort, account, 0, note, section, year, scenario, workspace)


@app.command()
def coverage(
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say who has which plan, signed or not, since when, and how much of the goal the planned accounts stand for."""
    from planning.workbook.place import stand
    from planning.workbook.plans import coverage as workbook

    context = stand(workspace, year, scenario, territory)
    kinds: dict[str, Kind] = dict.fromkeys(("top", "top_planned", "musts", "musts_planned", "named"), "count")
    kinds |= {"goal": "money", "planned": "money", "covered": "percent"}
    show(workbook.coverage(context), kinds, form, context.settings)


@app.command()
def balance(
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say of each rep what must come from new customers, given who usually stays and how they grow."""
    from planning.workbook.place import stand
    from planning.workbook.plans import coverage as workbook

    context = stand(workspace, year, scenario, territory)
    names = ("growth", "lost", "expanded", "new", "new_kept", "capacity", "missing", "musts")
    show(workbook.balances(context), dict.fromkeys(names, "percent"), form, context.settings)


@app.command()
def check(
    rep: Annotated[str, typer.Argument(metavar="[REP]", help="Whose plans; by default everybody's.")] = "",
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """List what plans contradict: the goal, the activity that it takes, the days there are, and each other."""
    import pandas as pd

    from planning.papers.plans import figure_of
    from planning.workbook.place import stand
    from planning.workbook.plans.checked import checked

    context = stand(workspace, year, scenario, territory)
    found = checked(context, rep)
    rows = [
        {"rep": each.rep, "what": each.text, "asked": figure_of(each, each.asked, context.settings),
         "there": figure_of(each, each.follows, context.settings), "mend": each.mend}
        for each in found.clashes
    ]  # fmt: skip
    show(pd.DataFrame(rows, columns=["rep", "what", "asked", "there", "mend"]), {}, form, context.settings)
    for each in found.unknown:
        say(each)


@app.command()
def export(
    rep: Rep,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Such as plan.docx, plan.pdf, plan.html.")],
    sort: SortName = "territory",
    account: Account = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Write a plan to bring to the meeting, as DOCX, PDF or HTML by the file's ending."""
    from planning.papers.files import save
    from planning.papers.plans import plan_paper
    from planning.workbook.place import stand

    say(f"Written: {save(plan_paper(stand(workspace, year, scenario), _sort(sort), rep, account), out)}")


def _sort(name: str) -> "Sort":
    from planning.errors import PlansError, unknown_name
    from planning.plans.plans import SORTS

    named = {kind.removesuffix("_plan"): each for kind, each in SORTS.items()}
    if name not in named:
        raise PlansError(unknown_name("sort of plan", name, named))
    return named[name]


def _tried(by: "Targeting", weight: list[str]) -> "Targeting":
    from dataclasses import replace

    from planning.cli.options import decimal
    from planning.plans.targeting import check as possible

    wrong = [text for text in weight if "=" not in text]
    if wrong:
        raise typer.BadParameter(f"write CRITERION=WEIGHT, not {', '.join(wrong)}")
    pairs = [text.split("=", 1) for text in weight]
    weights = {**by.weights, **{name.strip(): decimal(each) for name, each in pairs}}
    tried = replace(by, weights=weights) if pairs else by
    possible(tried)
    return tried


def _say(did: str, rep: str, sender: str, sort: str, account: str, version: int, note: str, section: str, year: int,
         scenario: str, workspace: str) -> None:  # fmt: skip
    from planning.plans.signing import Word
    from planning.workbook.place import stand
    from planning.workbook.plans import kept

    context, wanted = stand(workspace, year, scenario), _sort(sort)
    found = kept.find(context, wanted, rep, account)
    seen = version or (found.plan.version if found else 0)
    after = kept.say(context, wanted, rep, Word(did, seen, note, section), sender, account)
    say(f"Version {after.version}: {after.state}.")
