"""An Excel file as a container: looked at before anything in it is read, so that nothing harmful is opened."""

import io
import zipfile
import zlib

from planning.errors import SourceError

LARGEST_FILE = 8 * 2**20
MOST_PARTS = 200
LARGEST_INSIDE = 64 * 2**20
LARGEST_RATIO = 120
"""How many times a part may grow when unpacked; sheets of ours grow some twenty times."""
_SMALL = 2**20
_OLD = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DECLARES = "<!DOCTYPE"
_REFUSED = {
    "vbaproject": "holds macros. Save it as an Excel workbook without macros (.xlsx)",
    "macrosheets/": "holds macros. Save it as an Excel workbook without macros (.xlsx)",
    "externallinks/": "links to other files. Break the links (in Excel: Data, Edit Links), then save it again",
    "connections.xml": "is connected to data elsewhere. Remove the connection, then save it again",
    "embeddings/": "holds other files within it. Remove them, then save it again",
    "activex/": "holds controls that run programs. Remove them, then save it again",
}


def check(content: bytes) -> None:
    """Refuse what is no plain Excel workbook, or would grow beyond measure when opened.

    Raises
    ------
    SourceError
        With the reason, and what to do.
    """
    if len(content) > LARGEST_FILE:
        raise SourceError(
            f"The file has {len(content) / 2**20:.1f} MB; {LARGEST_FILE // 2**20} MB are read at most. A plan "
            "that was taken out is far smaller: remove what was added to it."
        )
    if content.startswith(_OLD):
        locked = _ENCRYPTED in content
        raise SourceError(
            "The file is protected by a password. Save it without one, then bring it in again."
            if locked
            else "The file is an old Excel workbook (.xls), whatever its name. Save it as .xlsx."
        )
    if not content.startswith(b"PK"):
        raise SourceError("The file is no Excel workbook (.xlsx). Bring in the file that was taken out here.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive.infolist())
            _check_texts(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise SourceError("The file is damaged: it cannot be unpacked. Save it again in Excel.") from error


def _check_texts(archive: zipfile.ZipFile) -> None:
    """Refuse parts that declare what their text stands for: it could multiply, or bring other files in."""
    for part in archive.infolist():
        text = archive.read(part)
        if any(_DECLARES.encode(code) in text for code in ("ascii", "utf-16-le", "utf-16-be")):
            raise SourceError(
                f"The file is damaged: {part.filename} declares entities, which no workbook does. Take the plan out "
                "anew, and type into that file."
            )


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    whole = sum(part.file_size for part in parts)
    swollen = [part for part in parts if part.file_size > max(_SMALL, LARGEST_RATIO * max(part.compress_size, 1))]
    if len(parts) > MOST_PARTS or whole > LARGEST_INSIDE or swollen:
        raise SourceError(
            f"The file would grow to {whole / 2**20:,.0f} MB in {len(parts)} parts when it is opened, which no plan "
            "does. It is not read. Take the plan out anew, and type into that file."
        )
    names = [part.filename.lower() for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise SourceError("The file is encrypted. Save it without a password, then bring it in again.")
    for mark, says in _REFUSED.items():
        if any(mark in name for name in names):
            raise SourceError(f"The file {says}.")
    if "xl/workbook.xml" not in names:
        raise SourceError("The file is no Excel workbook (.xlsx). Bring in the file that was taken out here.")
