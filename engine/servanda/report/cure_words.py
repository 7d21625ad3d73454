"""What would still cure a finding, in words: what has to be done, by whom and by when."""

from __future__ import annotations

from decimal import Decimal

from servanda.dossier.contents import Cure
from servanda.model import Finding
from servanda.pack_shapes import Pack
from servanda.report.words import amount, day, missing, parties

_SENTENCES = {
    "declare": ("Vollständigkeit erklären: {missing}", "declare complete: {missing}"), "complete_field": ("nachtragen: {missing}", "fill in: {missing}"),
    "more": ("{unit}: noch {left}", "{unit}: {left} more"), "present": ("an den nächsten {left} Sitzungen teilnehmen", "attend the next {left} meetings"),
    "deliver": ("vorlegen", "deliver"), "answer": ("antworten ({left} Fälle)", "answer ({left} cases)"),
    "attest": ("noch {left} Bestätigungen", "{left} more attestations"),
    "consent_first": ("vor weiteren Ausgaben die Zustimmung einholen; was schon ausgegeben ist, heilt sie nicht",
                      "obtain the consent before further spending; it does not cure what was spent"),
    "late": ("überfällige Fälle beantworten ({left}): der Verzug endet, die Verspätung bleibt",
             "answer the overdue cases ({left}): the delay ends, the lateness stays"),
    "refund": ("zurückzahlen: {left}", "refund: {left}"), "waive": ("beidseitig vereinbarte Ausnahme", "a waiver agreed by both parties"),
}
_UNKNOWN = {"present": ("an allen weiteren Sitzungen teilnehmen", "attend all further meetings")}
_ONE = {
    "present": ("an der nächsten Sitzung teilnehmen", "attend the next meeting"), "answer": ("antworten (1 Fall)", "answer (1 case)"),
    "attest": ("noch 1 Bestätigung", "1 more attestation"),
}


def cure_words(cure: Cure, finding: Finding, pack: Pack, lang: str) -> str:
    """A cure in one line: `Sitzungen: noch 2 bis 31.12.2021 (Bezirksamt)`."""
    english = lang == "en"
    how = "late" if cure.how == "answer" and cure.day is None else cure.how
    texts = _ONE if cure.left == 1 and how in _ONE else _UNKNOWN if cure.left is None and how in _UNKNOWN else _SENTENCES
    text = texts[how][english]
    if cure.missing is not None:  # it says its day and its holder itself
        return text.format(missing=missing(cure.missing, pack, lang))
    unit = pack.vocabulary[finding.unit].label.of(lang) if finding.unit in pack.vocabulary else finding.unit
    left = amount(Decimal(cure.left), lang) if cure.how == "refund" and cure.left is not None else cure.left
    said = text.format(left="?" if left is None else left, unit=unit)
    if cure.tolerated is not None:
        said += f" ({'within the tolerance with' if english else 'mit'} {cure.tolerated}{'' if english else ' noch im „ca.“'})"
    until = "" if cure.day is None else f" {'by' if english else 'bis'} {day(cure.day, lang)}"
    if how == "answer" and finding.status in ("deviation", "unmet"):
        until += " – what is late stays late" if english else " – was verspätet ist, bleibt es"
    return said + until + (f" ({parties(pack, cure.holder, lang)})" if cure.holder else "")
