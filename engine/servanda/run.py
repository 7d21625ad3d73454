"""A run: everything that one check found, ready to be reported."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import duckdb

from servanda.model import STATUSES, Agreement, Consequence, Finding, Submission, UnilateralWaiver
from servanda.pack_shapes import Obligation, Pack
from servanda.problems import Problem


@dataclass(frozen=True, slots=True)
class PackRun:
    """What was found under one pack. `ended` holds the last days of terms that a termination ended.

    `database` is where it was measured, for questions that a dossier asks (None where nothing was): ask through a cursor of its own.
    """

    pack: Pack
    agreements: tuple[Agreement, ...]
    findings: tuple[Finding, ...]
    consequences: tuple[Consequence, ...]
    one_sided_waivers: tuple[UnilateralWaiver, ...]
    ended: Mapping[str, datetime.date]
    database: duckdb.DuckDBPyConnection | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """What one check found: `findings` and `consequences` in their order, `problems` only where bad records were left out.

    `encodings` are the files whose text was not UTF-8, each with what it was read in. Submissions made after `known_on` were ignored.
    `rules_as_of`: by the rules as they stood on that day (None: as they are). `selection` says by what
    the findings were narrowed down (name, value), where the run holds not all of them.
    """

    as_of: datetime.date
    packs: tuple[PackRun, ...]
    submissions: tuple[Submission, ...]
    problems: tuple[Problem, ...] = ()
    year: int | None = None
    encodings: tuple[tuple[str, str], ...] = ()
    known_on: datetime.date | None = None
    selection: tuple[tuple[str, str], ...] = ()
    rules_as_of: datetime.date | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, by agreement, site, obligation and window."""
        found = [finding for run in self.packs for finding in run.findings]
        return tuple(sorted(found, key=lambda f: (f.agreement or "", f.site or "", f.obligation, f.start, f.label, f.id)))

    @property
    def consequences(self) -> tuple[Consequence, ...]:
        """All consequences, by agreement, site and year."""
        found = [consequence for run in self.packs for consequence in run.consequences]
        return tuple(sorted(found, key=Consequence.order))

    def summary(self) -> dict[str, int]:
        """How many duties ended in each status; `duties` is their sum."""
        counts = Counter(finding.status for run in self.packs for finding in run.findings)
        material = sum(finding.material for run in self.packs for finding in run.findings)
        return {
            "duties": sum(counts.values()), **{status: counts[status] for status in STATUSES}, "material": material,
            "consequences": sum(len(run.consequences) for run in self.packs),
        }

    def obligation(self, finding: Finding) -> Obligation:
        """The obligation that a finding measures."""
        return self.pack_of(finding).pack.obligation(finding.obligation)

    def pack_of(self, finding: Finding) -> PackRun:
        """The pack's part of the run that a finding belongs to."""
        return next(run for run in self.packs if finding.id.startswith(run.pack.id + "/"))

    def at_stake(self, agreement: str) -> Decimal:
        """The largest amount at stake of an agreement: consequences of several sites and years name overlapping amounts."""
        by_site: dict[str | None, Decimal] = {}
        for consequence in self.consequences:
            if consequence.agreement == agreement:
                by_site[consequence.site] = consequence.amount_at_stake
        if None in by_site:
            return by_site[None]
        return sum(by_site.values(), Decimal("0.00"))

    def to_pandas(self):
        """The findings as a DataFrame: a row a finding, evidence as a count."""
        from servanda.frames import findings_frame

        return findings_frame(self)

    def matrix(self):
        """A DataFrame of duties by site and year: how many deviate."""
        from servanda.frames import matrix_frame

        return matrix_frame(self)

    def __repr__(self) -> str:
        counts = self.summary()
        named = ", ".join(f"{counts[name]} {name}" for name in (*STATUSES, "material") if counts[name])
        return f"<Run as_of={self.as_of} duties={counts['duties']}: {named}>"

    def _repr_html_(self) -> str:
        from servanda.frames import run_html

        return run_html(self)


def consequence_id(pack: str, one: Consequence) -> str:
    """The same consequence has the same id in every run: pack/agreement/site/consequence/year/attribution, `-` where there is none."""
    return "/".join((pack, one.agreement or "-", one.site or "-", one.consequence, str(one.year or "term"), one.attribution))


def only_year(run: Run, year: int | None) -> Run:
    """The run restricted to the yearly duties of a year (duties of the whole term belong to none)."""
    if year is None:
        return run
    packs = []
    for part in run.packs:
        findings = tuple(f for f in part.findings if f.label != "term" and f.start.year == year)
        consequences = tuple(c for c in part.consequences if c.year == year)
        packs.append(replace(part, findings=findings, consequences=consequences))
    return replace(run, packs=tuple(packs), year=year)
