"""What differs between two sets of findings (or anything else that has an id): new, gone, changed, and how many are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """Something that differs: as it was (None: new) and is (None: gone), the fields that changed, and why (where that is known)."""

    id: str
    before: Any
    after: Any
    fields: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is later against what was earlier; `same` counts the others."""

    new: tuple[Change, ...]
    gone: tuple[Change, ...]
    changed: tuple[Change, ...]
    same: int


def compared(old: Mapping[str, Any], new: Mapping[str, Any], fields: Callable[[Any, Any], tuple[str, ...]]) -> Comparison:
    """What differs by id, in the order of the later ones (what is gone in the order of the earlier); `fields` names what differs in one."""
    added = tuple(Change(name, None, one) for name, one in new.items() if name not in old)
    gone = tuple(Change(name, one, None) for name, one in old.items() if name not in new)
    common = [Change(name, old[name], one, fields(old[name], one)) for name, one in new.items() if name in old]
    changed = tuple(one for one in common if one.fields)
    return Comparison(added, gone, changed, len(common) - len(changed))
