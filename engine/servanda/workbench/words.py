"""The words of the workbench's pages, German and English: a key with both."""

from __future__ import annotations

from collections.abc import Callable

from servanda.workbench.action_words import ACTION_WORDS
from servanda.workbench.page_words import PAGE_WORDS

WORDS: dict[str, tuple[str, str]] = {
    # the frame of every page
    "workbench": ("Prüfplatz", "Workbench"),
    "skip": ("Zum Inhalt springen", "Skip to content"),
    "navigation": ("Hauptnavigation", "Main navigation"),
    "start": ("Start", "Start"),
    "submissions": ("Lieferungen", "Submissions"),
    "runs": ("Prüfläufe", "Runs"),
    "compare": ("Vergleich", "Compare"),
    "ledger": ("Journal", "Ledger"),
    "signed-in": ("Angemeldet als {name}, {role}", "Signed in as {name}, {role}"),
    "role-reader": ("liest", "reader"),
    "role-reviewer": ("prüft", "reviewer"),
    "role-confirmer": ("bestätigt", "confirmer"),
    "logout": ("Abmelden", "Sign out"),
    "other-language": ("English", "Deutsch"),
    "breadcrumb": ("Sie sind hier", "You are here"),
    "notice": ("Hinweis", "Notice"),
    "foot": (
        "Das Programm zeigt an, was abweicht. Ob etwas wesentlich ist und was daraus folgt, entscheiden Menschen.",
        "The program shows what deviates. Whether it is material, and what follows from it, is for people to decide.",
    ),
    # signing in
    "login": ("Anmelden", "Sign in"),
    "login-title": ("Anmeldung", "Sign in"),
    "name": ("Name", "Name"),
    "password": ("Passwort", "Password"),
    "login-wrong": ("Name oder Passwort stimmt nicht.", "Name or password is wrong."),
    "login-empty-name": ("Bitte geben Sie Ihren Namen ein.", "Please enter your name."),
    "login-empty-password": ("Bitte geben Sie Ihr Passwort ein.", "Please enter your password."),
    "login-limit": (
        "Zu viele Fehlversuche. Bitte versuchen Sie es in {minutes} Minuten wieder.", "Too many failed attempts. Please try again in {minutes} minutes.",
    ),
    "login-help": (
        "Zugänge vergibt, wer den Prüfplatz betreibt. Nach längerer Pause endet die Sitzung von selbst.",
        "Whoever runs the workbench grants access. A session ends by itself after a longer pause.",
    ),
    "bye": ("Sie sind abgemeldet.", "You are signed out."),
    # mistakes
    "error-summary": ("Bitte prüfen Sie Ihre Angaben", "Please check what you entered"),
    "error-400": ("Diese Anfrage lässt sich nicht lesen.", "This request cannot be read."),
    "error-401": ("Bitte melden Sie sich an.", "Please sign in."),
    "error-403": (
        "Das dürfen Sie hier nicht, oder das Formular ist abgelaufen. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.",
        "You may not do this here, or the form has expired. Go back, reload the page and try again.",
    ),
    "error-404": ("Diese Seite gibt es nicht.", "There is no such page."),
    "error-405": ("So lässt sich diese Seite nicht aufrufen.", "This page cannot be called in this way."),
    "error-409": ("Das geht jetzt nicht mehr.", "This cannot be done any more."),
    "error-413": ("Das ist zu groß.", "This is too large."),
    "error-421": ("Unter diesem Namen gibt es hier nichts.", "There is nothing here under this name."),
    "error-422": ("Die Angaben stimmen nicht.", "What was entered is not right."),
    "error-429": ("Zu viele Fehlversuche. Bitte warten Sie.", "Too many failed attempts. Please wait."),
    "back-to-start": ("Zurück zum Start", "Back to the start"),
    "problems": ("Das passt so nicht", "This does not fit"),
    "problem-place": ("Stelle", "Place"),
    "problem-found": ("steht dort", "found"),
    "problem-expected": ("erwartet", "expected"),
    "problem-message": ("Was zu tun ist", "What to do"),
}


def words(lang: str) -> Callable[..., str]:
    """The words in a language: `t("signed-in", name=…)`."""
    place = lang == "en"

    def word(key: str, **names: object) -> str:
        text = (WORDS.get(key) or PAGE_WORDS.get(key) or ACTION_WORDS[key])[place]
        return text.format(**names) if names else text

    return word
