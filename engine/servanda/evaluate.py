"""The whole story: load → measure → judge → findings."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from servanda.facts.assemble import assemble, completeness
from servanda.facts.load import Given, has_large
from servanda.facts.select import condition_column
from servanda.facts.store import close_access, connect, load_declarations, load_records, load_sites
from servanda.facts.validate import TypedTable
from servanda.findings import consequences_of, deviations_of, findings, result_rows
from servanda.intake import assemble_all, take_in
from servanda.judge import judge
from servanda.measure import evidence_of, measure
from servanda.model import Agreement, Evidence, Submission, UnilateralWaiver
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problems
from servanda.readings.trial import trial
from servanda.run import PackRun, Run, only_year

if TYPE_CHECKING:
    from servanda.facts.large_table import LargeTable


def evaluate(
    facts: Iterable[Path], agreements: Path, rules: Path, as_of: datetime.date, *, known_on: datetime.date | None = None, year: int | None = None,
    every: bool = False, keep_going: bool = False, given: Given | None = None, encoding: str | None = None,
    progress: Callable[[str, int, int], None] | None = None, root: Path | None = None, rules_as_of: datetime.date | None = None,
) -> Run:
    """Evaluate the agreements whose submissions lie among `facts` or are `given` at hand (`every`: all agreements).

    `InvalidInput` carries every problem found; with `keep_going` bad records are left out instead, the completeness of
    their fact type is taken back, and the run names them. Broken definitions are never passed over. Text that is not UTF-8 is a problem,
    or is read in `encoding`; the run names the files. `progress` is told (phase, which, how many) while the work goes on. Submissions below
    `root` are named by their path from there, so that the result does not depend on where that folder lies. `rules_as_of`: by the rules as
    they stood on that day, without what was amended with effect from a later one.
    """
    problems = Problems()
    intake = take_in(facts, agreements, rules, known_on, encoding, given, problems, progress)
    loaded, known = intake.loaded, intake.agreements
    submissions, tables = [below(f"{root.as_posix()}/" if root else "", one) for one in loaded.submissions], loaded.tables
    moved = any(problem.code == "changed-meanwhile" for problem in problems.since(0))  # nobody knows which record is which
    if intake.undefined or moved or problems and not keep_going:
        assemble_all(intake, problems)
        raise InvalidInput(problems.sorted())
    runs = []
    packs, known = _in_force(intake.packs, known, rules_as_of)
    of = {one.pack for one in submissions} | {agreement.pack for agreement in known.values() if every}
    concerned = [pack for pack in packs.values() if pack.id in of]
    for count, pack in enumerate(concerned, 1):
        if progress:
            progress("measure", count, len(concerned))
        mine = [number for number, submission in enumerate(submissions) if submission.pack == pack.id]
        named = {submissions[number].agreement for number in mine}
        evaluated = [known[name] for name in sorted(known) if known[name].pack == pack.id and (every or name in named)]
        if mine or evaluated:
            own = [submissions[number] for number in mine]
            try:
                runs.append(run_pack(pack, evaluated, own, [tables[number] for number in mine], loaded.lost, keep_going, as_of, problems))
            except InvalidInput as invalid:  # what a definition turns out to be unable to say
                problems.extend(replace(problem, file=problem.file or f"{pack.folder}/pack.yaml") for problem in invalid.problems)
                raise InvalidInput(problems.sorted()) from invalid
    if problems and not keep_going:
        raise InvalidInput(problems.sorted())
    runs = _begun(runs, as_of)
    submissions = [one for one in submissions if one.pack in {part.pack.id for part in runs}]
    run = Run(
        as_of, tuple(runs), tuple(submissions), tuple(problems.sorted()), encodings=tuple(sorted(loaded.encodings)), known_on=known_on, rules_as_of=rules_as_of
    )
    run = only_year(run, year)
    if not run.findings or not submissions:
        problems.add("nothing-to-evaluate", submissions=len(submissions), agreements=sum(len(r.agreements) for r in runs))
        raise InvalidInput(problems.sorted())
    return run


def _in_force(
    packs: Mapping[str, Pack], agreements: Mapping[str, Agreement], day: datetime.date | None
) -> tuple[Mapping[str, Pack], Mapping[str, Agreement]]:
    """Packs and agreements as they stood on a day (None: as they are)."""
    if day is None:
        return packs, agreements
    from servanda.rules_history import agreement_on, pack_on

    return {name: pack_on(one, day) for name, one in packs.items()}, {name: agreement_on(one, day) for name, one in agreements.items()}


def _begun(runs: Sequence[PackRun], as_of: datetime.date) -> list[PackRun]:
    """The packs of which an agreement's term has begun by `as_of`; all of them where none has."""
    begun = [part for part in runs if any(agreement.start <= as_of for agreement in part.agreements)]
    return begun or list(runs)


def below(prefix: str, submission: Submission) -> Submission:
    """The submission with its paths as they are behind a prefix."""
    return replace(submission, path=submission.path.removeprefix(prefix), manifest=submission.manifest.removeprefix(prefix))


def run_pack(
    pack: Pack, agreements: Sequence[Agreement], submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable]],
    lost: set[tuple[str, str]], keep_going: bool, as_of: datetime.date, problems: Problems,
) -> PackRun:
    """Evaluate agreements of one pack over submissions that were read (`tables` of each); problems across them are noted, and then nothing is found."""
    at_hand = load_pack(pack, agreements, submissions, tables, lost, keep_going, as_of, problems)
    if at_hand is None:
        return PackRun(pack, tuple(agreements), (), (), (), {})
    return _measured(at_hand.con, PackRun(pack, tuple(agreements), (), (), (), at_hand.ended, at_hand.con), at_hand.present, submissions, as_of)


@dataclass(frozen=True, slots=True)
class AtHand:
    """The facts of a pack as they lie in a database, ready to be measured: `ended` are the last days of terms that a termination ended,
    `present` the fact types that have records."""

    con: duckdb.DuckDBPyConnection
    ended: Mapping[str, datetime.date]
    present: Collection[str]


def load_pack(
    pack: Pack, agreements: Sequence[Agreement], submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable]],
    lost: set[tuple[str, str]], keep_going: bool, as_of: datetime.date, problems: Problems, reachable: Sequence[str] = (),
    ranks: Mapping[str, int] | None = None,
) -> AtHand | None:
    """Put what submissions of one pack hold into a database of their own; None where there are problems across them and they are not left out.

    `reachable`: folders in which that database may read and write files. `ranks` of the owners (agreements, "" is the programme) make the numbers of records
    independent of what else is loaded.
    """
    before = len(problems)
    con, present, left_out = load_facts(pack, submissions, tables, keep_going, as_of, problems, reachable, ranks)
    if len(problems) > before and not keep_going:
        return None
    load_declarations(con, completeness(pack, submissions, lost | left_out))
    ended = _ended(con, pack, as_of)
    load_sites(con, pack, agreements, ended)
    return AtHand(con, ended, present)


def load_facts(
    pack: Pack, submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable]], keep_going: bool, as_of: datetime.date, problems: Problems,
    reachable: Sequence[str] = (), ranks: Mapping[str, int] | None = None,
) -> tuple[duckdb.DuckDBPyConnection | None, set[str], set[tuple[str, str]]]:
    """(a database with the records that hold, the types that have any, where bad ones were left out); no database where there are problems across."""
    if has_large(tables):
        return _load_large(pack, submissions, tables, keep_going, as_of, problems, reachable, ranks)
    before = len(problems)
    records, left_out = assemble(pack, submissions, tables, keep_going, frozenset(), problems, ranks)
    if len(problems) > before and not keep_going:
        return None, set(), left_out
    con = connect(sum(len(table.rid) for table in records.values()), reachable)
    load_records(con, pack, records, as_of)
    return con, {name for name, table in records.items() if table.rid}, left_out


def _load_large(
    pack: Pack, submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable | LargeTable]], keep_going: bool, as_of: datetime.date,
    problems: Problems, reachable: Sequence[str], ranks: Mapping[str, int] | None,
) -> tuple[duckdb.DuckDBPyConnection | None, set[str], set[tuple[str, str]]]:
    """As `load_facts`, in the database that the large tables were read into."""
    from servanda.facts.large_assemble import hold
    from servanda.facts.large_facts import load_large

    before = len(problems)
    held = hold(pack, submissions, tables, keep_going, frozenset(), problems)
    if len(problems) > before and not keep_going:
        return None, set(), held.lost
    close_access(held.con, reachable)
    return held.con, load_large(held, pack, as_of, ranks), held.lost


def _measured(
    con: duckdb.DuckDBPyConnection, part: PackRun, present: Collection[str], submissions: Sequence[Submission], as_of: datetime.date
) -> PackRun:
    """The part with its findings and consequences, measured and judged over the facts that are loaded."""
    pack, agreements = part.pack, part.agreements
    rules = measure(con, pack, agreements, part.ended, present, as_of)
    rows = result_rows(con)
    overrides = {agreement.id: agreement.parameters for agreement in agreements}
    verdict = judge(pack, deviations_of(rows, rules), overrides)
    evidence_of(con, rules, as_of)
    found = findings(con, pack, rows, rules, verdict, submissions, as_of)
    consequences = consequences_of(con, pack, rows, verdict, agreements, as_of)
    return replace(part, findings=tuple(found), consequences=tuple(consequences), one_sided_waivers=one_sided(con, agreements, submissions))


def under_other_rules(part: PackRun, run: Run, pack: Pack, agreements: Sequence[Agreement]) -> PackRun:
    """A pack's part of a run, measured anew under a pack with other figures (the vocabulary is the same) over the facts as they were loaded.

    The facts are not read again, and what was measured before stays as it is. The result holds no database for dossiers.
    """
    mine = [submission for submission in run.submissions if submission.pack == part.pack.id]
    with trial(part) as (con, present):
        found = _measured(con, replace(part, pack=pack, agreements=tuple(agreements)), present, mine, run.as_of)
    return replace(found, database=None)


def _ended(con: duckdb.DuckDBPyConnection, pack: Pack, as_of: datetime.date) -> dict[str, datetime.date]:
    """The last day of each agreement that a termination ended, not after `as_of`."""
    kept = pack.head.termination
    if kept is None:
        return {}
    condition, values, joins = condition_column(con, pack, kept.facts, kept.where, as_of)
    rows = con.execute(
        f'SELECT f.agreement, min(f.v_{kept.ends}) FROM "f_{kept.facts}" f {joins}'  # noqa: S608
        f" WHERE f.known AND f.agreement <> '' AND {condition} AND f.v_{kept.ends} <= ${len(values) + 1}::DATE GROUP BY f.agreement",
        [*values, as_of],
    ).fetchall()
    return dict(rows)


def one_sided(con: duckdb.DuckDBPyConnection, agreements: Sequence[Agreement], submissions: Sequence[Submission]) -> tuple[UnilateralWaiver, ...]:
    """Waivers without effect, to be named in the report."""
    rows = con.execute(
        "SELECT w.agreement, w.obligation, w.site, o.type, o.id, o.submission, o.file, o.row FROM waiver w JOIN origin o USING (rid)"
        " WHERE NOT w.effective ORDER BY w.agreement, o.id"
    ).fetchall()
    named = {agreement.id for agreement in agreements} | {""}
    return tuple(
        UnilateralWaiver(agreement or None, obligation, site, Evidence(type_name, identity, submissions[number].tables_in, file, row))
        for agreement, obligation, site, type_name, identity, number, file, row in rows if agreement in named
    )
