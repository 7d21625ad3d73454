"""The two tables of a ledger. The text that was hashed stands in `canonical`; the other columns repeat parts of it, to be searched."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Table, Text

METADATA = MetaData()
VERSIONS = "servanda_ledger_version"
ENTRY = Table(
    "entry", METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("previous", Text, nullable=False, unique=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("canonical", Text, nullable=False),
)
ENTRY_SUBJECT = Table(
    "entry_subject", METADATA,
    Column("number", BigInteger, ForeignKey("entry.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
)
