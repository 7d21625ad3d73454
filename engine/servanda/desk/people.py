"""People at the desk: a name and a role, which the caller has made sure of."""

from __future__ import annotations

from dataclasses import dataclass

from servanda.desk.roles import may
from servanda.problems import InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class Person:
    """Who does something, in which role."""

    name: str
    role: str


def allowed(person: Person, action: str) -> None:
    """`InvalidInput` where the person's role does not allow an action."""
    if not may(person.role, action):
        raise InvalidInput([Problem("not-your-role", found=action, args={"role": person.role[:80]})])
