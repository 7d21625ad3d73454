"""Sealed audits: deterministic, checked to the byte, repeated from the file alone, read by other programs, and safe to unpack."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import json
import random
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import ci_tools
from conftest import ROOT, RULES
from ledgers import filled, new, run_body
from servanda.audit.asked import read_receipt
from servanda.audit.run import Wanted, audit
from servanda.cli import servanda as command_line
from servanda.ledger import extract as extracts
from servanda.ledger.append import append
from servanda.ledger.extract import check_extract, extract
from servanda.problem_texts import message
from servanda.problems import InvalidInput, Problem
from servanda.seal import verify as verifying
from servanda.seal.archive import pack, unpack
from servanda.seal.make import seal
from servanda.seal.signature import fingerprint, read_private_key, read_public_key
from servanda.seal.statement import LEDGER, SealedFile, Statement, merkle_root, read_statement, written
from servanda.seal.verify import verify

AS_OF = datetime.date(2021, 9, 30)
MITTE = "facts/benn/benn-mitte"
PEM_KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n"  # RFC 8032 § 7.1, test 1
SSH_PUBLIC = "AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world: two agreements, one of which has bad facts, their audit, and its seal."""
    place = tmp_path_factory.mktemp("sealed")
    for name in (MITTE, "facts/benn/programme", "facts/benn/benn-spandau"):
        shutil.copytree(ROOT / name, place / name)
    (place / "defs" / "benn").mkdir(parents=True)
    for name in ("benn-mitte", "benn-spandau"):
        shutil.copy(ROOT / "agreements" / "benn" / f"{name}.yaml", place / "defs" / "benn")
    (place / "defs" / "benn" / "broken.yaml").write_text("id: broken\npack: benn\n", encoding="utf-8")
    table = sorted((place / "facts/benn/benn-spandau").glob("*/meetings.csv"))[0]
    table.write_text(table.read_text(encoding="utf-8").replace("-", "/", 1), encoding="utf-8")
    (place / "key.pem").write_text(PEM_KEY, encoding="utf-8")
    audit([place / "facts"], place / "defs", RULES, AS_OF, place / "audit", wanted=Wanted(("csv",), "de", 1))
    seal(*sources(place), place / "audit.seal.tar")
    seal(*sources(place), place / "signed.seal.tar", key=read_private_key(place / "key.pem"))
    return place


def sources(place: Path) -> tuple:
    return place / "audit", [place / "facts"], place / "defs", RULES


def first(place: Path) -> Path:
    """A submission with meetings."""
    return sorted((place / MITTE).rglob("meetings.csv"))[0].parent


def codes(refused: pytest.ExceptionInfo) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            ci_tools.missing(program)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 § 2.1, as it stands there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_the_root_is_that_of_the_standard(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == naive_root(leaves)


def test_the_root_is_that_of_certificate_transparency() -> None:
    """The tree of eight leaves that logs of certificates are tested with."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    assert merkle_root([bytes.fromhex(leaf) for leaf in leaves]).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_the_same_audit_gives_the_same_bytes(place: Path, tmp_path: Path) -> None:
    seal(*sources(place), tmp_path / "again", key=read_private_key(place / "key.pem"))
    assert (tmp_path / "again").read_bytes() == (place / "signed.seal.tar").read_bytes()


def test_it_is_repeated_from_the_file_alone(place: Path, tmp_path: Path) -> None:
    """Elsewhere, on another day, with nothing else there; agreements that were set aside and their problems included."""
    shutil.copy(place / "signed.seal.tar", tmp_path / "b")
    found = verify(tmp_path / "b", public_key=PUBLIC)
    assert (found.problems, found.untried, found.repeated) == ((), (), True)
    with tarfile.open(tmp_path / "b") as tar:
        problems = json.load(tar.extractfile("audit/problems.json"))
    assert {one["agreement"] for one in problems["agreements"]} == {"benn-spandau", "broken"}


def layout(bundle: Path) -> list[tuple[int, int, str]]:
    """What each byte of an archive belongs to, as another reader of such archives says: (from, to, name)."""
    with tarfile.open(bundle) as tar:
        members = tar.getmembers()
    starts = [0, *(-(-(one.offset_data + one.size) // 512) * 512 for one in members)]
    end = (starts[-1], bundle.stat().st_size, bundle.name)
    return [*((start, after, one.name) for start, after, one in zip(starts, starts[1:], members, strict=False)), end]


@pytest.mark.parametrize("name", ["audit.seal.tar", "signed.seal.tar"])
def test_a_changed_byte_anywhere_is_named(place: Path, name: str) -> None:
    """Every kind of place: the statement, the signature, headers, contents, padding and the end; a byte is changed, and the name of its file is said."""
    content, chosen = (place / name).read_bytes(), random.Random(name)
    parts = layout(place / name)
    picked = [parts[0], parts[1], parts[-2], parts[-1], *chosen.sample(parts, 40)]
    for start, after, owner in picked:
        for at in (start, after - 1, chosen.randrange(start, after)):
            changed = bytearray(content)
            changed[at] ^= 1 << chosen.randrange(8)
            found = unpack(Path(name), io.BytesIO(bytes(changed)))
            problems = [*found.problems, *(verifying._vouched(Path(name), found, None, None) if found.statement else [])]
            said = {(problem.code, problem.found) for problem in problems}
            assert said & EXPECTED.get(owner, {("seal-changed", owner), ("seal-frame", owner)}), (at, owner, said)


EXPECTED = {
    "seal.json": {("no-bundle", None), ("seal-statement", None), ("seal-frame", "seal.json"), ("seal-signature", None)},
    "seal.sig": {("seal-frame", "seal.sig"), ("seal-signature", None)},
    "audit.seal.tar": {("seal-end", "audit.seal.tar")},
    "signed.seal.tar": {("seal-end", "signed.seal.tar")},
}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_cut_off_or_added_is_noticed(data: st.DataObject) -> None:
    files = data.draw(st.dictionaries(st.sampled_from(["audit/a", "inputs/f/b", "rules/ü", "rules/" + "n" * 200]), st.binary(max_size=700), max_size=4))
    statement = Statement(tuple(SealedFile(path, len(files[path]), hashlib.sha256(files[path]).hexdigest()) for path in sorted(files)))
    out = io.BytesIO()
    pack(out, statement, None, lambda one: io.BytesIO(files[one.path]))
    content = out.getvalue()
    kept: dict[str, bytes] = {}
    whole = unpack(Path("b"), io.BytesIO(content), lambda one, chunks: kept.__setitem__(one.path, b"".join(chunks)))
    assert (whole.statement, whole.problems, kept) == (statement, (), files)
    cut = data.draw(st.integers(0, len(content) - 1))
    said = [problem.code for problem in unpack(Path("b"), io.BytesIO(content[:cut])).problems]
    assert said and set(said) <= {"no-bundle", "seal-statement", "seal-frame", "seal-cut-off", "seal-end"}
    added = unpack(Path("b"), io.BytesIO(content + data.draw(st.binary(min_size=1, max_size=5))))
    assert [problem.code for problem in added.problems] == ["seal-end"]


UNSAFE = ["../out", "audit/../../out", "/out", "audit//x", "audit/./x", "audit/x\0", "audit/" + "n" * 256, "elsewhere/x", "audit", "audit/\ud800"]


@pytest.mark.parametrize("path", UNSAFE)
def test_a_path_that_leads_elsewhere_makes_no_statement(path: str) -> None:
    one = {"path": path, "size": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    root = merkle_root([json.dumps([path, 0, one["sha256"]], separators=(",", ":")).encode()]).hex()
    text = json.dumps({"schema": "servanda.seal/1", "root": root, "signed_by": None, "files": [one]})
    assert read_statement(text.encode()) is None


@pytest.mark.parametrize("paths", [["audit/b", "audit/a"], ["audit/a", "audit/a"], ["audit/a", "audit/a/b"]])
def test_files_stand_once_and_in_order(paths: list[str]) -> None:
    statement = Statement(tuple(SealedFile(path, 0, "0" * 64) for path in paths))
    assert read_statement(written(statement)) is None


def test_other_programs_read_the_archive(place: Path, tmp_path: Path) -> None:
    need("tar", "openssl", "ssh-keygen")
    subprocess.run(["tar", "-xf", place / "signed.seal.tar", "-C", tmp_path], check=True, capture_output=True)
    statement = json.loads((tmp_path / "seal.json").read_bytes())
    there = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*") if path.is_file()}
    assert set(there) - {"seal.json", "seal.sig"} == {one["path"] for one in statement["files"]}
    assert all(hashlib.sha256(there[one["path"]].read_bytes()).hexdigest() == one["sha256"] for one in statement["files"])
    subprocess.run(["openssl", "pkey", "-in", place / "key.pem", "-pubout", "-out", tmp_path / "public.pem"], check=True, capture_output=True)
    checked = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", "seal.json", "-sigfile", "seal.sig"]
    assert subprocess.run(checked, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert read_public_key(tmp_path / "public.pem") == PUBLIC == statement["signed_by"]


@pytest.mark.parametrize("password", ["", "long enough"])
def test_keys_of_other_programs_are_read(password: str, tmp_path: Path) -> None:
    need("ssh-keygen")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", password, "-f", tmp_path / "key"], check=True)
    public = read_public_key(tmp_path / "key.pub")
    listed = subprocess.run(["ssh-keygen", "-lf", tmp_path / "key.pub"], check=True, capture_output=True, text=True).stdout
    assert fingerprint(public) in listed.split()
    if password:
        for given in (None, b"wrong"):
            with pytest.raises(InvalidInput) as refused:
                read_private_key(tmp_path / "key", given)
            assert codes(refused) == {"key-locked"}
    assert len(read_private_key(tmp_path / "key", password.encode() or None)) == 32


def test_what_is_no_ed25519_key_is_refused(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    other = generate_private_key(SECP256R1())
    (tmp_path / "ec").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "ec.pub").write_bytes(other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "text").write_text("not a key\n", encoding="utf-8")
    for read, names in ((read_private_key, ("ec", "text", "absent")), (read_public_key, ("ec.pub", "text", "absent"))):
        for name in names:
            with pytest.raises(InvalidInput) as refused:
                read(tmp_path / name)
            assert codes(refused) == {"no-key"}


def test_without_cryptography_the_extra_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servanda.ledger.needs.find_spec", lambda name: None)
    with pytest.raises(InvalidInput) as refused:
        read_private_key(place / "key.pem")
    assert message(refused.value.problems[0], "en").endswith("pip install 'servanda[seal]'")


def test_a_ledger_gives_what_concerns_the_audit(place: Path, tmp_path: Path) -> None:
    """The entries on its agreements and the runs that they name stand whole; of a later run that nobody named, and of others' entries, only the hash."""
    ledger, entered = filled(tmp_path / "l.sqlite")
    last = append(ledger, new("run", run_body()))
    lines = list(extract(ledger, {("p", "a")}))
    found, wrong = check_extract(lines)
    assert (wrong, found.whole, str(found.checkpoint)) == ([], len(entered), f"{last.number}:{last.hash}")
    assert [json.loads(line)["entry"] is None for line in lines] == [False] * len(entered) + [True]
    assert [json.loads(line)["entry"] for line in extract(ledger, {("p", "b")})] == [None] * last.number
    seal(*sources(place), tmp_path / "b", ledger=ledger)
    ledger.close()
    found = verify(tmp_path / "b", repeat=False)
    assert (found.problems, found.extract) == ((), (0, f"{last.number}:{last.hash}"))


def test_a_changed_extract_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, _ = filled(tmp_path / "l.sqlite")
    lines = list(extract(ledger, {("p", "a")}))
    ledger.close()
    first = next(number for number, line in enumerate(lines) if json.loads(line)["entry"])
    entry = json.loads(lines[first])
    forged = {**entry, "entry": entry["entry"].replace('"author":"', '"author":"x')}
    for changed in (
        [*lines[:first], json.dumps(forged, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n", *lines[first + 1 :]],
        [*lines[:first], lines[first].replace(b":", b": ", 1), *lines[first + 1 :]], [*lines[:first], b"[]\n", *lines[first + 1 :]],
        [*lines[:first], b"\xff\n", *lines[first + 1 :]],
    ):
        assert first + 1 in check_extract(changed)[1]
    assert check_extract(lines[1:])[1]
    monkeypatch.setattr(extracts, "MOST_BYTES", 100)
    assert check_extract(extracts.lines_of(io.BytesIO(b"".join(lines))))[1]


# What keeps an audit from being sealed: what is done to a copy of everything, and the code.
REFUSED: list[tuple[str, Callable[[Path], object], str]] = [
    ("a changed fact", lambda at: (first(at) / "meetings.csv").open("a").write("\n"), "audit-differs"),
    ("a fact more", lambda at: shutil.copytree(first(at), first(at).with_name("more")), "audit-differs"),
    ("a changed result", lambda at: (at / "audit/summary.csv").open("a").write("x"), "audit-changed"),
    ("a missing result", lambda at: (at / "audit/matrix.csv").unlink(), "audit-changed"),
    ("no receipt", lambda at: (at / "audit/receipt.json").unlink(), "no-audit"),
    ("another receipt", lambda at: (at / "audit/receipt.json").write_text('{"schema": "servanda.audit/1"}'), "no-receipt"),
    ("a link", lambda at: (at / "facts/link").symlink_to(at / "facts/benn"), "seal-link"),
    ("a name", lambda at: Path(str(at / MITTE) + "/\udcff.txt").write_text("x"), "seal-name"),
    ("no facts", lambda at: shutil.rmtree(at / "facts"), "no-such-path"),
    ("a seal that is there", lambda at: (at / "b").write_text("x"), "seal-exists"),
]


@pytest.mark.parametrize(("change", "code"), [pytest.param(*one[1:], id=one[0]) for one in REFUSED])
def test_what_is_not_the_audit_is_not_sealed(change: Callable, code: str, place: Path, tmp_path: Path) -> None:
    shutil.copytree(place, tmp_path / "at")
    change(tmp_path / "at")
    before = set((tmp_path / "at").iterdir())
    with pytest.raises(InvalidInput) as refused:
        seal(*sources(tmp_path / "at"), tmp_path / "at" / "b")
    assert code in codes(refused)
    assert set((tmp_path / "at").iterdir()) == before


def test_facts_apart_are_not_sealed(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "facts" / "benn" / "programme", tmp_path / "programme")
    with pytest.raises(InvalidInput) as refused:
        seal(place / "audit", [place / "facts", tmp_path / "programme"], place / "defs", RULES, tmp_path / "b")
    assert codes(refused) == {"seal-apart"}


def test_too_many_files_are_not_sealed(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servanda.seal.contents.MOST_FILES", 10)
    with pytest.raises(InvalidInput) as refused:
        seal(*sources(place), tmp_path / "b")
    assert codes(refused) == {"seal-too-many"}


def test_what_changes_or_fails_meanwhile_leaves_nothing(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.seal import make

    true = make.sealed
    monkeypatch.setattr(make, "sealed", lambda files: tuple(SealedFile(one.path, one.size, "0" * 64) for one in true(files)))
    with pytest.raises(InvalidInput) as refused:
        seal(*sources(place), tmp_path / "b")
    assert (codes(refused), list(tmp_path.iterdir())) == ({"changed-meanwhile"}, [])
    monkeypatch.setattr(make, "sealed", true)
    with pytest.raises(InvalidInput) as refused:
        seal(*sources(place), tmp_path / "nowhere" / "b")
    assert codes(refused) == {"unwritable-output"}


def forged(place: Path, changes: dict[str, bytes | None], tmp_path: Path) -> Path:
    """A bundle that somebody made anew around changed files: its hashes and its root hold."""
    with tarfile.open(place / "audit.seal.tar") as tar:
        files = {one.name: tar.extractfile(one).read() for one in tar.getmembers() if one.name != "seal.json"}
    files = {name: content for name, content in {**files, **changes}.items() if content is not None}
    statement = Statement(tuple(SealedFile(name, len(files[name]), hashlib.sha256(files[name]).hexdigest()) for name in sorted(files)))
    with (tmp_path / "forged").open("wb") as out:
        pack(out, statement, None, lambda one: io.BytesIO(files[one.path]))
    return tmp_path / "forged"


def receipt_with(place: Path, **changes: object) -> bytes:
    receipt = json.loads((place / "audit" / "receipt.json").read_bytes())
    return json.dumps({**receipt, **changes}).encode()


def results(place: Path, **changes: bytes) -> dict[str, str]:
    return {**read_receipt(place / "audit" / "receipt.json")["results"], **{name: hashlib.sha256(one).hexdigest() for name, one in changes.items()}}


# What somebody may have sealed anew: what a bundle then holds, and the code that says so.
FORGED: list[tuple[str, Callable[[Path], dict[str, bytes | None]], str]] = [
    ("a result that the receipt does not name", lambda place: {"audit/summary.csv": b"all fulfilled"}, "seal-result"),
    ("a file more", lambda place: {"audit/more.csv": b"x"}, "seal-result"),
    ("a result that the facts do not give", lambda place: {
        "audit/summary.csv": b"all fulfilled", "audit/receipt.json": receipt_with(place, results=results(place, **{"summary.csv": b"all fulfilled"}))
    }, "audit-differs"),
    ("a fact", lambda place: {f"inputs/{first(place).relative_to(place)}/more.txt": b"x"}, "audit-differs"),
    ("a receipt that is written otherwise", lambda place: {"audit/receipt.json": receipt_with(place)}, "seal-result"),
    ("a receipt of something else", lambda place: {"audit/receipt.json": receipt_with(place, as_of="tomorrow")}, "no-receipt"),
    ("a receipt that leads out", lambda place: {"audit/receipt.json": receipt_with(place, results={"../x": "0" * 64})}, "no-receipt"),
    ("a receipt too deep", lambda place: {"audit/receipt.json": b"[" * 100_000}, "no-receipt"),
    ("no receipt", lambda place: {"audit/receipt.json": None}, "no-receipt"),
    ("two collections of agreements", lambda place: {"agreements/more/x.yaml": b"id: x\n"}, "seal-incomplete"),
    ("an extract of no ledger", lambda place: {LEDGER: b"{}\n"}, "seal-extract"),
]


@pytest.mark.parametrize(("changes", "code"), [pytest.param(*one[1:], id=one[0]) for one in FORGED])
def test_what_is_sealed_anew_is_found_out(changes: Callable, code: str, place: Path, tmp_path: Path) -> None:
    found = verify(forged(place, changes(place), tmp_path))
    assert code in {problem.code for problem in found.problems} and not found.repeated


def test_what_was_known_beforehand_is_demanded(place: Path) -> None:
    unsigned, signed = place / "audit.seal.tar", place / "signed.seal.tar"
    root = verify(signed, repeat=False).statement.root
    assert verify(signed, public_key=PUBLIC, root=root, repeat=False).problems == ()
    for bundle, demanded, code in (
        (unsigned, {"public_key": PUBLIC}, "seal-not-signed"), (signed, {"public_key": "0" * 64}, "seal-other-key"),
        (signed, {"root": "0" * 64}, "seal-other-root"),
    ):
        assert [problem.code for problem in verify(bundle, **demanded, repeat=False).problems] == [code]
    with pytest.raises(InvalidInput) as refused:
        verify(place / "absent")
    assert codes(refused) == {"unreadable-file"}


def test_a_receipt_that_is_too_large_is_not_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servanda.audit.asked.MOST_BYTES", 100)
    assert [problem.code for problem in verify(place / "audit.seal.tar", repeat=False).problems] == ["no-receipt"]


def test_other_versions_are_said_and_nothing_is_claimed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "versions", lambda: {"servanda": "9.9"})
    found = verify(place / "audit.seal.tar")
    assert (found.problems, [problem.code for problem in found.untried], found.repeated) == ((), ["seal-other-versions"], False)


def test_the_parts_of_a_signature_are_those_of_the_standard(place: Path) -> None:
    """RFC 8032 § 7.1: the key of test 1 signs nothing with this signature."""
    from servanda.seal.signature import holds, sign

    key = read_private_key(place / "key.pem")
    signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    assert sign(b"", key).hex() == signature and holds(b"", bytes.fromhex(signature), PUBLIC) and not holds(b"x", bytes.fromhex(signature), PUBLIC)
    assert base64.b64decode(fingerprint(PUBLIC).removeprefix("SHA256:") + "=")


def test_the_commands_seal_and_verify(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a person types them: what they print, and how they end."""
    monkeypatch.chdir(place)
    out = (tmp_path / "b").as_posix()
    sealed = said("seal", "audit", "--agreements", "defs", "--rules", RULES, "--output", out, "--key", "key.pem", "--lang", "en")
    root = next(line.rpartition(" ")[2] for line in sealed.stdout.splitlines() if line.startswith("Merkle root: "))
    assert (sealed.return_value, fingerprint(PUBLIC) in sealed.stdout) == (0, True)
    assert said("seal", "audit", "--agreements", "defs", "--rules", RULES, "--output", out, "--key", "key.pem").return_value == 2
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key.pub").write_text(f"ssh-ed25519 {SSH_PUBLIC} anna", encoding="utf-8")
    found = said("verify", "b", "--public-key", "key.pub", "--root", root.upper(), "--lang", "en")
    assert (found.return_value, found.stderr) == (0, "") and "made again from this file alone" in found.stdout and "the key of --public-key" in found.stdout
    assert "nicht wiederholt (--no-repeat)" in said("verify", "b", "--no-repeat").stdout
    assert isinstance(said("verify", "b", "--root", "x").exception, click.UsageError)
    content = bytearray((tmp_path / "b").read_bytes())
    content[content.rindex(b"\n")] ^= 1
    (tmp_path / "b").write_bytes(content)
    found = said("verify", "b", "--lang", "en")
    assert (found.return_value, "The content of rules/" in " ".join(found.stderr.split()), "as it was sealed" in found.stdout) == (1, True, False)
    (tmp_path / "b").write_bytes(b"x")
    assert said("verify", "b").return_value == 2


def test_other_versions_end_the_command(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "versions", lambda: {"servanda": "9.9"})
    found = said("verify", (place / "audit.seal.tar").as_posix(), "--lang", "en")
    assert (found.return_value, "servanda 9.9" in found.stderr, "Every byte is as it was sealed." in found.stdout) == (2, True, True)


def said(*arguments: object) -> Result:
    return CliRunner().invoke(command_line, list(map(str, arguments)), standalone_mode=False)


def test_every_problem_is_provoked_above() -> None:
    from servanda.seal_texts import SEAL_TEXTS

    text = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in SEAL_TEXTS if f'"{code}"' not in text] == []
    assert all(message(Problem(code, found="f", args={"known": "k"}), lang) for code in SEAL_TEXTS for lang in ("de", "en"))
