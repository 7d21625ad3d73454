"""A field's column as SQL: the value of a text, and whether the text is plainly one of the field's type.

Texts as a program writes them are compared with how their value is written, which is quicker than a pattern; patterns look at the others.
`ok` accepts less than `facts/values.py`, never more, and then `value` is the very value that it gives; what is not plain goes there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from servanda.model import FIRST_DAY, LAST_DAY
from servanda.pack_shapes import FieldType

# What RFC 3986 never encodes in an address is an id, but for the tilde; twice as quick as a pattern.
_ID = "url_encode({text}) = {text} AND NOT contains({text}, '~') AND strlen({text}) <= 200"
_AMOUNT = r"-?([0-9]{1,12}([.,][0-9]{1,2})?|[0-9]{1,3}(\.[0-9]{3}){1,3},[0-9]{1,2})"
_NOT_PLAIN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\A[ \t\r\n]|[ \t\r\n]\z"
_TEXT_BYTES, _MOST = 20_000, "999999999999.99"
_AMOUNTS, _CHOSEN = ("amount", "number"), ("choice", "site", "obligation")


@dataclass(frozen=True, slots=True)
class Column:
    """How a field's column is kept: `kind` is its SQL type; `value` and `ok` are SQL over `{text}` (and, in `ok`, the `{value}` of that text).

    Lists are kept as texts, separated by `|`: an update of a list would give the record another number.
    """

    name: str
    declared: FieldType
    kind: str
    value: str
    ok: str
    known: frozenset[str] | None = None

    def of(self, text: str) -> str:
        """SQL for the value of a text; any value where the text is not plain."""
        return self.value.format(text=text)

    def plain(self, text: str, value: str | None = None) -> str:
        """SQL that is true of a plain text; false or null of others."""
        return self.ok.format(text=text, value=value or self.of(text))


def column_of(name: str, declared: FieldType, known: frozenset[str] | None) -> Column:
    """How the column of a field is kept. `known` are the sites or obligations that there are (None: any)."""
    kind, value, ok = _sql(declared, known)
    bounds = [f"{{value}} >= {declared.min}"] if declared.min is not None else []
    bounds += [f"{{value}} > {declared.above}"] if declared.above is not None else []
    return Column(name, declared, kind, value, " AND ".join([f"({ok})", *bounds]), known)


def _sql(declared: FieldType, known: frozenset[str] | None) -> tuple[str, str, str]:
    kind = declared.type
    words = declared.of if kind in ("choice", "choices") else known if kind in _CHOSEN else None
    if kind == "choices":
        return "VARCHAR", "{text}", f"{{text}} IN ({_listed(words)})"
    if kind in _CHOSEN and words:
        enum = f"ENUM({_listed(sorted(words))})"
        return enum, f"TRY_CAST({{text}} AS {enum})", "{value} IS NOT NULL"
    if kind in _CHOSEN and words is not None:
        return "VARCHAR", "NULL::VARCHAR", "FALSE"
    if kind == "date":
        value = "coalesce(TRY_CAST({text} AS DATE), TRY_STRPTIME({text}, '%d.%m.%Y')::DATE)"
        within = f"{{value}} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'"
        return "DATE", value, f"CASE WHEN {{value}}::VARCHAR = {{text}} THEN {within} ELSE strftime({{value}}, '%d.%m.%Y') = {{text}} AND {within} END"
    if kind == "year":
        return "INTEGER", "TRY_CAST({text} AS INTEGER)", f"{_matches('[0-9]{4}')} AND {{value}} BETWEEN {FIRST_DAY.year} AND {LAST_DAY.year}"
    if kind in _AMOUNTS:
        value = "coalesce(TRY_CAST({text} AS DECIMAL(18,2)), TRY_CAST(replace(replace({text}, '.', ''), ',', '.') AS DECIMAL(18,2)))"
        return "DECIMAL(18,2)", value, f"CASE WHEN {{value}}::VARCHAR = {{text}} THEN {{value}} BETWEEN -{_MOST} AND {_MOST} ELSE {_matches(_AMOUNT)} END"
    if kind == "bool":
        return "BOOLEAN", "({text} IN ('true', 'ja', '1'))", "{text} IN ('true', 'ja', '1', 'false', 'nein', '0')"
    if kind == "text":
        return "VARCHAR", "{text}", f"NOT regexp_matches({{text}}, '{_escaped(_NOT_PLAIN)}') AND strlen({{text}}) <= {_TEXT_BYTES}"
    return "VARCHAR", "{text}", _ID


def _matches(pattern: str) -> str:
    return f"regexp_full_match({{text}}, '{_escaped(pattern)}')"


def _escaped(pattern: str) -> str:
    return pattern.replace("{", "{{").replace("}", "}}")


def _listed(words: Collection[str]) -> str:
    """Names and ids of a checked vocabulary, quoted (they hold no quotes and no braces)."""
    return ", ".join(f"'{word}'" for word in words)
