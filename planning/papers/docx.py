"""A paper as DOCX, to be edited in a word processor; every text in it is text, and none becomes a field or a link."""

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from planning.papers.paper import Columns, Heading, Note, Paper, Part, Points, Signatures, Words

_GREY, _INK, _LINE = RGBColor(0x5A, 0x66, 0x72), RGBColor(0x1D, 0x27, 0x33), "C3CAD2"
_WIDTH, _HEIGHT, _MARGIN = Mm(210), Mm(297), Mm(18)
_MANY = 5
"""Columns from which a table is set smaller."""
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold."""
_WRITTEN = datetime(2000, 1, 1)
"""The file bears no time of its own, so that the same paper is the same bytes."""


def docx(paper: Paper) -> bytes:
    """Write a paper as a DOCX file on A4."""
    made = Document()
    _set_up(made, paper)
    _small(made.add_paragraph(), paper.about)
    title = made.add_paragraph(_plain(paper.title), style="Title")
    title.paragraph_format.space_after = Pt(6)
    for part in paper.parts:
        _add(made, part)
    _foot(made, paper)
    stream = BytesIO()
    made.save(stream)
    return _without_times(stream)


def _without_times(archive: BytesIO) -> bytes:
    """Pack the parts of a file anew: they bear the second in which they were packed."""
    packed = BytesIO()
    with ZipFile(archive) as given, ZipFile(packed, "w") as anew:
        for name in given.namelist():
            anew.writestr(ZipInfo(name), given.read(name), ZIP_DEFLATED)
    return packed.getvalue()


def _set_up(made: Any, paper: Paper) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = _WIDTH, _HEIGHT
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = _MARGIN
    told = made.core_properties
    told.title, told.author, told.language = _plain(paper.title), "", paper.language
    told.created = told.modified = _WRITTEN
    for name, size in (("Normal", 10), ("Title", 18), ("Heading 2", 12)):
        style = made.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), _INK
        style.font.bold = name != "Normal"
        # The heading fonts of the theme would otherwise win over the name.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for each in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{each}"), None)
        fonts.set(qn("w:hAnsi"), "Calibri")
    border = made.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        border.getparent().remove(border)
    made.styles["Normal"].paragraph_format.space_after = Pt(4)


def _add(made: Any, part: Part) -> None:
    if isinstance(part, Heading):
        made.add_paragraph(_plain(part.text), style="Heading 2")
    elif isinstance(part, Words):
        made.add_paragraph(_plain(part.text))
    elif isinstance(part, Note):
        _small(made.add_paragraph(), part.text)
    elif isinstance(part, Points):
        for each in part.texts:
            made.add_paragraph(_plain(each), style="List Number" if part.numbered else "List Bullet")
    elif isinstance(part, Columns):
        _columns(made, part)
    else:
        _signatures(made, part)


def _columns(made: Any, part: Columns) -> None:
    aligned, size = part.aligned, Pt(8.5 if len(part.heads) > _MANY else 10)
    table = made.add_table(rows=1, cols=len(part.heads))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    widths = _widths(part)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _row(table.rows[0], part.heads, aligned, widths, Pt(8.5), color=_GREY)
    _repeat(table.rows[0])
    for place, cells in enumerate(part.rows):
        bold = part.total and place == len(part.rows) - 1
        _row(table.add_row(), cells, aligned, widths, size, bold=bold)
    made.add_paragraph().paragraph_format.space_after = Pt(2)


def _row(row: Any, texts: Sequence[str], aligned: Sequence[bool], widths: Sequence[int], size: Any,
         bold: bool = False, color: Any = None) -> None:  # fmt: skip
    for cell, text, figures, width in zip(row.cells, texts, aligned, widths, strict=True):
        cell.width = width
        line = cell.paragraphs[0]
        line.paragraph_format.space_after = Pt(1)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if figures else WD_ALIGN_PARAGRAPH.LEFT
        run = line.add_run(_plain(text))
        run.font.size, run.bold = size, bold
        if color is not None:
            run.font.color.rgb = color
        _underline(cell)


def _widths(part: Columns) -> list[int]:
    """Share the width of the page by what the columns hold: a figure is not to break, texts and heads may."""
    heads = [max(map(len, head.split()), default=1) for head in part.heads]
    cells = [max((len(row[place]) for row in part.rows), default=0) for place in range(len(part.heads))]
    # A total is bold, and so wider.
    room = 4 if part.total else 2
    wants = [
        max(cell + room, head + 2) if figures else min(max(cell, head, 10) + 3, 40)
        for cell, head, figures in zip(cells, heads, part.aligned, strict=True)
    ]
    whole = int(_WIDTH - 2 * _MARGIN)
    return [whole * each // sum(wants) for each in wants]


def _signatures(made: Any, part: Signatures) -> None:
    made.add_paragraph().paragraph_format.space_before = Pt(24)
    table = made.add_table(rows=1, cols=len(part.names))
    for cell, (name, under) in zip(table.rows[0].cells, part.names, strict=True):
        cell.paragraphs[0].add_run(_plain(name)).bold = True
        _small(cell.add_paragraph(), under)
        _border(cell, "top", "1D2733")


def _foot(made: Any, paper: Paper) -> None:
    line = made.sections[0].footer.paragraphs[0]
    # The footer's style has two stops: the middle of the page, and its right side.
    _small(line, f"{paper.foot}\t\t")
    run = line.add_run()
    run.font.size, run.font.color.rgb = Pt(7.5), _GREY
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        each = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            each.set(qn("w:fldCharType"), kind)
        else:
            each.text = text
        run._r.append(each)


def _small(line: Any, text: str) -> None:
    run = line.add_run(_plain(text))
    run.font.size, run.font.color.rgb = Pt(8), _GREY


def _repeat(row: Any) -> None:
    """Let the heading stand again at the top of each page, and keep rows whole."""
    told = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", "w:tblHeader"):
        told.append(OxmlElement(name))


def _underline(cell: Any) -> None:
    _border(cell, "bottom", _LINE)


def _border(cell: Any, side: str, color: str) -> None:
    borders = OxmlElement("w:tcBorders")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "4"), ("color", color)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)


def _plain(text: str) -> str:
    return _UNWRITABLE.sub("", text)
