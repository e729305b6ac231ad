#!/usr/bin/env bash
# One SELECT changes threads eight times with SQLAlchemy's asyncio engine on aiosqlite.
#
# The connection's thread is asked four times: for a cursor, for the statement, for the rows, and to close the cursor; each
# question goes there and back, although sqlite3 answers three of the four without any work. In a process whose other threads keep the
# interpreter's lock busy every one of these changes waits for it: without them ours answered 47 messages a second instead of 36.
#
# Seen on 2026-11-30 with SQLAlchemy 2.1.9 and aiosqlite 0.22.1 (Python 3.11): 4 hand-overs a SELECT, 3 an INSERT.
# Fails when the numbers change.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "sqlalchemy[asyncio]==2.1.9" "aiosqlite==0.22.1"
cat > "$folder/count.py" <<'PY'
import asyncio
import sys

from aiosqlite import Connection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

asked = []
hand_over = Connection._execute


async def counted(self, function, *arguments, **options):
    asked.append(getattr(function, "__name__", "?"))
    return await hand_over(self, function, *arguments, **options)


async def main():
    engine = create_async_engine(f"sqlite+aiosqlite:///{sys.argv[1]}/count.db")
    Connection._execute = counted
    found = {}
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE seen (id INTEGER)"))
        for statement in ("INSERT INTO seen VALUES (1)", "SELECT id FROM seen"):
            asked.clear()
            await connection.execute(text(statement))
            found[statement.split()[0]] = list(asked)
    await engine.dispose()
    return found


found = asyncio.run(main())
print(found)
assert found == {"INSERT": ["cursor", "execute", "close"], "SELECT": ["cursor", "execute", "fetchall", "close"]}, found
PY
"$folder/venv/bin/python" "$folder/count.py" "$folder"
echo "as described"
