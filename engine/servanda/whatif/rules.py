"""What differs between two versions of a pack: which rules are new, gone or changed, and in what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from servanda.figure_maps import in_judgement, in_pattern
from servanda.pack_shapes import ConsequenceRule, Judgement, Obligation, Pack, PackShape
from servanda.shapes import FIGURE_ZERO, Figure, Shape
from servanda.whatif.places import ALL, places

_OF_OBLIGATIONS = ("title", "rule", "clauses", "bearer", "modality", "scope", "period", "site_kind", "assumption", "kind")


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One thing that differs: `what` (pack, obligation, parameter, judgement, consequence, clause, fact type), its id, the place in it.

    `place` is None where all of it is new (`before` None) or gone (`after` None); texts and conditions are named without their content.
    """

    pack: str
    what: str
    id: str
    place: str | None
    before: str | None
    after: str | None
    file: str | None = None
    row: int | None = None


def rule_changes(before: Pack | None, after: Pack | None) -> tuple[RuleChange, ...]:
    """Everything in which two versions of a pack differ, in the order of its files."""
    if before is None or after is None:
        pack = before or after
        return (RuleChange(pack.id, "pack", pack.id, None, None if before is None else pack.id, None if after is None else pack.id, pack.folder),)
    if before is after:
        return ()
    return (*_parts(before, after), *_figures(before, after), *_rest(before, after))


def written(value: object) -> str | None:
    """What stands at a place, as it is written."""
    if value is None:
        return None
    if isinstance(value, Figure):
        if value.parameter:
            return f"${value.parameter}"
        numbers = [f"{day}: {number:f}" for day, number in value.values]
        return f"{value.values[0][1]:f}" if len(numbers) == 1 else "{" + ", ".join(numbers) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "-".join(f"{part:02d}" for part in value) if isinstance(value, tuple) else str(value)


def _named(pack: Pack) -> dict[str, Mapping[str, object]]:
    return {
        "obligation": {one.id: one for one in pack.obligations}, "judgement": {one.id: one for one in pack.judgements},
        "consequence": {one.id: one for one in pack.consequences}, "parameter": pack.head.parameters,
        "clause": {one.anchor: one for one in pack.clauses}, "fact type": pack.vocabulary,
    }


def _parts(before: Pack, after: Pack) -> Iterator[RuleChange]:
    """What is new or gone as a whole."""
    now = _named(after)
    for what, was in _named(before).items():
        for name in (*was, *(name for name in now[what] if name not in was)):
            if (name in was) != (name in now[what]):
                one = was.get(name) or now[what][name]
                place = (one.file, one.row) if isinstance(one, Obligation) else (None, None)
                yield RuleChange(after.id, what, name, None, name if name in was else None, name if name in now[what] else None, *place)


def _figures(before: Pack, after: Pack) -> Iterator[RuleChange]:
    was, now = places(before), places(after)
    had, have = _named(before), _named(after)
    told: set[tuple] = set()
    for name in (*was, *(name for name in now if name not in was)):
        old, new = was.get(name), now.get(name)
        place = new or old
        if place.owner in had and not (place.id in had[place.owner] and place.id in have[place.owner]):
            continue  # new or gone as a whole
        texts = written(old.now) if old else None, written(new.now) if new else None
        together = place.keys[:1] == (ALL,)
        if together and None in texts or (place.owner, place.id, place.keys[1:], texts) in told:
            continue  # said of each alternative, or already of all
        if texts[0] != texts[1]:
            told |= {(place.owner, place.id, place.keys[1:], texts)} if together else set()
            what = "pack" if place.owner == "tolerance" else place.owner
            yield RuleChange(after.id, what, place.id or name, name, *texts, place.file, place.row)


def _rest(before: Pack, after: Pack) -> Iterator[RuleChange]:
    """Texts, conditions and whatever else is no figure, by its key."""
    now = _named(after)
    for what, was in _named(before).items():
        for name, one in was.items():
            other = now[what].get(name)
            if other is not None:
                place = (other.file, other.row) if isinstance(other, Obligation) else (None, None)
                yield from (RuleChange(after.id, what, name, key, None, None, *place) for key in _keys(one, other))
    for key in PackShape.model_fields:
        if key not in ("parameters", "tolerance") and getattr(before.head, key) != getattr(after.head, key):
            yield RuleChange(after.id, "pack", after.id, key, None, None, f"{after.folder}/pack.yaml")


def _keys(one: object, other: object) -> list[str]:
    if isinstance(one, Obligation):
        found = [name for name in _OF_OBLIGATIONS if getattr(one, name) != getattr(other, name)]
        return found if one.kind != other.kind else found + _shape_keys(one.params, other.params)
    if isinstance(one, Judgement):
        one, other = (in_judgement(each, lambda _: FIGURE_ZERO) for each in (one, other))
        return [name for name in Judgement.__dataclass_fields__ if getattr(one, name) != getattr(other, name)]
    if isinstance(one, ConsequenceRule):
        plain = [{name: in_pattern(p, lambda _: FIGURE_ZERO) for name, p in each.attributions.items()} for each in (one, other)]
        found = [name for name in ConsequenceRule.__dataclass_fields__ if name != "attributions" and getattr(one, name) != getattr(other, name)]
        return found + (["attributions"] if plain[0] != plain[1] else [])
    return _shape_keys(one, other)


def _shape_keys(one: Shape, other: Shape) -> list[str]:
    """The keys of a shape that differ and hold no figure (those are named with their values)."""
    found = []
    for name in type(one).model_fields:
        was, now = getattr(one, name), getattr(other, name)
        if was == now or isinstance(was, (Figure, bool)) or isinstance(now, (Figure, bool)):
            continue
        if isinstance(was, Shape) and type(was) is type(now):
            found += [f"{name}.{key}" for key in _shape_keys(was, now)]
        elif name not in ("day", "years_later"):
            found.append(name)
    return found
