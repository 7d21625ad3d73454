"""What each key means, as an editor shows it: by shape (or file) and field. tests/test_schema.py holds it complete."""

from __future__ import annotations

FIELD_WORDS: dict[str, dict[str, str]] = {
    "Words": {"de": "German.", "en": "English."},
    "FieldType": {
        "type": "What the field holds: amount is money with two places, number a decimal, choices a list, reference the id of a record of another fact type, "
                "obligation an id of the pack.",
        "label": "How people call it; also accepted as a table's header.",
        "required": "Whether it must be filled in.",
        "required_where": "It must be filled in in records that meet this condition: {field: value} or {field: [values]}.",
        "of": "The values of a choice, each with its words.",
        "to": "The fact type that a reference points to.",
        "empty": "What an empty field means.",
        "min": "Not below this number.",
        "above": "Greater than this number.",
        "not_before": "A date field that this date must not lie before.",
        "completes": "A date that completes the record later: a day after --as-of counts as empty.",
    },
    "FactType": {
        "label": "How people call the table; also accepted as a sheet's name.",
        "holder": "The parties that can supply it, named where it is missing.",
        "fields": "The columns, by name.",
        "date": "The record's own day: a date field, or a reference (then the day of the record that it points to).",
        "year": "The record belongs to the calendar year in this field, not to its date.",
        "key": "The fields that identify a record; [id] where nothing is said.",
        "one": "How people call a single record.",
    },
    "Parameter": {
        "value": "The figure.", "unit": "What is counted.",
        "assumption": "Why this figure, where the agreement's text gives none.",
    },
    "Agreement": {"name": "The field that names an agreement in reports.", "fields": "The agreements' own fields."},
    "Site": {"kinds": "The kinds of sites, each with its words.", "fields": "The sites' own fields."},
    "Calendar": {"country": "ISO 3166 country, such as DE.", "subdivision": "ISO 3166 subdivision without the country, such as BE."},
    "Attendance": {
        "facts": "The fact type in which attendance is recorded.", "meeting": "Its reference to the meeting.",
        "present": "Which record says that somebody was there.", "not_invited": "Which record says that somebody was not invited.",
    },
    "Attestation": {"facts": "The fact type of attestations.", "obligation": "The field with the obligation.", "party": "The field with the party that attests."},
    "Waiver": {
        "facts": "The fact type of waivers.", "obligation": "The field with the obligation.", "until": "The field with the waiver's last day.",
        "agreed_on": "The field with the day on which it was agreed.", "effective": "What makes a waiver count.",
    },
    "Termination": {"facts": "The fact type that a termination is one of.", "where": "Which record is a termination.", "ends": "The field with the last day of the term."},
    "Letters": {
        "information_right": "The clause that a request for facts names.", "hearing": "The clause that an opportunity to respond names.",
    },
    "Pack": {
        "id": "The pack's id; agreements name it.", "title": "The title of the agreement.",
        "parties": "Who may bear an obligation or submit facts, each with its words.",
        "agreement": "Which field names an agreement, and the agreements' own fields.", "sites": "The kinds of sites, and the sites' own fields.",
        "calendar": "Whose public holidays are no working days.", "tolerance": 'What "ca." allows on either side of a bound.',
        "parameters": "Figures with a name; where the text gives none, with the reason.", "attendance": "Where attendance is recorded (kind attended).",
        "attestations": "Where attestations are recorded (kind attested).", "waivers": "Where waivers are recorded.",
        "termination": "Which record ends an agreement's term.", "letters": "The clauses that letters rest on.",
    },
    "obligation": {
        "id": "The obligation's id; clauses, cases and reports name it.", "title": "A short title.", "rule": "The norm in own words.",
        "clauses": "The anchors of the clauses that it is taken from.", "bearer": "The parties that owe it.",
        "modality": "obligation: owed by a party · task: of the contractor · intention: aimed at · procedure: how something is done.",
        "scope": "What is measured: the programme as a whole, each agreement, or each site.",
        "period": "The window: each calendar year, each year from the agreement's first day, or the whole term.",
        "site_kind": "Only sites of this kind (scope site).", "while_sites": "Only while at least so many sites are active (scope agreement).",
        "assumption": "What the rule rests on that the text does not say.",
        "for_each": "The records of which each is a scope of its own (scope record).",
        "in_force": "Duties only for windows that begin on these days.",
        "after_breach_of": "The duty follows from a breach of this obligation.", "unfinished": "Also measured where the window is not over yet.",
    },
    "InForce": {"start": "The first day; open where nothing is said.", "end": "The last day; open where nothing is said."},
    "ForEach": {"facts": "The fact type.", "where": "Which of its records; all where nothing is said."},
    "Clause": {
        "anchor": "The clause's short name, such as 3.2.", "place": "Where it stands.", "words": "What it says, in own words.",
        "phrases": "Figures and short key phrases that the rules rely on, as they stand in the text.", "obligations": "The obligations that check it.",
        "nothing_checked": "Why nothing is checked.", "unmeasured": "What it asks and no fact can show, and why.",
    },
    "Bound": {"above": "More than.", "at_least": "This or more.", "below": "Less than.", "at_most": "This or less."},
    "Accumulates": {
        "different": "What is counted.", "at_least": "So many or more.", "not_yet_material": "Only deviations to which no other judgement applies.",
    },
    "Judgement": {
        "id": "The judgement's id.", "clause": "The clause that it rests on.", "title": "A short title.", "reason": "Why this may be material.",
        "assumption": "What it rests on that the text does not say.", "when": "Alternatives: one of these patterns must hold for the deviation.",
        "year_before": "The same obligation in the same scope deviates in the year before, too.",
        "accumulates": "So many different obligations deviate in one agreement and year.",
    },
    "AmountOf": {"facts": "The fact type.", "amount": "Its field with the amount."},
    "AtStake": {"funds": "Where funds are recorded.", "spending": "Where spending is recorded."},
    "Consequence": {
        "id": "The consequence's id.", "clause": "The clause that provides for it.", "title": "A short title.", "reason": "What may follow, and on what it depends.",
        "attributions": "Whose deviation it is: a pattern each.", "notes": "Texts pinned to an attribution.",
        "amount_at_stake": "What could still be used elsewhere: funds less spending.",
    },
    "judgements.yaml": {
        "judgements": "Indications that a deviation may be material. Whether it is, a person decides.",
        "consequences": "What the agreement reserves for material deviations.",
    },
    "agreement": {
        "id": "The agreement's id; submissions name it.", "pack": "The pack whose rules hold.", "term": "The first and the last day.",
        "sites": "The sites; an empty list where there are none.", "parameters": "Figures of the pack that this agreement sets for itself.",
        "text": "Where the signed text is kept.",
    },
    "Term": {"start": "The first day.", "end": "The last day."},
    "SiteOf": {
        "id": "The site's id; unique among all agreements of the pack.", "name": "How people call it.", "kind": "One of the pack's kinds of sites.",
        "start": "The first day.", "end": "The last day; that of the agreement where nothing is said.",
    },
    "Within": {
        "days": "So many days after the case's day (kind delivered: after the scope's first day).", "working_days": "So many working days after it.",
        "day": "By a fixed day, such as 06-30.", "years_later": "Of so many years later: counted from the year of the period or of the case.",
        "months": "So many months after it.", "end_of_month": "Moved to the last day of its month.",
        "counted_from": "Kind delivered: from the first or from the last day of the window.",
    },
}
_FACTS, _WHERE = "The fact type whose records are looked at.", "Which of its records; all where nothing is said."
_LOWER, _UPPER = "At least so many.", "At most so many."
FIELD_WORDS |= {
    "count": {"facts": _FACTS, "where": _WHERE, "lower": _LOWER, "upper": _UPPER, "approximate": 'The text says "ca.": the pack\'s tolerance widens both bounds.',
              "tolerance": 'What "ca." allows here, in place of the pack\'s tolerance.'},
    "staffed": {
        "facts": "The fact type that records who is in which role.", "roles": "The roles that are needed: a list, or a list for each kind of site.",
        "until": "The field with the last day in office.", "person": "The field that names the person.",
        "max_vacancy_days": "At most so many vacant days in the window.", "headcount": "So many persons on every day.", "fte": "Full-time equivalents instead of heads.",
    },
    "staffed.Fte": {"field": "The field with the share of a post.", "at_least": "So many full-time equivalents on every day."},
    "consented": {
        "spending": "Where spending is recorded.", "consents": "Where consents are recorded.", "funds": "The funds, to say what part was spent without consent.",
    },
    "consented.Spending": {"facts": "The fact type.", "amount": "Its field with the amount.", "purpose": "The reference to what is paid for."},
    "consented.Consents": {
        "facts": "The fact type.", "amount": "Its field with the amount.", "purpose": "The reference to what is consented to.",
        "counts": "Which of the records count.", "granted": "Which of them grant.", "withdrawn": "Which of them withdraw.",
    },
    "answered": {
        "facts": "The fact type of the cases.", "where": _WHERE, "by": "The answer: a date field of the case, or records of another type.",
        "within": "The time for the answer.", "due": "The field of the case that names a day of its own.",
        "at_least_working_days": "However early that day is, so many working days are left.",
        "amount": "The field with the amount that is to be settled.", "times": "So many times that amount settles it.",
    },
    "answered.By": {"facts": "The fact type of the answers.", "where": _WHERE, "same": "The fields that case and answer must have in common.",
        "refers": "Its reference to the case.", "amount": "Its field with the amount that settles."},
    "attended": {
        "facts": "The fact type of the meetings.", "where": _WHERE, "roles": "Who should be there: one of these roles is enough.",
        "at_least": "The share of meetings, such as 0.8.", "meetings_of": "For a site's duty: the meetings of the whole agreement.",
        "own_site": "Only attendance that is recorded for the duty's site counts.",
    },
    "delivered": {"facts": _FACTS, "where": _WHERE, "within": "The deadline."},
    "each": {"facts": _FACTS, "where": _WHERE, "must": "The condition that each of them must meet."},
    "preceded": {"facts": _FACTS, "where": _WHERE, "by": "What must precede each of them."},
    "preceded.By": {
        "facts": "The fact type of what precedes.", "where": _WHERE, "refers": "Its reference to the case.", "on": "Its field with the day that counts.",
    },
    "within_budget": {"spending": "Where spending is recorded.", "funds": "Where funds are recorded.",
        "times": "So many times the funds may be spent."},
    "sites": {"where": "Which sites, by their own fields; all where nothing is said.", "lower": _LOWER, "upper": _UPPER},
    "manifest": {
        "agreement": "The agreement that the facts belong to.", "pack": "The pack, instead of an agreement: facts of the whole programme.",
        "submitted_on": "The day of the submission.", "submitted_by": "The party that submits.",
        "complete": "Up to which day all facts are in: one day for all fact types, or a day for each. What is not declared complete is not complete.",
        "withdraws": "Records of the same submitter's earlier submissions that no longer hold, as type:id.",
    },
    "case.submission": {
        "complete": "Up to which day all facts are in, as in submission.yaml; as_of where nothing is said.", "submitted_on": "The day of the submission.",
        "submitted_by": "The party that submits.", "withdraws": "Records that no longer hold, as type:id.", "facts": "Records by fact type.",
    },
    "case.expect": {
        "obligation": "The obligation.", "site": "The site, for a duty of a site.", "period": "The year, or term.", "status": "The finding's status.",
        "value": "The measured value.", "lower": "The lower bound.", "upper": "The upper bound.", "open": "Whether the window is not over yet.",
        "at_risk": "Whether a pending duty is behind schedule.", "material": "Whether a judgement applies.", "bearer": "The parties that owe it.", "judgements": "The judgements that apply.",
    },
    "set-aside": {"code": "What the linter found, such as unused-field.", "where": "The places, as findings name them.", "reason": "Why it stays as it is."},
    "survivor": {"mutant": "The change, as servanda test --mutate names it.", "reason": "Why no case can notice it."},
    "text": {"clauses": "Each clause: hashes of the items in which it stands, and the figures of the first.", "others": "Hashes of the items of no clause."},
    "text.clause": {"items": "Hashes of the items, 16 digits of their SHA-256.", "figures": "The figures of the first item, in their order."},
    "case.consequences": {
        "consequence": "The consequence.", "attribution": "Whose deviation it is.", "site": "The site.", "year": "The year, or null.",
        "amount_at_stake": "What could still be used elsewhere.",
    },
}
FIELD_WORDS["case"] = {
    **FIELD_WORDS["case.submission"], "case": "What the case shows, in one line; unique in the pack.", "as_of": "The day as of whose end it is evaluated.",
    "known_on": "Submissions made after that day are not known.", "agreement": "Keys laid over the default agreement.",
    "submissions": "Several submissions, in place of facts.", "programme": "Facts of the programme's own submission.", "expect": "The findings that are expected.",
    "beside": "Obligations whose deviations the case does not look at.", "consequences": "The consequences that are expected, all of them.",
}
