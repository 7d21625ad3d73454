"""The sentences of letters, German and English."""

from __future__ import annotations

WORDS = {
    "de": {
        "sender": "[Absender, Ort, Datum]", "to": "An", "addressee": "[Name]", "file": "Aktenzeichen", "number": "[Aktenzeichen]",
        "salutation": "[Anrede]", "farewell": "Mit freundlichen Grüßen", "signature": "[Name]", "programme": "Programm", "term": "ganze Laufzeit",
        "holder": "Vorhanden bei", "for": "Gebraucht für", "evidence": "Belege", "row": "Zeile", "more": "und {count} weitere",
        "request_subject": "Bitte um Auskunft nach {clause} der Vereinbarung", "request_plain_subject": "Bitte um Auskunft",
        "request_opening": "um festzustellen, ob die Vereinbarung eingehalten wird, fehlen uns Angaben.",
        "request_basis": "Wir bitten Sie nach {clause}, die folgenden Angaben bis zum {{day}} zu übermitteln:",
        "request_plain_basis": "Wir bitten Sie, die folgenden Angaben bis zum {day} zu übermitteln:",
        "request_closing": "Was fehlt, gilt bis dahin weder als erfüllt noch als Verstoß. Ist eine Angabe nicht vorhanden, genügt eine kurze Nachricht dazu.",
        "hearing_subject": "Gelegenheit zur Stellungnahme",
        "hearing_opening": "nach dem Stand vom {day} ergibt sich aus den vorliegenden Angaben:",
        "hearing_consequence": "Das kann ein Anhaltspunkt für eine wesentliche Abweichung sein. Für diesen Fall sieht {clause} vor: {title}. "
                               "Hier geht es um höchstens {amount}. Entschieden ist darüber noch nichts.",
        "hearing_basis": "Wäre die Abweichung wesentlich, käme {clause} in Betracht. Entschieden ist darüber noch nichts.",
        "hearing_until": "Sie haben Gelegenheit, sich dazu bis zum {day} zu äußern.",
        "hearing_closing": "Bitte nennen Sie auch, was für Sie spricht, was seither nachgeholt wurde, und welche Angaben falsch oder unvollständig sind.",
    },
    "en": {
        "sender": "[sender, place, date]", "to": "To", "addressee": "[name]", "file": "File number", "number": "[file number]",
        "salutation": "[salutation]", "farewell": "Yours faithfully", "signature": "[name]", "programme": "programme", "term": "whole term",
        "holder": "Held by", "for": "Needed for", "evidence": "Evidence", "row": "line", "more": "and {count} more",
        "request_subject": "Request for facts under {clause} of the agreement", "request_plain_subject": "Request for facts",
        "request_opening": "to see whether the agreement is kept, we lack some facts.",
        "request_basis": "Under {clause} we ask you to send the following by {{day}}:",
        "request_plain_basis": "We ask you to send the following by {day}:",
        "request_closing": "Until then, what is missing counts neither as kept nor as a breach. Where you do not have something, a short note is enough.",
        "hearing_subject": "Opportunity to respond",
        "hearing_opening": "as of {day}, the facts at hand show:",
        "hearing_consequence": "This may indicate a material deviation. For that case {clause} provides: {title}. "
                               "This is about {amount} at most. Nothing is decided yet.",
        "hearing_basis": "If the deviation were material, {clause} could apply. Nothing is decided yet.",
        "hearing_until": "You have the opportunity to respond by {day}.",
        "hearing_closing": "Please also say what speaks for you, what was made good since, and which facts are wrong or incomplete.",
    },
}
