"""The records that findings rest on, with their values, asked of the database in which a pack's part of a run was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import duckdb

from servanda.dossier.contents import EvidenceRow
from servanda.model import Evidence, Submission
from servanda.pack_shapes import FactType, Pack
from servanda.run import PackRun

# What a kind says of a record beyond that it counts: (run, rid, state, amount, due day, day of the answer).
_TOLD = {
    "attended": """SELECT run, rid, CASE WHEN state = 'present' THEN 'present' ELSE 'absent' END AS state, NULL AS amount, NULL AS due, NULL AS answered
        FROM attended_case WHERE holds AND invited AND state IN ('present', 'absent')""",
    "consented": """SELECT run, rid, CASE WHEN holds AND least > 0 THEN 'breaks' ELSE 'unknown' END AS state, uncovered, NULL AS due, NULL AS answered
        FROM consented_case""",
    "answered": """SELECT run, rid, CASE WHEN NOT coalesce(holds, FALSE) OR late AND NOT surely THEN 'unknown' WHEN late THEN 'breaks' ELSE 'open' END AS state,
        NULL AS amount, due_on, answered_on FROM answered_case WHERE late OR open_case OR holds IS NULL""",
}


def evidence_rows(part: PackRun, submissions: Sequence[Submission], agreement: str | None = None) -> dict[int, tuple[EvidenceRow, ...]]:
    """By a finding's run, every record that it rests on or that could change it, in the records' order; sites are no records.

    `agreement` asks for the findings of one agreement only ("": of the programme).
    """
    if part.database is None:
        return {}
    con = part.database.cursor()
    con.execute(
        "CREATE TEMP TABLE shown AS SELECT e.run, e.rid, CASE WHEN d.kind = 'staffed' THEN 'near' ELSE min(e.part) END AS part"
        " FROM evidence e JOIN duty d USING (run)"
        " WHERE e.run % 2 = 0 AND e.rid >= 0 AND ($agreement::VARCHAR IS NULL OR d.agreement = $agreement) GROUP BY e.run, e.rid, d.kind",
        {"agreement": agreement},
    )
    rows = records_at(con, part.pack, own_submissions(part, submissions), "SELECT DISTINCT rid FROM shown")
    told = _told(con)
    found: dict[int, list[EvidenceRow]] = defaultdict(list)
    for run, rid, state in con.execute("SELECT run, rid, part FROM shown ORDER BY run, rid").fetchall():
        row = rows[rid]
        if (run, rid) in told:
            state, amount, due_on, answered_on = told[run, rid]
            row = replace(row, state=state, amount=amount, due_on=due_on, answered_on=answered_on)
        elif state != "counted":
            row = replace(row, state="unknown" if state == "case" else state)
        found[run].append(row)
    return {run: tuple(of_run) for run, of_run in found.items()}


def own_submissions(part: PackRun, submissions: Sequence[Submission]) -> list[Submission]:
    """The submissions of a pack, in the order by which its records are numbered."""
    return [submission for submission in submissions if submission.pack == part.pack.id]


def records_at(
    con: duckdb.DuckDBPyConnection, pack: Pack, submissions: Sequence[Submission], wanted: str, values: Mapping[str, object] | None = None
) -> dict[int, EvidenceRow]:
    """The records whose rids a query gives. `submissions` are the pack's own, in their order."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE wanted_rid AS {wanted}", values or {})
    names = con.execute("SELECT DISTINCT o.type FROM origin o JOIN wanted_rid USING (rid) ORDER BY 1").fetchall()
    return {rid: row for (name,) in names for rid, row in _of_type(con, name, pack.vocabulary[name], submissions)}


def _of_type(
    con: duckdb.DuckDBPyConnection, name: str, fact_type: FactType, submissions: Sequence[Submission]
) -> Iterator[tuple[int, EvidenceRow]]:
    fields = list(fact_type.fields)
    references = [field for field in fields if fact_type.fields[field].type == "reference"]
    columns = ", ".join(f"t_{field}.id" if field in references else f"f.v_{field}" for field in fields)
    joins = " ".join(f"LEFT JOIN origin t_{field} ON t_{field}.rid = f.v_{field}" for field in references)
    query = (
        f'SELECT f.rid, o.id, o.submission, o.file, o.row, f.own_day, {columns} FROM "f_{name}" f JOIN wanted_rid USING (rid)'  # noqa: S608
        f" JOIN origin o USING (rid) {joins} ORDER BY f.rid"
    )
    for rid, identity, number, file, row, day, *values in con.execute(query).fetchall():
        said = {field: value for field, value in zip(fields, values, strict=True) if value is not None}
        yield rid, EvidenceRow(Evidence(name, identity, submissions[number].tables_in, file, row), fact_type, day, said)


def _told(con: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], tuple]:
    there = {name for name, in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    return {
        (run, rid): tuple(said)
        for kind, query in _TOLD.items() if f"{kind}_case" in there
        for run, rid, *said in con.execute(f"SELECT q.* FROM ({query}) q SEMI JOIN shown USING (run, rid)").fetchall()  # noqa: S608
    }
