"""What a case expects against what was found, both ways: an expectation without a finding fails, and so does an unexpected deviation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from servanda.cases.contents import Case, Expected, ExpectedConsequence, Failure, Found
from servanda.model import Consequence, Finding

DEVIATING = ("deviation", "unmet")


def failures(case: Case, found: Found) -> list[Failure]:
    """Everything in which a case and what was found for it differ; none where the case holds."""
    return [*_expectations(case, found), *_unexpected(case, found), *_consequences(case, found.consequences)]


def _key(finding: Finding) -> tuple[str, str, str | None]:
    return finding.obligation, finding.label, finding.site


def _expectations(case: Case, found: Found) -> Iterator[Failure]:
    by_key = {_key(finding): finding for finding in found.findings}
    for one in case.expect:
        finding = by_key.get((one.obligation, one.period, one.site))
        if finding is None:
            there = sorted(f"{label}{f' {site}' if site else ''}" for obligation, label, site in by_key if obligation == one.obligation)
            yield Failure(case, "no-finding", one.row, one.obligation, one.period, one.site, found=", ".join(there) or None)
            continue
        for name, wanted in one.values.items():
            got = getattr(finding, name)
            if not same(got, wanted):
                yield _differs(case, one, name, wanted, got)


def _differs(case: Case, one: Expected, name: str, wanted: object, got: object) -> Failure:
    return Failure(case, "differs", one.row, one.obligation, one.period, one.site, name, text(wanted), text(got))


def same(got: object, wanted: object) -> bool:
    """Whether a value is the expected one: numbers by value, judgements in any order."""
    if isinstance(wanted, tuple):
        return sorted(got) == sorted(wanted)
    if isinstance(got, (int, Decimal)) and not isinstance(got, bool) and isinstance(wanted, str):
        try:
            return Decimal(got) == Decimal(wanted)
        except ArithmeticError:
            return False
    return got == wanted


def text(value: object) -> str:
    """A value as a case writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(value)}]" if isinstance(value, tuple) else str(value)


def _unexpected(case: Case, found: Found) -> Iterator[Failure]:
    expected = {(one.obligation, one.period, one.site) for one in case.expect}
    beside = set()
    for finding in found.findings:
        if finding.status in DEVIATING and _key(finding) not in expected:
            if finding.obligation in case.beside:
                beside.add(finding.obligation)
            else:
                yield Failure(case, "unexpected", case.row, finding.obligation, finding.label, finding.site, found=finding.status)
    for name in case.beside:
        if name not in beside:
            yield Failure(case, "needless", case.row, name)


def _consequences(case: Case, found: Sequence[Consequence]) -> Iterator[Failure]:
    if case.consequences is None:
        return
    left = list(found)
    for one in case.consequences:
        fit = next((consequence for consequence in left if _fits(consequence, one)), None)
        if fit is None:
            there = "; ".join(consequence_text(consequence) for consequence in found)
            yield Failure(case, "no-consequence", one.row, one.consequence, field=one.attribution, expected=text_of(one), found=there or None)
        else:
            left.remove(fit)
    for consequence in left:
        yield Failure(case, "unexpected-consequence", case.row, consequence.consequence, field=consequence.attribution, found=consequence_text(consequence))


def _fits(consequence: Consequence, one: ExpectedConsequence) -> bool:
    year = None if consequence.year is None else str(consequence.year)
    got = {"site": consequence.site, "year": year, "amount_at_stake": consequence.amount_at_stake}
    named = (consequence.consequence, consequence.attribution) == (one.consequence, one.attribution)
    return named and all(same(got[name], wanted) for name, wanted in one.values.items())


def consequence_text(one: Consequence) -> str:
    """A consequence in short."""
    return f"{one.consequence} {one.attribution} {one.site or '-'} {one.year or 'term'} {one.amount_at_stake}"


def text_of(one: ExpectedConsequence) -> str:
    """An expected consequence in short."""
    return " ".join([one.consequence, one.attribution, *(f"{name}={text(value)}" for name, value in one.values.items())])
