"""The words of the problems of `servanda what-if`, in German and English; merged into `problem_texts.TEXTS`."""

from __future__ import annotations

WHATIF_TEXTS = {
    "unknown-setting": (("eine Stelle der Regeln, an der eine Zahl oder ein Tag steht: {known}",
                         "Eine Stelle „{found}“ haben die Regeln nicht. `servanda what-if --list` nennt alle."),
                        ("a place in the rules with a number or a day: {known}",
                         "The rules have no place “{found}”. `servanda what-if --list` names all.")),
    "set-twice": (("jede Stelle nur einmal", "„{found}“ ist schon gesetzt; nur eine Angabe stehen lassen."),
                  ("each place only once", "“{found}” is set already; keep one of them.")),
    "no-such-obligation": (("eine Pflicht der geprüften Regelwerke: {known}", "Eine Pflicht „{found}“ haben die geprüften Regelwerke nicht."),
                           ("an obligation of the packs evaluated: {known}", "The packs evaluated have no obligation “{found}”.")),
}
