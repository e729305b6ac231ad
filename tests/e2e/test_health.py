"""A real process with nothing around it: `lotse health` ends with 1, and `/readyz` says 503."""

from __future__ import annotations

import asyncio
import json
import signal
import socket

import httpx

from tests.servers.process import Process


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


async def test_nothing_works_and_health_says_so(tmp_path):
    port = free_port()
    settings = {
        "LOTSE_WEB": f"127.0.0.1:{port}",
        "LOTSE_OFFICE_EMAIL": "buero@city.example",
        "LOTSE_OPERATOR_EMAIL": "ops@city.example",
        "LOTSE_MAIL_FROM": "lotse@city.example",
        "LOTSE_REPLY_TO": "reply@city.example",
        "LOTSE_AUTHSERV_ID": "mx.city.example",
        "LOTSE_SMTP_HOST": "127.0.0.1",
        "LOTSE_SMTP_PORT": "1",
        "LOTSE_SMTP_SECURITY": "none",
        "LOTSE_IMAP_HOST": "127.0.0.1",
        "LOTSE_IMAP_PORT": "1",
        "LOTSE_IMAP_SECURITY": "none",
        "LOTSE_IMAP_USER": "reply",
        "LOTSE_IMAP_PASSWORD": "x",
        "LOTSE_HEALTH_MINUTES": "0.005",
    }
    process = Process("http://127.0.0.1:1", tmp_path / "var", settings)
    await process.start()
    try:
        async with asyncio.timeout(90):
            while not {"telegram-in", "imap", "mail-out"} <= failing(tmp_path / "var" / "health.json"):
                await asyncio.sleep(0.2)
        code, said = await process.health()
        assert code == 1
        assert "telegram-in has not worked" in said
        async with httpx.AsyncClient() as browser:
            assert (await browser.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
            assert (await browser.get(f"http://127.0.0.1:{port}/readyz")).status_code == 503
    finally:
        await process.end(signal.SIGTERM)


async def test_all_is_well(api, tmp_path):
    process = Process(api.base_url.removesuffix("/bot"), tmp_path / "var")
    await process.start()
    try:
        async with asyncio.timeout(90):
            while not (tmp_path / "var" / "health.json").exists():
                await asyncio.sleep(0.2)
        code, said = await process.health()
        assert (code, json.loads(said)["problems"]) == (0, [])
    finally:
        await process.end(signal.SIGTERM)


def failing(path):
    try:
        ways = json.loads(path.read_text())["ways"]
    except (OSError, ValueError):
        return set()
    return {way for way, sign in ways.items() if sign["failing_since"] is not None}
