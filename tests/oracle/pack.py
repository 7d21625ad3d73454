"""Reads a pack with PyYAML's BaseLoader (every scalar stays text) and turns its texts into values."""

import datetime
import pathlib
import re
from decimal import Decimal

import yaml

KINDS = ("count", "staffed", "consented", "answered", "attended", "delivered", "each", "preceded", "within_budget", "attested", "sites")
SITE = "@site"  # the pseudo fact type under which conditions look at a site's own fields
DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")


def read_yaml(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # texts only, no objects


class Pack:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        head = read_yaml(folder / "pack.yaml")
        self.head = head
        self.id = head["id"]
        self.parameters = head.get("parameters") or {}
        self.vocabulary = read_yaml(folder / "vocabulary.yaml")
        self.obligations = []
        for path in sorted((folder / "obligations").glob("*.yaml")):
            content = read_yaml(path)
            self.obligations += content if isinstance(content, list) else content.get("obligations") or []
        after = read_yaml(folder / "judgements.yaml")
        self.judgements = after.get("judgements") or []
        self.consequences = after.get("consequences") or []
        self.defaults = {
            (fact_type, name): typed(spec["empty"], spec["type"])
            for fact_type, declared in self.vocabulary.items()
            for name, spec in declared["fields"].items()
            if "empty" in spec
        }

    def field(self, fact_type, name):
        if fact_type == SITE:
            return {"type": "date" if name in ("from", "to") else "text"}
        return self.vocabulary[fact_type]["fields"][name]

    def date_field(self, fact_type):
        return self.vocabulary[fact_type]["date"]

    def year_field(self, fact_type):
        return self.vocabulary[fact_type].get("year")

    def key(self, fact_type):
        return self.vocabulary[fact_type].get("key") or ["id"]

    def site_field(self, fact_type):
        return next((n for n, spec in self.vocabulary[fact_type]["fields"].items() if spec["type"] == "site"), None)

    def has_roles(self, fact_type):
        return "role" in self.vocabulary[fact_type]["fields"]

    def number(self, written, agreement, day):
        """`6`, dated `{2017-01-01: 20, …}` or `$name`; an agreement may override a parameter.

        "The value in force on the window's first day counts." reading: before the first date, the first value."""
        if isinstance(written, str) and written.startswith("$"):
            name = written[1:]
            own = (agreement or {}).get("parameters") or {}
            return self.number(own[name] if name in own else self.parameters[name]["value"], agreement, day)
        if isinstance(written, dict):
            dated = sorted((as_date(key), value) for key, value in written.items())
            in_force = [value for since, value in dated if since <= day]
            return self.number(in_force[-1] if in_force else dated[0][1], agreement, day)
        value = Decimal(str(written))
        return int(value) if re.fullmatch(r"-?\d+", str(written)) else value


def as_date(value):
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)


def typed(text, field_type):
    """A literal of the rule files as the value it stands for in a field of that type."""
    if field_type == "date":
        return as_date(text)
    if field_type == "year":
        return int(text)
    if field_type in ("amount", "number"):
        return Decimal(text)
    if field_type == "bool":
        return {"true": True, "false": False}[text.lower()]
    return text


def kind_of(obligation):
    return next(kind for kind in KINDS if kind in obligation)


def listed(value):
    return value if isinstance(value, list) else [value]
