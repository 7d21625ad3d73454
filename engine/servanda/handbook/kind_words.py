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


_TIMES = {"days": ("{n} Tagen", "{n} days"), "working_days": ("{n} Arbeitstagen", "{n} working days"), "months": ("{n} Monaten", "{n} months")}


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
        low, high = (self.figure(bound) if bound is not None else None for bound in (getattr(params, "lower", None), getattr(params, "upper", None)))
        if low is not None and low == high:
            found = [self.say("genau {n}", "exactly {n}", n=low)]
        else:
            found = [self.say("mindestens {n}", "at least {n}", n=low)] if low is not None else []
            found += [self.say("höchstens {n}", "at most {n}", n=high)] if high is not None else []
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
        said = [self.say(*_TIMES[name], n=self.figure(figure)) for name in _TIMES if (figure := getattr(within, name, None)) is not None]
        month = self.say(", bis zum Ende dieses Monats", ", to the end of that month") if getattr(within, "end_of_month", False) else ""
        return self.say("binnen {said} {after}{month}", "within {said} {after}{month}", said=" + ".join(said) or "–", after=after, month=month)


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
        answer = o.say("beantwortet durch {by}", "answered by {by}", by=o.records(p.by.facts, p.by.where)) + _tied(o, p)
    after = o.say("nach der Abweichung, aus der er folgt", "after the breach that it follows from")
    due = o.within(p.within, after if getattr(o.obligation, "after_breach_of", None) else o.say("nach dem Tag des Falls", "after the case's day"))
    if p.due is not None:
        due += o.say("; nennt der Fall selbst einen Tag („{field}“), gilt dieser", "; a day that the case itself names (“{field}”) counts instead", field=o.field(p.facts, p.due))
        if p.at_least_working_days is not None:
            due += o.say(", aber nicht vor {n} Arbeitstagen", ", but not before {n} working days", n=o.figure(p.at_least_working_days))
    return Asked(o.say("Jeder Fall: {cases}, {answer}", "Every case: {cases}, {answer}", cases=cases, answer=answer), o.say("jeder Fall", "every case"), due)


def _tied(o: _In, p: Shape) -> str:
    """How answers belong to a case, and the amount that settles it."""
    same = ", ".join(o.field(p.facts, name) for name in p.by.same)
    tied = o.say(" mit gleichem {same}", " with the same {same}", same=same) if same else ""
    if refers := getattr(p.by, "refers", None):
        tied += o.say(", verbunden über „{refers}“", ", tied by “{refers}”", refers=o.field(p.by.facts, refers))
    if (owed := getattr(p, "amount", None)) and p.by.amount:
        times = f" × {o.figure(p.times)}" if getattr(p, "times", None) is not None else ""
        words = ("; zusammen („{paid}“) so viel wie „{owed}“{times}", "; together (“{paid}”) as much as “{owed}”{times}")
        tied += o.say(*words, paid=o.field(p.by.facts, p.by.amount), owed=o.field(p.facts, owed), times=times)
    return tied


def _attended(o: _In, p: Shape) -> Asked:
    attendance = o.pack.head.attendance.facts
    measured = o.say(
        "Anteil, an dem teilnahm: {roles}; von: {meetings}", "Share attended by: {roles}; of: {meetings}",
        roles=o.roles(attendance, p.roles), meetings=o.records(p.facts, p.where),
    )
    if p.meetings_of:
        measured += o.say(" der ganzen Vereinbarung", " of the whole agreement")
    if p.own_site:
        measured += o.say("; nur Teilnahme, die für den Standort vermerkt ist", "; only attendance recorded for the site")
    note = o.say("ohne Sitzungen, zu denen nicht eingeladen wurde", "meetings without an invitation left out")
    return Asked(measured, o.say("mindestens {n}", "at least {n}", n=o.figure(p.at_least, share)) + f" ({note})", o.period_end())


def _delivered(o: _In, p: Shape) -> Asked:
    last = getattr(p.within, "counted_from", "start") == "end"
    due = o.within(p.within, o.say("nach dem letzten Tag", "after the last day") if last else o.say("nach dem ersten Tag", "after the first day"))
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
    times = f" × {o.figure(p.times)}" if getattr(p, "times", None) is not None else ""
    return Asked(
        o.say("Summe der Ausgaben: {spent}", "Sum of spending: {spent}", spent=spent),
        o.say("nicht mehr als die Mittel: {funds}", "no more than the funds: {funds}", funds=funds + times), o.say("jederzeit", "at all times"),
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
