"""The columns of a Parquet file, read by the database under limits; values of types that no field takes are left out."""

from __future__ import annotations

import os
import re
import tempfile

from servanda.facts.binary.messages import ROWS_A_LINE, Refused, say

CELLS = 20_000_000
_PLAIN = re.compile(r'VARCHAR(\[\])?|BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*\)|FLOAT|DOUBLE|DATE|TIMESTAMP(_S|_MS|_NS)?|"NULL"|ENUM\(.*\)')


def read_parquet(path: str) -> None:
    """Say the columns of a Parquet file, names and types first."""
    import duckdb

    config = {"threads": 1, "memory_limit": "1GB", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    con = duckdb.connect(":memory:", config=config)
    with tempfile.TemporaryDirectory() as folder:
        link = os.path.join(folder, "table.parquet")  # the database would read signs such as * and [ in a name as a pattern
        os.symlink(os.path.abspath(path), link)
        try:
            rows = con.execute("SELECT sum(num_rows) FROM parquet_file_metadata($1)", [link]).fetchall()[0][0]
            columns = [(name, str(kind)) for name, kind, *_ in con.execute("DESCRIBE SELECT * FROM read_parquet($1)", [link]).fetchall()]
            if rows * len(columns) > CELLS:
                raise Refused("table-too-large", found=rows * len(columns), limit=CELLS)
            say({"columns": columns})
            picked = ", ".join(f"c{n}" if _PLAIN.fullmatch(kind) else "NULL" for n, (_, kind) in enumerate(columns))
            named = ", ".join(f"c{n}" for n in range(len(columns)))
            found = con.execute(f"SELECT {picked} FROM read_parquet($1) AS t({named})", [link])  # noqa: S608 - c0, c1, … and NULL only
            while chunk := found.fetchmany(ROWS_A_LINE):
                say(list(zip(*chunk, strict=True)))
        except duckdb.OutOfMemoryException:
            raise Refused("file-too-costly") from None
        except duckdb.Error as error:
            raise Refused("not-parquet", found=(str(error).splitlines() or [""])[0].replace(link, "…")[:200]) from None
