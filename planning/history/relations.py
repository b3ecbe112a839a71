"""What is derived from the canonical tables, row by row, before anything is added up.

A relation is a view: plain SQL over canonical tables and relations before it. It can be asked like a table. A
relation that bears the name of a table stands in its place; the table itself is then ``loaded_<name>``.
"""

from dataclasses import dataclass

from planning.tables import TABLES

LOADED = "loaded_"
"""Before the name of a table in whose place a relation stands."""


@dataclass(frozen=True)
class Relation:
    """A view over canonical tables.

    Parameters
    ----------
    name
        As queries call it.
    columns
        What it gives, in the order of the query.
    sql
        The query.
    changed_by
        For a relation in a table's place: the table without whose rows it gives what the table itself holds, so that
        it is left out, and costs nothing, while that one is empty.
    """

    name: str
    columns: tuple[str, ...]
    sql: str
    changed_by: str = ""


def _part_of(column: str) -> str:
    """Write the part of a whole number that lies between two cumulative shares of it.

    The two bounds are rounded, not the part: the last bound of a line is the number itself, so its parts add up to
    it exactly. Half is rounded away from zero, which makes the parts of a return those of a sale, negative.
    """
    upto, before = (
        f"cast(round(cast(part.{share} as decimal(7, 6)) * whole.{column}) as bigint)" for share in ("upto", "before")
    )
    return f"case when part.rep is null then whole.{column} else {upto} - {before} end as {column}"


_CREDITED = f"""
select whole.order_id, whole.line, whole.date, coalesce(part.rep, whole.rep) as rep, whole.territory,
    whole.customer, whole.product, whole.channel,
    {_part_of("quantity")},
    {_part_of("amount")},
    {_part_of("cost")}
from loaded_orders as whole
left join (
    select order_id, line, rep, upto, upto - share as before
    from (
        select order_id, line, rep, share, sum(share) over (
            partition by order_id, line order by rep rows between unbounded preceding and current row
        ) as upto
        from credits
    ) as running
) as part on part.order_id = whole.order_id and part.line = whole.line
"""
"""Order lines as they are credited: a shared line stands once for each rep who shares it, with that rep's part."""

RELATIONS: dict[str, Relation] = {
    relation.name: relation for relation in (Relation("orders", TABLES["orders"].names, _CREDITED, "credits"),)
}
"""In the order in which they are made: a relation refers only to tables, and to relations before it."""


def columns_of(table: str) -> tuple[str, ...]:
    """Name the columns of a canonical table, as it is seen or as it was loaded, or of a relation."""
    return RELATIONS[table].columns if table in RELATIONS else TABLES[table.removeprefix(LOADED)].names
