"""From submissions to the records that hold: corrections replace, withdrawals remove, references are resolved.

A record's identity is fact type, agreement (or programme) and id. A later submission (by day, then by folder name) of
the same submitter replaces it; the same id from another submitter is a problem (contract section 2).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import count, repeat

from servanda.facts.validate import TypedTable
from servanda.model import Submission
from servanda.nearest import nearest
from servanda.pack_shapes import FactType, Pack
from servanda.problems import Problems

SUGGESTED, SEARCHED = 20, 2000
TYPE_BITS, OWNER_BITS = 55, 35


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


def submission_order(submission: Submission) -> tuple:
    """Submissions in the order in which they became known: by day, then by folder name."""
    return (submission.submitted_on, submission.folder, submission.path)


_Entry = tuple[int, TypedTable, int]  # the number of its submission, its table, and its place there
Current = dict[tuple[str, str], dict[str, _Entry]]  # by (fact type, owner), then by identity
_Rids = dict[tuple[str, str], dict[str, int]]


def assemble(
    pack: Pack, submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable]], leave_out: bool, unread: Set[tuple[str, str]],
    problems: Problems, ranks: Mapping[str, int] | None = None,
) -> tuple[dict[str, Records], set[tuple[str, str]]]:
    """The records of each fact type, and the (agreement, fact type) pairs from which bad records were left out.

    `submissions` in the order in which they became known, with their `tables`. With `leave_out`, records with a
    problem, and those that point to them, are left out; otherwise they stay (the run ends with the problems), and records that
    may stand in (agreement, fact type) pairs of `unread` files are not said to be missing. `ranks` of the owners make the numbers of records
    independent of what else is there; their order is the same with and without.
    """
    current, lost = holding(pack, submissions, tables, leave_out, unread, problems)
    rids = _number(pack, current, ranks)
    return {name: _records(pack, name, current, rids) for name in pack.vocabulary}, lost


def check_across(
    pack: Pack, submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable]], unread: Set[tuple[str, str]], problems: Problems
) -> None:
    """Note what is wrong between submissions: identities, withdrawals and references, as `assemble` does."""
    holding(pack, submissions, tables, False, unread, problems)


def holding(
    pack: Pack, submissions: Sequence[Submission], tables: Sequence[Sequence[TypedTable]], leave_out: bool, unread: Set[tuple[str, str]],
    problems: Problems, crowded: Set[tuple[str, str]] = frozenset(),
) -> tuple[Current, set[tuple[str, str]]]:
    """The records that hold, by type and owner and identity, and the (agreement, fact type) pairs from which bad ones were left out.

    `crowded` are (fact type, owner) pairs of which `tables` hold a few of very many records: nothing is suggested among those.
    """
    current: Current = {}
    lost: set[tuple[str, str]] = set()
    for number in range(len(submissions)):
        _withdraw(number, submissions, current, unread, problems, crowded)
        for table in tables[number]:
            _enter(number, submissions, table, current, leave_out, lost, problems)
    _resolve_all(pack, current, leave_out, lost, unread, problems, crowded)
    return current, lost


def _withdraw(
    number: int, submissions: Sequence[Submission], current: Current, unread: Set[tuple[str, str]], problems: Problems, crowded: Set[tuple[str, str]]
) -> None:
    submission = submissions[number]
    for item, row in submission.withdraws:
        type_name, identity = item.split(":", 1)
        entries = current.get((type_name, submission.agreement or ""), {})
        entry = entries.get(identity.strip())
        if entry is None and (submission.agreement or "", type_name) in unread:
            continue
        if entry is None or submissions[entry[0]].submitted_by != submission.submitted_by:
            cell = f"B{row}" if submission.manifest_sheet else None
            meant = {} if (type_name, submission.agreement or "") in crowded else _meant(identity.strip(), (entries,), 0, f"{type_name}:")
            problems.add("unknown-withdrawal", submission.manifest, row, "withdraws", found=item, sheet=submission.manifest_sheet, cell=cell, **meant)
        else:
            del entries[identity.strip()]


def _enter(
    number: int, submissions: Sequence[Submission], table: TypedTable, current: Current, leave_out: bool, lost: set, problems: Problems
) -> None:
    submission = submissions[number]
    owner = submission.agreement or ""
    entries = current.setdefault((table.type, owner), {})
    if not entries and not (leave_out and table.bad):
        entries.update(zip(table.ids, zip(repeat(number), repeat(table), range(len(table.ids))), strict=False))
        entries.pop("", None)
        return
    for record, identity in enumerate(table.ids):
        before = entries.get(identity)
        if before is not None and submissions[before[0]].submitted_by != submission.submitted_by:
            other = submissions[before[0]]
            first = before[1].named(before[2])
            problems.add("other-submitter", table.file, found=identity, other=other.submitted_by, first=first, **table.at(record, None))
            lost.add((owner, table.type))
        elif leave_out and record in table.bad:
            lost.add((owner, table.type))
            entries.pop(identity, None)
        elif identity:
            entries[identity] = (number, table, record)


def _number(pack: Pack, current: Current, ranks: Mapping[str, int] | None) -> _Rids:
    """The numbers of the records, in an order that does not depend on the order of files or rows: by type, owner and identity.

    With `ranks` a number holds all three: the type's place above 55 bits, the owner's rank above 35 bits, and the place among the owner's own.
    """
    rids: _Rids = {}
    first = 0
    for position, type_name in enumerate(pack.vocabulary):
        for key in sorted(key for key in current if key[0] == type_name):
            start = first if ranks is None else position << TYPE_BITS | ranks[key[1]] << OWNER_BITS
            rids[key] = dict(zip(sorted(current[key]), count(start)))
            first += len(rids[key])
    return rids


def _target(current: Current, type_name: str, owner: str, identity: str) -> _Entry | None:
    entry = current.get((type_name, owner), {}).get(identity)
    return entry if entry is not None else current.get((type_name, ""), {}).get(identity)


def _resolve_all(
    pack: Pack, current: Current, leave_out: bool, lost: set, unread: Set[tuple[str, str]], problems: Problems, crowded: Set[tuple[str, str]]
) -> None:
    """Report dangling references; with `leave_out`, drop their records until none is left."""
    fields = {name: references_of(fact_type) for name, fact_type in pack.vocabulary.items()}
    noted: set[tuple[str, str, str, str]] = set()
    again = True
    while again:
        again = False
        for type_name, owner in sorted(key for key in current if fields.get(key[0])):
            entries = current[type_name, owner]
            for identity, (_, table, record) in list(entries.items()):
                for name, to in fields[type_name]:
                    value = table.columns[name][record]
                    if value is None or _target(current, to, owner, value) is not None:
                        continue
                    if not leave_out and {(owner, to), ("", to)} & unread:
                        continue
                    if (type_name, owner, identity, name) not in noted:
                        noted.add((type_name, owner, identity, name))
                        among = (current.get((to, owner), {}), current.get((to, ""), {}))
                        meant = {} if {(to, owner), (to, "")} & crowded else _meant(value, among, len(noted))
                        problems.add("unknown-reference", table.file, column=name, found=value, type=to, **table.at(record, name), **meant)
                    if leave_out and entries.pop(identity, None) is not None:
                        lost.add((owner, type_name))
                        again = True


def _meant(identity: str, among: Iterable[Mapping[str, _Entry]], before: int, prefix: str = "") -> dict[str, str]:
    """What a problem says of the record that may have been meant; not after many of them, nor among very many records: it takes time."""
    ids = [known for entries in among for known in entries]
    close = nearest(identity, ids) if before <= SUGGESTED and len(ids) <= SEARCHED else []
    return {"near": prefix + identity, "known": prefix + close[0]} if close else {}


def references_of(fact_type: FactType) -> list[tuple[str, str]]:
    """The fields of a fact type that refer to records, with the type of those."""
    return [(name, declared.to) for name, declared in fact_type.fields.items() if declared.type == "reference"]


def _records(pack: Pack, type_name: str, current: Current, rids: _Rids) -> Records:
    fact_type = pack.vocabulary[type_name]
    owners = sorted(owner for name, owner in current if name == type_name)
    keys = [(owner, identity) for owner in owners for identity in sorted(current[type_name, owner])]
    found = [(owner, current[type_name, owner][identity]) for owner, identity in keys]
    references = dict(references_of(fact_type))
    columns: dict[str, list] = {}
    for name in fact_type.fields:
        values = [table.columns[name][record] for _, (_, table, record) in found]
        if name in references:
            values = [_rid(rids, references[name], owner, value) for (owner, _), value in zip(found, values, strict=True)]
        columns[name] = values
    return Records(
        type_name,
        columns,
        [rid for owner in owners for rid in rids[type_name, owner].values()],
        [owner for owner, _ in keys],
        _own_days(pack, fact_type, found, current),
        [identity for _, identity in keys],
        [number for _, (number, _, _) in found],
        [table.file.rsplit("/", 1)[-1] for _, (_, table, _) in found],
        [table.rows[record] for _, (_, table, record) in found],
    )


def _rid(rids: _Rids, to: str, owner: str, value: str | None) -> int | None:
    if value is None:
        return None
    rid = rids.get((to, owner), {}).get(value)
    return rid if rid is not None else rids.get((to, ""), {}).get(value)


def _own_days(pack: Pack, fact_type: FactType, found: Iterable[tuple[str, _Entry]], current: Current) -> list[datetime.date | None]:
    if fact_type.date is None:
        return [None for _ in found]
    declared = fact_type.fields[fact_type.date]
    if declared.type != "reference":
        return [table.columns[fact_type.date][record] for _, (_, table, record) in found]
    dated = pack.vocabulary[declared.to].date
    days: list[datetime.date | None] = []
    for owner, (_, table, record) in found:
        value = table.columns[fact_type.date][record]
        target = None if value is None else _target(current, declared.to, owner, value)
        days.append(None if target is None else target[1].columns[dated][target[2]])
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
