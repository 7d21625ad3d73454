"""Packs drawn at random: any kind over any fact type, any scope and period, conditions, chains, judgements and consequences.

A drawn pack keeps the vocabulary, the parameters and the ids of an existing one (so that its worlds, with their waivers, attestations and
overrides, fit); what the ids oblige to is drawn anew. `write_pack` lays it out for the engine and the oracle.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import yaml

from oracle.pack import Pack

WORDS = {"de": "a", "en": "a"}
BOUNDS = (0, 1, 1, 2, 2, 3, 4, 6, 8, 12)
SINGLE = ("count", "answered", "delivered", "each", "preceded", "within_budget")
NUMBERS = {  # of deviations: values near which they lie
    "value": (0, 1, 2, 5, 100), "lower": (1, 2, 3, 6), "upper": (0, 1, 2, 30), "share_of_lower": (0.25, 0.5, 0.75, 1), "cases": (1, 2, 4),
    "longest_vacancy_days": (29, 30, 60, 100), "overdue_working_days": (0, 1, 9, 30), "uncovered": (0, 100, 1000), "share_of_funds": (0.01, 0.05, 0.5),
}


class Draw:
    """A vocabulary and a source of chance, from which parts of rules are drawn."""

    def __init__(self, pack: Pack, rng: random.Random) -> None:
        self.pack, self.rng = pack, rng
        self.types = [name for name, declared in pack.vocabulary.items() if declared.get("date") or declared.get("year")]

    def fields(self, fact_type: str, *types: str, required: bool | None = None) -> list[str]:
        return [
            name for name, spec in self.pack.vocabulary[fact_type]["fields"].items()
            if spec["type"] in types and required in (None, spec.get("required") == "true")
        ]

    def with_fields(self, *types: str, required: bool | None = None, among: list[str] | None = None) -> list[str]:
        return [name for name in among or self.types if self.fields(name, *types, required=required)]

    # --- conditions

    def where(self, fact_type: str, most: int = 2) -> dict:
        """Lines that must hold, over the type's own fields or one reference away."""
        found: dict = {}
        for _ in range(self.rng.choice((0, 1, 1, most))):
            line = self.line(fact_type)
            found.update(line or {})
        if found and self.rng.random() < 0.1:
            branches = [self.line(fact_type) for _ in range(2)]
            if all(branches):
                found["any"] = branches
        return found

    def line(self, fact_type: str) -> dict | None:
        vocabulary = self.pack.vocabulary
        name = self.rng.choice(list(vocabulary[fact_type]["fields"]))
        path, spec = name, vocabulary[fact_type]["fields"][name]
        if spec["type"] == "reference" and self.rng.random() < 0.7:
            path, spec = self.rng.choice([(f"{name}.{inner}", of) for inner, of in vocabulary[spec["to"]]["fields"].items()])
        wanted = self.wanted(fact_type, path, spec)
        return None if wanted is None else {path: wanted}

    def wanted(self, fact_type: str, path: str, spec: dict) -> object:
        rng, kind = self.rng, spec["type"]
        if kind == "choice":
            some = rng.sample(list(spec["of"]), rng.randint(1, min(3, len(spec["of"]))))
            return rng.choice((some[0], some, {"not": some}, {"given": True}))
        if kind == "bool":
            return rng.choice((True, False, [True, False], {"not": [True]}, {"given": True}))
        if kind == "choices":
            return rng.choice(({"contains": rng.choice(list(spec["of"]))}, {"given": True}))
        if kind == "date":
            others = [other for other in self.fields(fact_type, "date") if other != path]
            after = rng.choice(("as_of", *others))
            return rng.choice(({"given": True}, {"given": False}, {"given": True, "not_after": after}, {"not_after": after}))
        if kind in ("amount", "number"):
            others = [other for other in self.fields(fact_type, "amount", "number") if other != path]
            limit = rng.choice((*others, 0, 1, 50, 100, 1000, 5000))
            return {rng.choice(("above", "at_least", "below", "at_most")): limit}
        if kind == "site":
            others = [f"{n}.{inner}" for n in self.fields(fact_type, "reference") for inner in self.fields(self.to(fact_type, n), "site")]
            return {"same_as": rng.choice(others)} if others and rng.random() < 0.7 else {"given": rng.random() < 0.7}
        return {"given": rng.random() < 0.7} if kind in ("reference", "text") else None

    def to(self, fact_type: str, name: str) -> str:
        return self.pack.vocabulary[fact_type]["fields"][name]["to"]

    # --- numbers and limits

    def bound(self, choices: tuple = BOUNDS) -> object:
        value = self.rng.choice(choices)
        if self.rng.random() < 0.15:
            return {"2017-01-01": value, "2020-01-01": self.rng.choice(choices)}
        return value

    def within(self, kind: str) -> dict:
        rng = self.rng
        day = {"day": rng.choice(("03-31", "06-30", "12-31", "02-28")), "years_later": rng.choice((0, 1, 1))}
        months = {"months": rng.choice((0, 1, 2, 6))}
        found = rng.choice(({"days": self.bound((0, 1, 30, 90, 180))}, day, months, {**months, "end_of_month": True}, {**months, "days": rng.choice((1, 3))}))
        if kind == "answered" and rng.random() < 0.4:
            found = {"working_days": self.bound((0, 1, 5, 10))}
        if kind == "delivered" and "day" not in found and rng.random() < 0.3:
            found = {**found, "counted_from": "end"}
        return found

    # --- kinds: one function each, None where the vocabulary has nothing for it

    def count(self, reach: list[str], scope: str) -> dict | None:
        name = self.rng.choice(reach)
        low, high = sorted((self.rng.choice(BOUNDS), self.rng.choice(BOUNDS)))
        found = {"facts": name, "where": self.where(name)}
        found |= self.rng.choice(({"lower": low}, {"upper": high}, {"lower": low, "upper": high}, {"lower": self.bound()}))
        if "tolerance" in self.pack.head and self.rng.random() < 0.25:
            found["approximate"] = True
            if self.rng.random() < 0.4:
                found["tolerance"] = self.rng.choice((0, 1, 2))
        return found

    def each(self, reach: list[str], scope: str) -> dict | None:
        name = self.rng.choice(reach)
        must = self.where(name)
        return {"facts": name, "where": self.where(name), "must": must} if must else None

    def answered(self, reach: list[str], scope: str) -> dict | None:
        rng, dated = self.rng, [name for name in reach if self.pack.vocabulary[name].get("date")]
        name = rng.choice(dated)
        found = {"facts": name, "where": self.where(name), "within": self.within("answered")}
        answers = []
        for completed in (f for f in self.fields(name, "date") if self.pack.vocabulary[name]["fields"][f].get("completes") == "true"):
            answers.append(completed)
        for other in self.types:
            answers += [{"facts": other, "refers": ref} for ref in self.fields(other, "reference") if self.to(other, ref) == name]
            shared = [f for f in self.fields(name, "site", "year", "choice", required=True) if f in self.fields(other, "site", "year", "choice", required=True)]
            if other != name and shared:
                answers.append({"facts": other, "same": rng.sample(shared, rng.randint(1, len(shared)))})
        if not answers:
            return None
        by = rng.choice(answers)
        if isinstance(by, dict):
            by = {**by, "where": self.where(by["facts"], 1)}
            mine, theirs = self.fields(name, "amount", required=True), self.fields(by["facts"], "amount", required=True)
            if mine and theirs and rng.random() < 0.6:
                found["amount"], by["amount"] = mine[0], theirs[0]
                if rng.random() < 0.4:
                    found["times"] = rng.choice((0.01, 0.5, 1.5))
        dues = [f for f in self.fields(name, "date") if f.endswith("due_on") or f.startswith("wanted")]
        if dues and scope != "record" and rng.random() < 0.5:
            found |= {"due": dues[0], "at_least_working_days": rng.choice((0, 3))}
        return {**found, "by": by}

    def delivered(self, reach: list[str], scope: str) -> dict | None:
        name = self.rng.choice([name for name in reach if self.pack.vocabulary[name].get("date")])
        return {"facts": name, "where": self.where(name, 1), "within": self.within("delivered")}

    def preceded(self, reach: list[str], scope: str) -> dict | None:
        ways = [
            (name, {"facts": other, "refers": ref, "on": day, "where": self.where(other, 1)})
            for name in reach if self.pack.vocabulary[name].get("date") for other in self.types for ref in self.fields(other, "reference")
            if self.to(other, ref) == name for day in self.fields(other, "date")
        ]
        if not ways:
            return None
        name, by = self.rng.choice(ways)
        return {"facts": name, "where": self.where(name), "by": by}

    def within_budget(self, reach: list[str], scope: str) -> dict | None:
        able = self.with_fields("amount", required=True, among=reach)
        if len(able) < 2:
            return None
        spending, funds = self.rng.sample(able, 2)
        found = {part: {"facts": name, "amount": self.fields(name, "amount", required=True)[0]} for part, name in (("spending", spending), ("funds", funds))}
        return {**found, "times": self.rng.choice((1, 1.2, 0.5))} if self.rng.random() < 0.4 else found

    def consented(self, reach: list[str], scope: str) -> dict | None:
        held = {"any": [{"meeting": {"given": False}}, {"meeting.status": "held", "meeting.date": {"not_after": "as_of"}}]}
        counts = self.rng.choice((held, self.where("consents", 1)))
        found = {
            "spending": {"facts": "expenditures", "amount": "amount", "purpose": "measure"},
            "consents": {
                "facts": "consents", "amount": "amount", "purpose": "measure", "counts": counts, "granted": {"decision": "granted"},
                "withdrawn": {"decision": self.rng.choice(("withdrawn", ["withdrawn", "refused"]))},
            },
        }
        return {**found, "funds": {"facts": "funds", "amount": "amount"}} if self.rng.random() < 0.6 else found

    def roles(self) -> list[str]:
        return self.rng.sample(["senate_coordinator", "district_coordinator", "benn_team", "qm_benn"], self.rng.randint(1, 2))

    def staffed(self, reach: list[str], scope: str) -> dict | None:
        roles = {"benn_team": ["benn_team"], "quartiersmanagement": self.roles()} if scope == "site" and self.rng.random() < 0.4 else self.roles()
        found = {"facts": "staffing", "roles": roles, "until": "to", "person": "person", "max_vacancy_days": self.bound((0, 10, 30, 60, 365))}
        more = self.rng.choice(({}, {}, {"headcount": 2}, {"fte": {"field": "fte", "at_least": self.rng.choice((0.5, 1, 1.5))}}))
        return {**found, **more}

    def attended(self, reach: list[str], scope: str) -> dict | None:
        roles = self.rng.sample(list(self.pack.vocabulary["attendance"]["fields"]["role"]["of"]), self.rng.randint(1, 3))
        found = {"facts": "meetings", "where": self.where("meetings"), "roles": roles, "at_least": self.bound((0.25, 0.5, 0.75, 0.8, 1))}
        if scope == "site":
            found |= self.rng.choice(({}, {"meetings_of": "agreement"}, {"own_site": True}))
        return found

    def attested(self, reach: list[str], scope: str) -> dict | None:
        return {}

    def sites(self, reach: list[str], scope: str) -> dict | None:
        where = {"contractor": {"given": self.rng.random() < 0.7}} if self.rng.random() < 0.6 else {}
        return {"where": where, **self.rng.choice(({"lower": self.rng.choice((1, 2))}, {"upper": self.rng.choice((0, 1))}, {"lower": 1, "upper": 2}))}


def draw_obligation(draw: Draw, name: str, before: list[dict]) -> dict | None:
    """An obligation of that id; None where what was drawn has nothing to look at."""
    rng, pack = draw.rng, draw.pack
    with_sites = "sites" in pack.head
    scope = rng.choice(("programme", "agreement", "agreement", "site", "site", "site", "record", "record") if with_sites else ("agreement", "record", "record"))
    found: dict = {
        "id": name, "title": WORDS, "rule": WORDS, "clauses": ["1"], "bearer": rng.sample(list(pack.head["parties"]), rng.choice((1, 1, 1, 2))),
        "modality": rng.choice(("obligation", "obligation", "obligation", "task", "procedure", "intention")), "scope": scope,
        "period": rng.choice(("calendar_year", "calendar_year", "agreement_year", "term", "term")),
    }
    kinds = list(SINGLE)
    reach = draw.types
    if scope == "record":
        broken = [one for one in before if one["scope"] == "record" and one["period"] == "term" and ("answered" in one or "delivered" in one)]
        if broken and rng.random() < 0.7:
            after = rng.choice(broken)
            found |= {"for_each": after["for_each"], "after_breach_of": after["id"], "period": "term"}
        else:
            pointed = sorted({draw.to(t, f) for t in draw.types for f in draw.fields(t, "reference", required=True)})
            chosen = rng.choice(pointed)
            required = draw.fields(chosen, "choice", "bool", required=True)
            where = {n: rng.choice(list(pack.vocabulary[chosen]["fields"][n]["of"])) for n in rng.sample(required, min(1, len(required))) if rng.random() < 0.3}
            found["for_each"] = {"facts": chosen, **({"where": where} if where else {})}
        of = found["for_each"]["facts"]
        pointing = {t: [pack.vocabulary[t]["fields"][f].get("required") for f in draw.fields(t, "reference") if draw.to(t, f) == of] for t in draw.types}
        reach = [t for t in draw.types if t == of or pointing[t] == ["true"]]
    elif with_sites:
        kinds += ["attended", "attested", "staffed", "sites", "consented"]
        if scope == "site":
            reach = draw.with_fields("site")
            if rng.random() < 0.2:
                found["site_kind"] = rng.choice(list(pack.head["sites"]["kinds"]))
        if scope == "agreement" and rng.random() < 0.2:
            found["while_sites"] = 2
        if found["period"] != "term" and rng.random() < 0.1:
            found["unfinished"] = True
    kind = rng.choice(kinds)
    content = getattr(draw, kind)(reach, scope)
    if content is None or (kind in ("answered", "preceded") and scope == "record" and content["facts"] not in reach):
        return None
    if kind == "staffed" and isinstance(content["roles"], dict):
        found.pop("site_kind", None)
    if rng.random() < 0.1:
        found["in_force"] = rng.choice(({"from": "2019-01-01"}, {"to": "2019-12-31"}, {"from": "2018-06-01", "to": "2020-06-01"}))
    return {**found, kind: without_nothing(content)}


def without_nothing(content: dict) -> dict:
    """The map without conditions that ask for nothing."""
    return {name: without_nothing(value) if isinstance(value, dict) else value for name, value in content.items() if value != {}}


def draw_pattern(draw: Draw, obligations: list[dict]) -> dict:
    """Words and numbers of a deviation that have to fit."""
    rng = draw.rng
    words = {
        "obligation": [one["id"] for one in obligations], "kind": sorted({*SINGLE, "staffed", "attended"}), "only_bearer": list(draw.pack.head["parties"]),
        "period": ["calendar_year", "agreement_year", "term"], "modality": ["obligation", "task", "procedure"], "scope": ["agreement", "site", "record"],
        "repaired": ["yes", "no", "open", "nothing"],
    }
    found: dict = {}
    for name in rng.sample(list(words), rng.choice((0, 1, 2))):
        some = rng.sample(words[name], min(len(words[name]), rng.randint(1, 6 if name == "obligation" else 2)))
        found[name] = rng.choice((some[0], some, {"not": some}))
    for name in rng.sample(list(NUMBERS), rng.choice((0, 0, 1))) if found else rng.sample(list(NUMBERS), 1):
        found[name] = {rng.choice(("above", "at_least", "below", "at_most")): rng.choice(NUMBERS[name])}
    return found


def draw_judgements(draw: Draw, obligations: list[dict]) -> dict:
    """Judgements in their order, and consequences."""
    rng, judgements = draw.rng, []
    for number in range(rng.randint(1, 4)):
        when = [draw_pattern(draw, obligations) for _ in range(rng.choice((1, 1, 2)))]
        one = {"id": f"j-{number}", "clause": "1", "title": WORDS, "reason": WORDS, "when": when}
        more = rng.random()
        if more < 0.2:
            one["year_before"] = True
        elif more < 0.5:
            different, least = rng.choice(("obligation", "obligation", "record")), rng.choice((1, 2, 3))
            one["accumulates"] = {"different": different, "at_least": least, "not_yet_material": rng.random() < 0.5}
        judgements.append(one)
    consequences = []
    for number in range(rng.choice((1, 1, 2))):
        whose = {f"a{n}": draw_pattern(draw, obligations) for n in range(rng.choice((1, 2)))}
        one = {"id": f"c-{number}", "clause": "1", "title": WORDS, "reason": WORDS, "attributions": whose}
        if "funds" in draw.pack.vocabulary and rng.random() < 0.7:
            one["amount_at_stake"] = {"funds": {"facts": "funds", "amount": "amount"}, "spending": {"facts": "expenditures", "amount": "amount"}}
        consequences.append(one)
    return {"judgements": judgements, "consequences": consequences}


class Plain(yaml.CSafeDumper):
    """YAML without anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def write_pack(source: Path, folder: Path, seed: int, needed: set[str], count: int = 22) -> Path:
    """A pack over the vocabulary in `source`, of `count` obligations or more: those that its world's facts name (`needed`) are among them."""
    rng = random.Random(seed)
    pack = Pack(source)
    draw = Draw(pack, rng)
    ids = [one["id"] for one in pack.obligations]
    names = sorted({*needed, *rng.sample(ids, min(len(ids), count))})
    obligations: list[dict] = []
    for name in names:
        one = None
        while one is None:
            one = draw_obligation(draw, name, obligations)
        obligations.append(one)
    (folder / "obligations").mkdir(parents=True)
    for name in ("pack.yaml", "vocabulary.yaml"):
        shutil.copyfile(source / name, folder / name)
    head = (folder / "pack.yaml").read_text(encoding="utf-8").splitlines()
    (folder / "pack.yaml").write_text("\n".join(line for line in head if not line.startswith("letters:")) + "\n", encoding="utf-8")
    clause = {"anchor": "1", "place": WORDS, "words": WORDS, "obligations": names}
    for name, content in (("clauses.yaml", [clause]), ("judgements.yaml", draw_judgements(draw, obligations)), ("obligations/all.yaml", obligations)):
        (folder / name).write_text(yaml.dump(content, Dumper=Plain, sort_keys=False), encoding="utf-8")
    return folder
