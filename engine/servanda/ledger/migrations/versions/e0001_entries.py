"""The first tables: entries, and the subjects by which they are found, with guards that refuse to rewrite them."""

import sqlalchemy as sa
from alembic import op

revision = "e0001"
down_revision = None
branch_labels = depends_on = None

_ZEROS = "0" * 64
GUARDS = {
    "sqlite": (
        f"""CREATE TRIGGER entry_only_at_the_end BEFORE INSERT ON entry WHEN
          NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM entry)
          OR NEW.previous IS NOT coalesce((SELECT hash FROM entry ORDER BY number DESC LIMIT 1), '{_ZEROS}')
        BEGIN SELECT RAISE(ABORT, 'the ledger only grows at its end'); END""",
        """CREATE TRIGGER subject_as_the_entry_says BEFORE INSERT ON entry_subject WHEN
          EXISTS (SELECT 1 FROM entry_subject WHERE number = NEW.number AND position = NEW.position)
          OR NEW.subject IS NOT (SELECT json_extract(content, '$.subjects[' || NEW.position || ']') FROM entry WHERE number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'subjects are those of the entry'); END""",
        *(
            f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"""
            for table in ("entry", "entry_subject") for verb in ("UPDATE", "DELETE")
        ),
    ),
    "postgresql": (
        f"""CREATE FUNCTION entry_only_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM entry)
            OR NEW.previous IS DISTINCT FROM coalesce((SELECT hash FROM entry ORDER BY number DESC LIMIT 1), '{_ZEROS}')
          THEN RAISE EXCEPTION 'the ledger only grows at its end'; END IF; RETURN NEW; END $$""",
        """CREATE FUNCTION subject_as_the_entry_says() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF NEW.subject IS DISTINCT FROM (SELECT content::json #>> ARRAY['subjects', NEW.position::text] FROM entry WHERE number = NEW.number)
          THEN RAISE EXCEPTION 'subjects are those of the entry'; END IF; RETURN NEW; END $$""",
        """CREATE FUNCTION ledger_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          RAISE EXCEPTION 'the ledger is never changed'; END $$""",
        "CREATE TRIGGER entry_only_at_the_end BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION entry_only_at_the_end()",
        "CREATE TRIGGER subject_as_the_entry_says BEFORE INSERT ON entry_subject FOR EACH ROW EXECUTE FUNCTION subject_as_the_entry_says()",
        *(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_never_changed()"
            for table in ("entry", "entry_subject") for verb in ("UPDATE", "DELETE", "TRUNCATE")
        ),
    ),
}


def upgrade() -> None:
    """Create the tables and their guards."""
    op.create_table(
        "entry",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False, unique=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "entry_subject",
        sa.Column("number", sa.Integer, sa.ForeignKey("entry.number"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("subject", sa.Text, nullable=False, index=True),
    )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", r"\:")) if ":" in statement else statement)


def downgrade() -> None:
    """A ledger never goes back."""
    raise NotImplementedError("a ledger is never taken apart")
