"""The market: how large it is, how it grows, what our share is, and who else is there."""

from typing import Any

from planning.forms.page import Page, later, section, words


@later
@section
def market(here: Page) -> Any:
    """Show the market by territory."""
    return words(f"The history tells no market figures for FY{here.context.year - 1}.")
