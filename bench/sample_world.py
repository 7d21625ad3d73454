"""The invented world behind the samples: its districts and sites, its words, and what goes wrong where.

Nobody and nothing in it is real. Here stand the tables that a reader may want to look up or change: `DISTRICTS`, `STORY`
(numbers that differ from the usual), `EDITS`, `ADDITIONS` and `WITHDRAWN` (single records). `make_samples.py` makes facts of them.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

YEARS = range(2017, 2022)
END = "2021-12-31"
Date = datetime.date
GOALS = ("empowerment", "volunteering", "networks", "neighbourhood")

# The date that a record is dated by, where that is not `date`, and the dates that complete it later.
OWN_DATE = {"documents": "submitted_on", "funds": "provided_on", "requests": "received_on", "conflicts": "reported_on",
    "opinions": "requested_on"}
COMPLETED_LATER = {
    "staffing": ("to",), "staff_changes": ("agreed_on",), "opinions": ("received_on",), "documents": ("agreed_by_district_on",
    "checked_by_senate_on"),
    "requests": ("answered_on",), "press_releases": ("agreed_on",), "conflicts": ("mediation_offered_on", "settled_on"),
}  # fmt: skip


def day(text: str) -> Date:
    """A date from its ISO text."""
    return Date.fromisoformat(text)


class Luck:
    """Random numbers by name: the same name, the same numbers, on every Python. Only `random()` is used: its sequence is guaranteed."""

    def __init__(self, *name: object) -> None:
        self._random = random.Random("servanda:" + ":".join(map(str, name))).random

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in about that share of the calls."""
        return self._random() < share

    def pick(self, items: Sequence) -> Any:
        """One of the items."""
        return items[int(self._random() * len(items))]

    def some(self, items: Sequence, number: int) -> set:
        """That many different items."""
        left = list(items)
        return {left.pop(int(self._random() * len(left))) for _ in range(min(number, len(left)))}


@dataclass(frozen=True)
class Form:
    """How a district writes its tables."""

    delimiter: str = ","
    german: bool = False  # dates 31.03.2019, amounts 1.234,56, ja/nein
    labels: bool = False  # German labels as headers
    mark: bool = False  # a byte order mark
    newline: str = "\n"
    narrow: bool = False  # leaves out the columns that are empty throughout
    as_yaml: tuple[str, ...] = ("staffing",)


@dataclass(frozen=True)
class Site:
    """A site of an agreement, with the days on which it is active."""

    id: str
    name: str
    kind: str
    start: Date
    end: Date
    contractor: str | None

    @property
    def role(self) -> str:
        """The role of those who work there."""
        return "benn_team" if self.kind == "benn_team" else "qm_benn"


@dataclass
class Fact:
    """A record, its day and its submitter. `was`: what was submitted instead before a day. `gone`: withdrawn from that day on."""

    type: str
    day: Date
    values: dict[str, Any]
    by: str
    was: tuple[Date, dict[str, Any]] | None = None
    gone: Date | None = None


@dataclass
class District:
    """A district: its agreement, its sites, its facts, and how it submits them. Without sites: the programme."""

    slug: str
    name: str
    start: Date
    sites: list[Site]
    form: Form = Form()
    routes: dict[str, str] = field(default_factory=dict)  # fact type: who submits it, where that is not the district
    coordinators: tuple[tuple[str, str | None], ...] = ()
    end: Date = day(END)
    facts: list[Fact] = field(default_factory=list)

    def add(self, fact_type: str, dated: Date, values: dict[str, Any]) -> Fact:
        """Notes a record."""
        by = self.routes.get(fact_type, "district" if self.sites else "senate")
        if fact_type == "attestations" and values["party"] in self.routes.values():
            by = values["party"]
        fact = Fact(fact_type, dated, values, by)
        self.facts.append(fact)
        return fact

    def find(self, fact_type: str, identity: str) -> Fact:
        """The record of that type and id."""
        return next(fact for fact in self.facts if fact.type == fact_type and fact.values.get("id") == identity)

    def active(self, dated: Date) -> list[Site]:
        """The sites that are active on a day."""
        return [site for site in self.sites if site.start <= dated <= site.end]


TEAM = dict.fromkeys(("measures", "consents", "expenditures", "staff_changes"), "team")
SENATE = dict.fromkeys(("funds", "milestones", "notices"), "senate")
GERMAN = {"delimiter": ";", "german": True}
T, Q = "benn_team", "quartiersmanagement"

# slug, name, start of the term, form, who else submits, coordinators (from, to), sites (name, kind, from, to, contractor)
_DISTRICTS = (
    ("mitte", "Mitte", "2017-09-01", Form(as_yaml=("staffing", "press_releases")), SENATE,
     (("2017-09-01", None),), (
        ("An der Panke", T, "2017-09-01", END, "Brückenkopf Stadtteilarbeit gGmbH"),
        ("Hohe Wiese", Q, "2018-03-01", END, "Raumrat Stadtbüro GbR"),)),
    ("friedrichshain-kreuzberg", "Friedrichshain-Kreuzberg", "2017-09-01", Form(narrow=True), {},
     (("2017-09-01", "2019-02-28"), ("2019-07-01", None)), (
        ("Südhafen", Q, "2017-09-01", END, "Offene Höfe Kreuzberg e. V."),)),
    ("pankow", "Pankow", "2017-09-01", Form(as_yaml=("staffing", "requests")), TEAM,
     (("2017-09-01", "2019-05-15"), ("2019-06-03", None)), (
        ("Nordend", T, "2017-09-01", END, "Ankerplatz Gemeinwesen e. V."),
        ("Alte Gärtnerei", T, "2018-06-01", END, "Kiezanker Pankow e. V."),
        ("Rieselfeld", T, "2017-09-01", "2021-06-30", "Ankerplatz Gemeinwesen e. V."),)),
    ("charlottenburg-wilmersdorf", "Charlottenburg-Wilmersdorf", "2017-09-01", Form(narrow=True), {},
     (("2017-09-01", "2020-09-30"), ("2020-10-01", None)), (
        ("Am Güterbahnhof", T, "2017-09-01", END, "Nordlicht Quartiersarbeit UG"),)),
    ("spandau", "Spandau", "2017-10-01", Form(**GERMAN), {},
     (("2017-10-01", None),), (
        ("Havelufer", T, "2017-10-01", END, "Havelbogen Soziales gGmbH"),
        ("Am Kiesteich", Q, "2017-10-01", END, "Raumrat Stadtbüro GbR"),)),
    ("steglitz-zehlendorf", "Steglitz-Zehlendorf", "2017-09-01", Form(), {},
     (("2017-09-01", None),), (
        ("Teltowkanal", T, "2017-09-01", END, "Wegwarte Projektbüro GbR"),)),
    ("tempelhof-schoeneberg", "Tempelhof-Schöneberg", "2017-09-01", Form(as_yaml=("staffing", "conflicts")), {},
     (("2017-09-01", None),), (
        ("Gartenstadt", T, "2017-09-01", END, "Nachbarwerk Süd gGmbH"),
        ("Am Gaswerk", T, "2019-07-01", END, "Nachbarwerk Süd gGmbH"),)),
    ("neukoelln", "Neukölln", "2017-09-15", Form(**GERMAN, mark=True), {},
     (("2017-09-15", "2018-11-30"), ("2018-12-15", None)), (
        ("Körnerplatz", Q, "2017-09-15", END, "Querbeet Quartier GmbH"),)),
    ("treptow-koepenick", "Treptow-Köpenick", "2017-09-01", Form(), TEAM,
     (("2017-09-01", None),), (
        ("Allende-Ufer", T, "2017-09-01", END, "Kiezanker Südost e. V."),
        ("Bohnsdorfer Weg", T, "2019-02-15", END, None),)),
    ("marzahn-hellersdorf", "Marzahn-Hellersdorf", "2017-09-01", Form(delimiter=";", newline="\r\n", mark=True), {},
     (("2017-09-01", None),), (
        ("Wuhleaue", T, "2017-09-01", END, "Ostpark Gemeinwesen e. V."),
        ("Glambecker Ring", T, "2017-09-01", END, "Ostpark Gemeinwesen e. V."),
        ("Am Kienberg", T, "2017-09-01", END, "Querbeet Quartier GmbH"),)),
    ("lichtenberg", "Lichtenberg", "2017-09-01", Form(**GERMAN, labels=True, as_yaml=()), {},
     (("2017-09-01", "2021-04-30"), ("2021-05-10", None)), (
        ("Fennpfuhl-Nord", T, "2017-09-01", END, "Havelbogen Soziales gGmbH"),)),
    ("reinickendorf", "Reinickendorf", "2017-11-15", Form(narrow=True), {},
     (("2017-11-15", None),), (
        ("Am Seggeluch", T, "2017-11-15", END, "Nordlicht Quartiersarbeit UG"),)),
)  # fmt: skip


def districts() -> list[District]:
    """The twelve districts, without facts."""
    result = []
    for slug, name, start, form, routes, coordinators, sites in _DISTRICTS:
        own = [Site(f"{slug}-{n}", s[0], s[1], day(s[2]), day(s[3]), s[4]) for n, s in enumerate(sites, 1)]
        result.append(District(slug, name, day(start), own, form, routes, coordinators))
    return result


# What differs from the usual: (place, year) -> numbers. The place is a site or, for what concerns the agreement, a district.
STORY: dict[tuple[str, int], dict[str, Any]] = {
    **{("programme", year): {"jour_fixes": number} for year, number in zip(YEARS, (1, 4, 4, 3, 4), strict=True)},
    ("marzahn-hellersdorf", 2018): {"rounds": 2},
    ("marzahn-hellersdorf", 2019): {"rounds": 2},
    ("marzahn-hellersdorf", 2020): {"rounds": 7},
    ("marzahn-hellersdorf", 2021): {"rounds": 5},
    ("marzahn-hellersdorf-2", 2019): {"steering": 9, "senate_absent": 3},
    ("marzahn-hellersdorf-3", 2021): {"misses_rounds": 2},
    ("pankow", 2020): {"rounds": 1},
    ("pankow-2", 2019): {"steering": 5},
    ("spandau", 2019): {"rounds": 3},
    ("spandau", 2021): {"senate_unknown_from": day("2021-10-01")},
    ("spandau-1", 2018): {"office_after": 241},
    ("spandau-1", 2021): {"steering": 9, "senate_unknown_from": day("2021-10-01")},
    ("spandau-2", 2021): {"steering": 8, "senate_unknown_from": day("2021-10-01")},
    ("neukoelln-1", 2020): {"steering": 5},
    ("neukoelln-1", 2021): {"steering": 8, "district_absent": 5},
    ("friedrichshain-kreuzberg", 2018): {"networks": 3, "networks_absent": 2},
    ("friedrichshain-kreuzberg-1", 2021): {"steering": 13},
    ("treptow-koepenick", 2021): {"rounds": 5, "senate_absent": 2},
    ("treptow-koepenick-2", 2020): {"local": 1},
    ("lichtenberg-1", 2018): {"overspent": 41230},
    ("lichtenberg-1", 2019): {"conflicts": 1},
    ("reinickendorf-1", 2020): {"steering": 4, "not_between": ("2020-03-15", "2020-06-30")},
    **{("charlottenburg-wilmersdorf-1", year): {"conflicts": 0} for year in YEARS},
    **{(f"{place}-1", 2018): {"conflicts": 1} for place in ("mitte", "neukoelln")},
    **{(f"{place}-1", 2019): {"conflicts": 1} for place in ("reinickendorf", "pankow")},
}

# Teams that are not staffed as usual: site -> (from, to) of each person.
TEAMS = {"marzahn-hellersdorf-3": (("2017-09-01", "2019-03-31"), ("2019-05-23", None), ("2019-06-17", None))}

# Single records that are changed after the facts are made: district, fact type, id, changes. What no longer holds is "was".
EDITS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("friedrichshain-kreuzberg", "documents", "friedrichshain-kreuzberg-1-2019-vn", {
        "submitted_on": "2020-06-30", "checked_by_senate_on": "2020-11-20"}),
    ("charlottenburg-wilmersdorf", "requests", "charlottenburg-wilmersdorf-2020-rq-2", {
        "from": "senate", "to": "district", "topic": "parliament", "received_on": "2020-08-10", "due_on": None,
        "answered_on": "2020-09-07"}),
    ("mitte", "requests", "mitte-2018-rq-1", {
        "from": "senate", "to": "district", "topic": "press", "received_on": "2018-05-14", "due_on": "2018-05-18",
        "answered_on": "2018-05-24"}),
    ("lichtenberg", "requests", "lichtenberg-2019-rq-2", {
        "from": "senate", "to": "district", "topic": "site", "received_on": "2019-06-03", "due_on": None, "answered_on": "2019-06-25"}),
    ("lichtenberg", "conflicts", "lichtenberg-1-2019-k-1", {
        "reported_on": "2019-04-02", "mediation_offered_on": "2019-05-16", "settled_on": "2019-06-20", "amicable": True}),
    ("reinickendorf", "conflicts", "reinickendorf-1-2019-k-1", {
        "reported_on": "2019-03-11", "mediation_offered_on": "2019-04-30", "settled_on": "2019-05-28", "amicable": True}),
    ("neukoelln", "conflicts", "neukoelln-1-2018-k-1", {
        "reported_on": "2018-08-20", "mediation_offered_on": "2018-08-29", "settled_on": "2019-01-31", "amicable": True}),
    ("pankow", "conflicts", "pankow-1-2019-k-1", {
        "reported_on": "2019-05-06", "mediation_offered_on": "2019-05-20", "settled_on": None, "amicable": None}),
    ("mitte", "documents", "mitte-1-2018-hk", {"agreed_by_district_on": "2019-01-30", "submitted_on": "2018-11-05"}),
    ("tempelhof-schoeneberg", "documents", "tempelhof-schoeneberg-1-2018-hk", {
        "submitted_on": "2018-09-03", "agreed_by_district_on": "2019-01-11"}),
    ("marzahn-hellersdorf", "documents", "marzahn-hellersdorf-3-2020-hk", {
        "submitted_on": "2021-01-18", "agreed_by_district_on": "2021-03-02"}),
    ("treptow-koepenick", "documents", "treptow-koepenick-2-2019-vn", {"submitted_on": "2020-08-20", "checked_by_senate_on": "2020-12-08"}),
    ("neukoelln", "documents", "neukoelln-1-2018-vn", {"submitted_on": "2019-05-27", "checked_by_senate_on": "2020-01-14"}),
    ("mitte", "measures", "mitte-2-2018-m-05", {"goals": None}),
    ("pankow", "measures", "pankow-1-2019-m-06", {"opinion_needed": None}),
    ("pankow", "measures", "pankow-3-2020-m-03", {"date": "2020-01-13"}),
    ("marzahn-hellersdorf", "expenditures", "marzahn-hellersdorf-1-2021-a-03", {"measure": None, "amount": "86.40"}),
    ("steglitz-zehlendorf", "opinions", "steglitz-zehlendorf-1-2019-st-2", {"received_on": "2019-12-09"}),
    ("lichtenberg", "opinions", "lichtenberg-1-2019-st-1", {"received_on": "2019-12-12"}),
    ("steglitz-zehlendorf", "press_releases", "steglitz-zehlendorf-2018-pm-1", {"concerns_district": True, "agreed_on": None}),
    ("charlottenburg-wilmersdorf", "expenditures", "charlottenburg-wilmersdorf-1-2018-a-05", {
        "was": {"amount": "12450.00"}, "until": "2019-06-01", "category": "fees"}),
)  # fmt: skip

NOT_ATTESTED = (  # year, obligation, party, place
    (2018, "programmes-linked", "district", "neukoelln"),
    (2019, "authorities-networked", "district", "spandau"),
    (2020, "public-information", "team", "pankow-2"),
    (2021, "local-team-steered", "senate", "marzahn-hellersdorf-1"),
    (2021, "represented-jointly", "senate", "reinickendorf"),
    (2020, "web-portal", "senate", "programme"),
)

# Records on top of the usual: district, fact type, the record's own date, values.
ADDITIONS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("mitte", "notices", "2019-05-20", {
        "id": "mitte-2019-n-1", "kind": "amendment", "date": "2019-05-20", "agreed_by": "both", "written": True, "important_cause": None,
        "effective_on": "2019-06-01"}),
    ("mitte", "conflicts", "2021-12-06", {
        "id": "mitte-1-2021-k-9", "site": "mitte-1", "reported_on": "2021-12-06", "mediation_offered_on": "2021-12-20", "settled_on": None,
        "amicable": None}),
    ("tempelhof-schoeneberg", "requests", "2019-09-09", {
        "id": "tempelhof-schoeneberg-2019-rq-9", "from": "senate", "to": "district", "topic": "information", "received_on": "2019-09-09",
        "due_on": "2019-09-27", "answered_on": None}),
    ("tempelhof-schoeneberg", "staff_changes", "2020-10-01", {
        "id": "tempelhof-schoeneberg-1-2020-pw-9", "site": "tempelhof-schoeneberg-1", "kind": "entry", "date": "2020-10-01",
        "agreed_on": None}),
    ("treptow-koepenick", "measures", "2018-07-14", {
        "id": "treptow-koepenick-1-2018-m-90", "site": "treptow-koepenick-1", "date": "2018-07-14", "opinion_needed": False,
        "title": "Nachbar*innenfest „Ufer für alle“; Bühne, Technik & Catering", "goals": ("neighbourhood",)}),
    ("treptow-koepenick", "consents", "2018-09-18", {
        "id": "treptow-koepenick-1-2018-z-90", "measure": "treptow-koepenick-1-2018-m-90", "meeting": None, "date": "2018-09-18",
        "decision": "refused", "amount": "3200.00"}),
    ("treptow-koepenick", "expenditures", "2018-07-10", {
        "id": "treptow-koepenick-1-2018-a-90", "measure": "treptow-koepenick-1-2018-m-90", "site": "treptow-koepenick-1",
        "date": "2018-07-10", "amount": "1850.00", "category": "materials"}),
    ("treptow-koepenick", "expenditures", "2018-07-16", {
        "id": "treptow-koepenick-1-2018-a-91", "measure": "treptow-koepenick-1-2018-m-90", "site": "treptow-koepenick-1",
        "date": "2018-07-16", "amount": "1350.00", "category": "fees"}),
    ("pankow", "expenditures", "2019-12-17", {
        "id": "pankow-2-2019-a-90", "measure": "pankow-2-2019-m-01", "site": "pankow-2", "date": "2019-12-17", "amount": "715.11",
        "category": "materials"}),
    ("reinickendorf", "waivers", "2020-03-15", {
        "id": "reinickendorf-2020-b-1", "obligation": "steering-rounds-held", "site": "reinickendorf-1", "from": "2020-03-15",
        "to": "2020-06-30", "agreed_on": "2020-04-02", "agreed_by": "both",
        "reason": "Räume der Unterkunft geschlossen; \"Videokonferenzen\" gelangen nicht"}),
    ("neukoelln", "waivers", "2020-03-15", {
        "id": "neukoelln-2020-b-1", "obligation": "steering-rounds-held", "site": "neukoelln-1", "from": "2020-03-15", "to": "2020-06-30",
        "agreed_on": "2020-05-04", "agreed_by": "district",
        "reason": "Personal für Kontaktnachverfolgung abgeordnet; Zustimmung des Senats fehlt"}),
    ("spandau", "expenditures", "2019-08-21", {
        "id": "spandau-1-2019-a-03-dup", "measure": "spandau-1-2019-m-02", "site": "spandau-1", "date": "2019-08-21", "amount": "1234.56",
        "category": "materials"}),
)  # fmt: skip

# Submissions that came late, or never.
LATE = {("reinickendorf", 2020): day("2021-04-12")}
MISSING = (("steglitz-zehlendorf", 2021),)
# Records that a later submission takes back: district, fact type, id, from when on.
WITHDRAWN = (("spandau", "expenditures", "spandau-1-2019-a-03-dup", day("2020-06-01")),)

TITLES = {
    "empowerment": (
        "Sprachcafé „Wortwechsel“; mit Kinderbetreuung", "Frauenfrühstück: Let's talk", "Bewerbungswerkstatt (Teil 2)",
        "Wegweiser durch die Ämter, zweisprachig",
        "Fotoprojekt \"Mein Kiez, dein Kiez\"", "Theatergruppe „Ankommen“", "Schwimmkurs für Mädchen* und Frauen*",
        "Computerkurs für Einsteiger*innen"),
    "volunteering": (
        "Ehrenamtsbörse im Stadtteilladen", "Hausaufgabenhilfe durch Ehrenamtliche", "Fahrradwerkstatt für Groß und Klein",
        "Danke-Abend für Freiwillige",
        "Lesepat*innen gesucht!", "Qualifizierung: Freiwillige begleiten", "Kochen für Nachbar'n"),
    "networks": (
        "Runder Tisch „Gute Nachbarschaft“", "Netzwerkfrühstück der Träger", "Kiezspaziergang mit Vereinen, Schulen und Unterkunft",
        "Aktionstag der Willkommensinitiativen",
        "Stadtteilkonferenz; Vorbereitung und Moderation", "Kooperation mit dem Sportverein"),
    "neighbourhood": (
        "Nachbar*innenfest", "Gemeinschaftsgarten: Hochbeete bauen", "Winterzauber vor der Unterkunft", "Sommerkino im Hof",
        "Flohmarkt & Kuchenbasar",
        "Begegnungscafé an der Straßenecke", "Müllsammeltag „Sauberer Kiez“", "Großes Kinderfest (Hüpfburg, Musik, Essen)"),
}  # fmt: skip
PRESS = ("BENN-Büro zieht um: neue Telefonnummer", "+49 30 23125 000 – das Kieztelefon ist da",
    "=) Ein Fest für alle: \"Wir sind Nachbarn\"", "Bewohnerrat gewählt",
         "Drei Jahre BENN: Bilanz, Dank und Ausblick", "Stadtrat besucht Sprachcafé; Spenden übergeben",
         "Hochbeete für den Hof der Unterkunft")  # fmt: skip
NOTES = ("Siehe Protokoll; Anlage 3", "= wie im Vorjahr, erweitert um das Ordnungsamt", "Kurzbericht liegt vor (\"Vermerk\" vom Dezember)",
         "Mehrsprachige Aushänge, Newsletter, Schaukasten", "Abstimmung zwischen Sozialamt, Jugendamt und Integrationsbüro",
         "Jährliche Runde, zuletzt digital")  # fmt: skip
AUTHORITIES = ("Straßen- und Grünflächenamt", "Jugendamt", "Amt für Soziales", "Ordnungsamt", "Stadtentwicklungsamt; Fachbereich Planung",
    "Schul- und Sportamt")
PEOPLE = ("A. Sommerweg", "B. Yıldızoğlu", "C. Möwenthal", "D. Haddadin-Krug", "E. O'Learson", "F. Grünfeldt", "G. Nwosuka",
    "H. Brückmeyer", "I. Sterntal",
          "J. Łasinska", "K. Öztürkmen", "L. Weißhaupt-Im", "M. Trâning", "N. Quellmalz", "O. Habtemarim", "P. Lindwurm")  # fmt: skip


def story(place: str, year: int) -> dict[str, Any]:
    """What differs from the usual there and then."""
    return STORY.get((place, year), {})


def later(start: Date, days: int) -> Date:
    """A day so many days later."""
    return start + datetime.timedelta(days=days)


def window(start: Date, end: Date, year: int) -> tuple[Date, Date, float]:
    """The part of a year that lies between two days, and its share of the year; a share of 0 where there is none."""
    first, last = max(start, Date(year, 1, 1)), min(end, Date(year, 12, 31))
    return first, last, max(0, (last - first).days + 1) / (Date(year, 12, 31) - Date(year - 1, 12, 31)).days
