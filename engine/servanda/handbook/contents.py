"""What stands in the handbook of a pack: its definitions as plain text in one language, in the order of the text of the agreement."""

from __future__ import annotations

from dataclasses import dataclass

from servanda.handbook.condition_words import condition_words, figure_words, records_words, value_words
from servanda.handbook.kind_words import asked
from servanda.kinds import BY_NAME
from servanda.pack_checks import by_site_kind
from servanda.pack_shapes import ConsequenceRule, FieldType, Judgement, Obligation, Pack, Pattern
from servanda.report.words import MODALITY_WORDS
from servanda.shapes import Figure, Shape

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Norm:
    """An obligation: rows of (what, said), the names of its parameters, and its assumption."""

    id: str
    title: str
    rule: str
    rows: tuple[Row, ...]
    parameters: tuple[str, ...]
    assumption: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause with the obligations that are told there; those told at an earlier clause are only named, as (id, title)."""

    anchor: str
    place: str
    words: str
    phrases: tuple[str, ...]
    norms: tuple[Norm, ...]
    told_before: tuple[Row, ...]
    nothing_checked: str | None
    unmeasured: str | None


@dataclass(frozen=True, slots=True)
class Figured:
    """A parameter."""

    name: str
    value: str
    unit: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a fact type: what it holds, whether it must be filled in, and what else holds of it."""

    name: str
    label: str
    holds: str
    needed: str
    notes: str


@dataclass(frozen=True, slots=True)
class Table:
    """A fact type, field by field."""

    name: str
    label: str
    holders: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A judgement or a consequence: its reason, and rows of (what, said)."""

    id: str
    title: str
    clause: str
    reason: str
    rows: tuple[Row, ...]
    assumption: str | None


@dataclass(frozen=True, slots=True)
class Handbook:
    """All of it."""

    lang: str
    pack: str
    title: str
    parties: tuple[Row, ...]
    parameters: tuple[Figured, ...]
    passages: tuple[Passage, ...]
    tables: tuple[Table, ...]
    judgements: tuple[Sign, ...]
    consequences: tuple[Sign, ...]
    obligations: int


def handbook_of(pack: Pack, lang: str) -> Handbook:
    """The handbook of a pack in a language."""
    parameters = tuple(
        Figured(name, figure_words(pack, p.value, lang), p.unit.of(lang), p.assumption.of(lang) if p.assumption else None)
        for name, p in pack.head.parameters.items()
    )
    parties = tuple((name, words.of(lang)) for name, words in pack.head.parties.items())
    consequences = tuple(_consequence(pack, one, lang) for one in pack.consequences)
    return Handbook(
        lang, pack.id, pack.head.title.of(lang), parties, parameters, _passages(pack, lang), tuple(_table(pack, name, lang) for name in pack.vocabulary),
        tuple(_judgement(pack, j, lang) for j in pack.judgements), consequences, len(pack.obligations),
    )


def _consequence(pack: Pack, c: ConsequenceRule, lang: str) -> Sign:
    rows = ((c.notes[name].of(lang) if name in c.notes else _party(pack, name, lang), _pattern(pack, one, lang)) for name, one in c.attributions.items())
    return Sign(c.id, c.title.of(lang), c.clause, c.reason.of(lang), tuple(rows), None)


def _party(pack: Pack, name: str, lang: str) -> str:
    return pack.head.parties[name].of(lang) if name in pack.head.parties else name


def _passages(pack: Pack, lang: str) -> tuple[Passage, ...]:
    told: set[str] = set()
    found = []
    for clause in pack.clauses:
        fresh = [name for name in clause.obligations if name not in told]
        before = tuple((name, pack.obligation(name).title.of(lang)) for name in clause.obligations if name in told)
        told |= set(fresh)
        norms = tuple(_norm(pack, pack.obligation(name), lang) for name in fresh)
        found.append(Passage(
            clause.anchor, clause.place.of(lang), clause.words.of(lang), tuple(clause.phrases), norms, before,
            clause.nothing_checked.of(lang) if clause.nothing_checked else None, clause.unmeasured.of(lang) if clause.unmeasured else None,
        ))
    return tuple(found)


_SCOPES = {
    "programme": ("für das ganze Programm", "for the whole programme"), "agreement": ("für die Vereinbarung", "for the agreement"),
    "site": ("für jeden Standort", "for each site"),
}
_PERIODS = {
    "calendar_year": ("in jedem Kalenderjahr", "in each calendar year"), "agreement_year": ("in jedem Vertragsjahr", "in each agreement year"),
    "term": ("in der ganzen Laufzeit", "in the whole term"),
}


def _norm(pack: Pack, o: Obligation, lang: str) -> Norm:
    english = lang == "en"
    owed = asked(pack, o, lang)
    who = ", ".join(_party(pack, name, lang) for name in o.bearer)
    each = getattr(o, "for_each", None)
    if each is not None:
        where = ("für jeden Satz: {}", "for each record: {}")[english].format(records_words(pack, each.facts, each.where, lang))
    else:
        where = _SCOPES[o.scope][english]
    if o.site_kind:
        where += f" ({pack.head.sites.kinds[o.site_kind].of(lang)})"
    if o.while_sites:
        where += (f", solange mindestens {o.while_sites} Standorte bestehen", f", while there are at least {o.while_sites} sites")[english]
    where += f", {_PERIODS[o.period][english]}"
    if breach := getattr(o, "after_breach_of", None):
        where += ("; folgt aus einer Abweichung von „{}“", "; follows from a breach of “{}”")[english].format(pack.obligation(breach).title.of(lang))
    rows = (
        (("Wer", "Who")[english], f"{who} ({MODALITY_WORDS[o.modality][english]})"),
        (("Wofür", "For what")[english], where),
        (("Gemessen", "Measured")[english], owed.measured), (("Wie viel", "How much")[english], owed.owed), (("Bis wann", "By when")[english], owed.due),
        (("Wenn Angaben fehlen", "Where data is missing")[english], _missing(pack, o, lang)),
    )
    tolerance = [pack.head.tolerance.parameter] if getattr(o.params, "approximate", False) and pack.head.tolerance.parameter else []
    named = tuple(dict.fromkeys([*_named(o.params), *tolerance]))
    return Norm(o.id, o.title.of(lang), o.rule.of(lang), rows, named, o.assumption.of(lang) if o.assumption else None)


def _facts(pack: Pack, name: str, lang: str) -> str:
    return pack.vocabulary[name].label.of(lang) if name in pack.vocabulary else name


def _missing(pack: Pack, o: Obligation, lang: str) -> str:
    """Which data the status rests on, and who holds it: without it the duty is neither kept nor broken."""
    types = dict.fromkeys(rest.facts for _, one in by_site_kind(o) for rest in BY_NAME[o.kind].rests(one, pack.head))
    if not types:
        return ("Alles steht in der Vereinbarung selbst.", "All of it stands in the agreement itself.")[lang == "en"]
    said = "; ".join(f"{_facts(pack, name, lang)} ({', '.join(_party(pack, p, lang) for p in pack.vocabulary[name].holder)})" for name in types)
    words = (
        "Nicht feststellbar, also weder eingehalten noch gebrochen, solange nicht für vollständig erklärt ist: {}",
        "Undetermined, neither kept nor broken, as long as this is not declared complete: {}",
    )
    return words[lang == "en"].format(said)


def _named(params: Shape) -> list[str]:
    """The parameters that an obligation's figures name."""
    found = []
    for name in type(params).model_fields:
        value = getattr(params, name)
        if isinstance(value, Figure) and value.parameter:
            found.append(value.parameter)
        elif isinstance(value, Shape):
            found += _named(value)
    return found


_TYPES = {
    "id": ("Kennung", "id"), "text": ("Text", "text"), "date": ("Datum", "date"), "year": ("Jahr", "year"), "number": ("Zahl", "number"),
    "amount": ("Betrag in Euro", "amount in euros"), "bool": ("ja oder nein", "yes or no"), "choice": ("eines von", "one of"),
    "choices": ("eines oder mehrere von", "one or several of"), "site": ("Standort der Vereinbarung", "site of the agreement"),
    "reference": ("Kennung aus", "id from"), "obligation": ("Pflicht dieses Handbuchs", "obligation of this handbook"),
}


def _table(pack: Pack, name: str, lang: str) -> Table:
    declared = pack.vocabulary[name]
    columns = tuple(_column(pack, declared.fields, field, lang) for field in declared.fields)
    return Table(name, declared.label.of(lang), ", ".join(_party(pack, party, lang) for party in declared.holder), columns)


def _column(pack: Pack, fields: dict[str, FieldType], name: str, lang: str) -> Column:
    english, field = lang == "en", fields[name]
    holds = _TYPES.get(field.type, (field.type, field.type))[english]
    if field.of:
        holds += ": " + ", ".join(words.of(lang) for words in field.of.values())
    if field.to:
        holds += f" „{_facts(pack, field.to, lang)}“"
    needed = ("ja", "yes")[english] if field.required else ("nein", "no")[english]
    if field.required_where and not field.required:
        needed = ("wenn ", "if ")[english] + condition_words(pack, fields, field.required_where, lang)
    notes = []
    if field.empty is not None:
        notes.append(("leer heißt {}", "empty means {}")[english].format(value_words(field, field.empty, lang)))
    notes += [("mindestens {}", "at least {}")[english].format(field.min)] if field.min is not None else []
    notes += [("größer als {}", "greater than {}")[english].format(field.above)] if field.above is not None else []
    notes += [("nicht vor „{}“", "not before “{}”")[english].format(fields[field.not_before].label.of(lang))] if field.not_before else []
    notes += [("kann später nachgetragen werden", "may be added later")[english]] if field.completes else []
    return Column(name, field.label.of(lang), holds, needed, "; ".join(notes))


_PROPERTIES = {
    "obligation": ("Pflicht", "obligation"), "kind": ("Art", "kind"), "only_bearer": ("allein verpflichtet", "only bearer"), "period": ("Zeitraum", "period"),
    "modality": ("Verbindlichkeit", "modality"), "scope": ("Bezug", "scope"),
    "repaired": ("wiedergutgemacht", "made good"), "value": ("Wert", "value"), "lower": ("Untergrenze", "lower bound"),
    "upper": ("Obergrenze", "upper bound"), "share_of_lower": ("Anteil der Untergrenze", "share of the lower bound"), "cases": ("Fälle", "cases"),
    "longest_vacancy_days": ("längste Lücke in Tagen", "longest gap in days"), "overdue_working_days": ("Arbeitstage über der Frist", "working days overdue"),
    "uncovered": ("Betrag ohne Zustimmung", "amount without consent"), "share_of_funds": ("Anteil der Mittel", "share of the funds"),
}
_COMPARED = {"above": ">", "at_least": "≥", "below": "<", "at_most": "≤"}


def _pattern(pack: Pack, pattern: Pattern, lang: str) -> str:
    english = lang == "en"
    parts = []
    for name, (wanted, excluded) in pattern.words.items():
        values = " / ".join(_word(pack, name, value, lang) for value in sorted(wanted or excluded))
        parts.append(f"{_PROPERTIES.get(name, (name, name))[english]} {'=' if wanted else '≠'} {values}")
    for name, compared in pattern.numbers.items():
        label = _PROPERTIES.get(name, (name, name))[english]
        parts += [f"{label} {_COMPARED[sign]} {figure_words(pack, figure, lang)}" for sign, figure in compared.items()]
    return "; ".join(parts)


def _word(pack: Pack, name: str, value: str, lang: str) -> str:
    english = lang == "en"
    known = {"modality": MODALITY_WORDS, "period": _PERIODS, "scope": _SCOPES}.get(name, {})
    if name == "only_bearer":
        return _party(pack, value, lang)
    if name == "obligation":
        return next((o.title.of(lang) for o in pack.obligations if o.id == value), value)
    return known[value][english] if value in known else value


def _judgement(pack: Pack, j: Judgement, lang: str) -> Sign:
    english = lang == "en"
    rows = [(("Wenn", "When")[english] if not place else ("oder wenn", "or when")[english], _pattern(pack, one, lang)) for place, one in enumerate(j.when)]
    if j.year_before:
        rows.append((("und", "and")[english], ("dasselbe weicht schon im Jahr davor ab", "the same deviates in the year before, too")[english]))
    if j.accumulates:
        german = "mindestens {} verschiedene Pflichten weichen in einer Vereinbarung und einem Jahr ab"
        words = (german, "at least {} different obligations deviate in one agreement and year")
        rows.append((("und", "and")[english], words[english].format(figure_words(pack, j.accumulates.at_least, lang))))
    return Sign(j.id, j.title.of(lang), j.clause, j.reason.of(lang), tuple(rows), j.assumption.of(lang) if j.assumption else None)
