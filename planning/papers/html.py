"""A paper as one HTML file that asks for nothing outside."""

from html import escape

from planning.papers.paper import Columns, Heading, Note, Paper, Part, Points, Words

_STYLE = """
body { background: #fff; color: #1d2733; font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 50rem;
  padding: 2rem 1.25rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; } h2 { font-size: 1.15rem; margin: 1.6rem 0 0.5rem; }
.about, footer, .under, .note, th { color: #5a6672; font-size: 0.875rem; } .about { margin: 0 0 0.25rem; }
.frame { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #d5dae0; padding: 0.4rem 0.6rem; text-align: start; vertical-align: top; }
.number { font-variant-numeric: tabular-nums; text-align: end; white-space: nowrap; }
tr.total td { border-top: 2px solid #5a6672; font-weight: 650; }
p, li { overflow-wrap: anywhere; white-space: pre-line; }
.signatures { display: flex; flex-wrap: wrap; gap: 2rem; margin-top: 3rem; }
.signatures > div { border-top: 1px solid #1d2733; flex: 1 1 14rem; padding-top: 0.4rem; }
footer { border-top: 1px solid #d5dae0; margin-top: 2rem; overflow-wrap: anywhere; padding-top: 0.5rem; }
"""


def html(paper: Paper) -> str:
    """Write a paper as HTML; nothing in its texts is taken for HTML."""
    return (
        f'<!doctype html><html lang="{escape(paper.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(paper.title)}</title>'
        f"<style>{_STYLE}</style></head><body>{fragment(paper, 1)}</body></html>\n"
    )


def fragment(paper: Paper, level: int = 3) -> str:
    """Write a paper as a part of a page, whose headings begin at a level.

    Nothing in its texts is taken for HTML.
    """
    body = "".join(_part(part, level + 1) for part in paper.parts)
    foot = f"<footer>{escape(paper.foot)}</footer>" if paper.foot else ""
    title = f'<h{level} class="paper-title">{escape(paper.title)}</h{level}>'
    return f'<p class="about">{escape(paper.about)}</p>{title}{body}{foot}'


def _part(part: Part, level: int) -> str:
    if isinstance(part, Heading):
        return f"<h{level}>{escape(part.text)}</h{level}>"
    if isinstance(part, Words):
        return f"<p>{escape(part.text)}</p>"
    if isinstance(part, Note):
        return f'<p class="note">{escape(part.text)}</p>'
    if isinstance(part, Points):
        name = "ol" if part.numbered else "ul"
        return f"<{name}>{''.join(f'<li>{escape(each)}</li>' for each in part.texts)}</{name}>"
    if isinstance(part, Columns):
        return _columns(part)
    names = "".join(
        f'<div><strong>{escape(name)}</strong><br><span class="under">{escape(under)}</span></div>'
        for name, under in part.names
    )
    return f'<div class="signatures">{names}</div>'


def _columns(part: Columns) -> str:
    aligned = part.aligned

    def row(cells: list[str], name: str, sums: bool) -> str:
        kinds = [' class="number"' if figures else "" for figures in aligned]
        written = "".join(f"<{name}{kind}>{escape(cell)}</{name}>" for kind, cell in zip(kinds, cells, strict=True))
        start = '<tr class="total">' if sums else "<tr>"
        return f"{start}{written}</tr>"

    last = len(part.rows) - 1
    rows = "".join(row(list(each), "td", part.total and place == last) for place, each in enumerate(part.rows))
    heads = row(list(part.heads), "th", False)
    return f'<div class="frame"><table><thead>{heads}</thead><tbody>{rows}</tbody></table></div>'
