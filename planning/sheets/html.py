"""A piece of a page that a notebook can show."""

import re
from dataclasses import dataclass, field
from html import escape

ADDRESS = re.compile(r"(?:https?:|mailto:|[^:]*$|[^:]*[/?#])", re.IGNORECASE)
"""Addresses that a link may have: the web, mail, or a place on this site; never a script."""


@dataclass(frozen=True)
class Html:
    """Markup that is shown as it is: whatever came from people was escaped when it was made.

    Parameters
    ----------
    markup
        HTML.
    summary
        What it is, in words, where only text can be shown.
    """

    markup: str = field(repr=False)
    summary: str = ""

    def _repr_html_(self) -> str:
        # Two amounts in one sentence are not a formula between dollar signs.
        return f'<div class="mathjax_ignore tex2jax_ignore">{self.markup}</div>'

    def __repr__(self) -> str:
        return self.summary

    def __str__(self) -> str:
        return self.markup


def element(name: str, content: str, *classes: str, **attributes: str) -> str:
    """Write an element around content that is HTML already; attributes are escaped.

    Examples
    --------
    >>> element("td", escape("<1"), "number", "", title='"so"')
    '<td class="number" title="&quot;so&quot;">&lt;1</td>'
    """
    names = " ".join(each for each in classes if each)
    given = {**({"class": names} if names else {}), **attributes}
    written = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in given.items())
    return f"<{name}{written}>{content}</{name}>"


def link(text: str, address: str) -> str:
    """Write a link; an address that would run a script leaves the text alone.

    Examples
    --------
    >>> link("R&D", "4_goals.ipynb?territory=R%26D&year=2027")
    '<a href="4_goals.ipynb?territory=R%26D&amp;year=2027">R&amp;D</a>'
    >>> link("x", "javascript:alert(1)"), link("x", "")
    ('x', 'x')
    """
    safe = address and ADDRESS.match(address.strip())
    return element("a", escape(text), href=address.strip()) if safe else escape(text)
