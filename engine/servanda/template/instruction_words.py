"""The words of the instructions sheet, in German and English."""

from __future__ import annotations

Words = tuple[str, str]

HEADINGS: dict[str, Words] = {
    "title": ("Meldung", "Submission"),
    "programme": ("das ganze Programm", "the whole programme"),
    "steps": ("So wird es gemacht", "How to fill this in"),
    "legend": ("So sehen die Spaltenköpfe aus", "What the headers look like"),
    "sheets": ("Blätter", "Sheets"),
    "sheet": ("Blatt", "Sheet"),
    "holder": ("Wer das üblicherweise meldet", "Who usually reports it"),
    "type": ("Tatsachenart (für Zurückgezogen)", "Fact type (for Withdrawn)"),
    "sites": ("Standorte der Vereinbarung", "Sites of the agreement"),
    "id": ("Kennung", "Id"),
    "meaning": ("Bedeutung", "Meaning"),
    "days": ("Von – bis", "From – to"),
    "values": ("Werte der Auswahllisten", "Values of the drop-down lists"),
    "value": ("Wert", "Value"),
    "used_in": ("Spalten", "Columns"),
    "obligations": ("Verpflichtungen", "Obligations"),
    "clauses": ("Fundstelle", "Clause"),
    "known": ("Bekannte Sätze: {label}", "Known records: {label}"),
    "newest": ("Die {shown} jüngsten von {every}; die Auswahllisten haben alle.", "The newest {shown} of {every}; the drop-down lists have all of them."),
    "day": ("Tag", "Day"),
}

# (what it is about, what to do)
STEPS: tuple[tuple[Words, Words], ...] = (
    (("1  Ausfüllen", "1  Fill in"),
     ("Jedes Blatt nimmt eine Art von Tatsachen auf, jede Zeile ab Zeile 2 einen Satz. Füllen Sie die Blätter aus, zu denen Sie etwas melden; die übrigen bleiben leer. "
      "Die Reihenfolge der Zeilen ist gleichgültig.",
      "Each sheet takes one type of facts, each row from row 2 on one record. Fill in the sheets that you report on; the others stay empty. The order of rows does not matter.")),
    (("2  Kopfzeilen lassen", "2  Keep the headers"),
     ("Blattnamen und Kopfzeilen bitte nicht ändern, keine Zellen verbinden, keine Summenzeilen und keine eigenen Blätter anlegen. Die Notiz an jeder Kopfzelle sagt, was in die Spalte gehört.",
      "Please do not change sheet names and headers, merge no cells, and add no totals or sheets of your own. The note at each header says what belongs in the column.")),
    (("3  Werte und Kennungen", "3  Values and ids"),
     ("Wählen Sie aus den Listen; ihre Werte sind Kennungen, deren Bedeutung unten steht. Eigene Sätze bekommen eine Kennung aus Buchstaben (ohne Umlaute), Ziffern, Punkt, - und _, "
      "die es in dem Blatt nur einmal gibt. Mehrere Werte in einer Zelle trennt ein senkrechter Strich: wert1|wert2.",
      "Choose from the lists; their values are ids, explained below. Your own records get an id of letters (a to z), digits, dot, - and _ that exists only once in the sheet. "
      "Several values in one cell are separated by a vertical bar: value1|value2.")),
    (("4  Tage und Beträge", "4  Days and amounts"),
     ("Tage wie 31.03.2019 (2000 bis 2100), Beträge wie 1.234,56 mit höchstens zwei Nachkommastellen. Was Sie nicht wissen, bleibt leer: Eine Schätzung wird wie eine Tatsache geprüft.",
      "Days such as 2019-03-31 (2000 to 2100), amounts such as 1234.56 with at most two decimals. Leave empty what you do not know: a guess is checked like a fact.")),
    (("5  Blatt Lieferung", "5  Sheet Submission"),
     ("Tragen Sie im Blatt „{manifest}“ ein, wann und von wem eingereicht wird. „Vollständig bis“ erklärt, dass bis zu diesem Tag nichts fehlt: Nur dann zählt, was nicht in der Datei steht, als nicht geschehen. "
      "Was nicht für vollständig erklärt ist, gilt nicht als vollständig und wird weder zum Vorteil noch zum Nachteil ausgelegt.",
      "Enter in the sheet “{manifest}” when and by whom it is submitted. “Complete until” declares that nothing is missing up to that day: only then does what is not in the file count as not done. "
      "What is not declared complete is not complete, and is held neither for nor against anyone.")),
    (("6  Berichtigen, zurückziehen", "6  Correct, withdraw"),
     ("Einen früher eingereichten Satz berichtigen Sie, indem Sie ihn mit derselben Kennung noch einmal ganz einreichen. Gilt er nicht mehr, nennen Sie ihn im Blatt „{manifest}“ unter „Zurückgezogen“ als Tatsachenart:Kennung.",
      "Correct a record submitted earlier by submitting it again as a whole under the same id. If it no longer holds, name it in the sheet “{manifest}” under “Withdrawn” as type:id.")),
    (("7  Prüfen und abgeben", "7  Check and hand in"),
     ("Mit  servanda validate meldung.xlsx --feedback rueckmeldung.xlsx  wird die Datei geprüft. Was nicht stimmt, kommt als markierte Kopie mit dem Blatt „Rückmeldung“ zurück; Ihre Datei bleibt, wie sie ist.",
      "servanda validate meldung.xlsx --feedback feedback.xlsx  checks the file. What is wrong comes back as a marked copy with a sheet “Feedback”; your file stays as it is.")),
)

# ((required, sometimes required), (name, explanation))
LEGEND: tuple[tuple[tuple[bool, bool], tuple[Words, Words]], ...] = (
    ((True, False), (("Fett, weiß auf dunkel", "Bold, white on dark"),
                     ("Pflichtfeld: In jedem Satz auszufüllen. Dicke Linie darunter.", "Required: to be filled in for every record. Thick line below."))),
    ((False, True), (("Fett, gestrichelte Linie", "Bold, dashed line"),
                     ("Manchmal Pflicht: Die Notiz sagt, wann.", "Sometimes required: the note says when."))),
    ((False, False), (("Normale Schrift", "Plain"), ("Darf leer bleiben. Die Notiz sagt, was ein leeres Feld bedeutet.", "May stay empty. The note says what an empty field means."))),
)
