"""Thousands of agreements for audits, made of the samples: python bench/many_agreements.py FOLDER --agreements 10000

Every agreement is one of the twelve sample districts under another name, with all its submissions of five years, in which some meetings are cancelled
and some amounts changed (seeded; the same seed, the same bytes). Agreements are written as tables (`agreements.csv`, `sites.csv`), or with
--yaml as one file each; facts as submission folders, and those of the programme once. About 850 records an agreement.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SAMPLES, FACTS = ROOT / "agreements" / "benn", ROOT / "facts" / "benn"
AMOUNT = re.compile(rb"(?<=,)(\d{3,4})(?=\.\d\d,)")
CANCELLED = 0.01  # of the meetings
CHANGED = 0.01  # of the amounts


def templates() -> list[tuple[str, dict, dict[str, bytes]]]:
    """(name, agreement, files of its submissions by path) of every sample district whose parameters do not change over time."""
    found = []
    for path in sorted(SAMPLES.glob("*.yaml")):
        agreement = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        if agreement.get("parameters"):
            continue
        folder = FACTS / agreement["id"]
        files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
        found.append((agreement["id"].removeprefix("benn-"), agreement, files))
    return found


def renamed(agreement: dict, old: str, new: str) -> dict:
    """An agreement under another name."""
    sites = [{**site, "id": site["id"].replace(old, new, 1)} for site in agreement["sites"]]
    return {**agreement, "id": f"benn-{new}", "district": f"{agreement['district']} {new}", "sites": sites}


def varied(name: str, content: bytes, luck: random.Random) -> bytes:
    """A table in which some meetings are cancelled, or some amounts changed."""
    if name.endswith("/meetings.csv"):
        return b"\n".join(line.replace(b",held", b",cancelled") if luck.random() < CANCELLED else line for line in content.split(b"\n"))
    if name.endswith("/expenditures.csv"):
        return AMOUNT.sub(lambda match: b"9" + match[1][1:] if luck.random() < CHANGED else match[0], content)
    return content


def made(count: int, seed: int) -> Iterator[tuple[dict, dict[str, bytes]]]:
    """(agreement, its files) for each number."""
    samples = templates()
    for number in range(count):
        old, agreement, files = samples[number % len(samples)]
        new = f"x{number:06}"
        luck = random.Random(f"{seed}:{number}")
        yield renamed(agreement, old, new), {
            path: varied(path, content.replace(old.encode() + b"-", new.encode() + b"-").replace(b"benn-" + old.encode(), b"benn-" + new.encode()), luck)
            for path, content in files.items()
        }


def write_tables(folder: Path, agreements: list[dict]) -> None:
    """`agreements.csv` and `sites.csv`."""
    with (folder / "agreements.csv").open("w", encoding="utf-8", newline="") as first, (folder / "sites.csv").open("w", encoding="utf-8", newline="") as second:
        rows, sites = csv.writer(first), csv.writer(second)
        rows.writerow(("id", "pack", "district", "from", "to"))
        sites.writerow(("agreement", "id", "name", "kind", "from", "to", "contractor"))
        for one in agreements:
            rows.writerow((one["id"], one["pack"], one["district"], one["term"]["from"], one["term"]["to"]))
            for site in one["sites"]:
                sites.writerow((one["id"], *(site.get(name, "") for name in ("id", "name", "kind", "from", "to", "contractor"))))


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--agreements", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--yaml", action="store_true")
    wanted = parser.parse_args()
    for name in ("agreements", "facts"):
        (wanted.folder / name).mkdir(parents=True)
    agreements = []
    for agreement, files in made(wanted.agreements, wanted.seed):
        agreements.append(agreement)
        for path, content in files.items():
            file = wanted.folder / "facts" / agreement["id"] / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    shutil.copytree(FACTS / "programme", wanted.folder / "facts" / "programme")
    if wanted.yaml:
        for agreement in agreements:
            file = wanted.folder / "agreements" / f"{agreement['id']}.yaml"
            file.write_text(yaml.safe_dump(agreement, allow_unicode=True, sort_keys=False), encoding="utf-8")
    else:
        write_tables(wanted.folder / "agreements", agreements)


if __name__ == "__main__":
    main()
