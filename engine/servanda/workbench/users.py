"""Users: who may sign in, in which role, and whether a password is theirs (argon2id; the hash is the only thing kept).

Names are compared without regard to case, so that nobody is two people by writing themselves differently.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from servanda.workbench.database import SESSIONS, USERS

ROLES = ("reader", "reviewer", "confirmer")
SHORTEST, LONGEST = 12, 200
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}", re.ASCII)
_HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=2, type=Type.ID)  # RFC 9106, section 4, second choice
_AT_ONCE = threading.BoundedSemaphore(2)  # each takes 64 MiB: many logins at once must not take the machine's memory


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may sign in."""

    name: str
    role: str
    disabled: bool
    has_password: bool


class UserMistake(ValueError):
    """Something that cannot be done with a user; `code` says what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def user_name(text: str) -> str | None:
    """A name as it is kept (lower case); None where it is none."""
    name = unicodedata.normalize("NFC", text).strip().lower()
    return name if _NAME.fullmatch(name) else None


def add_user(users: Engine, name: str, role: str, password: str | None) -> None:
    """Add a user; without a password only a trusted header can name them. `UserMistake` where the name is bad or taken, or the password weak."""
    known = _checked(name, role)
    hashed = None if password is None else hash_password(password, known)
    try:
        with users.begin() as connection:
            connection.execute(insert(USERS).values(name=known, role=role, hash=hashed, disabled=0))
    except IntegrityError:
        raise UserMistake("name-taken") from None


def set_role(users: Engine, name: str, role: str) -> None:
    """Give a user another role; it holds from their next request on."""
    _change(users, _checked(name, role), role=role)


def set_password(users: Engine, name: str, password: str) -> None:
    """Give a user another password, and end their sessions."""
    known = _checked(name)
    _change(users, known, hash=hash_password(password, known))
    _end_sessions(users, known)


def disable(users: Engine, name: str, disabled: bool = True) -> None:
    """Keep a user from signing in (or let them again), and end their sessions. Users are never removed: the ledger names them."""
    known = _checked(name)
    _change(users, known, disabled=int(disabled))
    _end_sessions(users, known)


def user(users: Engine, name: str) -> User | None:
    """The user of that name; None where there is none or they are disabled."""
    known = user_name(name)
    if known is None:
        return None
    with users.connect() as connection:
        row = connection.execute(select(USERS).where(USERS.c.name == known, USERS.c.disabled == 0)).first()
    return None if row is None else _user(row)


def all_users(users: Engine) -> Sequence[User]:
    """All users, also disabled ones, by name."""
    with users.connect() as connection:
        return [_user(row) for row in connection.execute(select(USERS).order_by(USERS.c.name))]


def verified(users: Engine, name: str, password: str) -> User | None:
    """The user whose password this is. It takes as long for a name that does not exist: a hash is always compared."""
    known = user_name(name)
    with users.connect() as connection:
        row = connection.execute(select(USERS).where(USERS.c.name == (known or ""), USERS.c.disabled == 0)).first()
    held = row.hash if row is not None and row.hash else None
    right = _matches(held or dummy_hash(), password)
    return _user(row) if row is not None and held and right else None


def hash_password(password: str, name: str) -> str:
    """The argon2id hash of a password; `UserMistake` where it is too short, too long or the name."""
    text = _normal(password)
    if len(text) < SHORTEST:
        raise UserMistake("password-short")
    if len(text) > LONGEST:
        raise UserMistake("password-long")
    if text.lower() == name or len(set(text)) < 4:
        raise UserMistake("password-weak")
    with _AT_ONCE:
        return _HASHER.hash(text)


_DUMMY: list[str] = []


def dummy_hash() -> str:
    """A hash of nobody's password, with the same cost as any other."""
    if not _DUMMY:
        _DUMMY.append(_HASHER.hash("nobody's password"))
    return _DUMMY[0]


def _matches(held: str, password: str) -> bool:
    text = _normal(password)[: LONGEST + 1]
    with _AT_ONCE:
        try:
            return _HASHER.verify(held, text)
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _checked(name: str, role: str | None = None) -> str:
    known = user_name(name)
    if known is None:
        raise UserMistake("bad-name")
    if role is not None and role not in ROLES:
        raise UserMistake("unknown-role")
    return known


def _change(users: Engine, name: str, **values: object) -> None:
    with users.begin() as connection:
        if not connection.execute(update(USERS).where(USERS.c.name == name).values(**values)).rowcount:
            raise UserMistake("no-such-user")


def _end_sessions(users: Engine, name: str) -> None:
    with users.begin() as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.user == name))


def _user(row: object) -> User:
    return User(row.name, row.role, bool(row.disabled), row.hash is not None)
