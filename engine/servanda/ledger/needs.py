"""What the ledger needs beyond the program's own dependencies, and how to install it where it is missing."""

from __future__ import annotations

from importlib.util import find_spec

from servanda.problems import InvalidInput, Problem

REVIEW = ("sqlalchemy", "alembic")
PDF = ("weasyprint", "jinja2")


def need(extra: str, *modules: str) -> None:
    """InvalidInput that names the extra to install where one of the modules is missing."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise InvalidInput([Problem("missing-extra", found=", ".join(missing), args={"extra": extra})])
