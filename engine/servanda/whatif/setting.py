"""What is asked to be set: `PLACE=VALUE` or `PLACE@DAY=VALUE` (from that day on), checked against the packs and laid over them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from servanda.figure_maps import in_pattern
from servanda.kinds import BY_NAME
from servanda.kinds.params import parse_yearday
from servanda.pack_checks import check_pack, check_threshold, thresholds
from servanda.pack_shapes import InForce, Judgement, Obligation, Pack, Pattern
from servanda.problems import InvalidInput, Problems, Unfit
from servanda.shapes import FIRST_DAY, Figure, Shape, parse_day, parse_figure
from servanda.whatif.places import ALL, BOOL, DAY, SHARE, WHOLE, YEARDAY, Place, places
from servanda.yaml_source import parse_yaml

FILE = "--set"
_WANTED = {WHOLE: "a whole number that is not negative", SHARE: "a share from 0 to 1 such as 0.8"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is set in a pack: the place, what stood there and what stands there now."""

    pack: str
    name: str
    place: Place
    before: object
    after: object


def set_in(packs: Mapping[str, Pack], asked: Sequence[str]) -> tuple[dict[str, Pack], tuple[Setting, ...]]:
    """The packs with everything set, and what was; `InvalidInput` with all problems: unknown places, values that do not fit, rules that break.

    A place that several packs have is set in all of them; `<pack>/` before its name means one.
    """
    problems = Problems()
    changed = dict(packs)
    known = {name: places(pack) for name, pack in packs.items()}
    settings: list[Setting] = []
    seen: set[str] = set()
    for one in asked:
        written, _, value = one.partition("=")
        name, since = _dated(written.strip(), problems)
        if written in seen:
            problems.add("set-twice", FILE, None, written, found=written)
            continue
        seen.add(written)
        meant = [(pack, place) for pack, own in known.items() for place in _names(name, packs[pack]) if place in own]
        if not meant:
            names = tuple(dict.fromkeys(place for own in known.values() for place in own))
            problems.add("unknown-setting", FILE, None, None, found=name, known=names, near=name)
        for pack, place in dict.fromkeys(meant):
            now = places(changed[pack])[place]
            after = _read(value.strip(), now, since, changed[pack], (FILE, None, written), problems)
            if after is not None:
                changed[pack] = _laid(changed[pack], now, after)
                settings.append(Setting(pack, written, now, known[pack][place].now, after))
    if not problems:
        _check(packs, changed, problems)
    if problems:
        raise InvalidInput(problems.sorted())
    return changed, tuple(settings)


def _dated(written: str, problems: Problems) -> tuple[str, datetime.date | None]:
    """The name and, after an `@`, the day from which on the value holds."""
    name, at, day = written.rpartition("@")
    if not at:
        return written, None
    try:
        return name, parse_day(day)
    except Unfit as unfit:
        problems.add("invalid-definition", FILE, None, written, found=day, expected=unfit.phrase, **unfit.names)
        return name, None


def _names(name: str, pack: Pack) -> tuple[str, str]:
    """What a name may stand for: `pack/rounds.count.lower` says the same as `rounds.lower`."""
    name = name.removeprefix(f"{pack.id}/")
    for obligation in pack.obligations:
        start = f"{obligation.id}.{obligation.kind}."
        if name.startswith(start):
            return name, f"{obligation.id}.{name.removeprefix(start)}"
    return name, name


def _read(text: str, place: Place, since: datetime.date | None, pack: Pack, at: tuple, problems: Problems) -> object:
    """The value as what the place takes; None with a problem."""
    before = len(problems)
    scratch = Problems()
    tree = parse_yaml(text, FILE, scratch)
    if scratch or tree is None:
        problems.add("invalid-definition", *at, found=text or "null", expected=_WANTED.get(place.sort, "a number"))
        return None
    try:
        if place.sort == BOOL:
            if tree not in ("true", "false"):
                raise Unfit("true or false")
            return tree == "true"
        if place.sort in (DAY, YEARDAY):
            return parse_day(str(tree)) if place.sort == DAY else parse_yearday(tree)
        value = parse_figure(tree)
    except Unfit as unfit:
        problems.add("invalid-definition", *at, found=text, expected=unfit.phrase, **unfit.names)
        return None
    _check_figure(value, place, pack, at, problems)
    if len(problems) > before:
        return None
    if not isinstance(place.now, Figure) and place.keys in (("while_sites",), ("within", "years_later")):
        return int(value.values[0][1]) if value.values else None
    return _from_day(place.now, value, since, pack) if since else value


def _check_figure(value: Figure, place: Place, pack: Pack, at: tuple, problems: Problems) -> None:
    if value.parameter and (place.owner == "parameter" or value.parameter not in pack.head.parameters):
        known = tuple(pack.head.parameters) if place.owner != "parameter" else ()
        problems.add("unknown-parameter", *at, found=f"${value.parameter}", known=", ".join(known), near=value.parameter)
    for _, number in value.values:
        whole = number == number.to_integral_value()
        if number < 0 or place.sort == WHOLE and not whole or place.sort == SHARE and number > 1:
            expected = _WANTED[WHOLE] if place.sort == WHOLE else _WANTED[SHARE] if place.sort == SHARE else "a number that is not negative"
            problems.add("invalid-definition", *at, found=f"{number:f}", expected=expected)
    if place.owner in ("judgement", "consequence") or place.owner == "parameter" and place.id in thresholds(pack):
        check_threshold(value, at, problems)


def _from_day(now: object, value: Figure, since: datetime.date, pack: Pack) -> Figure:
    """What stands there, and from a day on another value."""
    if isinstance(now, Figure) and now.parameter:
        now = pack.head.parameters[now.parameter].value
    kept = now.values if isinstance(now, Figure) else ((FIRST_DAY, Decimal(0)),)
    number = value.values[-1][1] if value.values else pack.head.parameters[value.parameter].value.values[-1][1]
    return Figure((*((day, old) for day, old in kept if day < since), (since, number)))


def _laid(pack: Pack, place: Place, value: object) -> Pack:
    """A pack with a value at a place."""
    if place.owner == "parameter":
        parameter = pack.head.parameters[place.id].model_copy(update={"value": value})
        return replace(pack, head=pack.head.model_copy(update={"parameters": {**pack.head.parameters, place.id: parameter}}))
    if place.owner == "tolerance":
        return replace(pack, head=pack.head.model_copy(update={"tolerance": value}))
    if place.owner == "obligation":
        return replace(pack, obligations=tuple(_in_obligation(o, place.keys, value) if o.id == place.id else o for o in pack.obligations))
    if place.owner == "judgement":
        return replace(pack, judgements=tuple(_in_judgement(j, place.keys, value) if j.id == place.id else j for j in pack.judgements))
    return replace(pack, consequences=tuple(
        replace(rule, attributions={
            name: _in_pattern(one, place.keys[1:], value) if name == place.keys[0] else one for name, one in rule.attributions.items()
        }) if rule.id == place.id else rule for rule in pack.consequences
    ))


def _in_obligation(obligation: Obligation, keys: tuple[str, ...], value: object) -> Obligation:
    if keys == ("while_sites",):
        return replace(obligation, while_sites=value)
    if keys[0] == "in_force":
        name = "start" if keys[1] == "from" else "end"
        return replace(obligation, in_force=(obligation.in_force or InForce()).model_copy(update={name: value}))
    return replace(obligation, params=_in_shape(obligation.params, keys, value))


def _in_shape(shape: Shape, keys: tuple[str, ...], value: object) -> Shape:
    new = value if len(keys) == 1 else _in_shape(getattr(shape, keys[0]), keys[1:], value)
    return shape.model_copy(update={keys[0]: new})


def _in_judgement(judgement: Judgement, keys: tuple[str, ...], value: object) -> Judgement:
    if keys[0] == "accumulates":
        return replace(judgement, accumulates=judgement.accumulates.model_copy(update={"at_least": value}))
    number, name, comparison = keys
    when = tuple(
        _in_pattern(one, (name, comparison), value) if number in (ALL, str(place)) and comparison in one.numbers.get(name, ()) else one
        for place, one in enumerate(judgement.when, 1)
    )
    return replace(judgement, when=when)


def _in_pattern(pattern: Pattern, keys: tuple[str, ...], value: Figure) -> Pattern:
    number, comparison = keys
    copied = in_pattern(pattern, lambda figure: figure)
    copied.numbers[number][comparison] = value
    return copied


def _check(packs: Mapping[str, Pack], changed: Mapping[str, Pack], problems: Problems) -> None:
    """What the changed rules break; lines of the files would mislead, as nothing is wrong there."""
    for name, pack in changed.items():
        if pack is not packs[name]:
            found = Problems()
            check_pack(pack, BY_NAME, {}, found)
            where = {(o.file, o.row): f"{o.id}.{o.kind}" for o in pack.obligations}
            problems.extend(replace(one, file=FILE, row=None, column=where.get((one.file, one.row), one.column)) for one in found.sorted())
