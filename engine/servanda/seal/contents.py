"""What a bundle of an audit holds: the audit's own files, and all that went into it, each at its place in the bundle."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from servanda.agreement_tables import AGREEMENTS as AGREEMENTS_TABLE
from servanda.agreement_tables import SITES as SITES_TABLE
from servanda.agreements import definition_files
from servanda.audit.asked import Asked, asked_of, read_receipt
from servanda.audit.plan import plan_audit
from servanda.audit.receipt import differences, receipt_of
from servanda.audit.tables import RECEIPT
from servanda.facts.store import connect
from servanda.problems import InvalidInput, Problem, Problems
from servanda.seal.statement import AGREEMENTS, AUDIT, INPUTS, MOST_FILES, RULES, SealedFile


def contents(audit: Path, facts: Sequence[Path], agreements: Path, rules: Path) -> dict[str, Path]:
    """Where each file of the bundle lies. `InvalidInput` names all that keeps the audit from being sealed: it is not whole, these are not the files that
    went into it, or there are links or names that a bundle cannot hold."""
    if not (audit / RECEIPT).is_file():
        raise InvalidInput([Problem("no-audit", audit.as_posix())])
    receipt = read_receipt(audit / RECEIPT)
    problems = Problems()
    files = {f"{AUDIT}/{name}": audit / name for name in [*receipt["results"], RECEIPT]}
    for name, digest in receipt["results"].items():
        if _sha256(audit / name) != digest:
            problems.add("audit-changed", (audit / name).as_posix())
    facts = [Path(os.path.abspath(path)) for path in facts]
    if len({path.parent for path in facts}) > 1:
        problems.add("seal-apart", ", ".join(path.as_posix() for path in facts))
    for path in facts:
        files |= {f"{INPUTS}/{name}": file for name, file in _below(path.parent, _files(path, problems))}
    agreements, rules = Path(os.path.abspath(agreements)), Path(os.path.abspath(rules))
    definitions = [*definition_files(agreements), *_tables(agreements)]
    files |= {f"{AGREEMENTS}/{name}": file for name, file in _below(agreements.parent, definitions)}
    packs = sorted({file for head in rules.rglob("pack.yaml") for file in _files(head.parent, problems)})
    files |= {f"{RULES}/{name}": file for name, file in _below(rules, packs)}
    _check_names(files, problems)
    if not problems:
        problems.extend(_other_inputs(receipt, asked_of(receipt), facts, agreements, rules))
    if problems:
        raise InvalidInput(problems.sorted())
    return dict(sorted(files.items()))


def audited(file: Path) -> set[tuple[str, str]]:
    """The agreements of an audit (its `agreements.parquet`), as (pack, id)."""
    con = connect(0, [str(file.parent)])
    found = con.execute("SELECT pack, agreement FROM read_parquet($1) WHERE state = 'measured'", [str(file)]).fetchall()
    con.close()
    return set(found)


def sealed(files: Mapping[str, Path]) -> tuple[SealedFile, ...]:
    """The sizes and hashes of files as they are now."""
    return tuple(SealedFile(name, file.stat().st_size, _sha256(file) or "") for name, file in sorted(files.items()))


def _sha256(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _files(path: Path, problems: Problems) -> Iterator[Path]:
    """The files at or below a path; links, and what is neither file nor folder, are problems: a bundle cannot hold them."""
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        problems.add("seal-link" if os.path.lexists(path) else "no-such-path", path.as_posix())
    elif path.is_file():
        yield path
    else:
        for one in sorted(path.iterdir()):
            yield from _files(one, problems)


def _tables(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*.csv") if path.name in (AGREEMENTS_TABLE, SITES_TABLE) and path.is_file())


def _below(above: Path, files: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    return ((file.relative_to(above).as_posix(), file) for file in files)


def _check_names(files: Mapping[str, Path], problems: Problems) -> None:
    if len(files) > MOST_FILES:
        problems.add("seal-too-many", found=str(len(files)), known=str(MOST_FILES))
    for name, file in files.items():
        try:
            name.encode()
        except UnicodeEncodeError:
            problems.add("seal-name", os.fsencode(file).decode("utf-8", "replace"))


def _other_inputs(receipt: Mapping, asked: Asked, facts: Sequence[Path], agreements: Path, rules: Path) -> list[Problem]:
    """Where these are not the files that went into the audit."""
    plan = plan_audit(facts, agreements, rules, asked.as_of, known_on=asked.known_on, encoding=asked.encoding)
    return differences(receipt, receipt_of(plan, asked.wanted, receipt["set_aside"], receipt["results"], ()))
