"""Sessions on the server: a random id in a cookie, its hash in the database, an end by idleness and by age, and a token against forged forms.

The token of a session is an HMAC keyed with the session's id: it needs no place of its own, and nobody without the cookie can compute it.
Someone who has not signed in has a cookie of the same sort that no database knows; signing in always makes a new one (no session fixation).
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, or_, select, update
from sqlalchemy.exc import OperationalError

from servanda.workbench.database import SESSIONS
from servanda.workbench.settings import Settings

_SEEN_EVERY = 30  # seconds between two notes that a session was used


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds: `id` is the secret of the cookie, `via` is `password` or `header`."""

    id: str
    user: str
    via: str


def cookie_name(settings: Settings) -> str:
    """The cookie's name; with https the browser itself binds `__Host-` to this host and to Secure (RFC 6265bis, section 4.1.3)."""
    return "__Host-servanda" if settings.secure else "servanda"


def new_id() -> str:
    """A fresh id of 256 random bits."""
    return secrets.token_urlsafe(32)


def start_session(users: Engine, name: str, via: str, at: datetime.datetime, settings: Settings) -> Session:
    """A new session of a user; sessions that are over are swept out meanwhile."""
    session = Session(new_id(), name, via)
    moment = int(at.timestamp())
    with users.begin() as connection:
        connection.execute(delete(SESSIONS).where(or_(
            SESSIONS.c.seen <= moment - int(settings.idle.total_seconds()), SESSIONS.c.started <= moment - int(settings.absolute.total_seconds()),
        )))
        connection.execute(insert(SESSIONS).values(id_hash=_hash(session.id), user=name, via=via, started=moment, seen=moment))
    return session


def session_of(users: Engine, identity: str | None, at: datetime.datetime, settings: Settings) -> Session | None:
    """The session of a cookie, if it is one that holds at this moment."""
    if not identity or len(identity) > 100:
        return None
    moment = int(at.timestamp())
    with users.connect() as connection:
        row = connection.execute(select(SESSIONS).where(SESSIONS.c.id_hash == _hash(identity))).first()
    if row is None:
        return None
    # a clock that jumped ahead and back must not leave a session that lasts until the clock is there again
    if abs(moment - row.seen) >= settings.idle.total_seconds() or abs(moment - row.started) >= settings.absolute.total_seconds():
        end_session(users, identity)
        return None
    if abs(moment - row.seen) >= _SEEN_EVERY:
        with contextlib.suppress(OperationalError), users.begin() as connection:  # without room, people can still read
            connection.execute(update(SESSIONS).where(SESSIONS.c.id_hash == row.id_hash).values(seen=moment))
    return Session(identity, row.user, row.via)


def end_session(users: Engine, identity: str) -> None:
    """Sign out: the session is gone from the server, whatever the browser keeps."""
    with users.begin() as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.id_hash == _hash(identity)))


def csrf_token(identity: str) -> str:
    """The token that forms of a session carry."""
    return hmac.new(identity.encode(), b"servanda form token", hashlib.sha256).hexdigest()


def token_fits(identity: str | None, token: str | None) -> bool:
    """Whether a form's token is that of the cookie."""
    return bool(identity and token) and hmac.compare_digest(csrf_token(identity).encode(), token.encode("utf-8", "replace"))


def leave_notice(users: Engine, session: Session, notice: str) -> None:
    """Keep a message for the next page of a session (after a redirect)."""
    with users.begin() as connection:
        connection.execute(update(SESSIONS).where(SESSIONS.c.id_hash == _hash(session.id)).values(notice=notice))


def take_notice(users: Engine, session: Session) -> str | None:
    """The message left for this page, once."""
    where = SESSIONS.c.id_hash == _hash(session.id)
    with users.connect() as connection:
        notice = connection.execute(select(SESSIONS.c.notice).where(where)).scalar()
    if notice is not None:
        with users.begin() as connection:
            connection.execute(update(SESSIONS).where(where).values(notice=None))
    return notice


def _hash(identity: str) -> str:
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()
