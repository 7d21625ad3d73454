"""The words of the problems of rule tests, in German and English; merged into `problem_texts.TEXTS`."""

from __future__ import annotations

CASE_TEXTS = {
    "no-cases": (("mindestens ein Fall in tests/*.yaml", "Kein Fall passt („{found}“)."), ("at least one case in tests/*.yaml", "No case fits (“{found}”).")),
    "facts-and-submissions": (("entweder facts oder submissions", "Ein Fall hat entweder Sätze (facts, complete) oder mehrere Lieferungen (submissions)."),
                              ("either facts or submissions", "A case has either facts of its own (facts, complete) or submissions.")),
}
