"""The chosen language: help, usage errors, and what definitions expect are wholly German or wholly English."""

from __future__ import annotations

import ast
import importlib
import os
import re
import string
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

import catalogue
from conftest import ROOT, RULES
from servanda import phrases
from servanda.cli import COMMANDS, _run
from servanda.cli.language import last_value
from servanda.facts.tables import Source
from servanda.kinds import BY_NAME
from servanda.problem_texts import expected, message
from servanda.problems import Problem, Problems, Unfit
from servanda.shapes import Shape, shaped
from servanda.yaml_source import parse_yaml

ENGINE = ROOT / "engine" / "servanda"
FACTS = str(ROOT / "facts" / "benn" / "benn-pankow")
# Words that only English has, as far as our texts go.
ENGLISH = re.compile(r"\b(the|of|and|is|not|with|what|evaluate|folder|file|error|such|missing|show|value|default|submissions?|language)\b", re.I)
GERMAN = re.compile(r"\b(der|die|das|und|ist|nicht|mit|was|eine?[mnrs]?|Ordner|Datei|Fehler|fehlt|zeigen|Wert|Standard|Lieferung|Sprache)\b")


def said(capsys: pytest.CaptureFixture, *arguments: str) -> str:
    """What a command line says, with status 2 where it is wrong usage."""
    status = _run(list(arguments))
    captured = capsys.readouterr()
    assert status == (0 if {"-h", "--help", "--version"} & set(arguments) else 2), captured
    return captured.out + captured.err


def test_the_catalogue_is_complete_and_compiled() -> None:
    """Mend with `python tests/catalogue.py`, which adds what is missing; then translate it, and run it once more."""
    held = catalogue.read()
    ids = {one.id if isinstance(one.id, str) else tuple(one.id) for one in held if one.id}
    assert catalogue.messages() - ids == set(), "messages without a translation"
    assert ids - catalogue.messages() == set(), "translations that nobody asks for"
    assert not [one.id for one in held if one.id and not (one.string if isinstance(one.string, str) else all(one.string))]
    assert not [one.id for one in held if one.fuzzy and one.id]
    assert catalogue.PO.with_suffix(".mo").read_bytes() == catalogue.compiled(held)


def test_translations_fill_in_no_other_names() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for one in catalogue.read():
        pairs = zip([one.id] * 2 if isinstance(one.id, str) else one.id, [one.string] * 2 if isinstance(one.string, str) else one.string, strict=True)
        for said_, translated in pairs:
            both = " ".join(one.id) if isinstance(one.id, tuple) else said_
            assert names(translated) <= names(both), one.id
            assert set(re.findall(r"--[a-z-]+", translated)) <= set(re.findall(r"--[a-z-]+", both)), one.id


@pytest.mark.parametrize("command", ["", *(name for name, _ in COMMANDS)])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_help_is_of_one_language(command: str, lang: str, capsys: pytest.CaptureFixture) -> None:
    words = [command] if command else []
    other = ENGLISH if lang == "de" else GERMAN
    shown = {said(capsys, *arguments) for arguments in ([*words, "--help", "--lang", lang], ["--lang", lang, *words, "-h"], [*words, f"--lang={lang}", "-h"])}
    if lang == "de":
        shown |= {said(capsys, *words, "--help")}
    for text in shown:
        names = re.sub(r"--[a-z-]+|what-if|\[[a-z|]+\]|\{[a-z|]+\}|material, deviation.*?never|servanda\.\w+|\$\(.*?\)", "", text, flags=re.S)
        assert not other.search(names), other.findall(names)
        assert text.startswith("Aufruf: servanda" if lang == "de" else "Usage: servanda")
        assert "[OPTIONS]" not in text if lang == "de" else "[OPTIONS]" in text


WRONG = [
    ["check"], ["chekc"], ["check", "x", "--formt", "json"], ["check", "x", "--format"], ["check", "x", "--format", "sarf"], ["check", "x", "--year", "soon"],
    ["check", "x", "--year", "1"], ["check", "x", "--as-of", "31.02.2020"], ["check", "x", "--fail-on", "devation"], ["check", "x", "--all=1"],
    ["check", "x", "--format", "json", "--format", "json"], ["check", "x", "--output", "a", "--output", "b"], ["list", "things"], ["list", "clauses", "x"],
    ["explain", "nothing-of-that-name"], ["explain", "a/b/c/d/e"], ["check", "x", "--output", "/"], ["completion", "bsh"], ["demo", "--lang", "fr"],
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_speaks_the_chosen_language(arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    german = said(capsys, *arguments)
    assert "Fehler: " in german and "Usage" not in german and "Error" not in german
    if "--lang" not in arguments:
        english = said(capsys, *arguments, "--lang", "en")
        assert "Error: " in english and "Aufruf" not in english and "Fehler" not in english
        assert english.splitlines()[-1] != german.splitlines()[-1]
        assert not ENGLISH.search(re.sub(r"'.*?'|„.*?“|material, deviation.*?never|`.*?`|--[a-z-]+", "", german.splitlines()[-1]))


@pytest.mark.parametrize(("arguments", "meant"), [
    (["check", "x", "--format", "jsn"], "json"), (["check", "x", "--fail-on", "devation"], "deviation"),
    (["check", "x", "--fail-on", "unmet,matrial"], "material"),
    (["chekc"], "check"), (["check", "x", "--outptu", "never"], "--output"), (["list", "obligation"], "obligations"), (["completion", "bsh"], "bash"),
    (["explain", "steering-round-held"], "steering-rounds-held"), (["explain", "3.teem.8"], "3.team.8"), (["explain", "cuont"], "count"),
])
def test_misspelt_words_of_the_command_line(arguments: list[str], meant: str, capsys: pytest.CaptureFixture) -> None:
    more = ["--rules", str(RULES)] if arguments[0] == "explain" else []
    assert re.search(rf"Did you mean '?{meant}'?\?", said(capsys, *arguments, *more, "--lang", "en"))
    assert re.search(rf"Meinten Sie '?{meant}'?\?", said(capsys, *arguments, *more))


def test_the_environment_has_no_say() -> None:
    for variable in ("LANG", "LC_ALL", "LANGUAGE", "LC_MESSAGES"):
        for value in ("en_US.UTF-8", "fr_FR", "C"):
            environment = {"PYTHONPATH": str(ROOT / "engine"), variable: value, "PYTHONIOENCODING": "utf-8"}
            done = subprocess.run([sys.executable, "-m", "servanda", "check"], env=environment, capture_output=True, encoding="utf-8", check=False)
            assert done.returncode == 2 and done.stderr.endswith("Fehler: Es fehlt das Argument 'PFAD…'.\n"), done.stderr


@pytest.mark.parametrize(("words", "lang"), [
    ("check --lang en", "en"), ("--lang=en check --lang de", "de"), ("check -- --lang en", None), ("check --lang", None), ("check --lang= x", ""),
])
def test_the_language_is_found_wherever_it_stands(words: str, lang: str | None) -> None:
    assert last_value(words.split(), "--lang") == lang


def test_the_language_before_a_command_is_that_of_its_report(capsys: pytest.CaptureFixture) -> None:
    assert _run(["--lang", "en", "list", "--rules", str(RULES)]) == 0
    assert "obligation" in capsys.readouterr().out
    assert _run(["--lang", "en", "list", "--rules", str(RULES), "--lang", "de"]) == 0
    assert "Pflicht" in capsys.readouterr().out


def test_the_wheel_carries_the_catalogue(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    assert "servanda/locale/de/LC_MESSAGES/servanda.mo" in zipfile.ZipFile(wheel).namelist()


# What definitions expect


def phrases_in(path: Path) -> Iterator[tuple[str, str]]:
    """(`expected` or `found`, phrase) of every literal that a problem is given."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "id", "") == "Unfit" and isinstance(node.args[0], ast.Constant):
            yield "expected", node.args[0].value
        if getattr(node.func, "id", "") == "_matching":
            yield "expected", node.args[1].value
        for keyword in node.keywords:
            if keyword.arg in ("expected", "found"):
                yield from ((keyword.arg, one.value) for one in _literals(keyword.value))


def _literals(node: ast.expr) -> list[ast.Constant]:
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    return [node] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_phrase_is_worded() -> None:
    sources = [path for path in ENGINE.rglob("*.py") if path.name != "phrases.py"]
    said_ = {pair for path in sources for pair in phrases_in(path)}
    assert len(said_) > 40
    assert {phrase for kind, phrase in said_ if kind == "expected"} <= set(phrases.EXPECTED)
    assert {phrase for kind, phrase in said_ if kind == "found" and re.search("[a-z]{3}", phrase)} - {"roles"} <= set(phrases.FOUND)


def shapes() -> list[type[Shape]]:
    """Every shape of packs and agreements."""
    importlib.import_module("servanda.agreements")
    assert BY_NAME
    found, waiting = [], [Shape]
    while waiting:
        shape = waiting.pop()
        waiting += shape.__subclasses__()
        if shape.__module__.startswith("servanda."):
            found.append(shape)
    return found


# What pydantic can say of each part of a schema; behind our own validators (function-before) the type always fits.
CAN_SAY = {"str": {"string_type"}, "model": {"model_type"}, "dict": {"dict_type"}, "tuple": {"tuple_type"}, "literal": {"literal_error"}}
SILENT = {
    "model-fields", "model-field", "default", "nullable", "definitions", "definition-ref", "tagged-union", "function-before", "function-plain", "union",
    "int", "bool", "date", "is-instance", "any", "dataclass",
}


def _schema_types(schema: object) -> Iterator[str]:
    if isinstance(schema, dict) and schema.get("type") == "dataclass":
        yield "dataclass"  # a value that our own validator has made
    elif isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema["type"]
        for key, part in schema.items():
            if key not in ("metadata", "serialization", "function"):
                yield from _schema_types(part)
    elif isinstance(schema, (list, tuple)):
        for part in schema:
            yield from _schema_types(part)


def test_every_error_that_a_shape_can_raise_is_worded() -> None:
    from servanda.shapes import _EXPECTED

    can: set[str] = set()
    for shape in shapes():
        shape.model_rebuild(force=True)
        for part in _schema_types(shape.__pydantic_core_schema__):
            assert part in CAN_SAY or part in SILENT, (shape, part)
            can |= CAN_SAY.get(part, set())
    assert can == {*_EXPECTED, "literal_error"}
    assert issubclass(Shape, BaseModel)


# (kind, its YAML, the column of the problem, German, English)
PROVOKED = [
    ("answered", "{facts: a, by: b, within: 3}", "within", "Schlüssel mit Werten", "a map of keys and values"),
    ("answered", "{facts: a, by: [b], within: {days: 3}}", "by", "ein Name aus kleinen Buchstaben", "a name of small letters"),
    ("answered", "{facts: a, by: {facts: b, same: x}, within: {days: 3}}", "by.same", "eine Liste", "a list"),
    ("answered", "{facts: a, by: {facts: b, same: [x], where: 3}, within: {days: 3}}", "by.where", "eine Bedingung wie {Feld", "a condition such as {field"),
    ("answered", "{facts: a, by: b, within: {day: 31-12}}", "within.day", "ein Tag des Jahres", "a day of the year"),
    ("attended", "{facts: a, roles: [b], at_least: 1, meetings_of: agrement}", "meetings_of", "einer der Werte agreement", "one of agreement"),
    ("count", "{facts: a, lower: many}", "lower", "eine Zahl wie 6", "a number such as 6"),
    ("count", "{facts: a, lower: {2019-02-30: 3}}", "lower", "ein Datum, das es gibt", "a date that exists"),
    ("count", "{facts: a, lower: {1999-01-01: 3}}", "lower", "ein Datum von 2000", "a date from 2000"),
    ("count", "{facts: a, approximate: yes}", "approximate", "true oder false", "true or false"),
    ("count", "{facts: a, where: {b: {givn: true}}}", "where", "b: eine der Prüfungen given", "b: one of the tests given"),
    ("count", "{facts: a, where: {b: {given: [true, false]}}}", "where", "b: given mit einem Wert", "b: given with one value"),
    ("count", "{facts: a, where: {b: {contains: [[]]}}}", "where", "b: contains mit einem Wert oder", "b: contains with a value or"),
    ("count", "{facts: a, where: {b: {given: 1}}}", "where", "b: given mit true", "b: given with true"),
    ("count", "{facts: a, where: {b: []}}", "where", "b: ein Wert, eine Liste", "b: a value, a list"),
    ("count", "{facts: a, where: {any: b}}", "where", "any: eine Liste von Bedingungen", "any: a list of conditions"),
    ("staffed", "{facts: a, roles: b, until: c, max_vacancy_days: 3}", "roles", "eine Liste von Rollen", "a list of roles"),
    ("staffed", "{facts: a, roles: {b: ~}, until: c, max_vacancy_days: 3}", "roles", "eine Liste von Rollen", "a list of roles"),
]


@pytest.mark.parametrize(("kind", "text", "column", "german", "english"), PROVOKED, ids=[text for _, text, *_ in PROVOKED])
def test_what_a_definition_expects_is_said_in_both_languages(kind: str, text: str, column: str, german: str, english: str) -> None:
    problems = Problems()
    assert shaped(BY_NAME[kind].Params, parse_yaml(text, "x.yaml", problems), "x.yaml", problems) is None
    assert [(one.code, one.column) for one in problems.sorted()] == [("invalid-definition", column)]
    problem = problems.sorted()[0]
    assert expected(problem, "de").startswith(german) and f"erwartet: {german}" in message(problem, "de")
    assert expected(problem, "en").startswith(english) and f"expected: {english}" in message(problem, "en")


class _Other(Shape):
    maps: dict[str, int]
    text: str


def test_errors_of_pydantic_itself() -> None:
    problems = Problems()
    shaped(_Other, parse_yaml("{maps: [x], text: [y], txt: z}", "x", problems), "x", problems)
    assert [(one.column, message(one, "de")) for one in problems.sorted()] == [
        ("maps", "„eine Liste“ passt hier nicht; erwartet: Schlüssel mit Werten."), ("text", "„eine Liste“ passt hier nicht; erwartet: ein Text."),
        ("txt", "Den Schlüssel „txt“ gibt es hier nicht. Meinten Sie text?"),
    ]


@pytest.mark.parametrize("table", [phrases.EXPECTED, phrases.FOUND, phrases.YAML, phrases.CSV, phrases.SYSTEM])
def test_phrases_are_german(table: dict[str, str]) -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name} if table is phrases.EXPECTED else set()

    for english, german in table.items():
        assert german.strip() and names(german) == names(english)
        assert not re.search(r"\b(the|of|with|and|is)\b", german), german


@pytest.mark.parametrize(("text", "said_"), [
    ("a: [", "ein Wert"), ("a: b: c", "in Anführungszeichen setzen"), ("a: @x", "mit diesem Zeichen"), ('a: "b', "fehlt ein Anführungszeichen"),
    ("a:\n\t- b", "Tabulatoren|kein"), ("- a\nb: c", "fehlt"), ('a: "\\q"', "unbekannte Folge"), ("a: 1\n  b: 2", "Anführungszeichen|Einrückung"),
])
def test_what_libyaml_says_reaches_german_in_german(text: str, said_: str) -> None:
    problems = Problems()
    parse_yaml(text, "x.yaml", problems)
    (problem,) = problems.sorted()
    assert problem.code == "invalid-yaml" and problem.found in phrases.YAML
    assert problem.found in message(problem, "en") and problem.found not in message(problem, "de")


@pytest.mark.parametrize("text", ["a\n\"b\n", 'a\n"b"c\n', "a;b\n\"x\"y;z\n"])
def test_what_the_csv_module_says_reaches_german_in_german(text: str, tmp_path: Path) -> None:
    from servanda.facts.csv_reader import read_csv
    from servanda.pack import read_pack

    (tmp_path / "meetings.csv").write_text(text)
    problems = Problems()
    fact_type = read_pack(RULES / "benn", BY_NAME, Problems()).vocabulary["meetings"]
    read_csv(Source(tmp_path / "meetings.csv", "meetings.csv"), "meetings", fact_type, problems)
    (problem,) = [one for one in problems.sorted() if one.code == "invalid-csv"]
    assert problem.found in phrases.CSV and problem.found not in message(problem, "de")


def test_what_the_system_says_reaches_german_in_german() -> None:
    for number in (1, 2, 5, 13, 16, 20, 21, 24, 27, 28, 30, 36, 40):
        problem = Problem("unreadable-file", "x", found=os.strerror(number))
        assert os.strerror(number) in phrases.SYSTEM and os.strerror(number) not in message(problem, "de")


def test_text_of_the_input_is_never_worded() -> None:
    for code, found in (("invalid-date", "null"), ("unknown-value", "nothing"), ("unknown-column", "list"), ("invalid-amount", "map")):
        assert f"„{found}“" in message(Problem(code, found=found), "de")
    assert str(Unfit("a number")) == "a number"
