"""Give texts their types by rule, as SQL that the engine runs over whole columns.

A text that does not follow the rule of its column is refused with its place. Nothing passes through a
float on its way: amounts go from digits to whole minor units.
"""

from collections.abc import Callable

import duckdb

from planning.history.intake.rates import FOREIGN_DECIMALS, PlanRates
from planning.history.intake.reading import SHOWN, listed
from planning.history.intake.source import File
from planning.history.intake.writing import Writing, date_parts
from planning.tables import Type

_DIGITS = {
    "d": "[0-9]{1,2}", "dd": "[0-9]{2}", "m": "[0-9]{1,2}", "mm": "[0-9]{2}",
    "yy": "[0-9]{2}", "yyyy": "(?:19|20|21)[0-9]{2}",
}  # fmt: skip
"""Pattern of each part of a date. A year outside 1900 to 2199 is a slip of the keyboard."""

_DECIMALS = 6


def quoted(name: str) -> str:
    """Write a name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Write a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def give_types(
    engine: duckdb.DuckDBPyConnection, file: File, texts: str, minor_digits: int, rates: PlanRates
) -> list[str]:
    """Make the table of a file, named as the file is, from a table of its texts.

    Parameters
    ----------
    engine
        Where both tables live.
    file
        Types of its columns and how they are written.
    texts
        Name of the table of texts, which has ``_line`` and ``_file`` besides the file's columns.
    minor_digits
        Decimals of the company's currency.
    rates
        What other currencies are worth; amounts in them become the company's own.

    Returns
    -------
    What is wrong, a fault a column, with the first places; the table is made only if nothing is.
    """
    typed = {
        name: converted(file, name, minor_digits, rates)
        if name in file.currency
        else expression(name, type, file.writing, minor_digits)
        for name, type in file.columns.items()
    }
    columns = ", ".join(f"{sql} as {quoted(name)}" for name, sql in typed.items())
    engine.execute(f"create table {quoted(file.name)} as select {columns}, _line, _file from {texts}")
    problems = [
        _fault(engine, texts, name, typed[name], count, _expected(file, name, minor_digits, rates))
        for name, count in _refused(engine, file, texts).items()
        if count
    ]
    if problems:
        engine.execute(f"drop table {quoted(file.name)}")
    return problems


def filled(column: str) -> str:
    """Write the SQL condition that a text is more than blanks."""
    return f"trim({quoted(column)}) <> ''"


def expression(column: str, type: Type, writing: Writing, minor_digits: int) -> str:
    """Write the SQL that turns a text into its type; it gives null for an empty text, and for a wrong one.

    Parameters
    ----------
    column
        Name of the column of texts.
    type
        Its type; money becomes whole minor units.
    writing
        Marks of numbers and form of dates.
    minor_digits
        Decimals of the currency.
    """
    makers: dict[Type, Callable[[str], str]] = {
        "text": lambda text: f"case when trim({text}) <> '' then {text} end",
        "whole": lambda text: _number(f"trim({text})", writing, 0, "bigint"),
        "money": lambda text: _number(f"trim({text})", writing, minor_digits, "bigint"),
        "decimal": lambda text: _number(f"trim({text})", writing, _DECIMALS, "decimal"),
        "date": lambda text: _date(f"trim({text})", writing),
    }
    return makers[type](quoted(column))


def converted(file: File, column: str, minor_digits: int, rates: PlanRates) -> str:
    """Write the SQL that turns a text, in the currency that its row names, into minor units of the company's.

    The product of amount and rate is exact; it is rounded once, half away from zero.

    Parameters
    ----------
    file
        Says which column names the currency, and how numbers are written.
    column
        Name of the column of texts.
    minor_digits
        Decimals of the company's currency.
    rates
        What other currencies are worth; null comes of a currency that is not among them.
    """
    named = f"trim({quoted(file.currency[column])})"
    own = expression(column, "money", file.writing, minor_digits)
    cases = ""
    for currency in rates.rates:
        factor = f"cast({rates.factor(currency, minor_digits):f} as decimal(19, 13))"
        cases += f" when {literal(currency)} then try_cast(round({foreign(file, column)} * {factor}) as bigint)"
    return f"case {named} when {literal(rates.own)} then {own}{cases} end"


def foreign(file: File, column: str) -> str:
    """Write the SQL that turns a text into ten-thousandths of whatever currency it is in."""
    return _number(f"trim({quoted(column)})", file.writing, FOREIGN_DECIMALS, "bigint")


def _expected(file: File, column: str, minor_digits: int, rates: PlanRates) -> str:
    said = expected(file.columns[column], file.writing, minor_digits)
    if column not in file.currency:
        return said
    return f"{said} in {rates.own}, and at most {FOREIGN_DECIMALS} decimals in other currencies"


def expected(type: Type, writing: Writing, minor_digits: int) -> str:
    """Say in words how a value of a type must be written."""
    if type == "date":
        return f"a date written {writing.dates}, from 1900 to 2199"
    whole = f"1{writing.thousands_mark}234"
    if type == "whole":
        return f"a whole number such as {whole} or -5"
    decimals = minor_digits if type == "money" else _DECIMALS
    if not decimals:
        return f"an amount without decimals such as {whole} or -5"
    what = "an amount" if type == "money" else "a number"
    return f"{what} such as {whole}{writing.decimal_mark}{'56'[:decimals]} or -5, with at most {decimals} decimals"


def _number(text: str, writing: Writing, decimals: int, result: str) -> str:
    """Turn digits into a whole number of units of the last decimal, or into a decimal."""
    digits = f"replace({text}, {literal(writing.thousands_mark)}, '')" if writing.thousands_mark else text
    mark = literal(writing.decimal_mark)
    if result == "decimal":
        value = f"try_cast(replace({digits}, {mark}, '.') as decimal(18, {_DECIMALS}))"
    else:
        units = f"split_part({digits}, {mark}, 1) || rpad(split_part({digits}, {mark}, 2), {decimals}, '0')"
        value = f"try_cast({units if decimals else digits} as bigint)"
    return f"case when regexp_full_match({text}, {literal(_pattern(writing, decimals))}) then {value} end"


def _pattern(writing: Writing, decimals: int) -> str:
    grouped = f"[0-9]{{1,3}}(?:[{_escaped(writing.thousands_mark)}][0-9]{{3}})+" if writing.thousands_mark else ""
    whole = f"(?:[0-9]+|{grouped})" if grouped else "[0-9]+"
    fraction = f"(?:[{_escaped(writing.decimal_mark)}][0-9]{{1,{decimals}}})?" if decimals else ""
    return f"-?{whole}{fraction}"


def _escaped(mark: str) -> str:
    """Write a mark inside square brackets of a pattern."""
    return f"\\{mark}" if mark in "\\]^[" else mark


def _date(text: str, writing: Writing) -> str:
    """Pick year, month and day by the declared form, and let the calendar judge them."""
    parts = date_parts(writing.dates)
    pattern = "".join(f"({_DIGITS[part]})" if part in _DIGITS else _between(part) for part in parts)
    picked = {part[0]: _picked(text, parts, part, pattern) for part in parts if part in _DIGITS}
    year = picked["y"] if "yyyy" in parts else f"'20' || {picked['y']}"
    iso = f"{year} || '-' || lpad({picked['m']}, 2, '0') || '-' || lpad({picked['d']}, 2, '0')"
    return f"try_cast(case when regexp_full_match({text}, {literal(pattern)}) then {iso} end as date)"


def _picked(text: str, parts: list[str], part: str, pattern: str) -> str:
    """Pick a part by its place where all parts before it are as long as declared, for speed; else by the pattern."""
    place = parts.index(part)
    if {"d", "m"}.isdisjoint(parts[: place + 1]):
        return f"substr({text}, {sum(len(each) for each in parts[:place]) + 1}, {len(part)})"
    number = sum(each in _DIGITS for each in parts[: place + 1])
    return f"regexp_extract({text}, {literal(pattern)}, {number})"


def _between(part: str) -> str:
    return "".join(f"[{_escaped(mark)}]" for mark in part)


def _refused(engine: duckdb.DuckDBPyConnection, file: File, texts: str) -> dict[str, int]:
    """Count for each column the texts that are more than blanks but became nothing."""
    written = ", ".join(f"count(*) filter (where {filled(name)})" for name in file.columns)
    became = ", ".join(f"count({quoted(name)})" for name in file.columns)
    before = engine.sql(f"select {written} from {texts}").fetchall()[0]
    after = engine.sql(f"select {became} from {quoted(file.name)}").fetchall()[0]
    return {name: there - typed for name, there, typed in zip(file.columns, before, after, strict=True)}


def _fault(engine: duckdb.DuckDBPyConnection, texts: str, column: str, sql: str, count: int, expected: str) -> str:
    name = quoted(column)
    refused = (
        f"select _line, {name} from {texts} where {filled(column)} and {sql} is null order by _line limit {SHOWN}"
    )
    places = [f"line {line} has {_shortened(value)!r}" for line, value in engine.sql(refused).fetchall()]
    return f"column {column!r}: {listed(places, count)}; expected {expected}"


def _shortened(value: str, length: int = 60) -> str:
    return value if len(value) <= length else f"{value[:length]}..."
