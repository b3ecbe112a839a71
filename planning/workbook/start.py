"""Start with the sample company: its history, and assumptions to begin from."""

from collections.abc import Callable
from decimal import Decimal

from planning import sample as company
from planning.assumptions.assumption import Assumption
from planning.workbook import assumptions, imports
from planning.workbook.place import stand

SOURCE = "sample"

STARTERS = (
    Assumption(
        "market_growth", Decimal("0.01"), Decimal("0.03"), Decimal("0.05"), "Sales operations",
        "The trade association expects 3% for the coming year; the last three years brought 2% to 5%.",
    ),
    Assumption(
        "price_change", Decimal("0.01"), Decimal("0.02"), Decimal("0.03"), "Product management",
        "The price list of January raises Cookware by 2%; the rise of last April is in full from the start.",
        product_line="Cookware",
    ),
    Assumption(
        "rep_turnover", Decimal("0.05"), Decimal("0.08"), Decimal("0.12"), "Human resources",
        "Some 8% of the reps left in each of the last years; a seat stays empty for about three months.",
    ),
)  # fmt: skip


def sample(workspace: str, say: Callable[[str], None]) -> None:
    """Make the sample company and bring it into the workspace; what is there already is left as it is."""
    from planning import settings as config

    place = config.load(workspace)
    folder = place.workspace / "sample"
    if not (folder / "orders.csv").exists():
        say("Making the sample company ...")
        company.generate(folder)
    imports.bring_in(workspace, SOURCE, folder, say)
    context = stand(workspace)
    if not assumptions.stated(context):
        say(f"Stating assumptions to start from for FY{context.year} ...")
        for each in STARTERS:
            assumptions.state(context, each, "Sales operations")
