"""Times a check over ten thousand single records: `python bench/many_records.py [COUNT]`.

The pack `sale` with COUNT instalments (one in fifty late, half of those made good by the fee), and the pack `zuwendung` with COUNT calls
of funds and as many expenditures that settle them in their order. Synthetic, the same on every run.
"""

from __future__ import annotations

import datetime
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "engine"))
FIRST, DAYS, AS_OF = datetime.date(2020, 1, 6), 2000, datetime.date(2025, 12, 31)


def day(number: int, later: int = 0) -> datetime.date:
    """The day of a record: they are spread over some five years."""
    return FIRST + datetime.timedelta(days=number % DAYS + later)


def sale(count: int) -> dict[str, list[str]]:
    """Instalments, payments and fees."""
    late = [number for number in range(count) if number % 50 == 0]
    return {
        "instalments": ["id,invoiced_on,amount", *(f"r-{n},{day(n)},100.00" for n in range(count))],
        "instalment_payments": ["id,instalment,paid_on,amount", *(f"z-{n},r-{n},{day(n, 40 if n % 50 == 0 else 5)},100.00" for n in range(count))],
        "fee_payments": ["id,instalment,paid_on,amount", *(f"f-{n},r-{n},{day(n, 16)},1.00" for n in late[::2])],
    }


def grant(count: int) -> dict[str, list[str]]:
    """Calls of funds and the expenditures that use them up."""
    return {
        "budget_items": ["id,title,planned_on,planned", "p,All,2020-01-01,99999999.00"],
        "fund_calls": ["id,paid_out_on,amount", *(f"c-{n},{day(n)},100.00" for n in range(count))],
        "grant_expenditures": ["id,item,paid_on,amount,from_grant,receipt_number", *(f"e-{n},p,{day(n, 30)},100.00,100.00,1" for n in range(count))],
    }


def timed(pack: str, named: str, by: str, tables: dict[str, list[str]]) -> str:
    """One check over a folder made for it, in words."""
    from servanda.evaluate import evaluate

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "facts" / "1"
        place.mkdir(parents=True)
        agreements = Path(folder) / "agreements"
        agreements.mkdir()
        (agreements / "a.yaml").write_text(f"id: a\npack: {pack}\n{named}: A\nterm: {{from: 2020-01-01, to: 2026-12-31}}\n", encoding="utf-8")
        manifest = f"agreement: a\nsubmitted_on: 2026-01-10\nsubmitted_by: {by}\ncomplete: {AS_OF}\n"
        (place / "submission.yaml").write_text(manifest, encoding="utf-8")
        for name, rows in tables.items():
            (place / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        start = time.perf_counter()
        run = evaluate([place], agreements, ROOT / "rules", AS_OF)
        seconds = time.perf_counter() - start
    counts = run.summary()
    return f"{pack}: {counts['duties']} duties, {counts['deviation']} deviations: {seconds:.2f} s"


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(timed("sale", "contract", "seller", sale(number)))
    print(timed("zuwendung", "project", "grantee", grant(number)))
