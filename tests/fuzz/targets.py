"""What is fed: a target takes bytes. Problems that are reported are fine; anything else that is raised is a defect."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from fuzz.harmless import FORMATS, check, report
from servanda.agreements import read_agreements
from servanda.facts.binary.archive import open_archive
from servanda.facts.binary.messages import Refused
from servanda.facts.binary.ods_scan import scan_ods
from servanda.facts.binary.xlsx_scan import scan_xlsx
from servanda.facts.csv_reader import read_csv
from servanda.facts.json_reader import read_json_lines, read_json_table
from servanda.facts.manifest import Known, submission_of
from servanda.facts.tables import Source, TextTable
from servanda.facts.validate import validate
from servanda.facts.yaml_reader import read_yaml_table
from servanda.json_source import parse_json
from servanda.kinds import BY_NAME
from servanda.pack import read_pack, read_packs
from servanda.pack_shapes import Pack
from servanda.problems import Problems
from servanda.yaml_source import MAX_DEPTH, List, Map, Scalar, decode, parse_yaml

ROOT = Path(__file__).resolve().parent.parent.parent
WORKSHOP = ROOT / "tests" / "packs" / "workshop"
SITES = frozenset({"s-1", "mitte-1"})
TABLES = {"csv": read_csv, "yaml": read_yaml_table, "json": read_json_table, "jsonl": read_json_lines}


@cache
def known() -> Known:
    """All packs and agreements of the repository."""
    packs = read_packs(ROOT / "rules", BY_NAME, Problems())
    return Known(packs, read_agreements(ROOT / "agreements", packs, Problems())[0])


@cache
def folder() -> Path:
    """A folder for the files of this process."""
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def written(data: bytes, name: str) -> Path:
    """Bytes as a file."""
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def yaml_source(data: bytes) -> None:
    """YAML keeps every text and its line, and is bounded."""
    problems = Problems()
    decoded = decode(data, "x.yaml", problems)
    if decoded:
        tree = parse_yaml(decoded[0], "x.yaml", problems)
        assert tree is None or not problems or len(problems) > 0
        check_tree(tree, decoded[0].count("\n") + decoded[0].count("\r") + 1)


def json_source(data: bytes) -> None:
    """JSON likewise."""
    problems = Problems()
    decoded = decode(data, "x.json", problems)
    if decoded:
        check_tree(parse_json(decoded[0], "x.json", problems), decoded[0].count("\n") + 1)


def check_tree(tree: object, lines: int) -> None:
    """Every node is of the source's own types, lies on a line that is there, and not too deep."""
    waiting = [(tree, 0)]
    while waiting:
        one, depth = waiting.pop()
        assert one is None or isinstance(one, (Map, List, Scalar)), type(one)
        assert depth <= MAX_DEPTH + 1
        if one is not None:
            assert 1 <= one.line <= lines, (one.line, lines)
        if isinstance(one, Map):
            waiting += [(value, depth + 1) for value in one.values()]
        elif isinstance(one, List):
            waiting += [(value, depth + 1) for value in one]


def tables(form: str) -> Callable[[bytes], None]:
    """A reader of fact files and the validator behind it; the first byte chooses the fact type."""

    def run(data: bytes) -> None:
        fact_type, name = chosen(data)
        problems = Problems()
        table = TABLES[form](Source(written(data[1:], f"{name}.{form}"), f"{name}.{form}"), name, fact_type, problems)
        checked(table, fact_type, problems)

    return run


def chosen(data: bytes) -> tuple[object, str]:
    """A fact type by the first byte."""
    vocabulary = [(pack, name) for pack in known().packs.values() for name in pack.vocabulary]
    pack, name = vocabulary[(data[0] if data else 0) % len(vocabulary)]
    return pack.vocabulary[name], name


def checked(table: TextTable | None, fact_type: object, problems: Problems) -> None:
    """A table that could be read has columns of one length; validation gives as many records as it does not refuse."""
    if table is None:
        assert len(problems), "nothing was read, and nothing is said"
        return
    assert {len(column) for column in table.columns.values()} <= {len(table.rows)}
    typed = validate(table, fact_type, SITES, frozenset({"jour-fixes-held"}), problems)
    assert {len(column) for column in typed.columns.values()} <= {len(typed.rows)}
    assert len(typed.rows) <= len(table.rows)
    assert len(problems) or len(typed.rows) == len(table.rows)


def validator(data: bytes) -> None:
    """Cells of a table, split at zero bytes, without a file format between."""
    fact_type, name = chosen(data)
    cells = [cell.decode("utf-8", "replace") or None for cell in data[1:].split(b"\0")]
    fields = list(fact_type.fields)
    rows = [cells[start : start + len(fields)] for start in range(0, len(cells) - len(fields) + 1, len(fields))]
    if rows:
        columns = {field: [row[place] for row in rows] for place, field in enumerate(fields)}
        checked(TextTable(name, f"{name}.csv", columns, range(2, len(rows) + 2)), fact_type, Problems())


def manifest(data: bytes) -> None:
    """The manifest of a submission."""
    problems = Problems()
    decoded = decode(data, "submission.yaml", problems)
    tree = parse_yaml(decoded[0], "submission.yaml", problems) if decoded else None
    if isinstance(tree, Map) and not len(problems):
        submission, _, _ = submission_of(tree, "submission.yaml", ("a", "a", "0"), known(), problems)
        assert (submission is None) == bool(len(problems))


def agreement(data: bytes) -> None:
    """An agreement, as YAML or (behind a 0) as tables."""
    place = folder() / "agreements"
    for old in place.glob("*"):
        old.unlink()
    if data[:1] == b"0":
        first, _, second = data[1:].partition(b"\0")
        written(first, "agreements/agreements.csv")
        written(second, "agreements/sites.csv")
    else:
        written(data, "agreements/x.yaml")
    problems = Problems()
    found, broken = read_agreements(place, known().packs, problems)
    assert found or broken or len(problems) or data[:1] == b"0"


@cache
def workshop() -> tuple[Path, list[Path]]:
    """A copy of a small pack, and its files."""
    place = folder() / "workshop"
    for path in sorted(WORKSHOP.rglob("*.yaml")):
        if "tests" not in path.relative_to(WORKSHOP).parts:
            written(path.read_bytes(), f"workshop/{path.relative_to(WORKSHOP)}")
    return place, sorted(place.rglob("*.yaml"))


def pack(data: bytes) -> None:
    """A pack of which one file, chosen by the first byte, is replaced."""
    place, files = workshop()
    file = files[(data[0] if data else 0) % len(files)]
    before = file.read_bytes()
    problems = Problems()
    try:
        file.write_bytes(data[1:])
        found = read_pack(place, BY_NAME, problems)
    finally:
        file.write_bytes(before)
    assert (found is None) == bool(len(problems)) and (found is None or isinstance(found, Pack))


def xlsx(data: bytes) -> None:
    """A sheet's XML in an otherwise sound workbook, or (behind a 0) a whole file."""
    book(data, "xlsx", "xl/worksheets/sheet1.xml", scan_xlsx)


def ods(data: bytes) -> None:
    """Likewise the content of a spreadsheet."""
    book(data, "ods", "content.xml", scan_ods)


def book(data: bytes, form: str, part: str, scan: Callable[[zipfile.ZipFile], object]) -> None:
    """What stands before calamine: bounds, document types, counts of cells."""
    if data[:1] != b"0":
        out = io.BytesIO(template(form))
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr(part, data)
        data = out.getvalue()
    else:
        data = data[1:]
    try:
        with open_archive(data, form) as archive:
            scan(archive)
    except Refused:
        pass


@cache
def template(form: str) -> bytes:
    """A workbook without the part that is fed."""
    parts = {
        "xlsx": {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        },
        "ods": {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        },
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts[form].items():
            archive.writestr(name, text)
    return out.getvalue()


def output(name: str) -> Callable[[bytes], None]:
    """A report in a format, in which a text from outside stands wherever one can stand."""

    def run(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        check(name, report(name, text), report(name, "x"))

    return run


TARGETS: dict[str, Callable[[bytes], None]] = {
    "yaml-source": yaml_source, "json-source": json_source, **{f"{form}-table": tables(form) for form in TABLES}, "validator": validator,
    "manifest": manifest, "agreement": agreement, "pack": pack, "xlsx": xlsx, "ods": ods, **{name: output(name) for name in FORMATS},
}


def seeds(name: str) -> Iterator[bytes]:
    """What a target begins with: files of the samples, and bad ones that are known."""
    kinds = {
        "yaml-source": "rules/**/*.yaml", "json-source": None, "csv-table": "facts/benn/benn-mitte/*/*.csv", "yaml-table": None, "json-table": None,
        "manifest": "facts/benn/benn-mitte/*/submission.yaml", "agreement": "agreements/benn/*.yaml",
    }
    if (pattern := kinds.get(name)) is not None:
        lead = b"\0" if name.endswith("-table") else b""
        yield from (lead + path.read_bytes()[:4000] for path in sorted(ROOT.glob(pattern))[:40])
    elif name == "pack":
        yield from (bytes([place]) + path.read_bytes() for place, path in enumerate(workshop()[1]))
    elif name in FORMATS:
        from report_worlds import HOSTILE

        yield from (text.encode("utf-8", "replace") for text in HOSTILE)
    else:
        yield from SMALL.get(name, ())


SMALL = {
    "json-source": [b'{"a": [1, "b", null, true, -1.5e3]}', b'[{"id": "m-1", "date": "2019-01-01"}]'],
    "json-table": [b'\0[{"id": "m-1", "date": "2019-01-01", "body": "jour_fixe"}]'],
    "jsonl-table": [b'\0{"id": "m-1", "date": "2019-01-01"}\n{"id": "m-2", "body": "jour_fixe"}\n'],
    "yaml-table": [b"\0- {id: m-1, date: 2019-01-01, body: jour_fixe}\n- id: m-2\n  date: 01.02.2019\n"],
    "validator": [b"\0m-1\x002019-01-01\0jour_fixe\0mitte-1\0held\0" + b"2019-13-01\x0001.02.2019\0ja\0nein\x001.234,56\x0012,5\0"],
    "xlsx": [
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:B2"/><sheetData><row r="1">'
        b'<c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1"><f>1+1</f><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
        b"</worksheet>"
    ],
    "ods": [
        b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        b'<office:spreadsheet><table:table table:name="a"><table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string">'
        b"<text:p>id</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    ],
}
