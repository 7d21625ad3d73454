"""Run targets for some time each, two at a time, and keep what breaks them."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEPT = HERE / "kept"
DONE = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+) ft: (\d+)")
SECONDS_FOR_ONE, MEGABYTES, LONGEST = 20, 3000, 4096


def main() -> int:
    """0 where nothing broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help="which targets (all)")
    parser.add_argument("--seconds", type=int, default=60, help="for how long each")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        _fuzz(given.targets[0], given.seconds)
    from fuzz.targets import TARGETS

    chosen = given.targets or list(TARGETS)
    if unknown := set(chosen) - set(TARGETS):
        parser.error(f"{', '.join(sorted(unknown))}: there is {', '.join(TARGETS)}")
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        outcomes = list(pool.map(lambda name: _run(name, given.seconds), chosen))
    return 1 if any(outcomes) else 0


def _run(name: str, seconds: int) -> int:
    """A target in a process of its own; says how far it came, and keeps what broke it."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        command = [sys.executable, "-m", "fuzz", "--one", "--seconds", str(seconds), name]
        environment = {**os.environ, "TMPDIR": folder, "PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])}
        found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", check=False)
        done = DONE.search(found.stderr)
        print(f"{name:<14} {found.returncode}  " + (f"{int(done[1]):>9,} inputs, coverage {done[2]}, features {done[3]}" if done else "broke"), flush=True)
        for broken in [*Path(folder).glob("crash-*"), *Path(folder).glob("timeout-*"), *Path(folder).glob("oom-*")]:
            content = broken.read_bytes()
            kept = KEPT / name / hashlib.sha256(content).hexdigest()[:16]
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(content)
            print(f"  kept {kept.relative_to(HERE)}: {content[:100]!r}", flush=True)
        if found.returncode:
            said = [line for line in (found.stdout + found.stderr).splitlines() if not line.startswith(("#", "INFO:", "MS:"))]
            print("\n".join(f"  {line}" for line in said)[-4000:], flush=True)
    return found.returncode


def _fuzz(name: str, seconds: int) -> None:
    """libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["servanda"]):
        from fuzz.targets import TARGETS, seeds

        for seed in seeds(name):  # what is loaded only when it is needed
            TARGETS[name](seed)
            break
    corpus = Path(tempfile.mkdtemp())
    for number, seed in enumerate(seeds(name)):
        (corpus / f"{number:03}").write_bytes(seed)
    for file in (KEPT / name).glob("*"):
        (corpus / file.name).write_bytes(file.read_bytes())
    options = [f"-max_total_time={seconds}", f"-timeout={SECONDS_FOR_ONE}", f"-rss_limit_mb={MEGABYTES}", f"-max_len={LONGEST}", "-print_final_stats=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
