"""Bring the files of a source into the engine, typed: the tables that its queries select from."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb

from planning.errors import SourceError
from planning.history.intake.rates import FOREIGN_DECIMALS, OWN_CURRENCY, PlanRates
from planning.history.intake.reading import UnreadableError, read_texts
from planning.history.intake.report import Converted, FileRead, Replaced
from planning.history.intake.source import File
from planning.history.intake.typing import converted, filled, foreign, give_types, literal, quoted


def open_engine(scratch: Path) -> duckdb.DuckDBPyConnection:
    """Open an engine in which a source's queries reach nothing but the tables they are given.

    Parameters
    ----------
    scratch
        Folder for what does not fit into memory.
    """
    engine = duckdb.connect(config={"temp_directory": str(scratch)})
    engine.execute("set enable_external_access = false")
    engine.execute("set lock_configuration = true")
    engine.execute('create table quarantine ("table" text, file text, line bigint, reason text, "row" text)')
    return engine


def stage(
    engine: duckdb.DuckDBPyConnection, folder: Path, file: File, minor_digits: int, rates: PlanRates = OWN_CURRENCY
) -> tuple[FileRead, list[str]]:
    """Read a file into a table of the same name; rows left out, or in an unknown currency, go to the quarantine.

    Parameters
    ----------
    engine
        As `open_engine` gives it.
    folder
        Where the file lies.
    file
        What it is called and how it is read.
    minor_digits
        Decimals of the company's currency.
    rates
        What other currencies are worth in it.

    Returns
    -------
    What the file held, and what is wrong with it: then the table is not made.
    """
    try:
        texts = read_texts(folder / file.file, file)
    except UnreadableError as error:
        return FileRead(file.file, 0), [f"{file.file}: {problem}" for problem in error.problems]
    engine.register("texts_read", texts)
    try:
        replaced = _replace(engine, file)
        left_out = _leave_out(engine, file, rates)
        problems = give_types(engine, file, "texts_kept", minor_digits, rates)
        conversions = () if problems else _conversions(engine, file, minor_digits, rates)
    finally:
        for view in ("texts_kept", "texts_judged", "texts_replaced"):
            engine.execute(f"drop view if exists {view}")
        engine.unregister("texts_read")
    read = FileRead(file.file, len(texts), replaced, left_out, conversions)
    return read, [f"{file.file}: {problem}" for problem in problems]


def _replace(engine: duckdb.DuckDBPyConnection, file: File) -> tuple[Replaced, ...]:
    counts = tuple(
        Replaced(column, found, written, _count(engine, f"texts_read where {quoted(column)} = {literal(found)}"))
        for column, pairs in file.replace.items()
        for found, written in pairs.items()
    )
    columns = ", ".join(_replacing(column, file.replace.get(column, {})) for column in file.columns)
    engine.execute(f"create temp view texts_replaced as select {columns}, _line, _file from texts_read")
    return counts


def _replacing(column: str, pairs: Mapping[str, str]) -> str:
    name = quoted(column)
    cases = " ".join(f"when {literal(found)} then {literal(written)}" for found, written in pairs.items())
    return f"case {name} {cases} else {name} end as {name}" if cases else name


def _leave_out(engine: duckdb.DuckDBPyConnection, file: File, rates: PlanRates) -> dict[str, int]:
    rules = [(rule.where, literal(rule.reason)) for rule in file.leave_out] + _without_rate(file, rates)
    cases = " ".join(f"when {condition} then {reason}" for condition, reason in rules)
    reason = f"case {cases} end" if cases else "null"
    try:
        engine.execute(
            f"create temp view texts_judged as select *, cast({reason} as text) as _reason from texts_replaced"
        )
        engine.execute(
            f"insert into quarantine select '', _file, _line, _reason, {row_as_json(file.columns)} "
            "from texts_judged where _reason is not null"
        )
    except duckdb.Error as error:
        raise SourceError(f"leave_out of the file {file.name} cannot be used: {said(error)}") from error
    engine.execute(
        "create temp view texts_kept as select * exclude (_reason) from texts_judged where _reason is null"
    )
    return reasons(engine, "texts_judged")


def _without_rate(file: File, rates: PlanRates) -> list[tuple[str, str]]:
    """List when an amount cannot be converted, as SQL, and the SQL of the reason."""
    known = ", ".join(literal(currency) for currency in rates.known)
    rules = []
    for column, named in file.currency.items():
        currency = f"trim({quoted(named)})"
        rules += [
            (f"{filled(column)} and {currency} = ''", literal(f"no currency: {named} is empty")),
            (f"{filled(column)} and {currency} not in ({known})", f"'no plan rate for ' || {currency}"),
        ]
    return rules


def _conversions(
    engine: duckdb.DuckDBPyConnection, file: File, minor_digits: int, rates: PlanRates
) -> tuple[Converted, ...]:
    """Add up what was converted, by column and currency: before, and after rounding row by row."""
    found = []
    for column, named in file.currency.items():
        currency = f"trim({quoted(named)})"
        sums = engine.sql(
            f"select {currency}, count(*), sum({foreign(file, column)}), "
            f"sum({converted(file, column, minor_digits, rates)}) "
            f"from texts_kept where {filled(column)} and {currency} <> {literal(rates.own)} group by 1 order by 1"
        ).fetchall()
        for name, rows, before, after in sums:
            amount = f"{Decimal(before).scaleb(-FOREIGN_DECIMALS):f}"
            found.append(Converted(column, name, f"{rates.rates[name]:f}", rows, amount, after))
    return tuple(found)


def reasons(engine: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    """Count the rows of a table by ``_reason``; rows without one are not counted."""
    found = engine.sql(
        f"select _reason, count(*) from {table} where _reason is not null group by 1 order by 2 desc, 1"
    )
    return dict(found.fetchall())


def row_as_json(columns: Mapping[str, object] | tuple[str, ...]) -> str:
    """Write the SQL that puts the columns of a row into one text."""
    packed = ", ".join(f"{quoted(column)} := {quoted(column)}" for column in columns)
    return f"cast(to_json(struct_pack({packed})) as text)"


def said(error: duckdb.Error) -> str:
    """Give what the engine says is wrong with a query, in one line."""
    return str(error).split("\n\nLINE")[0].replace("\n", " ")


def _count(engine: duckdb.DuckDBPyConnection, what: str) -> int:
    return engine.sql(f"select count(*) from {what}").fetchall()[0][0]
