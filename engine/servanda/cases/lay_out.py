"""A case as files: its agreement and its submissions, so that it goes the whole way that real ones go.

Scalars are written as they stand in the case (a number without quotes stays one), so that nothing is read otherwise than in a submission.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from servanda.cases.contents import Case, Part
from servanda.pack_shapes import FactType, Pack
from servanda.yaml_source import Map, Scalar

SUBMITTED_BY = "submitted_by"  # in tests/agreement.yaml: who submits where a case does not say
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?|true|false|\$[a-z0-9_]+", re.ASCII)


def lay_out(case: Case, id: str, base: Map, pack: Pack, types: Sequence[str], folder: Path) -> None:
    """Write the case below a folder that does not exist: `agreement/agreement.yaml`, `facts/01/…`, and `facts/programme/…` where it has one.

    `types` are the fact types for which a submission is complete where the case names a day only, or nothing.
    """
    (folder / "agreement").mkdir(parents=True)
    agreement = {**{key: value for key, value in base.items() if key != SUBMITTED_BY}, **case.agreement, "id": id, "pack": pack.id}
    (folder / "agreement" / "agreement.yaml").write_text(written(agreement) + "\n", encoding="utf-8")
    first = next(iter(pack.head.parties))
    submitter = str(base.get(SUBMITTED_BY) or first)
    for number, part in enumerate(case.parts, 1):
        _write_part(folder / "facts" / f"{number:02d}", part, {"agreement": id}, types, case, submitter, pack.vocabulary)
    if case.programme is not None:
        _write_part(folder / "facts" / "programme", case.programme, {"pack": pack.id}, types, case, first, pack.vocabulary)


def _write_part(
    folder: Path, part: Part, whose: Mapping[str, str], types: Sequence[str], case: Case, submitter: str, vocabulary: Mapping[str, FactType],
) -> None:
    folder.mkdir(parents=True)
    complete = case.as_of.isoformat() if part.complete is None else part.complete
    if isinstance(complete, str):
        complete = dict.fromkeys(types, str(complete))
    submitted_on = part.submitted_on or max([case.as_of.isoformat(), *_days(complete)])
    submitted_by = part.submitted_by or submitter
    manifest = {**whose, "submitted_on": submitted_on, "submitted_by": submitted_by, "complete": complete, "withdraws": list(part.withdraws)}
    (folder / "submission.yaml").write_text(written(manifest) + "\n", encoding="utf-8")
    for name, records in part.facts.items():
        rows = "\n".join(f"- {written(record)}" for record in expanded(records, vocabulary[name]))
        (folder / f"{name}.yaml").write_text(rows + "\n", encoding="utf-8")


def _days(complete: Mapping[str, object]) -> Iterator[str]:
    for value in complete.values():
        yield str(value.get("until", "")) if isinstance(value, Map) else str(value)


def expanded(records: Sequence[Map], fact_type: FactType) -> Iterator[Mapping[str, object]]:
    """The records, with each short form spelt out: a list under a field's plural (`dates`) makes one record a value, ids numbered from 1."""
    for record in records:
        plural = next((key for key in record if key not in fact_type.fields and key.endswith("s") and key[:-1] in fact_type.fields), None)
        if plural is None or not isinstance(record[plural], list):
            yield record
            continue
        rest = {key: value for key, value in record.items() if key != plural}
        for number, value in enumerate(record[plural], 1):
            numbered = {"id": f"{rest['id']}-{number}"} if "id" in rest else {}
            yield {**rest, **numbered, plural[:-1]: value}


def written(value: object) -> str:
    """A tree as YAML in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(key), ensure_ascii=False)}: {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(written, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, Scalar) and value.plain and _PLAIN.fullmatch(value):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)
