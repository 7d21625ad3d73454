"""What an obligation asks, in words, kind by kind: what is measured, how much is owed, and by when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from servanda.handbook.condition_words import alternatives, condition_words, field_label, figure_words, records_words, share, value_words
from servanda.kinds import BY_NAME
from servanda.pack_shapes import Obligation, Pack
from servanda.shapes import Figure, Shape

PERIOD_END = {
    "calendar_year": ("bis zum Ende des Kalenderjahres", "by the end of the calendar year"),
    "agreement_year": ("bis zum Ende des Vertragsjahres", "by the end of the agreement year"),
    "term": ("bis zum Ende der Laufzeit", "by the end of the term"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is measured, how much is owed, by when."""

    measured: str
    owed: str
    due: str


@dataclass(frozen=True, slots=True)
class _In:
    """An obligation in its pack and a language."""

    pack: Pack
    obligation: Obligation
    lang: str

    def say(self, german: str, english: str, **words: object) -> str:
        return (english if self.lang == "en" else german).format(**words)

    def records(self, facts: str, condition: object = None) -> str:
        return records_words(self.pack, facts, condition, self.lang)

    def figure(self, figure: Figure, said: object = None) -> str:
        return figure_words(self.pack, figure, self.lang, said) if said else figure_words(self.pack, figure, self.lang)

    def field(self, facts: str, name: str) -> str:
        return field_label(self.pack, self.pack.vocabulary[facts].fields, name, self.lang)

    def period_end(self) -> str:
        return PERIOD_END[self.obligation.period][self.lang == "en"]

    def roles(self, facts: str, names: object) -> str:
        declared = self.pack.vocabulary[facts].fields.get("role")
        if isinstance(names, dict):
            kinds = self.pack.head.sites.kinds
            return "; ".join(f"{kinds[kind].of(self.lang) if kind in kinds else kind}: {self.roles(facts, roles)}" for kind, roles in names.items())
        return alternatives([value_words(declared, name, self.lang) for name in names], self.lang)

    def bounds(self, params: Shape) -> str:
        """At least, at most; with what "ca." allows."""
        found = []
        if getattr(params, "lower", None) is not None:
            found.append(self.say("mindestens {n}", "at least {n}", n=self.figure(params.lower)))
        if getattr(params, "upper", None) is not None:
            found.append(self.say("höchstens {n}", "at most {n}", n=self.figure(params.upper)))
        if getattr(params, "approximate", False):
            found.append(self.say("„ca.“: {n} mehr oder weniger wird hingenommen", '"ca.": {n} more or less is tolerated', n=self.figure(self.pack.head.tolerance)))
        return ", ".join(found) or "–"

    def within(self, within: Shape, after: str) -> str:
        """A time limit."""
        if within.fixed:
            years, month, day_ = within.fixed
            when = f"{day_:02d}.{month:02d}." if self.lang == "de" else f"{month:02d}-{day_:02d}"
            later = {0: ("desselben Jahres", "of the same year"), 1: ("des folgenden Jahres", "of the following year")}
            words = later.get(years, (f"des {years}. Folgejahres", f"of the year {years} years later"))
            return self.say("bis {when} {later}", "by {when} {later}", when=when, later=words[self.lang == "en"])
        days, working = ("{n} Tage", "{n} days"), ("{n} Arbeitstage", "{n} working days")
        said = [self.say(*words, n=self.figure(figure)) for words, figure in ((days, within.days), (working, within.working_days)) if figure is not None]
        return self.say("binnen {said} {after}", "within {said} {after}", said=" + ".join(said) or "–", after=after)


def _count(o: _In, p: Shape) -> Asked:
    asks = p.lower is not None
    due = o.period_end() if asks else o.say("jederzeit", "at all times")
    return Asked(o.say("Gezählt werden: {what}", "Counted are: {what}", what=o.records(p.facts, p.where)), o.bounds(p), due)


def _sites(o: _In, p: Shape) -> Asked:
    words = condition_words(o.pack, o.pack.head.sites.fields, p.where, o.lang)
    measured = o.say("Gezählt werden die Standorte", "Counted are the sites") + (f" ({words})" if words else "")
    return Asked(measured, o.bounds(p), o.period_end() if p.lower is not None else o.say("jederzeit", "at all times"))


def _staffed(o: _In, p: Shape) -> Asked:
    roles = o.roles(p.facts, p.roles)
    if p.fte is not None:
        need = o.say("{n} Vollzeitstellen ({field})", "{n} full-time equivalents ({field})", n=o.figure(p.fte.at_least), field=o.field(p.facts, p.fte.field))
    else:
        need = o.say("Personen: {n}", "persons: {n}", n=o.figure(p.headcount))
    measured = o.say(
        "Tage, an denen nicht besetzt ist: {roles} ({need}), nach {facts}", "Days without staff in: {roles} ({need}), by {facts}",
        roles=roles, need=need, facts=o.records(p.facts),
    )
    return Asked(measured, o.say("höchstens {n} unbesetzte Tage", "at most {n} vacant days", n=o.figure(p.max_vacancy_days)), o.say("durchgehend", "throughout"))


def _consented(o: _In, p: Shape) -> Asked:
    measured = o.say(
        "Was ausgegeben wurde ({spending}), ohne dass vorher eine Zustimmung ({consents}) zu demselben Zweck ({purpose}) es deckte",
        "Spending ({spending}) that no prior consent ({consents}) for the same purpose ({purpose}) covers",
        spending=o.records(p.spending.facts), consents=o.records(p.consents.facts, p.consents.counts), purpose=o.field(p.spending.facts, p.spending.purpose),
    )
    return Asked(measured, o.say("nichts ohne Zustimmung", "nothing without consent"), o.say("Zustimmung vor der Ausgabe", "consent before spending"))


def _answered(o: _In, p: Shape) -> Asked:
    cases = o.records(p.facts, p.where)
    if isinstance(p.by, str):
        answer = o.say("beantwortet mit „{field}“", "answered by “{field}”", field=o.field(p.facts, p.by))
    else:
        same = ", ".join(o.field(p.facts, name) for name in p.by.same)
        answer = o.say("beantwortet durch {by} mit gleichem {same}", "answered by {by} with the same {same}", by=o.records(p.by.facts, p.by.where), same=same)
    due = o.within(p.within, o.say("nach dem Tag des Falls", "after the case's day"))
    if p.due is not None:
        due += o.say("; nennt der Fall selbst einen Tag („{field}“), gilt dieser", "; a day that the case itself names (“{field}”) counts instead", field=o.field(p.facts, p.due))
        if p.at_least_working_days is not None:
            due += o.say(", aber nicht vor {n} Arbeitstagen", ", but not before {n} working days", n=o.figure(p.at_least_working_days))
    return Asked(o.say("Jeder Fall: {cases}, {answer}", "Every case: {cases}, {answer}", cases=cases, answer=answer), o.say("jeder Fall", "every case"), due)


def _attended(o: _In, p: Shape) -> Asked:
    attendance = o.pack.head.attendance.facts
    measured = o.say(
        "Anteil der Sitzungen, an denen teilnahm: {roles}. Sitzungen: {meetings}", "Share of the meetings attended by: {roles}. Meetings: {meetings}",
        roles=o.roles(attendance, p.roles), meetings=o.records(p.facts, p.where),
    )
    if p.meetings_of:
        measured += o.say(" der ganzen Vereinbarung", " of the whole agreement")
    if p.own_site:
        measured += o.say("; nur Teilnahme, die für den Standort vermerkt ist", "; only attendance recorded for the site")
    note = o.say("ohne Sitzungen, zu denen nicht eingeladen wurde", "meetings without an invitation left out")
    return Asked(measured, o.say("mindestens {n}", "at least {n}", n=o.figure(p.at_least, share)) + f" ({note})", o.period_end())


def _delivered(o: _In, p: Shape) -> Asked:
    due = o.within(p.within, o.say("nach dem ersten Tag", "after the first day"))
    return Asked(o.say("Vorgelegt wird: {what}", "Delivered is: {what}", what=o.records(p.facts, p.where)), o.say("mindestens 1", "at least 1"), due)


def _each(o: _In, p: Shape) -> Asked:
    must = condition_words(o.pack, o.pack.vocabulary[p.facts].fields, p.must, o.lang)
    measured = o.say("Jeder Satz: {what}", "Every record: {what}", what=o.records(p.facts, p.where))
    return Asked(measured, o.say("jeder muss erfüllen: {must}", "each must meet: {must}", must=must), o.say("jederzeit", "at all times"))


def _preceded(o: _In, p: Shape) -> Asked:
    owed = o.say(
        "jedem geht voraus: {by}, verbunden über „{refers}“", "each is preceded by: {by}, tied by “{refers}”",
        by=o.records(p.by.facts, p.by.where), refers=o.field(p.by.facts, p.by.refers),
    )
    due = o.say("spätestens am selben Tag („{on}“)", "on the same day at the latest (“{on}”)", on=o.field(p.by.facts, p.by.on))
    return Asked(o.say("Jeder Satz: {what}", "Every record: {what}", what=o.records(p.facts, p.where)), owed, due)


def _within_budget(o: _In, p: Shape) -> Asked:
    spent = f"{o.records(p.spending.facts)}, {o.field(p.spending.facts, p.spending.amount)}"
    funds = f"{o.records(p.funds.facts)}, {o.field(p.funds.facts, p.funds.amount)}"
    return Asked(
        o.say("Summe der Ausgaben: {spent}", "Sum of spending: {spent}", spent=spent),
        o.say("nicht mehr als die Mittel: {funds}", "no more than the funds: {funds}", funds=funds), o.say("jederzeit", "at all times"),
    )


def _attested(o: _In, p: Shape) -> Asked:
    facts = o.pack.head.attestations.facts
    return Asked(
        o.say("Wer von den Verpflichteten die Pflicht bestätigt hat: {facts}", "Who of those bound has attested the obligation: {facts}", facts=o.records(facts)),
        o.say("alle Verpflichteten", "all who are bound"), o.period_end(),
    )


SAID: dict[str, Callable[[_In, Shape], Asked]] = {
    "count": _count, "staffed": _staffed, "consented": _consented, "answered": _answered, "attended": _attended, "delivered": _delivered, "each": _each,
    "preceded": _preceded, "within_budget": _within_budget, "attested": _attested, "sites": _sites,
}


def asked(pack: Pack, obligation: Obligation, lang: str) -> Asked:
    """What an obligation asks; a kind without words of its own is said by the first line of its description."""
    inside = _In(pack, obligation, lang)
    if obligation.kind in SAID:
        return SAID[obligation.kind](inside, obligation.params)
    first = BY_NAME[obligation.kind].__doc__.splitlines()[0].partition(": ")[2]
    return Asked(first, inside.bounds(obligation.params), inside.period_end())
