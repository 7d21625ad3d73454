"""Agreements in tables say what agreements in YAML say, and what is wrong is named at its cell."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import ROOT, RULES
from servanda.agreements import read_agreements
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.problems import Problems

HEADERS = ("id", "pack", "district", "from", "to", "parameters.vacancy_days"), ("agreement", "id", "name", "kind", "from", "to", "contractor")
SOUND = (("a", "benn", "Mitte", "2017-09-01", "2021-12-31", ""), ("b", "benn", "Pankow", "2018-01-01", "2021-12-31", "30"))
SITES = (("a", "a-1", "Eins", "benn_team", "2017-09-01", "", "Träger"), ("b", "b-1", "Zwei", "quartiersmanagement", "2018-03-01", "2020-12-31", ""))


@pytest.fixture(scope="module")
def packs() -> dict:
    problems = Problems()
    found = read_packs(RULES, BY_NAME, problems)
    assert not problems
    return found


def write(folder: Path, agreements=SOUND, sites=SITES, headers=HEADERS, delimiter: str = ",") -> None:
    for name, header, rows in (("agreements.csv", headers[0], agreements), ("sites.csv", headers[1], sites)):
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows([header, *rows])


def test_tables_say_what_yaml_says(packs: dict, tmp_path: Path) -> None:
    problems = Problems()
    written, _ = read_agreements(ROOT / "agreements", packs, problems)
    written = {name: one for name, one in written.items() if not one.parameters}  # theirs change over time, which a cell cannot say
    assert len(written) > 10
    own = sorted({name for one in written.values() for name in one.fields})
    rows = [
        (one.id, one.pack, *(one.fields.get(name) or "" for name in own), one.start, one.end) for one in written.values()
    ]
    extra = sorted({name for one in written.values() for site in one.sites for name in site.fields})
    sites = [
        (one.id, site.id, site.name, site.kind, site.start, site.end, *(site.fields.get(name) or "" for name in extra))
        for one in written.values() for site in one.sites
    ]
    write(tmp_path, rows, sites, (("id", "pack", *own, "from", "to"), ("agreement", "id", "name", "kind", "from", "to", *extra)))
    listed, broken = read_agreements(tmp_path, packs, problems)
    assert (problems.sorted(), broken) == ([], frozenset())

    def said(agreements: dict) -> dict:
        filled = {name: {key: value for key, value in one.fields.items() if value} for name, one in agreements.items()}
        return {name: replace(one, file="", sha256="", fields=filled[name]) for name, one in agreements.items()}

    assert said(listed) == said(written)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_parameters_and_terms_come_from_cells(delimiter: str, packs: dict, tmp_path: Path) -> None:
    write(tmp_path, delimiter=delimiter, headers=((*HEADERS[0][:5], "parameters.max_vacancy_days"), HEADERS[1]))
    problems = Problems()
    found, _ = read_agreements(tmp_path, packs, problems)
    assert problems.sorted() == []
    assert (found["a"].parameters, str(found["b"].parameters["max_vacancy_days"].values[0][1])) == ({}, "30")
    assert [(site.id, site.end.isoformat(), site.fields["contractor"]) for one in found.values() for site in one.sites] == [
        ("a-1", "2021-12-31", "Träger"), ("b-1", "2020-12-31", None),
    ]


def test_an_agreement_changes_its_hash_with_its_own_rows_only(packs: dict, tmp_path: Path) -> None:
    write(tmp_path)
    before, _ = read_agreements(tmp_path, packs, Problems())
    write(tmp_path, sites=(SITES[0], ("b", "b-1", "Drei", *SITES[1][3:])))
    after, _ = read_agreements(tmp_path, packs, Problems())
    assert {name for name in before if before[name].sha256 != after[name].sha256} == {"b"}


CASES = {
    "a date that is none": ({"agreements": (("a", "benn", "Mitte", "1.9.2017", "2021-12-31", ""),), "sites": ()},
                            [("invalid-definition", "agreements.csv", 2, "from")]),
    "an unknown pack": ({"agreements": (("a", "bennn", "Mitte", "2017-09-01", "2021-12-31", ""),), "sites": ()},
                        [("unknown-pack", "agreements.csv", 2, "pack")]),
    "an empty field": ({"agreements": (("a", "benn", "", "2017-09-01", "2021-12-31", ""),), "sites": ()}, [("missing-key", "agreements.csv", 2, "district")]),
    "an unknown parameter": ({"agreements": (("a", "benn", "Mitte", "2017-09-01", "2021-12-31", "3"),), "sites": ()},
                             [("unknown-key", "agreements.csv", 2, "parameters.vacancy_days")]),
    "a site of another kind": ({"sites": (("a", "a-1", "Eins", "benn_teem", "2017-09-01", "", ""),)}, [("unknown-value", "sites.csv", 2, "kind")]),
    "a site outside the term": ({"sites": (SITES[0], ("b", "b-1", "Zwei", "benn_team", "2017-03-01", "", ""))}, [("site-outside-term", "sites.csv", 3, None)]),
    "a site of two agreements": ({"sites": (SITES[0], ("b", "a-1", "Zwei", "benn_team", "2018-03-01", "", ""))}, [("duplicate-id", "sites.csv", 3, "id")]),
    "a site of nobody": ({"sites": (("c", "c-1", "Drei", "benn_team", "2018-03-01", "", ""),)}, [("not-in-table", "sites.csv", 2, "agreement")]),
    "a site without an agreement": ({"sites": (("", "c-1", "Drei", "benn_team", "2018-03-01", "", ""),)}, [("missing-key", "sites.csv", 2, "agreement")]),
    "an agreement twice": ({"agreements": (SOUND[0], SOUND[0]), "sites": ()}, [("duplicate-id", "agreements.csv", 3, "id")]),
    "a column twice": ({"headers": ((*HEADERS[0][:5], "id"), HEADERS[1])}, [("duplicate-column", "agreements.csv", 1, "id")]),
    "a column without a name": ({"headers": ((*HEADERS[0][:5], " "), HEADERS[1])}, [("missing-header", "agreements.csv", 1, None)]),
    "an unknown column with content": ({"headers": ((*HEADERS[0][:5], "colour"), HEADERS[1]), "sites": ()}, [("unknown-key", "agreements.csv", 3, "colour")]),
    "a row that is too short": ({"agreements": (SOUND[0], SOUND[1][:4]), "sites": ()}, [("wrong-cell-count", "agreements.csv", 3, None)]),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_named_at_its_cell(name: str, packs: dict, tmp_path: Path) -> None:
    given, wanted = CASES[name]
    if "headers" not in given and "parameter" not in name:
        given = {**given, "headers": ((*HEADERS[0][:5], "parameters.max_vacancy_days"), HEADERS[1])}
    write(tmp_path, **given)
    problems = Problems()
    read_agreements(tmp_path, packs, problems)
    assert [(one.code, Path(one.file).name, one.row, one.column) for one in problems.sorted()] == wanted
