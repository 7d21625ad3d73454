"""The columns of a sheet of facts: header, note, width, number format and validation of each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name

from servanda.conditions import Condition
from servanda.facts.values import CENT
from servanda.model import FIRST_DAY, LAST_DAY
from servanda.pack_shapes import FactType, FieldType, Pack, fold
from servanda.report.book import DATE_FORMATS, MAX_MESSAGE, MAX_TITLE, Book, cut, serial, shown
from servanda.template.lists import DropList, Key
from servanda.template.words import KIND_WORDS, NOTE_WORDS, fill

LARGEST_AMOUNT = Decimal("999999999999.99")  # under 10**12 (contract section 2)
# Up to this many values stand in a header's note; the instructions have them all.
_VALUES_IN_NOTE = 20
_WIDTHS = {"id": 22, "text": 44, "date": 13, "year": 9, "amount": 15, "number": 15, "bool": 10, "site": 16, "reference": 24, "obligation": 34, "choices": 34}
# A list is an aid, not a bar: several values, or a record that is entered later, may be right as well.
_ONLY_AID = ("choices", "reference")


@dataclass(frozen=True, slots=True)
class Column:
    """A field in its place: `position` counts from 0 (A); `earlier` is the column of a day that this one must not precede."""

    name: str
    declared: FieldType
    position: int
    earlier: int | None = None


def columns_of(fact_type: FactType, fields: Mapping[int, str]) -> list[Column]:
    """The columns of a sheet whose header names `fields` by position."""
    at = {name: position for position, name in fields.items()}
    return [
        Column(name, declared, position, at.get(declared.not_before or ""))
        for position, name in fields.items() if (declared := fact_type.fields[name])
    ]


def header_text(fact_type: FactType, name: str, lang: str) -> str:
    """What the header of a field says: its label, or its name where the label would be taken for another field."""
    label = fact_type.fields[name].label.of(lang)
    return label if fact_type.header_names.get(fold(label)) == name else name


def number_format(declared: FieldType, lang: str) -> str:
    """How a cell shows its value. Texts and ids are text, so that no program turns `1-2` into a day or `007` into 7."""
    return {"date": DATE_FORMATS[lang], "amount": "#,##0.00", "number": "#,##0.00", "year": "0"}.get(declared.type, "@")


def width(declared: FieldType, label: str) -> float:
    """The width of a column in characters."""
    plain = max([12, *(len(value) for value in declared.of)]) if declared.type == "choice" else _WIDTHS[declared.type]
    return min(60, max(plain, len(label)) + 3)


def header_style(book: Book, declared: FieldType, **more: object) -> object:
    """Required fields: bold, inverted, thick line. Sometimes required: bold, dashed line. Others: plain."""
    common = {"num_format": "@", "valign": "vcenter", "text_wrap": True, "right": 1, "right_color": "#FFFFFF", **more}
    if declared.required:
        return book.style(**{"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "bottom": 5, **common})
    if declared.required_where:
        return book.style(**{"bold": True, "bg_color": "#BDD0EA", "bottom": 8, **common})
    return book.style(**{"bg_color": "#EDEFF3", "bottom": 1, **common})


def list_of(type_name: str, column: Column, lists: Mapping[Key, DropList]) -> DropList | None:
    """The drop-down list of a column, if it has one."""
    declared = column.declared
    key: Key | None = {
        "choice": ("choices", type_name, column.name), "choices": ("choices", type_name, column.name), "site": ("sites",), "bool": ("yes_no",),
        "obligation": ("obligations",), "reference": ("records", declared.to or ""),
    }.get(declared.type)
    return lists.get(key) if key else None


def validation(type_name: str, fact_type: FactType, column: Column, lists: Mapping[Key, DropList], book: Book) -> dict[str, object] | None:
    """What Excel is told to allow in a column's cells (XlsxWriter's options); None where anything may stand there."""
    declared, lang = column.declared, book.lang
    one = list_of(type_name, column, lists)
    rule: dict[str, object] | None = None
    if one is not None:
        rule = {"validate": "list", "source": f"={one.name}", "error_type": "warning"}
        if declared.type == "choices":
            rule["show_error"] = False
        elif declared.type not in _ONLY_AID:
            rule["error_type"] = "stop"
    elif declared.type == "date":
        rule = {"validate": "date", "criteria": "between", "minimum": serial(FIRST_DAY), "maximum": serial(LAST_DAY)}
        if column.earlier is not None:
            rule["minimum"] = f"=MAX({serial(FIRST_DAY)},${xl_col_to_name(column.earlier)}2)"
    elif declared.type == "year":
        rule = {"validate": "integer", "criteria": "between", "minimum": FIRST_DAY.year, "maximum": LAST_DAY.year}
    elif declared.type in ("amount", "number"):
        least = -LARGEST_AMOUNT if declared.min is None else declared.min
        rule = {"validate": "decimal", "criteria": "between", "minimum": least if declared.above is None else declared.above + CENT, "maximum": LARGEST_AMOUNT}
    if rule is None:
        return None
    label = shown(declared.label.of(lang))
    messages = {"input_title": cut(label, MAX_TITLE), "input_message": cut(short_note(fact_type, column, lang), MAX_MESSAGE)}
    message = fill(NOTE_WORDS["wrong"], lang, label=label, form=form(declared, lang))
    return {**rule, **messages, "error_title": cut(label, MAX_TITLE), "error_message": cut(message, MAX_MESSAGE)}


def form(declared: FieldType, lang: str) -> str:
    """What may stand in a cell of this field."""
    text = KIND_WORDS[declared.type][lang == "en"]
    if declared.min is not None:
        text += f", ≥ {declared.min}"
    return text + (f", > {declared.above}" if declared.above is not None else "")


def requirement(fact_type: FactType, declared: FieldType, lang: str) -> str:
    """Whether the field must be filled in, and when."""
    if declared.required:
        return fill(NOTE_WORDS["required"], lang)
    if declared.required_where:
        return fill(NOTE_WORDS["required_where"], lang, condition=_condition(fact_type, declared.required_where, lang))
    return fill(NOTE_WORDS["optional"], lang)


def short_note(fact_type: FactType, column: Column, lang: str) -> str:
    """Requirement and form in a line or two, shown beside a cell that is being filled in."""
    declared = column.declared
    return f"{requirement(fact_type, declared, lang)} {form(declared, lang)}."


def header_note(pack: Pack, type_name: str, column: Column, titles: Mapping[str, str], lang: str) -> str:
    """Everything about a field: requirement, form, values with their meaning, what an empty cell means."""
    fact_type, declared = pack.vocabulary[type_name], column.declared
    lines = [f"{shown(declared.label.of(lang))} ({column.name})", requirement(fact_type, declared, lang), form(declared, lang) + "."]
    if declared.type == "reference":
        title = titles.get(declared.to or "", declared.to)
        lines.append(fill(NOTE_WORDS["refers"], lang, title=title))
    if declared.not_before:
        lines.append(fill(NOTE_WORDS["not_before"], lang, label=shown(fact_type.fields[declared.not_before].label.of(lang))))
    if declared.of:
        lines.append(fill(NOTE_WORDS["values"], lang))
        lines += [f"  {value} = {shown(words.of(lang))}" for value, words in list(declared.of.items())[:_VALUES_IN_NOTE]]
        if len(declared.of) > _VALUES_IN_NOTE:
            lines.append("  …")
    if declared.type in ("obligation", "site") or len(declared.of) > _VALUES_IN_NOTE:
        lines.append(fill(NOTE_WORDS["see_instructions"], lang))
    if not declared.required:
        lines.append(_empty(declared, lang))
    if column.name in fact_type.key and len(fact_type.key) == 1:
        lines.append(fill(NOTE_WORDS["own_id"], lang))
    return "\n".join(line for line in lines if line)


def _empty(declared: FieldType, lang: str) -> str:
    if declared.empty is not None:
        meaning = declared.of.get(declared.empty)
        return fill(NOTE_WORDS["empty_is"], lang, value=shown(declared.empty) + (f" ({shown(meaning.of(lang))})" if meaning else ""))
    if declared.completes:
        return fill(NOTE_WORDS["empty_open"], lang)
    return fill(NOTE_WORDS["empty_unknown"], lang) if declared.type in ("bool", "choice", "choices") else ""


def _condition(fact_type: FactType, condition: Condition, lang: str) -> str:
    join = " and " if lang == "en" else " und "
    parts = []
    for test in condition.tests:
        field = fact_type.fields.get(test.path)
        label = shown(field.label.of(lang)) if field else test.path
        parts.append(f"{label} = {(' / ').join(shown(value) for value in test.values)}")
    return join.join(parts)
