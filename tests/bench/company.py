"""A made-up company with as many order lines as asked for, written by the embedded engine as canonical Parquet."""

import shutil
from pathlib import Path

import duckdb

from planning.tables import TABLES

TERRITORIES, REPS, PRODUCTS, LINES, CHANNELS, CUSTOMERS = 40, 1000, 400, 10, 3, 100_000
PRODUCTS_OF_A_REP = 120
FIRST_DAY, DAYS = "2024-01-01", 1096
_TYPES = {"text": "varchar", "whole": "bigint", "money": "bigint", "decimal": "decimal(18, 6)", "date": "date"}

# Everything is drawn by hash of the row's number, so that the same number of lines gives the same company.
_QUERIES = {
    "territories": f"select 'T' || i as territory, 'R' || (i // 10) as region from range({TERRITORIES}) as t(i)",
    "people": f"select printf('Rep %04d', i) as rep from range({REPS}) as t(i)",
    "products": f"""
        select printf('P%03d', i) as product, 'L' || (i % {LINES}) as product_line from range({PRODUCTS}) as t(i)
    """,
    "customers": f"""
        select 'C' || i as customer, 'S' || (i % 5) as segment, substr('ABC', 1 + i % 3, 1) as tier,
               'Channel ' || (i % {CHANNELS}) as channel, 'T' || ((i % {REPS}) % {TERRITORIES}) as territory
        from range({CUSTOMERS}) as t(i)
    """,
    "orders": f"""
        select 'O' || (i // 4) as order_id, 1 + i % 4 as line,
               date '{FIRST_DAY}' + cast(hash(i // 4, 1) % {DAYS} as integer) as date,
               printf('Rep %04d', customer % {REPS}) as rep,
               'T' || ((customer % {REPS}) % {TERRITORIES}) as territory,
               'C' || customer as customer,
               printf('P%03d', (customer % {REPS} * 7 + hash(i, 2) % {PRODUCTS_OF_A_REP}) % {PRODUCTS}) as product,
               'Channel ' || (customer % {CHANNELS}) as channel, quantity,
               quantity * cast(500 + hash(i, 4) % 20000 as bigint) as amount, quantity * 400 as cost
        from (
            select i, cast(hash(i // 4, 3) % {CUSTOMERS} as bigint) as customer,
                   case when hash(i, 5) % 60 = 0 then -1 else cast(1 + hash(i, 6) % 24 as bigint) end as quantity
            from range($lines) as t(i)
        ) as drawn
    """,
    "goals": f"""
        select printf('Rep %04d', i) as rep, 'revenue' as metric, month,
               cast(1000000 + hash(i, month) % 500000 as bigint) as target
        from range({REPS}) as t(i),
             (select unnest(generate_series(date '{FIRST_DAY}', date '2026-12-01', interval 1 month)) as month) as m
    """,
}


def make(folder: Path, lines: int) -> Path:
    """Write a history with so many order lines, unless it is there; give its folder."""
    history = folder / f"company-{lines}"
    if history.exists():
        return history
    draft = folder / f".company-{lines}"
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "made").mkdir(parents=True)
    with duckdb.connect() as engine:
        for name, query in _QUERIES.items():
            columns = ", ".join(
                f"cast({column.name} as {_TYPES[column.type]}) as {column.name}"
                if f" as {column.name}" in query or f"{column.name}," in query
                else f'cast(null as {_TYPES[column.type]}) as "{column.name}"'
                for column in TABLES[name].columns
            )
            filled = query.replace("$lines", str(lines))
            file = str(draft / "made" / f"{name}.parquet").replace("'", "''")
            engine.execute(f"copy (select {columns} from ({filled})) to '{file}' (format parquet)")
    draft.rename(history)
    return history
