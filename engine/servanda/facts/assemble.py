"""From submissions to the records that hold: corrections replace, withdrawals remove, references are resolved.

A record's identity is fact type, agreement (or programme) and id. A later submission (by day, then by folder name) of
the same submitter replaces it; the same id from another submitter is a problem (contract section 2).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from servanda.facts.validate import TypedTable
from servanda.model import Submission
from servanda.nearest import nearest
from servanda.pack_shapes import FactType, Pack
from servanda.problems import Problems

SUGGESTED, SEARCHED = 20, 2000


@dataclass(slots=True)
class Records:
    """All records of a fact type that hold, as columns. `rid` numbers records over all types; references are rids.

    `agreement` is "" for the programme. `own_day` is the record's own date.
    """

    type: str
    columns: dict[str, list]
    rid: list[int]
    agreement: list[str]
    own_day: list[datetime.date | None]
    ids: list[str]
    submission: list[int]
    file: list[str]
    row: list[int]


@dataclass(slots=True)
class _Entry:
    submission: int
    table: TypedTable
    record: int
    rid: int = -1


_Current = dict[tuple[str, str], dict[str, _Entry]]


def assemble(
    pack: Pack, submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable]], leave_out: bool, unread: Set[tuple[str, str]],
    problems: Problems,
) -> tuple[dict[str, Records], set[tuple[str, str]]]:
    """The records of each fact type, and the (agreement, fact type) pairs from which bad records were left out.

    `submissions` in the order in which they became known, with their `tables`. With `leave_out`, records with a
    problem, and those that point to them, are left out; otherwise they stay (the run ends with the problems), and records that
    may stand in (agreement, fact type) pairs of `unread` files are not said to be missing.
    """
    current: _Current = {}
    lost: set[tuple[str, str]] = set()
    for number in range(len(submissions)):
        _withdraw(number, submissions, current, unread, problems)
        for table in tables[number]:
            _enter(number, submissions, table, current, leave_out, lost, problems)
    _number(pack, current)
    _resolve_all(pack, current, leave_out, lost, unread, problems)
    return {name: _records(pack, name, current, submissions) for name in pack.vocabulary}, lost


def _withdraw(number: int, submissions: Sequence[Submission], current: _Current, unread: Set[tuple[str, str]], problems: Problems) -> None:
    submission = submissions[number]
    for item, row in submission.withdraws:
        type_name, identity = item.split(":", 1)
        entries = current.get((type_name, submission.agreement or ""), {})
        entry = entries.get(identity.strip())
        if entry is None and (submission.agreement or "", type_name) in unread:
            continue
        if entry is None or submissions[entry.submission].submitted_by != submission.submitted_by:
            meant = _meant(identity.strip(), (entries,), 0, f"{type_name}:")
            problems.add("unknown-withdrawal", f"{submission.path}/submission.yaml", row, "withdraws", found=item, **meant)
        else:
            del entries[identity.strip()]


def _enter(
    number: int, submissions: Sequence[Submission], table: TypedTable, current: _Current, leave_out: bool, lost: set, problems: Problems
) -> None:
    submission = submissions[number]
    owner = submission.agreement or ""
    entries = current.setdefault((table.type, owner), {})
    for record, identity in enumerate(table.ids):
        before = entries.get(identity)
        if before is not None and submissions[before.submission].submitted_by != submission.submitted_by:
            other = submissions[before.submission]
            first = f"{before.table.file}:{before.table.rows[before.record]}"
            problems.add("other-submitter", table.file, table.rows[record], None, found=identity, other=other.submitted_by, first=first)
            lost.add((owner, table.type))
        elif leave_out and record in table.bad:
            lost.add((owner, table.type))
            entries.pop(identity, None)
        elif identity:
            entries[identity] = _Entry(number, table, record)


def _number(pack: Pack, current: _Current) -> None:
    """Number the records in an order that does not depend on the order of files or rows."""
    rid = 0
    for type_name in pack.vocabulary:
        for key in sorted(key for key in current if key[0] == type_name):
            entries = current[key]
            for identity in sorted(entries):
                entries[identity].rid = rid
                rid += 1


def _target(current: _Current, type_name: str, owner: str, identity: str) -> _Entry | None:
    entry = current.get((type_name, owner), {}).get(identity)
    return entry if entry is not None else current.get((type_name, ""), {}).get(identity)


def _resolve_all(pack: Pack, current: _Current, leave_out: bool, lost: set, unread: Set[tuple[str, str]], problems: Problems) -> None:
    """Report dangling references; with `leave_out`, drop their records until none is left."""
    fields = {name: _references(fact_type) for name, fact_type in pack.vocabulary.items()}
    noted: set[tuple[int, str]] = set()
    again = True
    while again:
        again = False
        for (type_name, owner), entries in sorted(current.items()):
            for identity, entry in list(entries.items()):
                for name, to in fields.get(type_name, ()):
                    value = entry.table.columns[name][entry.record]
                    if value is None or _target(current, to, owner, value) is not None:
                        continue
                    if not leave_out and {(owner, to), ("", to)} & unread:
                        continue
                    if (entry.rid, name) not in noted:
                        noted.add((entry.rid, name))
                        row = entry.table.where(entry.record, name)
                        meant = _meant(value, (current.get((to, owner), {}), current.get((to, ""), {})), len(noted))
                        problems.add("unknown-reference", entry.table.file, row, name, found=value, type=to, **meant)
                    if leave_out and entries.pop(identity, None) is not None:
                        lost.add((owner, type_name))
                        again = True


def _meant(identity: str, among: Iterable[Mapping[str, _Entry]], before: int, prefix: str = "") -> dict[str, str]:
    """What a problem says of the record that may have been meant; not after many of them, nor among very many records: it takes time."""
    ids = [known for entries in among for known in entries]
    close = nearest(identity, ids) if before <= SUGGESTED and len(ids) <= SEARCHED else []
    return {"near": prefix + identity, "known": prefix + close[0]} if close else {}


def _references(fact_type: FactType) -> list[tuple[str, str]]:
    return [(name, declared.to) for name, declared in fact_type.fields.items() if declared.type == "reference"]


def _records(pack: Pack, type_name: str, current: _Current, submissions: Sequence[Submission]) -> Records:
    fact_type = pack.vocabulary[type_name]
    found: list[tuple[str, str, _Entry]] = []
    for (name, owner), entries in sorted(current.items()):
        if name == type_name:
            found.extend((owner, identity, entries[identity]) for identity in sorted(entries))
    references = dict(_references(fact_type))
    columns: dict[str, list] = {}
    for name in fact_type.fields:
        values = [entry.table.columns[name][entry.record] for _, _, entry in found]
        if name in references:
            values = [_rid(current, references[name], owner, value) for (owner, _, _), value in zip(found, values, strict=True)]
        columns[name] = values
    return Records(
        type_name,
        columns,
        [entry.rid for _, _, entry in found],
        [owner for owner, _, _ in found],
        _own_days(pack, fact_type, found, current),
        [identity for _, identity, _ in found],
        [entry.submission for _, _, entry in found],
        [entry.table.file.rsplit("/", 1)[-1] for _, _, entry in found],
        [entry.table.rows[entry.record] for _, _, entry in found],
    )


def _rid(current: _Current, to: str, owner: str, value: str | None) -> int | None:
    target = None if value is None else _target(current, to, owner, value)
    return None if target is None else target.rid


def _own_days(pack: Pack, fact_type: FactType, found: Iterable, current: _Current) -> list[datetime.date | None]:
    if fact_type.date is None:
        return [None for _ in found]
    declared = fact_type.fields[fact_type.date]
    if declared.type != "reference":
        return [entry.table.columns[fact_type.date][entry.record] for _, _, entry in found]
    dated = pack.vocabulary[declared.to].date
    days: list[datetime.date | None] = []
    for owner, _, entry in found:
        value = entry.table.columns[fact_type.date][entry.record]
        target = None if value is None else _target(current, declared.to, owner, value)
        days.append(None if target is None else target.table.columns[dated][target.record])
    return days


def completeness(
    pack: Pack, submissions: Iterable[Submission], lost: set[tuple[str, str]]
) -> Mapping[tuple[str, str, str], datetime.date]:
    """{(agreement or "", fact type, role or ""): last day declared}. A declaration without roles holds for every role."""
    until: dict[tuple[str, str, str], datetime.date] = {}
    for submission in submissions:
        owner = submission.agreement or ""
        for (type_name, role), day in submission.complete.items():
            if (owner, type_name) in lost:
                continue
            roles = (role,) if role else pack.vocabulary[type_name].roles or ("",)
            for one in roles:
                key = (owner, type_name, one)
                until[key] = max(until.get(key, day), day)
    return until
