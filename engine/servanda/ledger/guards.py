"""What the database itself refuses: changing or deleting an entry, putting one in another's place, and any entry that does not follow the last.

SQLite's `INSERT OR REPLACE` deletes without a delete trigger (unless recursive_triggers is on), so the insert is guarded, too. In PostgreSQL
the triggers fire ALWAYS, also where session_replication_role says replica. Whoever owns the database can drop triggers: `verify` looks for them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_NO_CHANGE = "servanda: the ledger is append-only"

# By name, exactly as sqlite_master keeps it.
SQLITE = {
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
        " WHEN NEW.subject IS NOT (SELECT json_extract(canonical, '$.subjects[' || NEW.position || ']') FROM entry WHERE number = NEW.number)"
        " OR EXISTS (SELECT 1 FROM entry_subject WHERE number = NEW.number AND (position = NEW.position OR subject = NEW.subject))"
        " BEGIN SELECT RAISE(ABORT, 'servanda: a subject is one that its entry names'); END"
    ),
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
        " BEGIN IF NEW.subject IS DISTINCT FROM (SELECT canonical::json -> 'subjects' ->> NEW.position FROM entry WHERE number = NEW.number)"
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
    """Create every guard; the tables must be there."""
    if connection.dialect.name == "sqlite":
        for statement in SQLITE.values():
            connection.exec_driver_sql(statement)
        return
    for name, body in POSTGRESQL_FUNCTIONS.items():
        connection.exec_driver_sql(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $${body}$$")
    for (table, trigger), (when, each, function) in POSTGRESQL_TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {trigger} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def changed_guards(connection: Connection) -> list[str]:
    """The guards that are missing, changed, switched off, or stand beside those that belong there; in order."""
    wanted, found = (SQLITE, _sqlite(connection)) if connection.dialect.name == "sqlite" else (_wanted_in_postgresql(), _postgresql(connection))
    return sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))


def _sqlite(connection: Connection) -> dict[str, str]:
    return dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).tuples().all())


def _wanted_in_postgresql() -> dict[str, tuple]:
    triggers = {
        trigger: (table, "A", f"CREATE TRIGGER {trigger} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")
        for (table, trigger), (when, each, function) in POSTGRESQL_TRIGGERS.items()
    }
    return triggers | {name: (body,) for name, body in POSTGRESQL_FUNCTIONS.items()}


def _postgresql(connection: Connection) -> dict[str, tuple]:
    """Triggers as (table, when enabled, definition without the schema) and functions as (body,)."""
    query = text(
        "SELECT t.tgname, c.relname, t.tgenabled::text, replace(pg_get_triggerdef(t.oid), ' ON ' || quote_ident(n.nspname) || '.', ' ON '), t.tgfoid"
        " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE NOT t.tgisinternal AND c.oid IN ('entry'::regclass, 'entry_subject'::regclass)"
    )
    triggers = {name: (table, enabled, said.replace(_schema(said), "FUNCTION ")) for name, table, enabled, said, _ in connection.execute(query)}
    functions = text("SELECT DISTINCT p.proname, p.prosrc FROM pg_proc p JOIN pg_trigger t ON t.tgfoid = p.oid"
                     " WHERE NOT t.tgisinternal AND t.tgrelid IN ('entry'::regclass, 'entry_subject'::regclass)")
    return triggers | {name: (body,) for name, body in connection.execute(functions)}


def _schema(said: str) -> str:
    """`FUNCTION schema.` of a trigger's definition, or `FUNCTION ` where the schema is not named."""
    called = said.rpartition("FUNCTION ")[2]
    schema, dot, _ = called.rpartition(".")
    return f"FUNCTION {schema}{dot}"
