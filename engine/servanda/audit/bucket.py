"""A bucket: some agreements of one pack, read, measured and judged together, with their findings as the bytes of a Parquet file.

A bucket reads files and gives bytes. It writes nothing of its own but temporary files, and may run anywhere, twice, or not to its end.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from servanda.audit.district import reports_of
from servanda.audit.plan import Found
from servanda.duties import Rule
from servanda.evaluate import below, load_pack
from servanda.facts.assemble import submission_order
from servanda.facts.load import load_found
from servanda.facts.manifest import Known
from servanda.facts.store import create, file_text
from servanda.facts.submissions import check_unchanged
from servanda.facts.validate import TypedTable
from servanda.finding_columns import create_findings, empty_fields, fields_beyond, paths_beyond
from servanda.findings import consequences_of, deviations_of, result_rows
from servanda.intake import check_all
from servanda.judge import judge
from servanda.measure import evidence_of, measure, rules_of
from servanda.model import Agreement, Consequence, Submission
from servanda.pack_shapes import Pack
from servanda.problems import Problem, Problems
from servanda.receipt import versions
from servanda.streams import Streams, numbered

PARQUET = "(FORMAT parquet, COMPRESSION zstd)"
STREAMED = 1_000_000  # records from which on they pass through the queries instead of being selected into tables
_OWN = ("agreement", "site", "record")

# What the duties of the programme look at among the agreements' own records, with all that their findings say of them.
_PROGRAMME = """
SELECT w.agreement AS owner, s.* EXCLUDE (id), o.type, o.id, p.path, o.file, o.row, e.fields, coalesce(b.beyond, []) AS beyond
FROM selected s JOIN origin o USING (rid) JOIN owner w ON w.number = o.submission JOIN submission p ON p.number = o.submission
JOIN programme_emptiness e USING (rid) LEFT JOIN programme_beyond b USING (rid)
WHERE w.agreement <> '' AND s.selection IN (SELECT u.selection FROM use u JOIN rule r USING (rule) WHERE r.scope = 'programme')
ORDER BY s.selection, s.rid
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is measured together: agreements of a pack with their submissions and the programme's. `ranks` number all agreements of the plan.

    `reports` are formats in which each agreement's own report is asked for, in `lang`.
    """

    pack: Pack
    as_of: datetime.date
    encoding: str | None
    root: str
    agreements: tuple[Agreement, ...]
    found: Mapping[str, Sequence[Found]]
    programme: Sequence[Found]
    ranks: Mapping[str, int]
    reports: tuple[str, ...] = ()
    lang: str = "de"


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a bucket: Parquet files by name (`findings`, `programme`), consequences, the last days of terms that a termination ended,
    the problems of agreements that were set aside, and their own reports by (agreement, format). `encodings` are the files that were not UTF-8;
    `engine` is what measured."""

    tables: Mapping[str, bytes]
    consequences: tuple[Consequence, ...]
    ended: Mapping[str, datetime.date]
    aside: Mapping[str, Sequence[Problem]]
    reports: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    encodings: tuple[tuple[str, str], ...] = ()
    engine: Mapping[str, str] = field(default_factory=versions)


def measure_bucket(bucket: Bucket) -> Measured:
    """Read, measure and judge a bucket. Agreements with bad facts are set aside."""
    read = _read(bucket)
    with tempfile.TemporaryDirectory(prefix="servanda-") as folder:
        at_hand = load_pack(
            bucket.pack, read.agreements, read.submissions, read.tables, set(), False, bucket.as_of, Problems(), reachable=[folder], ranks=bucket.ranks
        )
        con = at_hand.con
        try:
            create(con, "owner", [
                ("number", "INTEGER", list(range(len(read.submissions)))), ("agreement", "VARCHAR", [one.agreement or "" for one in read.submissions]),
            ])
            streams = streams_of(con, bucket.pack, at_hand.present, bucket.as_of)
            rules = measure(con, bucket.pack, read.agreements, at_hand.ended, at_hand.present, bucket.as_of, _OWN, streams=streams)
            consequences = judged(con, bucket.pack, read.agreements, rules, [one.tables_in for one in read.submissions], bucket.as_of, streams)
            _select_for_programme(con, bucket.pack, rules, streams)
            tables = {name: parquet(con, query, Path(folder, name)) for name, query in (
                ("findings", "SELECT * FROM finding"), ("programme", "SELECT * FROM programme_record"),
            )}
        finally:
            con.close()
    return Measured(tables, consequences, {name: day for name, day in at_hand.ended.items() if name}, read.aside, _reports(bucket, read), read.encodings)


def judged(
    con: duckdb.DuckDBPyConnection, pack: Pack, agreements: Sequence[Agreement], rules: Sequence[Rule], paths: Sequence[str], as_of: datetime.date,
    streams: Streams | None = None,
) -> tuple[Consequence, ...]:
    """Judge what was measured, and create `finding`. Only deviations become objects."""
    rows = result_rows(con, judged=True)
    verdict = judge(pack, deviations_of(rows, rules), {agreement.id: agreement.parameters for agreement in agreements})
    evidence_of(con, rules, as_of, streams)
    create_findings(con, pack, rules, verdict, paths, as_of)
    return tuple(consequences_of(con, pack, rows, verdict, agreements, as_of))


def parquet(con: duckdb.DuckDBPyConnection, query: str, file: Path) -> bytes:
    """The rows of a query as a Parquet file: the same rows, the same bytes.

    A row of nulls stands in the table and is left out of the file, so that every column may be null there, whatever happens to be in it.
    """
    con.execute("SET threads = 1")
    con.execute(f"CREATE OR REPLACE TEMP TABLE written AS {query}")
    ((count,),) = con.execute("SELECT count(*) FROM written").fetchall()
    first = con.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'written' ORDER BY column_index LIMIT 1").fetchall()[0][0]
    con.execute(f'INSERT INTO written ("{first}") VALUES (NULL)')  # noqa: S608
    con.execute(f"COPY (SELECT * FROM written WHERE rowid < {count}) TO {file_text(file)} {PARQUET}")  # noqa: S608
    con.execute("DROP TABLE written")
    con.execute("SET threads = 2")
    return file.read_bytes()


def streams_of(con: duckdb.DuckDBPyConnection, pack: Pack, present: Collection[str], as_of: datetime.date) -> Streams | None:
    """Streams where there are many records."""
    if con.execute("SELECT count(*) FROM origin").fetchall()[0][0] < STREAMED:
        return None
    rules = rules_of(pack)
    shared = con.execute("SELECT count(*) > 0 FROM origin o JOIN owner w ON w.number = o.submission WHERE w.agreement = ''").fetchall()[0][0]
    return Streams(pack, rules, numbered(rules), present, as_of, shared)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a bucket, without the agreements that were set aside."""

    agreements: list[Agreement]
    submissions: list[Submission]
    tables: list[list[TypedTable]]
    aside: dict[str, list[Problem]]
    encodings: tuple[tuple[str, str], ...]


def _read(bucket: Bucket) -> _Read:
    """Read the submissions of each agreement; those with problems of their own, and with problems among them, are set aside."""
    pack = bucket.pack
    known = Known({pack.id: pack}, {agreement.id: agreement for agreement in bucket.agreements})
    large: dict = {}
    programme = load_found(bucket.programme, known, bucket.encoding, Problems(), large)
    shared = Problems()
    check_unchanged(bucket.programme, shared)
    submissions, tables = list(programme.submissions), list(programme.tables)
    sound, aside, encodings = [], {}, []
    for agreement in bucket.agreements:
        problems = Problems()
        own = load_found(bucket.found.get(agreement.id, ()), known, bucket.encoding, problems, large)
        both = ([*programme.submissions, *own.submissions], [*programme.tables, *own.tables])
        check_all(pack, *both, own.unread, problems)
        problems.extend(shared.since(0))
        check_unchanged(bucket.found.get(agreement.id, ()), problems)
        if problems:
            aside[agreement.id] = problems.sorted()
            continue
        sound.append(agreement)
        encodings += own.encodings
        submissions += own.submissions
        tables += own.tables
    order = sorted(range(len(submissions)), key=lambda number: submission_order(submissions[number]))
    shown = [below(bucket.root, submissions[number]) for number in order]
    return _Read(sound, shown, [tables[number] for number in order], aside, tuple(sorted(encodings)))


def _select_for_programme(
    con: duckdb.DuckDBPyConnection, pack: Pack, rules: Sequence[Rule], streams: Streams | None
) -> None:
    """Create `programme_record`."""
    wide = [rule for rule in rules if rule.obligation.scope == "programme"]
    types = sorted({s.facts for rule in wide for s in rule.parts.values()} & set(pack.vocabulary))
    empty = " UNION ALL ".join(empty_fields(pack, name) for name in types) or "SELECT NULL::BIGINT AS rid, NULL::VARCHAR[] AS fields WHERE FALSE"
    con.execute(f"CREATE TABLE programme_emptiness AS {empty}")
    con.execute("CREATE TABLE beyond_record (rid BIGINT, path VARCHAR, type VARCHAR, field VARCHAR, id VARCHAR)")
    for one in [fields_beyond(pack, name, path) for name in types for path in paths_beyond(pack, wide, name)]:
        con.execute(f"INSERT INTO beyond_record {one}")  # noqa: S608
    con.execute(
        "CREATE TABLE programme_beyond AS SELECT rid, list({'path': path, 'type': type, 'field': field, 'id': id} ORDER BY path) AS beyond"
        " FROM beyond_record GROUP BY rid"
    )
    query, values = streams.query(_PROGRAMME, wide) if streams else (_PROGRAMME, {})
    con.execute(f"CREATE TABLE programme_record AS {query}", values)


def _reports(bucket: Bucket, read: _Read) -> dict[tuple[str, str], bytes]:
    found: dict[tuple[str, str], bytes] = {}
    for agreement in read.agreements if bucket.reports else ():
        mine = [number for number, submission in enumerate(read.submissions) if submission.agreement in (None, agreement.id)]
        own = [read.submissions[number] for number in mine]
        found |= reports_of(bucket.pack, agreement, own, [read.tables[number] for number in mine], bucket.as_of, bucket.reports, bucket.lang)
    return found
