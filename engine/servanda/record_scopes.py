"""Records as scopes: a duty for each record of a type, and duties that a breach makes.

A record's scope is named `<type>:<id>` and lasts from the record's own day (moved into the term where it lies outside) to the
end of the term. A duty that follows from a breach exists for the same record, from the due day that was missed; chains of any
length are measured link by link.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from servanda.duties import Rule
from servanda.facts.select import condition_column
from servanda.pack_shapes import ForEach, Pack


def record_kinds(rules: Sequence[Rule]) -> list[str]:
    """What stands in place of a site kind for rules over records: a number for each choice of records; "" for other rules."""
    chosen = {one: number for number, one in enumerate(_chosen(rules))}
    return [f"#{chosen[rule.obligation.for_each]}" if rule.obligation.for_each else "" for rule in rules]


def _chosen(rules: Sequence[Rule]) -> list[ForEach]:
    return list(dict.fromkeys(rule.obligation.for_each for rule in rules if rule.obligation.for_each))


def load_record_scopes(con: duckdb.DuckDBPyConnection, pack: Pack, rules: Sequence[Rule], as_of) -> None:
    """Add the known records that rules name as scopes to `scope`. Their conditions are never unknown (see pack_checks)."""
    for number, chosen in enumerate(_chosen(rules)):
        condition, values, joins = condition_column(con, pack, chosen.facts, chosen.where, as_of)
        con.execute(
            f"INSERT INTO scope SELECT (SELECT max(number) FROM scope) + row_number() OVER (ORDER BY f.rid), 'record', f.agreement,"  # noqa: S608
            f" '{chosen.facts}:' || o.id, '#{number}', least(greatest(coalesce(f.own_day, s.first), s.first), s.last), s.last, s.years"
            f" FROM \"f_{chosen.facts}\" f JOIN origin o ON o.rid = f.rid JOIN scope s ON s.scope = 'agreement' AND s.agreement = f.agreement {joins}"
            f" WHERE f.known AND {condition}",
            values,
        )


def steps(rules: Sequence[Rule]) -> int:
    """How many times to measure: once, and once more for each link of the longest chain."""
    after = {rule.number: rule.after for rule in rules}

    def depth(number: int) -> int:
        return 1 if after[number] is None else 1 + depth(after[number])

    return max((depth(number) for number in after), default=1)


def no_breach(con: duckdb.DuckDBPyConnection) -> None:
    """`breach` (rule, agreement, place, label, since) before anything is measured."""
    con.execute("CREATE OR REPLACE TABLE breach (rule INTEGER, agreement VARCHAR, place VARCHAR, label VARCHAR, since DATE)")


def load_breaches(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """`breach` from `result`: what deviates and makes duties, with the earliest due day that was missed."""
    no_breach(con)
    making = {rule.after for rule in rules if rule.after is not None}
    kinds = {rules[number].obligation.kind for number in making}
    since = {
        "answered": "(SELECT min(c.due_on) FROM answered_case c WHERE c.run = r.run AND c.holds AND c.late AND c.surely)", "delivered": "r.deadline",
    }
    for kind in sorted(kinds):
        con.execute(
            f"INSERT INTO breach SELECT r.rule, r.agreement, r.place, r.label, {since[kind]} FROM result r"  # noqa: S608
            f" WHERE r.kind = '{kind}' AND r.status IN ('deviation', 'unmet') AND list_contains($rules::INTEGER[], r.rule)",
            {"rules": sorted(making)},
        )
