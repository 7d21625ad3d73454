"""`python -m mutation [--only measure,kinds.count] [--seconds 280] [--again]`: try mutants until the time is over; go on in the next run.

What was tried is kept in a file (`--kept`), so that pieces of a few minutes add up. With `--summary` only the sums are told.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from mutation import python, sql, trial
from mutation.scenes import make_scenes

ENGINE = Path(trial.servanda.__file__).parent
MODULES = (
    "duties", "measure", "record_scopes", "working_days",
    *(f"kinds.{path.stem}" for path in sorted((ENGINE / "kinds").glob("*.py")) if path.stem != "__init__"),
    "judge", "judge_facts", "judge_plain", "judgement_patterns",
)
TESTS = Path(__file__).parent.parent
OWN_TESTS = {  # what states the meaning of a module beside the worlds; `kinds` and `judge` are for those without a line
    "duties": ("amounts", "periods", "contract_duties", "contract_proration", "contract_statuses", "contract_records", "contract_kinds"),
    "measure": ("amounts", "periods", "contract_statuses", "contract_consented", "contract_records", "contract_duties", "contract_kinds"),
    "record_scopes": ("amounts", "record_scopes", "contract_records"),
    "working_days": ("contract_duties", "contract_kinds", "calendar"),
    "judge": ("judge", "contract_judgements"),
    "judgement_patterns": ("contract_judgements", "bad_inputs"),
    "kinds.answered": ("amounts_in_doubt", "amounts", "contract_answers", "contract_kinds"),
    "kinds.attended": ("attendance_in_doubt", "attendance", "contract_kinds", "contract_statuses"),
    "kinds.consented": ("consents_in_doubt", "contract_consented", "contract_judgements"),
    "kinds.preceded": ("preceded_in_doubt", "amounts", "contract_kinds", "dossier"),
    "kinds": ("contract_kinds", "contract_records", "contract_statuses"),
}


def all_mutants(names: list[str]):
    """(key, module, language, line, change, source) of every mutant."""
    for language, maker in (("sql", sql.mutants), ("python", python.mutants)):
        for name in names:
            source = (ENGINE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
            for number, (line, change, mutated) in enumerate(maker(source)):
                yield f"{name}:{language}:{number}:{change}", name, language, line, change, mutated


def chosen(names: list[str], sample: int | None) -> list[tuple]:
    """All mutants, or a sample of each module and language that is the same every time, in an order that takes modules in turns."""
    found = list(all_mutants(names))
    if sample is None:
        return found
    groups: dict[tuple[str, str], list[tuple]] = {}
    for one in found:
        groups.setdefault((one[1], one[2]), []).append(one)
    drawn = [random.Random(f"{key}").sample(group, min(sample, len(group))) for key, group in sorted(groups.items())]
    return [one for turn in itertools.zip_longest(*drawn) for one in turn if one is not None]


def within(module: str, line: int) -> str:
    """The function or constant of a module that a line belongs to: it stays when lines move."""
    tree = ast.parse((ENGINE / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if node.lineno <= line <= (node.end_lineno or node.lineno):
            return getattr(node, "name", None) or (ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else type(node).__name__)
    return "module"


def tests_of(module: str) -> list[str]:
    """The tests that state what a module means, and the cases of the packs about records."""
    names = OWN_TESTS.get(module) or OWN_TESTS["judge" if module.startswith("judge") else "kinds"]
    cases = f"{TESTS / 'test_cases.py'}::test_every_case_holds_and_everything_is_kept_and_broken"
    return [*(str(TESTS / f"test_{name}.py") for name in names), f"{cases}[sale]", f"{cases}[zuwendung]"]


def by_tests(module: str, source: str) -> object:
    """A module's own tests in the child: None where they do not notice."""
    import pytest

    trial.put(f"servanda.{module}", source)
    os.chdir(TESTS.parent)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    failed = pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "no:randomly", *tests_of(module)])
    return "tests" if failed else None


def main() -> int:
    """Try mutants, keep what became of them, tell the sums."""
    parser = argparse.ArgumentParser(prog="mutation")
    parser.add_argument("--only", default=",".join(MODULES))
    parser.add_argument("--seconds", type=float, default=280)
    parser.add_argument("--worlds", type=int, default=36, help="on how many worlds; with 0, by the tests alone")
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "servanda-mutants.json")
    parser.add_argument("--sample", type=int, help="only so many mutants of each module and language, always the same ones; by the tests, too")
    parser.add_argument("--survivors", action="store_true", help="try those again that survived, by their modules' tests and by more worlds")
    parser.add_argument("--summary", action="store_true")
    given = parser.parse_args()
    kept = json.loads(given.kept.read_text()) if given.kept.exists() else {}
    if not given.summary:
        go_on(given, kept)
    tell(kept)
    return 0


def go_on(given: argparse.Namespace, kept: dict) -> None:
    """Try what was not tried yet, or what survived, until the time is over."""
    until = time.monotonic() + given.seconds
    folder = Path(tempfile.mkdtemp(prefix="servanda-scenes-"))
    try:
        scenes = make_scenes(folder, given.worlds)
        how, expected = trial.in_child(lambda: trial.outcomes(scenes), 600)
        assert how == "done", expected
        order = list(range(len(scenes)))
        for name in given.only.split(","):  # a module put in place of itself must change nothing
            source = (ENGINE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
            told = trial.in_child(lambda n=name, s=source: trial.tried(f"servanda.{n}", s, scenes, expected, order[::18]), 60)
            assert told == ("done", None), (name, told)
        thorough = given.survivors or given.sample is not None
        for key, module, language, line, change, mutated in chosen(given.only.split(","), given.sample):
            old = kept.get(key)
            if old and not (thorough and old["by"] is None and not old.get("tests")):
                continue
            if time.monotonic() > until:
                break
            by = None
            if thorough:
                how, found = trial.in_child(lambda m=module, s=mutated: by_tests(m, s), 300)
                by = found if how == "done" else how
            if by is None and scenes:
                how, found = trial.in_child(lambda m=module, s=mutated: trial.tried(f"servanda.{m}", s, scenes, expected, order), 300)
                by = scenes[found].name if how == "done" and found is not None else None if how == "done" else how
            if isinstance(found, int):
                order.remove(found)
                order.insert(0, found)
            kept[key] = {"module": module, "language": language, "line": line, "change": change, "by": by, "worlds": len(scenes)}
            kept[key]["tests"] = thorough
            if by is None:
                kept[key]["within"] = within(module, line)
                print(f"survives {module}.{kept[key]['within']}:{line} [{language}] {change}", flush=True)
            given.kept.write_text(json.dumps(kept, indent=0, ensure_ascii=False))
    finally:
        shutil.rmtree(folder)


def tell(kept: dict) -> None:
    """How many were killed, by module and language."""
    sums = Counter((one["module"], one["language"], one["by"] is not None) for one in kept.values())
    for module, language in sorted({key[:2] for key in sums}):
        killed, alive = sums[module, language, True], sums[module, language, False]
        print(f"{module:22} {language:6} {killed:5} of {killed + alive:5} killed")
    killed = sum(one["by"] is not None for one in kept.values())
    print(f"{killed} of {len(kept)} killed ({100 * killed / max(1, len(kept)):.1f} %); {Counter(str(one['by']).split(' ')[0] for one in kept.values())}")


if __name__ == "__main__":
    sys.exit(main())
