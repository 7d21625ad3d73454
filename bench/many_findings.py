"""Times the HTML report over many findings: every agreement of the sample as often as it takes, each copy with ids of its own.

    python bench/many_findings.py [FINDINGS]

Prints how many findings there are, the size of the page and the seconds that it took to write it (the check is not counted).
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def multiplied(folder: Path, times: int) -> None:
    """Write `agreements/` and `facts/` of the sample into `folder`, each agreement `times` times; copies are named `…-x1`, `…-x2` and so on."""
    for name in ("agreements", "facts"):
        shutil.copytree(ROOT / name / "benn", folder / name / "benn")
    for source in sorted((ROOT / "agreements" / "benn").rglob("*.yaml")):
        pack, own = source.parent.name, source.stem
        short = own.removeprefix(f"{pack}-")
        ids = re.compile(rf"(?<![\w-])(?:{re.escape(own)}(?![\w-])|{re.escape(short)}(?=-\d))")
        title = re.compile(r"^(\w+: )(.*)$", flags=re.M)
        for number in range(1, times):
            def renamed(text: str, ids: re.Pattern = ids, number: int = number) -> str:
                return ids.sub(lambda found: f"{found[0]}-x{number}", text)

            text = renamed(source.read_text(encoding="utf-8"))
            head, _, rest = text.partition("\nterm:")
            copy = title.sub(lambda found, number=number: f"{found[1]}{found[2]} {number}" if found[1] not in ("id: ", "pack: ") else found[0], head)
            (folder / "agreements" / pack / f"{own}-x{number}.yaml").write_text(f"{copy}\nterm:{rest}", encoding="utf-8")
            for path in sorted((ROOT / "facts" / pack / own).rglob("*")):
                if path.is_file():
                    target = folder / "facts" / pack / f"{own}-x{number}" / path.relative_to(ROOT / "facts" / pack / own)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(renamed(path.read_text(encoding="utf-8")), encoding="utf-8")


def main() -> None:
    """Measure and print."""
    sys.path.insert(0, str(ROOT / "engine"))
    from servanda import check
    from servanda.report.html.page import html_report
    from servanda.report.style import Style

    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 6_000
    single = len(check(ROOT / "facts", ROOT / "agreements", ROOT / "rules", "2021-09-30").findings)
    with tempfile.TemporaryDirectory() as folder:
        multiplied(Path(folder), -(-wanted // single))
        run = check(Path(folder, "facts"), Path(folder, "agreements"), ROOT / "rules", "2021-09-30")
        start = time.perf_counter()
        page = html_report(run, Style("de"))
        seconds = time.perf_counter() - start
    print(f"{len(run.findings)} findings: {len(page.encode()) / 1e6:.2f} MB in {seconds:.2f} s")


if __name__ == "__main__":
    main()
