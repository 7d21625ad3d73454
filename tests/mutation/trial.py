"""One mutant at a time, in a forked child: the changed module takes the place of the one that is loaded, and worlds are evaluated again.

A mutant is killed by the first world of which anything comes out that the oracle looks at differs (on the unchanged engine both agree, see
tests/test_oracle.py), by an error, by a run that does not end, or else by the contract's own tests.
"""

from __future__ import annotations

import importlib
import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import servanda.evaluate
import servanda.pack
from servanda.problems import InvalidInput


@dataclass(frozen=True)
class Scene:
    """A world on disk, ready to be evaluated."""

    name: str
    facts: Path
    agreements: Path
    rules: Path
    as_of: date
    known_on: date | None = None


def outcome(scene: Scene) -> object:
    """What the oracle looks at: findings with their numbers, judgements, evidence, the records that are unknown, consequences."""
    try:
        run = servanda.evaluate.evaluate([scene.facts], scene.agreements, scene.rules, scene.as_of, known_on=scene.known_on)
    except InvalidInput as invalid:
        return [problem.code for problem in invalid.problems]
    found = [
        (f.obligation, f.agreement, f.site, f.label, f.status, f.at_risk, f.value, f.lower, f.upper, f.open, f.start, f.end, tuple(sorted(f.judgements)),
         tuple(sorted((one.type, one.id) for one in f.evidence)), tuple(sorted((one.type, one.record) for one in f.missing if one.record)),
         f.details.get("repaired"))
        for f in run.findings
    ]
    return sorted(found, key=str), sorted(((c.consequence, c.attribution, c.agreement, c.site, c.year, c.amount_at_stake) for c in run.consequences), key=str)


def keep_packs() -> None:
    """Packs are read once for many worlds."""
    read, kept = servanda.pack.read_pack, {}

    def read_once(folder: Path, kinds: object, problems: object) -> object:
        if folder not in kept:
            kept[folder] = read(folder, kinds, problems)
        return kept[folder]

    servanda.pack.read_pack = read_once


def outcomes(scenes: Sequence[Scene]) -> list[object]:
    """What the unchanged engine makes of every world."""
    keep_packs()
    return [outcome(scene) for scene in scenes]


def in_child(work: Callable[[], object], seconds: float) -> tuple[str, object]:
    """("done", result), ("failed", text) or ("late", None) of work in a forked child."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            try:
                told = pickle.dumps(("done", work()))
            except BaseException as error:  # noqa: BLE001 - whatever goes wrong kills the mutant
                told = pickle.dumps(("failed", repr(error)[:300]))
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(told)
        finally:
            os._exit(0)
    os.close(writing)
    told, until = b"", time.monotonic() + seconds
    with os.fdopen(reading, "rb") as pipe:
        while True:
            ready, _, _ = select.select([pipe], [], [], max(0, until - time.monotonic()))
            if not ready:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return "late", None
            part = os.read(pipe.fileno(), 1 << 20)
            if not part:
                break
            told += part
    os.waitpid(child, 0)
    return pickle.loads(told) if told else ("failed", "the process died")


def put(module_name: str, source: str) -> None:
    """Execute a module's changed source in its place, and let every module that imported a name of it have the new one."""
    module = importlib.import_module(module_name)
    before = {name: value for name, value in vars(module).items() if getattr(value, "__module__", None) == module_name or isinstance(value, (str, tuple, dict))}
    exec(compile(source, module.__file__, "exec"), vars(module))  # noqa: S102 - the source is our own, changed in one place
    changed = {id(value): vars(module)[name] for name, value in before.items() if vars(module).get(name) is not value}
    for other in [one for name, one in sys.modules.items() if name.startswith("servanda") and one is not module]:
        for name, value in list(vars(other).items()):
            if id(value) in changed and not name.startswith("__"):
                setattr(other, name, changed[id(value)])


def tried(module_name: str, source: str, scenes: Sequence[Scene], expected: Sequence[object], order: Sequence[int]) -> int | None:
    """The number of the world that noticed the change; None where none did."""
    put(module_name, source)
    keep_packs()
    for number in order:
        if outcome(scenes[number]) != expected[number]:
            return number
    return None
