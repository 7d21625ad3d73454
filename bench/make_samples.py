"""Makes the synthetic samples: `python bench/make_samples.py [--out DIR]` writes `agreements/benn/` and `facts/benn/` below DIR.

The same bytes on every run. Each folder is written beside its place and then renamed, so that never half of one is left.
The words and the stories stand in `sample_world.py`, the facts are made in `sample_facts.py`; here it is decided which
submission tells what, and in which form.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import sample_world as world
from sample_facts import make_world
from sample_world import YEARS, Date, District, Fact, Luck, story

# The fields of each fact type with their German labels, in the order in which the tables write them.
FIELDS: dict[str, dict[str, str]] = {
    fact_type: dict(pair.split("=") for pair in pairs.split(", "))
    for fact_type, pairs in {
        "meetings": "id=Kennung, date=Datum, body=Gremium, site=Standort, "
        "organiser=Ausgerichtet von, status=Status, concerns_senate=Betrifft Senat",
        "attendance": "meeting=Sitzung, role=Funktion, site=Standort, state=Anwesenheit",
        "staffing": "id=Kennung, role=Funktion, site=Standort, person=Person, from=Von, to=Bis, fte=Stellenanteil",
        "staff_changes": "id=Kennung, site=Standort, kind=Art, date=Datum, agreed_on=Abgestimmt am",
        "milestones": "id=Kennung, site=Standort, kind=Art, date=Datum, with_district=Bezirk beteiligt",
        "measures": "id=Kennung, site=Standort, title=Bezeichnung, goals=Ziele, date=Beginn, opinion_needed=Stellungnahme erforderlich",
        "consents": "id=Kennung, measure=Maßnahme, meeting=Sitzung, date=Datum, decision=Entscheidung, amount=Betrag",
        "expenditures": "id=Kennung, measure=Maßnahme, site=Standort, date=Datum, amount=Betrag, category=Mittelart",
        "opinions": "id=Kennung, measure=Maßnahme, authority=Fachamt, requested_on=Angefordert am, received_on=Eingegangen am",
        "documents": "id=Kennung, kind=Art, site=Standort, year=Jahr, "
        "submitted_on=Vorgelegt am, agreed_by_district_on=Vom Bezirk abgestimmt am, checked_by_senate_on=Vom Senat geprüft am",
        "funds": "id=Kennung, site=Standort, year=Jahr, amount=Betrag, provided_on=Bereitgestellt am",
        "requests": "id=Kennung, from=Von, to=An, topic=Thema, received_on=Eingegangen am, due_on=Frist, answered_on=Beantwortet am",
        "press_releases": "id=Kennung, date=Datum, title=Titel, concerns_district=Betrifft Bezirk, agreed_on=Abgestimmt am",
        "conflicts": "id=Kennung, site=Standort, reported_on=Gemeldet am, "
        "mediation_offered_on=Vermittlung angeboten am, settled_on=Beigelegt am, amicable=Einvernehmlich",
        "notices": "id=Kennung, kind=Art, date=Datum, agreed_by=Getragen von, "
        "written=Schriftlich, important_cause=Wichtiger Grund, effective_on=Wirksam am",
        "attestations": "id=Kennung, obligation=Verpflichtung, party=Stelle, site=Standort, year=Jahr, date=Datum, note=Erläuterung",
        "waivers": "id=Kennung, obligation=Verpflichtung, site=Standort, from=Von, "
        "to=Bis, agreed_on=Vereinbart am, agreed_by=Vereinbart von, reason=Grund",
    }.items()
}  # fmt: skip
ROOT = Path(__file__).resolve().parent.parent


def seen_on(fact: Fact, when: Date) -> dict[str, Any]:
    """A record as it was known on a day: what completes it later is still empty."""
    values = dict(fact.values)
    if fact.was and when < fact.was[0]:
        values.update(fact.was[1])
    for name in world.COMPLETED_LATER.get(fact.type, ()):
        if values.get(name) and values[name] > when:
            values[name] = None
    if fact.type == "conflicts" and not values["settled_on"]:
        values["amicable"] = None
    return values


def submissions(district: District) -> dict[str, bytes]:
    """The files of all submissions of a district: each has what is new, and what has changed since the one before."""
    files: dict[str, bytes] = {}
    for by in sorted({fact.by for fact in district.facts}):
        told: dict[int, dict[str, Any]] = {}
        own = [fact for fact in district.facts if fact.by == by]
        for year in YEARS:
            if (district.slug, year) in world.MISSING:
                continue
            on = world.LATE.get((district.slug, year), Date(year + 1, 1, Luck(district.slug, by, year).between(10, 28)))
            tables: dict[str, list[dict[str, Any]]] = {}
            withdrawn = []
            for number, fact in enumerate(own):
                values = seen_on(fact, on)
                if fact.gone and fact.gone <= on:
                    withdrawn += [f"{fact.type}:{fact.values['id']}"] if told.pop(number, None) else []
                elif fact.day.year <= year and told.get(number) != values:
                    tables.setdefault(fact.type, []).append(values)
                    told[number] = values
            usual = by == "district" or not district.sites
            folder = f"benn-{district.slug}/{year}" if district.sites else f"programme/{year}"
            folder += "" if usual else f"-{by}"
            files[f"{folder}/submission.yaml"] = manifest(district, by, year, on, withdrawn).encode()
            for fact_type, rows in tables.items():
                suffix = "yaml" if fact_type in district.form.as_yaml else "csv"
                files[f"{folder}/{fact_type}.{suffix}"] = (as_yaml if suffix == "yaml" else as_csv)(fact_type, rows, district.form)
    return files


MANIFEST_SCHEMA = "# yaml-language-server: $schema=../../../../rules/benn/schemas/manifest.json"
AGREEMENT_SCHEMA = "# yaml-language-server: $schema=../../rules/benn/schemas/agreement.json"


def manifest(district: District, by: str, year: int, on: Date, withdrawn: list[str]) -> str:
    """A submission's manifest."""
    whose = f"agreement: benn-{district.slug}" if district.sites else "pack: benn"
    lines = [MANIFEST_SCHEMA, "# Synthetisch: erfundene Beispieldaten. Niemand und nichts darin ist echt.", whose, f"submitted_on: {on}",
        f"submitted_by: {by}"]
    until = f"{year}-12-31"
    own = [name for name in FIELDS if district.routes.get(name, "district") == by or (name == "attestations" and district.routes)]
    if district.routes:
        lines += ["complete:", *(f"  {name}: {until}" for name in own)]
    elif "senate_unknown_from" in story(district.slug, year):
        roles = "[district_coordinator, district_office, benn_team, qm_benn, specialist_authority, other]"
        lines += ["complete:",
            *(f"  {name}: " + (f"{{until: {until}, roles: {roles}}}" if name == "attendance" else until) for name in own)]
    else:
        lines.append(f"complete: {until}")
    if withdrawn:
        lines += ["withdraws:", *(f"  - {name}" for name in withdrawn)]
    return "\n".join(lines) + "\n"


def cell(name: str, value: Any, german: bool) -> str:
    """A value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("ja" if value else "nein") if german else ("true" if value else "false")
    if isinstance(value, tuple):
        return "|".join(value)
    if german and isinstance(value, Date):
        return value.strftime("%d.%m.%Y")
    if german and name == "amount":
        whole, fraction = value.split(".")
        return f"{int(whole):,}".replace(",", ".") + f",{fraction}"
    return str(value)


def as_csv(fact_type: str, rows: list[dict[str, Any]], form: world.Form) -> bytes:
    """A table as CSV."""
    labels = FIELDS[fact_type]
    names = [name for name in labels if not form.narrow or any(row.get(name) is not None for row in rows)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=form.delimiter, lineterminator=form.newline)
    writer.writerow([labels[name] if form.labels else name for name in names])
    writer.writerows([cell(name, row.get(name), form.german) for name in names] for row in rows)
    return ("\ufeff" * form.mark + text.getvalue()).encode()


def plain(value: Any) -> str:
    """A value as a YAML scalar or list: what is more than a word or a number stands in quotes."""
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    text = cell("", value, False)
    return text if all(sign.isascii() and (sign.isalnum() or sign in "-_.") for sign in text) else json.dumps(text, ensure_ascii=False)


def as_yaml(fact_type: str, rows: list[dict[str, Any]], form: world.Form) -> bytes:
    """A table as a list of maps; empty fields are left out."""
    lines = []
    for row in rows:
        filled = [name for name in FIELDS[fact_type] if row.get(name) is not None]
        lines += [f"{'  ' if index else '- '}{name}: {plain(row[name])}" for index, name in enumerate(filled)]
    return ("\n".join(lines) + "\n").encode()


def agreement(district: District) -> str:
    """The agreement's file."""
    lines = [AGREEMENT_SCHEMA, "# Synthetisch: eine erfundene Vereinbarung für die Beispieldaten.", f"id: benn-{district.slug}", "pack: benn"]
    lines += [f"district: {district.name}", f"term: {{from: {district.start}, to: {district.end}}}", "sites:"]
    for site in district.sites:
        lines += [f"  - id: {site.id}", f"    name: {site.name}", f"    kind: {site.kind}", f"    from: {site.start}"]
        lines += [f"    to: {site.end}"] if site.end != district.end else []
        lines += [f"    contractor: {site.contractor}"] if site.contractor else []
    return "\n".join(lines) + "\n"


def write_beside(folder: Path, files: dict[str, bytes]) -> Path:
    """Writes the files into a new folder beside `folder`."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    beside.chmod(0o755)
    for name, content in files.items():
        path = beside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return beside


def replace(folder: Path, beside: Path) -> None:
    """Puts the new folder in the place of the old one, or leaves the old one there."""
    old = beside.with_name(beside.name + "-old")
    if folder.exists():
        folder.rename(old)
    try:
        beside.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    """Makes the world and writes it."""
    parser = argparse.ArgumentParser(description="Makes the synthetic samples.")
    parser.add_argument("--out", type=Path, default=ROOT, help="the folder to write into (default: the repository)")
    out = parser.parse_args().out
    everybody = make_world()
    agreements = {f"benn-{one.slug}.yaml": agreement(one).encode() for one in everybody if one.sites}
    facts = {"README.md": (ROOT / "facts" / "benn" / "README.md").read_bytes()}
    for district in everybody:
        facts |= submissions(district)
    places = [(out / "agreements" / "benn", agreements), (out / "facts" / "benn", facts)]
    written = [(folder, write_beside(folder, files)) for folder, files in places]
    for folder, beside in written:
        replace(folder, beside)


if __name__ == "__main__":
    main()
