"""JSON Schemas of the files that people write, for editors: the pydantic shapes and a few readers, said in draft 7.

What the loader accepts, its schema accepts; what the loader refuses, the schema refuses as far as a schema can say it. A schema sees
values as YAML 1.2 core types them (`6` a number, `true` a boolean), the loader sees the text as written; so a text may be a number here.
`files/` holds them as they are shipped; the folder `schemas` of a pack holds those that know its own words.
"""

# The kinds of files, each in German and English.
KINDS = {
    "agreement": ("eine Vereinbarung (agreements/**/*.yaml)", "an agreement (agreements/**/*.yaml)"),
    "pack": ("der Kopf eines Regelwerks (pack.yaml)", "the head of a pack (pack.yaml)"),
    "vocabulary": ("die Faktenarten eines Regelwerks (vocabulary.yaml)", "the fact types of a pack (vocabulary.yaml)"),
    "clauses": ("das Klauselregister eines Regelwerks (clauses.yaml)", "the register of clauses of a pack (clauses.yaml)"),
    "obligations": ("Pflichten eines Regelwerks (obligations/*.yaml)", "obligations of a pack (obligations/*.yaml)"),
    "judgements": ("Anhaltspunkte und Folgen eines Regelwerks (judgements.yaml)", "judgements and consequences of a pack (judgements.yaml)"),
    "cases": ("Fälle eines Regelwerks (tests/*.yaml)", "cases of a pack (tests/*.yaml)"),
    "case-agreement": ("die Vereinbarung, auf der die Fälle beruhen (tests/agreement.yaml)", "the agreement that the cases stand on (tests/agreement.yaml)"),
    "lint": ("was der Linter beiseitelässt, mit Gründen (lint.yaml)", "what the linter sets aside, with reasons (lint.yaml)"),
    "survivors": ("Änderungen, die kein Fall bemerkt, mit Gründen (tests/survivors.yaml)", "changes that no case sees, with reasons (tests/survivors.yaml)"),
    "text": ("was das Regelwerk vom Text weiß (text.yaml)", "what the pack knows of the text (text.yaml)"),
    "manifest": ("die Angaben zu einer Lieferung (submission.yaml)", "the manifest of a submission (submission.yaml)"),
}
# Those that also know a pack's own words: what officials write, rather than rule authors.
OF_A_PACK = ("agreement", "manifest")
