"""Generated submissions for the two ways of reading: corrections, withdrawals, several submitters, faults of every sort, odd texts and odd files."""

from __future__ import annotations

from pathlib import Path
from random import Random

TYPES = ("meetings", "attendance", "measures", "expenditures", "staffing", "attestations")
AGREEMENTS = """id: {name}
pack: benn
district: {name}
term: {{from: 2017-09-01, to: 2021-12-31}}
sites:
  - {{id: {name}-1, name: X, kind: benn_team, from: 2017-09-01}}
  - {{id: {name}-2, name: Y, kind: quartiersmanagement, from: 2018-03-01}}
"""
ODD = (
    '', ' ', '\t', '\xa0', ' x ', 'NA', 'null', 'NULL', 'M\xfcller', 'mu\u0308', 'x;y', 'x,y', 'a"b', '"', '""', 'x\ty', 'x\x0by', 'x\x7f', '\ufeffx',
    '\u2028', "'", '{x}', '%', "x" * 210, "x" * 20_001, "\u00fc" * 12_000, '2019-02-30', '1999-12-31', '2101-01-01', '31.03.2019', '31.3.2019',
    '2019-3-1', '2019/03/01', ' 2019-03-01', '2019-03-01 ', '2019-03-01 00:00:00', '0000-00-00', 'epoch', 'infinity', '1.234,56', '1.234', '1234,5',
    '1234,567', '1e3', '+5', '-0', '-0.00', '-3.5', '.5', '5.', '1_000', '999999999999.99', '1000000000000', '0', '1', '0.0', '0,01', '\u0663', 'true',
    'True', 'ja', 'nein', 'false', '2019', '1999', '2101', '02019', '2019.0', 'networks|empowerment', 'networks | networks', 'networks|', '|',
    'networks|x', 'a-1', 'b-1', 'A-1', 'a-1 ', 'present', 'Present', 'm-1/x', 'a\\b', '#', '\x1c', '\x85',
)
BREAKS = (
    b'\xff', b'\x00', b'\r', b'\n', b'\n\n', b'"', b'" ', b' "', b',', b';', b'\r\n', b'\xed\xa0\x80', b'""', b'",', b',"', b'\t', b'\xc2\xa0',
    b'\xef\xbb\xbf',
)


def write_world(random: Random, folder: Path) -> None:
    """Agreements `a` and `b`, and one to four submissions below `folder`."""
    (folder / "agreements").mkdir(parents=True)
    for name in "ab":
        (folder / "agreements" / f"{name}.yaml").write_text(AGREEMENTS.format(name=name), encoding="utf-8")
    calm = random.random() < 0.5  # few faults, so that much is assembled
    single = random.random() < 0.6
    for number in range(random.randint(1, 4)):
        place = folder / "facts" / f"{number}"
        place.mkdir(parents=True)
        owner = "a" if random.random() < 0.7 else random.choice(("a", "b", None))
        lines = [f"agreement: {owner}" if owner else "pack: benn", f"submitted_on: 2020-01-{random.randint(10, 12)}"]
        lines += [f"submitted_by: {'district' if single else random.choice(('district', 'senate', 'team'))}", "complete: 2019-12-31"]
        if random.random() < 0.3:
            lines.append(f"withdraws: [{', '.join(f'{random.choice(TYPES)}:i-{random.randint(0, 9)}' for _ in range(random.randint(1, 3)))}]")
        (place / "submission.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for type_name in TYPES:
            if random.random() < 0.6:
                (place / f"{type_name}.csv").write_bytes(_table(random, type_name, owner or "a", calm))


def _table(random: Random, type_name: str, owner: str, calm: bool) -> bytes:
    delimiter = random.choice(",;")
    names = list(_record(random, type_name, owner, ()))
    names = [name for name in names if random.random() > 0.03] if not calm else names
    random.shuffle(names)
    count, taken = random.choice((0, 1, 3, 8)), set()
    records = [_record(random, type_name, owner, taken if calm else ()) for _ in range(count)]
    rows = [[_odd(random, record[name], 0.01 if calm else 0.06) for name in names] for record in records]
    rows = [row if random.random() > 0.03 else [""] * len(names) for row in rows]
    always = random.random() < 0.2
    end = random.choice(("\n", "\n", "\r\n"))
    lines = [delimiter.join(_cell(random, text, delimiter, always) for text in row) for row in [names, *rows]]
    data = (end.join(lines) + (end if random.random() < 0.8 else "")).encode("utf-8")
    if random.random() < 0.1:
        data = b"\xef\xbb\xbf" + data
    if random.random() < (0.02 if calm else 0.15):
        at = random.randint(0, len(data))
        data = data[:at] + random.choice(BREAKS) + data[at:]
    return data


def _cell(random: Random, text: str, delimiter: str, always: bool) -> str:
    if always or any(sign in text for sign in (delimiter, '"', "\n", "\r")) or random.random() < 0.02:
        return '"' + text.replace('"', '""') + '"'
    return text


def _odd(random: Random, text: str, share: float) -> str:
    roll = random.random()
    return random.choice(ODD) if roll < share else f" {text} " if roll < share * 1.5 else text


def _record(random: Random, type_name: str, owner: str, taken: set | tuple) -> dict[str, str]:
    """The texts of a record; where `taken` is a set, its key is not among those."""
    day = f"20{random.randint(17, 21)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    german = ".".join(reversed(day.split("-"))) if random.random() < 0.2 else day
    site = f"{owner}-{random.randint(1, 2)}"
    identity, other = f"i-{random.randint(0, 9)}", f"i-{random.randint(0, 9)}"
    while isinstance(taken, set) and (identity, site) in taken:
        identity = f"i-{random.randint(0, 99)}"
    if isinstance(taken, set):
        taken |= {(identity, f"{owner}-1"), (identity, f"{owner}-2"), (identity, "")}
    amount = random.choice(("12.50", "1.234,56", "7", "0,5", "999999999999.99"))
    site_or_none = random.choice((site, ""))
    return {
        "meetings": {
            "id": identity, "date": german, "body": random.choice(("steering_round", "jour_fixe")), "site": site if random.random() < 0.9 else "",
            "organiser": random.choice(("team", "")), "status": random.choice(("held", "cancelled", "")), "concerns_senate": random.choice(("ja", "0", "")),
        },
        "attendance": {"meeting": identity, "role": random.choice(("benn_team", "qm_benn")), "site": site_or_none, "state": random.choice(("absent", ""))},
        "measures": {
            "id": identity, "site": site, "title": random.choice(("Fest", "Fest, im Hof", "Ähre")), "date": german, "opinion_needed": "",
            "goals": random.choice(("", "networks", "networks|empowerment")),
        },
        "expenditures": {
            "id": identity, "measure": random.choice((other, "")), "site": site, "date": german, "amount": random.choice(("-", "")) + amount,
            "category": random.choice(("fees", "")),
        },
        "staffing": {
            "id": identity, "role": random.choice(("benn_team", "district_coordinator")), "site": site_or_none, "person": random.choice(("Ä. B.", "")),
            "from": german, "to": random.choice((day, "2021-12-31", "", "2018-01-01")), "fte": random.choice(("", "0.5", "0,25", "1")),
        },
        "attestations": {
            "id": identity, "obligation": random.choice(("steering-rounds-held", "district-coordinator")), "party": random.choice(("team", "senate")),
            "site": site_or_none, "year": str(random.randint(2017, 2021)), "date": german, "note": random.choice(("ja", "Zeile, mit Komma")),
        },
    }[type_name]
