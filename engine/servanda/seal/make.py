"""Make a bundle of a finished audit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from servanda.problems import InvalidInput, Problem
from servanda.seal.archive import ChangedWhileSealed, pack
from servanda.seal.contents import audited, contents, sealed
from servanda.seal.signature import public_key_of, sign
from servanda.seal.statement import AUDIT, LEDGER, Statement, written
from servanda.whole_files import keep_names, unwritable, write_file

if TYPE_CHECKING:
    from servanda.ledger.store import Ledger


def seal(
    audit: Path, facts: Sequence[Path], agreements: Path, rules: Path, out: Path, *, key: bytes | None = None, ledger: Ledger | None = None
) -> Statement:
    """Seal the audit in a folder, with all that went into it, as the file `out`, which appears when it is whole. `key`: 32 bytes of a private key.

    The same files and key, the same bytes. `InvalidInput` where `out` is there or cannot be written, where the audit is not whole, where these are not
    the files that it was made from, or where one of them changes meanwhile.
    """
    if os.path.lexists(out):
        raise InvalidInput([Problem("seal-exists", out.as_posix())])
    files = contents(audit, facts, agreements, rules)
    with tempfile.TemporaryDirectory(prefix="servanda-") as folder:
        if ledger is not None:
            from servanda.ledger.extract import extract

            with Path(folder, LEDGER).open("wb") as lines:
                lines.writelines(extract(ledger, audited(files[f"{AUDIT}/agreements.parquet"])))
            files[LEDGER] = Path(folder, LEDGER)
        statement = Statement(sealed(files), public_key_of(key) if key else None)
        signature = sign(written(statement), key) if key else None
        try:
            write_file(out, lambda stream: pack(stream, statement, signature, lambda one: _opened(files[one.path], one.path)))
        except ChangedWhileSealed as changed:
            raise InvalidInput([Problem("changed-meanwhile", files[str(changed)].as_posix())]) from changed
        except OSError as error:
            raise InvalidInput([unwritable(out, error)]) from error
    keep_names(out.parent)
    return statement


def _opened(file: Path, path: str) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise ChangedWhileSealed(path) from error
