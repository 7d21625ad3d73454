"""Streams: what the kinds' queries read, as parts of the queries themselves instead of as tables.

For few records it is fastest to select all of them once, into the tables `selected` and `taken`. For very many that would write each of them down
twice, with all that any kind might ask of it; as parts of a query, a kind's records pass through it and only what it asks for is looked at.
The same texts say what is selected in both ways.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from servanda.duties import Rule
from servanda.facts.select import selected_query
from servanda.pack_shapes import Pack
from servanda.selection import Selection

TAKEN = """
SELECT d.run, d.duty, d.variant, d.kind, d.rule, d.obligation, d.agreement, d.place AS duty_place, d.deadline, d.days, d.working_days, d.grace,
  d.fixed_years, d.fixed_month, d.fixed_day, d.months, d.month_end, d.times, d.since,
  u.part, s.rid, s.day, s.own_day,
  CASE WHEN s.day IS NOT NULL OR d.period = 'term' THEN s.holds END AS holds, s.keeps, s.excused, s.until, s.due, s.amount, s.key,
  w.day IS NOT NULL AS waived
FROM duty d
JOIN use u ON u.rule = d.rule AND (u.by_site OR d.scope <> 'record')  -- what answers or precedes a record is matched by its key
JOIN {selected} s ON s.selection = u.selection AND s.agreement = d.agreement AND s.place = CASE WHEN u.by_site THEN d.place ELSE '' END
LEFT JOIN waived_day w ON d.variant = 1 AND w.duty = d.duty AND w.day = coalesce(s.own_day, s.day)
WHERE coalesce(CASE WHEN s.by_year THEN s.day BETWEEN d.year_from AND d.year_to ELSE s.day BETWEEN d.take_from AND d.take_to END, TRUE)
"""
_SELECTED, _TAKEN, _QUOTED = re.compile(r"\bselected\b"), re.compile(r"\btaken\b"), re.compile(r"'(\w+)'")
_ID = re.compile(r"\bs\.id\b")
_BY_USE, _BY_PART = re.compile(r"\bAND u\.part (?:= '\w+'|IN \([^)]*\))"), re.compile(r"\bAND t\.part = '\w+'")


@dataclass(frozen=True, slots=True)
class Streams:
    """What is selected for the rules of a pack, by number; `present` are the fact types that have records.

    `shared`: some records may belong to several owners' keys (those of the programme), so that ids have to be compared; those of one owner are
    numbered in the order of their ids.
    """

    pack: Pack
    rules: Sequence[Rule]
    selections: Mapping[Selection, int]
    present: Collection[str]
    as_of: datetime.date
    shared: bool = True

    def query(self, sql: str, rules: Collection[Rule], kind: str | None = None) -> tuple[str, dict[str, object]]:
        """A query in which `selected` (what these rules look at) and `taken` (of duties of a kind) need not be tables, and the values that it names."""
        values: dict[str, object] = {"as_of": self.as_of} if "$as_of" in sql else {}
        parts = []
        if _SELECTED.search(sql):
            text, bound = self._selected(rules, _named(sql, "selected", _BY_USE), "s")
            parts.append(f"selected AS NOT MATERIALIZED ({text})")
            values |= bound
        if _TAKEN.search(sql):
            text, bound = self._selected(rules, _named(sql, "taken", _BY_PART), "t")
            parts.append(f"taken AS ({TAKEN.format(selected=f'({text})')} AND d.kind = '{kind}')")
            values |= bound
        text = sql.strip() if self.shared else _ID.sub("s.rid", sql.strip())
        if not parts:
            return text, values
        rest = ", " + text.removeprefix("WITH ") if text.startswith("WITH ") else " " + text
        return "WITH " + ", ".join(parts) + rest, values

    def _selected(self, rules: Collection[Rule], parts: frozenset[str], prefix: str) -> tuple[str, dict[str, object]]:
        """What these parts of the rules select (all parts where none is named); `prefix` tells its values from others."""
        chosen = [selection for rule in rules for part, selection in rule.parts.items() if not parts or part in parts]
        wanted = {self.selections[one]: one if self.shared else replace(one, by_id=False) for one in chosen}
        return selected_query(self.pack, dict(sorted(wanted.items())), self.present, self.as_of, f"${prefix}")


def _named(sql: str, table: str, naming: re.Pattern) -> frozenset[str]:
    """The parts to which a query narrows down every mention of a table; none where one of them is not narrowed down."""
    found = naming.findall(sql)
    if len(found) < len(re.findall(rf"\b{table}\b", sql)):
        return frozenset()
    return frozenset(name for one in found for name in _QUOTED.findall(one))


def numbered(rules: Sequence[Rule]) -> dict[Selection, int]:
    """The selections of rules, numbered in the order in which they come; two parts may share one."""
    found: dict[Selection, int] = {}
    for rule in rules:
        for selection in rule.parts.values():
            found.setdefault(selection, len(found))
    return found
