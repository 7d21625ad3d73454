"""Whether a bundle is what it says: every byte of it, its signature, its ledger extract, its audit, and that the audit comes out of it again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from servanda.audit.asked import asked_of, read_receipt
from servanda.audit.plan import Progress
from servanda.audit.run import audit
from servanda.audit.tables import RECEIPT
from servanda.problems import InvalidInput, Problem
from servanda.receipt import versions
from servanda.seal.archive import Opened, unpack
from servanda.seal.signature import holds
from servanda.seal.statement import AGREEMENTS, AUDIT, INPUTS, LEDGER, RULES, SealedFile, Statement, written
from servanda.whole_files import without_room


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found out about a bundle. `problems`: what does not hold; `untried`: why something could not be tried. `repeated`: the audit came out again,
    every byte. `extract` is what `check_extract` found of a ledger's extract."""

    statement: Statement | None
    problems: tuple[Problem, ...]
    untried: tuple[Problem, ...] = ()
    repeated: bool = False
    extract: tuple[int, str] | None = None


def verify(
    bundle: Path, *, public_key: str | None = None, root: str | None = None, repeat: bool = True, progress: Progress | None = None
) -> Verified:
    """Verify a bundle, reading nothing but it. `public_key` is whose signature is demanded, `root` which Merkle root; without `repeat` the audit is not run.

    `InvalidInput` where the file cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="servanda-") as folder:
        place = Path(folder)
        opened = _unpacked(bundle, place)
        if opened.statement is None:
            return Verified(None, opened.problems)
        problems = [*opened.problems, *_vouched(bundle, opened, public_key, root)]
        extract = None
        if (place / LEDGER).is_file():
            extract, wrong = _ledger(bundle, place / LEDGER)
            problems += wrong
        receipt = _receipt(bundle, opened.statement, place, problems)
        if problems or receipt is None or not repeat:
            return Verified(opened.statement, tuple(problems), extract=extract)
        if receipt["engine"] != versions():
            untried = Problem("seal-other-versions", bundle.as_posix(), found=_listed(versions()), args={"known": _listed(receipt["engine"])})
            return Verified(opened.statement, (), (untried,), extract=extract)
        problems += _repeated(bundle, place, receipt, progress)
        return Verified(opened.statement, tuple(problems), repeated=not problems, extract=extract)


def _unpacked(bundle: Path, place: Path) -> Opened:
    """Read a bundle, its files going into a folder."""
    def keep(one: SealedFile, chunks: Iterator[bytes]) -> None:
        file = place / one.path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as stream:
            stream.writelines(chunks)

    try:
        with bundle.open("rb") as stream:
            return unpack(bundle, stream, keep)
    except OSError as error:
        read = Problem("unreadable-file", bundle.as_posix(), found=error.strerror or type(error).__name__)
        raise InvalidInput([without_room(error) or read]) from error


def _vouched(bundle: Path, opened: Opened, public_key: str | None, root: str | None) -> Iterator[Problem]:
    """What does not hold of the signature and of what was known beforehand."""
    statement = opened.statement
    if root is not None and statement.root != root:
        yield Problem("seal-other-root", bundle.as_posix(), found=statement.root, args={"known": root})
    if public_key is not None and statement.signed_by != public_key:
        yield Problem("seal-not-signed" if statement.signed_by is None else "seal-other-key", bundle.as_posix())
    if statement.signed_by is not None and not holds(written(statement), opened.signature, statement.signed_by):
        yield Problem("seal-signature", bundle.as_posix())


def _ledger(bundle: Path, file: Path) -> tuple[tuple[int, str], list[Problem]]:
    from servanda.ledger.extract import check_extract, lines_of

    with file.open("rb") as stream:
        found, wrong = check_extract(lines_of(stream))
    return (found.whole, str(found.checkpoint)), [Problem("seal-extract", f"{bundle.as_posix()}:{LEDGER}", number) for number in wrong]


def _receipt(bundle: Path, statement: Statement, place: Path, problems: list[Problem]) -> Mapping | None:
    """The receipt of the audit in a bundle; what it says of the results must be what the statement says."""
    try:
        receipt = read_receipt(place / AUDIT / RECEIPT)
    except InvalidInput as invalid:
        problems += [replace(one, file=f"{bundle.as_posix()}:{AUDIT}/{RECEIPT}") for one in invalid.problems]
        return None
    named = {f"{AUDIT}/{name}": digest for name, digest in receipt["results"].items()}
    there = {one.path: one.sha256 for one in statement.files if one.path.startswith(f"{AUDIT}/") and one.path != f"{AUDIT}/{RECEIPT}"}
    problems += [Problem("seal-result", bundle.as_posix(), found=name) for name in sorted({*named, *there}) if named.get(name) != there.get(name)]
    return receipt


def _repeated(bundle: Path, place: Path, receipt: Mapping, progress: Progress | None) -> list[Problem]:
    """Make the audit again from nothing but the bundle; where it differs."""
    asked = asked_of(receipt)
    facts, agreements = sorted((place / INPUTS).glob("*")), sorted((place / AGREEMENTS).glob("*"))
    if not facts or len(agreements) != 1:
        return [Problem("seal-incomplete", bundle.as_posix())]
    out = place / "again"
    try:
        audit(
            facts, agreements[0], place / RULES, asked.as_of, out, known_on=asked.known_on, encoding=asked.encoding, wanted=asked.wanted, repeated=receipt,
            progress=progress,
        )
    except InvalidInput as invalid:
        return [_inside(one, bundle, place) for one in invalid.problems]
    same = (out / RECEIPT).read_bytes() == (place / AUDIT / RECEIPT).read_bytes()
    return [] if same else [Problem("seal-result", bundle.as_posix(), found=f"{AUDIT}/{RECEIPT}")]


def _inside(problem: Problem, bundle: Path, place: Path) -> Problem:
    """A problem with its file named inside the bundle."""
    name = (problem.file or "").removeprefix(f"{place.as_posix()}/")
    return replace(problem, file=f"{bundle.as_posix()}:{name}" if name else bundle.as_posix())


def _listed(named: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in named.items())
