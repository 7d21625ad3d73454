"""Building blocks for the shapes of YAML files: strict, frozen, and typed from the text as written."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema

from servanda.conditions import Condition, parse_condition
from servanda.model import FIRST_DAY, LAST_DAY
from servanda.problems import Problems, Unfit
from servanda.yaml_source import Scalar, line_of

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INT = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
ID_PATTERN, NAME_PATTERN = "[A-Za-z0-9._-]{1,100}", "[a-z][a-z0-9_]{0,60}"
_ID = re.compile(ID_PATTERN, re.ASCII)
_NAME = re.compile(NAME_PATTERN, re.ASCII)


class Shape(BaseModel):
    """The one base of all shapes: no unknown key, no silent conversion, no change afterwards."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


class Words(Shape):
    """A text for people in both languages."""

    de: Text
    en: Text

    def of(self, lang: str) -> str:
        """The text in `lang`."""
        return self.en if lang == "en" else self.de


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a rule: dated values (the first also holds before its day), or the name of a parameter."""

    values: tuple[tuple[datetime.date, Decimal], ...] = ()
    parameter: str | None = None


def parse_day(text: str) -> datetime.date:
    """An ISO day between 2000 and 2100, else Unfit."""
    if not _DAY.fullmatch(text):
        raise Unfit("a date such as 2019-03-31")
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise Unfit("a date that exists, such as 2019-03-31") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unfit("a date from 2000-01-01 to 2100-12-31")
    return day


def parse_figure(value: object) -> Figure:
    """A figure from YAML: `6`, `0.8`, `$name` or `{2017-01-01: 20, …}`."""
    if isinstance(value, Figure):
        return value
    if isinstance(value, dict) and value:
        return Figure(tuple(sorted((parse_day(str(day)), _number(amount)) for day, amount in value.items())))
    if isinstance(value, Scalar) and value.startswith("$") and _NAME.fullmatch(value[1:]):
        return Figure(parameter=str(value[1:]))
    return Figure(((FIRST_DAY, _number(value)),))


def _number(value: object) -> Decimal:
    if isinstance(value, Scalar) and value.plain and _NUMBER.fullmatch(value):
        return Decimal(value)
    raise Unfit("a number such as 6 or 0.8, dated numbers, or a parameter such as $name")


def _text(value: object) -> object:
    if isinstance(value, Scalar):
        if not value.strip():
            raise Unfit("a text that is not empty")
        if CONTROL.search(value):
            raise Unfit("a text without control characters")
        return str(value)
    return value


def _int(value: object) -> object:
    if isinstance(value, Scalar) and value.plain and _INT.fullmatch(value):
        return int(value)
    raise Unfit("a whole number")


def _bool(value: object) -> object:
    if isinstance(value, Scalar) and value.plain and value in ("true", "false"):
        return value == "true"
    raise Unfit("true or false")


def _day(value: object) -> object:
    if isinstance(value, Scalar):
        return parse_day(value)
    raise Unfit("a date such as 2019-03-31")


def _matching(pattern: re.Pattern, expected: str):
    def check(value: object) -> object:
        if isinstance(value, Scalar) and pattern.fullmatch(value):
            return str(value)
        raise Unfit(expected)

    return check


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def said(part: str) -> WithJsonSchema:
    """How a JSON Schema says what a validator of ours takes: by the name of a part in `schema/parts.py`."""
    return WithJsonSchema({"x-part": part})


Text = Annotated[str, BeforeValidator(_text), said("text")]
Int = Annotated[int, BeforeValidator(_int), said("int")]
Bool = Annotated[bool, BeforeValidator(_bool), said("bool")]
Day = Annotated[datetime.date, BeforeValidator(_day), said("day")]
Id = Annotated[str, BeforeValidator(_matching(_ID, "an id of letters, digits, -, _ and .")), said("id")]
Name = Annotated[str, BeforeValidator(_matching(_NAME, "a name of small letters, digits and _")), said("name")]
FigureField = Annotated[Figure, BeforeValidator(parse_figure), said("figure")]
ConditionField = Annotated[Condition, BeforeValidator(parse_condition), said("condition")]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_tuple)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_tuple)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_tuple)]

S = TypeVar("S", bound=Shape)
FIELD, RECORDS = "(field)", "(records)"  # the alternatives of a union, as pydantic names them in a place

# What pydantic's own errors expect: our validators say the rest (tests/test_language.py provokes each).
_EXPECTED = {"string_type": "a text", "dict_type": "a map of keys and values", "model_type": "a map of keys and values", "tuple_type": "a list"}


def shaped(shape: type[S], tree: object, file: str, problems: Problems, at: tuple = (), root: object = None, also: Iterable[str] = ()) -> S | None:
    """`tree` as `shape`, or None with one problem for each thing that does not fit, at its line.

    `at` is where `tree` stands below `root`, for naming the place; `also` are further keys that may stand there, to be suggested.
    """
    root = tree if root is None else root
    if not isinstance(tree, Mapping):
        problems.add("not-a-map", file, line_of(root, at), ".".join(map(str, at)) or None, found=_kind(tree))
        return None
    try:
        return shape.model_validate(dict(tree))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _note(detail, shape, root, at, also, file, problems)
        return None


def _note(detail: dict, shape: type[Shape], root: object, at: tuple, also: Iterable[str], file: str, problems: Problems) -> None:
    inside = tuple(part for part in detail["loc"] if part not in ("[key]", FIELD, RECORDS))
    path = at + inside
    column = ".".join(str(part) for part in path) or None
    row = line_of(root, path)
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        problems.add("missing-key", file, row, column)
    elif kind == "extra_forbidden":
        known = (*_keys(shape, inside[:-1]), *(also if len(inside) == 1 else ()))
        problems.add("unknown-key", file, row, column, found=path[-1], known=", ".join(known), near=str(path[-1]))
    elif kind == "literal_error":
        known = ", ".join(part.strip("'") for part in re.split(", | or ", context["expected"]))
        problems.add("invalid-definition", file, row, column, found=_kind(detail["input"]), expected="one of {known}", known=known, near=str(detail["input"]))
    else:
        unfit = context.get("error")
        phrase, names = (unfit.phrase, unfit.names) if isinstance(unfit, Unfit) else (_EXPECTED.get(kind, detail["msg"]), {})
        problems.add("invalid-definition", file, row, column, found=_kind(detail["input"]), expected=phrase, **names)


def _keys(shape: type[Shape], path: tuple) -> list[str]:
    """The keys that may stand at a place inside a shape; none where no shape is there."""
    parts = iter(path)
    for part in parts:
        field = next((field for name, field in shape.model_fields.items() if part in (name, field.alias)), None)
        inside, listed = _shape_in(field.annotation) if field else (None, False)
        if listed:
            next(parts, None)
        if inside is None:
            return []
        shape = inside
    return [field.alias or name for name, field in shape.model_fields.items()]


def _shape_in(annotation: object) -> tuple[type[Shape] | None, bool]:
    """The shape inside an annotation, and whether it stands there by a key or a number."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation, False
    for part in get_args(annotation):
        shape, listed = _shape_in(part)
        if shape is not None:
            return shape, listed or get_origin(annotation) in (dict, tuple)
    return None, False


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return value
    return {"dict": "a map", "Map": "a map", "list": "a list", "List": "a list", "tuple": "a list"}.get(type(value).__name__, type(value).__name__)


def figure_of(number: int) -> Figure:
    """A number that never changes."""
    return Figure(((FIRST_DAY, Decimal(number)),))


FIGURE_ZERO, FIGURE_ONE = figure_of(0), figure_of(1)
