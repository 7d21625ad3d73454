"""What the database itself refuses: changing or deleting an entry, putting one in another's place, and any entry that does not follow the last.

SQLite's `INSERT OR REPLACE` deletes without a delete trigger (unless recursive_triggers is on), so the insert is guarded, too. In PostgreSQL
the triggers fire ALWAYS, also where session_replication_role says replica. Whoever owns the database can drop triggers: `verify` looks for them.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, TextClause, text

_NO_CHANGE = "servanda: the ledger is append-only"

# By name, exactly as sqlite_master keeps it. The tables are strict: a column holds its type, and nothing else.
SQLITE = {
    "entry": (
        "CREATE TABLE entry (number INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL,"
        " previous TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE, canonical TEXT NOT NULL) STRICT"
    ),
    "entry_subject": (
        "CREATE TABLE entry_subject (number INTEGER NOT NULL REFERENCES entry (number), position INTEGER NOT NULL, subject TEXT NOT NULL,"
        " PRIMARY KEY (number, position), UNIQUE (number, subject)) STRICT"
    ),
    "entry_subject_by_subject": "CREATE INDEX entry_subject_by_subject ON entry_subject (subject, number)",
    "entry_by_kind": "CREATE INDEX entry_by_kind ON entry (kind, number)",
    **{
        f"{table}_no_{action.lower()}":
            f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, '{_NO_CHANGE}'); END"
        for table in ("entry", "entry_subject") for action in ("UPDATE", "DELETE")
    },
    "entry_follows": (
        "CREATE TRIGGER entry_follows BEFORE INSERT ON entry"
        " WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM entry)"
        " OR NEW.previous IS NOT"
        " coalesce((SELECT hash FROM entry ORDER BY number DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000')"
        " OR EXISTS (SELECT 1 FROM entry WHERE hash = NEW.hash OR previous = NEW.previous)"
        " BEGIN SELECT RAISE(ABORT, 'servanda: an entry follows the last one, or is none'); END"
    ),
    "entry_subject_named": (
        "CREATE TRIGGER entry_subject_named BEFORE INSERT ON entry_subject"
        " WHEN NEW.position < 0"
        " OR NEW.subject IS NOT (SELECT json_extract(canonical, '$.subjects[' || NEW.position || ']') FROM entry WHERE number = NEW.number)"
        " OR EXISTS (SELECT 1 FROM entry_subject WHERE number = NEW.number AND (position = NEW.position OR subject = NEW.subject))"
        " BEGIN SELECT RAISE(ABORT, 'servanda: a subject is one that its entry names'); END"
    ),
}

POSTGRESQL_TABLES = (
    "CREATE TABLE entry (number bigint NOT NULL PRIMARY KEY, at text NOT NULL, author text NOT NULL, kind text NOT NULL,"
    " previous text NOT NULL UNIQUE, hash text NOT NULL UNIQUE, canonical text NOT NULL)",
    "CREATE TABLE entry_subject (number bigint NOT NULL REFERENCES entry (number), position integer NOT NULL, subject text NOT NULL,"
    " PRIMARY KEY (number, position), UNIQUE (number, subject))",
    "CREATE INDEX entry_subject_by_subject ON entry_subject (subject, number)",
    "CREATE INDEX entry_by_kind ON entry (kind, number)",
)
# Keys by table, as pg_get_constraintdef says them.
POSTGRESQL_KEYS = {
    "entry": "PRIMARY KEY (number); UNIQUE (hash); UNIQUE (previous)",
    "entry_subject": "FOREIGN KEY (number) REFERENCES entry(number); PRIMARY KEY (number, \"position\"); UNIQUE (number, subject)",
}
# Bodies of the trigger functions by name, exactly as pg_proc keeps them.
POSTGRESQL_FUNCTIONS = {
    "servanda_no_change": f" BEGIN RAISE EXCEPTION '{_NO_CHANGE}'; END ",
    "servanda_entry_follows": (
        " BEGIN IF NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM entry)"
        " OR NEW.previous IS DISTINCT FROM coalesce((SELECT hash FROM entry ORDER BY number DESC LIMIT 1), repeat('0', 64))"
        " THEN RAISE EXCEPTION 'servanda: an entry follows the last one, or is none'; END IF; RETURN NEW; END "
    ),
    "servanda_subject_named": (
        " BEGIN IF NEW.position < 0"
        " OR NEW.subject IS DISTINCT FROM (SELECT canonical::json -> 'subjects' ->> NEW.position FROM entry WHERE number = NEW.number)"
        " THEN RAISE EXCEPTION 'servanda: a subject is one that its entry names'; END IF; RETURN NEW; END "
    ),
}
# (table, trigger): when it fires and which function it calls.
POSTGRESQL_TRIGGERS = {
    **{
        (table, f"{table}_no_{action.lower()}"): (f"BEFORE {action}", "STATEMENT", "servanda_no_change")
        for table in ("entry", "entry_subject") for action in ("UPDATE", "DELETE", "TRUNCATE")
    },
    ("entry", "entry_follows"): ("BEFORE INSERT", "ROW", "servanda_entry_follows"),
    ("entry_subject", "entry_subject_named"): ("BEFORE INSERT", "ROW", "servanda_subject_named"),
}


def install(connection: Connection) -> None:
    """Create the tables with every guard."""
    if connection.dialect.name == "sqlite":
        for statement in SQLITE.values():
            connection.exec_driver_sql(statement)
        return
    for statement in POSTGRESQL_TABLES:
        connection.exec_driver_sql(statement)
    for name, body in POSTGRESQL_FUNCTIONS.items():
        connection.exec_driver_sql(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $${body}$$")
    for (table, trigger), (when, each, function) in POSTGRESQL_TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {trigger} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def changed_guards(connection: Connection) -> list[str]:
    """The tables and guards that are missing, changed, switched off, or stand beside those that belong there; in order."""
    wanted, found = (SQLITE, _sqlite(connection)) if connection.dialect.name == "sqlite" else (_wanted_in_postgresql(), _postgresql(connection))
    return sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))


def _sqlite(connection: Connection) -> dict[str, str]:
    query = "SELECT name, sql FROM sqlite_master WHERE tbl_name IN ('entry', 'entry_subject') AND sql IS NOT NULL"
    return {str(name): sql for name, sql in connection.execute(text(query))}  # a damaged name need not be text


def _wanted_in_postgresql() -> dict[str, object]:
    triggers = {
        trigger: ("A", f"CREATE TRIGGER {trigger} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")
        for (table, trigger), (when, each, function) in POSTGRESQL_TRIGGERS.items()
    }
    return triggers | POSTGRESQL_FUNCTIONS | POSTGRESQL_KEYS


# Triggers (with the schema taken out of their words), functions that they call, keys, and what rewrites or hides rows; each by its name.
_POSTGRESQL_TRIGGERS = (
    "SELECT tgname, tgenabled::text, pg_get_triggerdef(oid, true) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN TABLES"
)
_POSTGRESQL_FUNCTIONS = (
    "SELECT proname, prosrc FROM pg_proc WHERE oid IN (SELECT tgfoid FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN TABLES)"
)
_POSTGRESQL_KEYS = (
    "SELECT conrelid::regclass::text, string_agg(pg_get_constraintdef(oid), '; ' ORDER BY pg_get_constraintdef(oid)) FROM pg_constraint"
    " WHERE contype IN ('p', 'u', 'f') AND conrelid IN TABLES GROUP BY conrelid"
)
_POSTGRESQL_REWRITES = (
    "SELECT rulename::text FROM pg_rewrite WHERE ev_class IN TABLES"
    " UNION ALL SELECT 'row level security of ' || relname FROM pg_class WHERE relrowsecurity AND oid IN TABLES"
)


def _postgresql(connection: Connection) -> dict[str, object]:
    schema = re.compile(r"(?<= )(\"([^\"]|\"\")+\"|\w+)\.(?=\w)")
    found: dict[str, object] = {
        name: (enabled, schema.sub("", said)) for name, enabled, said in connection.execute(_query(_POSTGRESQL_TRIGGERS))
    }
    for query in (_POSTGRESQL_FUNCTIONS, _POSTGRESQL_KEYS):
        found |= dict(map(tuple, connection.execute(_query(query))))
    return found | {name: name for (name,) in connection.execute(_query(_POSTGRESQL_REWRITES))}


def _query(query: str) -> TextClause:
    return text(query.replace("TABLES", "('entry'::regclass, 'entry_subject'::regclass)"))
