"""Start with the sample company: its history, and assumptions to begin from."""

from collections.abc import Callable
from decimal import Decimal

from planning import sample as company
from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds.kind import USUAL
from planning.history import results
from planning.history.engine import open_history
from planning.history.intake.importing import held
from planning.settings import Settings
from planning.workbook import imports
from planning.workbook.expected import assumptions
from planning.workbook.place import stand

SOURCE = "sample"

STARTERS = (
    Assumption(
        "market_growth", Decimal("0.01"), Decimal("0.03"), Decimal("0.05"), "Sales operations",
        "The trade association expects 3% for the coming year; the outlook goes on with 1.6% of it already.",
        numbers={USUAL: Decimal("0.016")}, indicator="Hotel openings announced by March", review_on="2027-03-31",
    ),
    Assumption(
        "price_change", Decimal("0.01"), Decimal("0.02"), Decimal("0.03"), "Product management",
        "The price list of January raises Cookware by 2%; the rise of last April is in full from the start.",
        product_line="Cookware",
    ),
    Assumption(
        "rep_turnover", Decimal("0.04"), Decimal("0.08"), Decimal("0.12"), "Human resources",
        "Some 4% of the reps left in each of the last years; three have spoken of retiring, so that 8% are to be "
        "expected. A seat stays empty for about three months, and its accounts then buy 40% less.",
        numbers={USUAL: Decimal("0.04"), "months_to_fill": Decimal(3), "sales_lost": Decimal("0.4")},
        indicator="Notices given by the end of March", review_on="2027-03-31",
    ),
)  # fmt: skip


def sample(workspace: str, say: Callable[[str], None], through: str = "") -> None:
    """Make the sample company and bring it into the workspace; what is there already is left as it is.

    Parameters
    ----------
    workspace
        Folder of the company.
    say
        Called with a line of progress now and then.
    through
        Last month of the year in course that is brought in; empty for the history alone. A workspace that holds more
        already keeps it.

    Raises
    ------
    SourceError
        If it is no month of the sample company's year.
    """
    from planning import settings as config

    place = config.load(workspace)
    if through:
        company.month_in_course(through)
    folder = place.workspace / "sample"
    told = _held(place)
    if not told or through > told:
        say(f"Making the sample company{' through ' * bool(through)}{through} ...")
        company.generate(folder, through=through)
        imports.bring_in(workspace, SOURCE, folder, say)
    else:
        say(f"The sample company is there already, to {told}.")
    context = stand(workspace, year=company.COURSE)
    if not assumptions.stated(context):
        say(f"Stating assumptions to start from for FY{context.year} ...")
        for each in STARTERS:
            assumptions.state(context, each, "Sales operations")


def _held(settings: Settings) -> str:
    """Give the last month of results that the workspace holds; empty where it holds none."""
    if SOURCE not in held(settings):
        return ""
    with open_history(settings) as history:
        return results.months_in(history)[1]
