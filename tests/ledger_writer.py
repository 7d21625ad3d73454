"""A process that writes to a ledger: `python ledger_writer.py URL NAME COUNT`; says `NUMBER HASH` of each entry once it is entered."""

from __future__ import annotations

import datetime
import sys

from servanda.ledger.append import append
from servanda.ledger.entries import NewEntry
from servanda.ledger.store import open_ledger

if __name__ == "__main__":
    url, name, count = sys.argv[1:]
    ledger = open_ledger(url)
    print("open", flush=True)
    for number in range(int(count)):
        body = {"finding": f"p/a/s/{name}/{number}", "on": "2021-01-01", "text": "x" * (number * 37 % 5000 + 1)}
        made = append(ledger, NewEntry("remedy", name, datetime.datetime(2021, 9, 30, tzinfo=datetime.UTC), (), body))
        print(made.number, made.hash, flush=True)
