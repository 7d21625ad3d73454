"""What is known: which submissions count, which records they leave, what of them is known on `as_of`."""

from .conditions import holds
from .pack import SITE
from .workdays import Calendar


class Record:
    """One fact: its type, its owner (an agreement's id, or None for the programme), its values without empty ones."""

    def __init__(self, fact_type, owner, values):
        self.type = fact_type
        self.owner = owner
        self.values = values

    def __repr__(self):
        return f"<{self.type} of {self.owner}: {self.values}>"


class Known:
    def __init__(self, pack, agreements, submissions, as_of, known_on=None):
        self.pack = pack
        self.as_of = as_of
        self.calendar = Calendar(pack.head["calendar"])
        self.everything = {}  # (owner, type) -> {key: (submitter, Record)}
        self.declared = []  # (owner, type or None, roles or None, until)
        of_pack = {a["id"] for a in agreements if a["pack"] == pack.id}
        # "`--known-on DATE` ignores submissions made after that day."
        counted = [
            s
            for s in submissions
            if (known_on is None or s["submitted_on"] <= known_on)
            and (s.get("agreement") in of_pack if s.get("agreement") else s.get("pack") == pack.id)
        ]
        # "A later submission (by `submitted_on`, then by folder name) of the same submitter replaces it"
        for submission in sorted(counted, key=lambda s: (s["submitted_on"], s["folder"])):
            self.take(submission)
        # "Agreements without any submission among the paths are not evaluated." reading: a submission that known_on
        # ignores is not there either.
        told = {s.get("agreement") for s in counted}
        self.agreements = sorted((a for a in agreements if a["id"] in told & of_pack), key=lambda a: a["id"])
        self.ends = {a["id"]: self.end_of(a) for a in self.agreements}

    def take(self, submission):
        owner = submission.get("agreement") or None
        for named in submission.get("withdraws") or []:
            self.withdraw(owner, submission["submitted_by"], *named.split(":", 1))
        for fact_type, rows in submission["facts"].items():
            for row in rows:
                values = {name: value for name, value in row.items() if value not in (None, "", [])}
                key = tuple(values.get(name) for name in self.pack.key(fact_type))
                there = self.everything.setdefault((owner, fact_type), {})
                there[key] = (submission["submitted_by"], Record(fact_type, owner, values))
        self.declare(owner, submission.get("complete"))

    def identity(self, record):
        """The id of a record, or what identifies it instead, as evidence and withdrawals name it."""
        return "/".join(str(record.values[name]) for name in self.pack.key(record.type) if name in record.values)

    def reach(self, record):
        """The record and all that it refers to, as (fact type, identity)."""
        found = {(record.type, self.identity(record))}
        for name in record.values:
            spec = self.pack.vocabulary[record.type]["fields"][name]
            target = self.follow(record, name) if spec["type"] == "reference" else None
            found |= self.reach(target) if target else set()
        return found

    def withdraw(self, owner, submitter, fact_type, identity):
        """ "records (type:id) of the same submitter's earlier submissions that no longer hold" """
        there = self.everything.get((owner, fact_type), {})
        for key, (by, _) in list(there.items()):
            if by == submitter and "/".join(part for part in key if part is not None) == identity:
                del there[key]

    def declare(self, owner, complete):
        if complete is None:
            return
        if not isinstance(complete, dict):
            self.declared.append((owner, None, None, complete))
            return
        for fact_type, said in complete.items():
            if isinstance(said, dict):
                self.declared.append((owner, fact_type, said.get("roles"), said["until"]))
            else:
                self.declared.append((owner, fact_type, None, said))

    def end_of(self, agreement):
        """ "A termination that is `written`, has an `important_cause` and an `effective_on` not after `as_of` ends the
        agreement's term on that day." """
        rule = self.pack.head.get("termination")
        last = agreement["term"]["to"]
        for notice in self.records(agreement["id"], rule["facts"]) if rule else []:
            day = self.value(notice, rule["ends"])
            if day is not None and day <= self.as_of and holds(self, notice, rule["where"]):
                last = min(last, day)
        return last

    # --- reading records

    def follow(self, record, name):
        """The record a reference points to. "References point to records of the same agreement, or of the programme." """
        pointed = record.values.get(name)
        to = self.pack.field(record.type, name)["to"]
        for owner in (record.owner, None):
            found = self.everything.get((owner, to), {}).get((pointed,))
            if found:
                return found[1]
        return None

    def value(self, record, name):
        """A field's value; a completing date after `as_of` counts as empty; an empty field may have a stated meaning."""
        value = record.values.get(name)
        if value is None:
            return self.pack.defaults.get((record.type, name))
        if record.type != SITE and self.pack.field(record.type, name).get("completes") == "true" and value > self.as_of:
            return None
        return value

    def read(self, record, path):
        """(value or None, field type) of `field` or `reference.field`."""
        *steps, last = path.split(".")
        fact_type = record.type
        for step in steps:
            fact_type = self.pack.field(fact_type, step)["to"]
            record = self.follow(record, step) if record else None
        return (self.value(record, last) if record else None), self.pack.field(fact_type, last)["type"]

    def own_date(self, record):
        """ "of an attendance record its meeting's" """
        name = self.pack.date_field(record.type)
        if self.pack.field(record.type, name)["type"] == "reference":
            target = self.follow(record, name)
            return self.own_date(target) if target else None
        return record.values.get(name)

    def records(self, owner, fact_type):
        """ "a record whose own date lies after `as_of` is ignored". reading: one without a date is not."""
        found = [record for _, record in self.everything.get((owner, fact_type), {}).values()]
        dated = [(record, self.own_date(record)) for record in found]
        return [record for record, day in dated if day is None or day <= self.as_of]

    def owners(self):
        """Everyone who has records: agreements' ids, and None for the programme."""
        return {owner for owner, _ in self.everything}

    # --- completeness

    def complete_until(self, owner, fact_type, roles=None):
        """ "the latest day declared for a type (and role) counts"; "for roles, each role that is asked for".

        reading: where no role is asked for, each role that there is has to be declared."""

        def latest(role):
            days = [
                until
                for who, what, only, until in self.declared
                if who == owner and what in (None, fact_type) and (only is None or role in only)
            ]
            return max(days, default=None)

        every = list(self.pack.field(fact_type, "role")["of"]) if self.pack.has_roles(fact_type) else [None]
        found = [latest(role) for role in (roles or every)]
        return None if None in found else min(found)

    def is_complete(self, owner, fact_type, day, roles=None):
        until = self.complete_until(owner, fact_type, roles)
        return until is not None and until >= day
