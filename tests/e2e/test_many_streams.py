"""A thousand open browsers on a real process: the next one is told to ask by itself, and everybody is still answered."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.web_people import WebPerson, begin, environment
from tests.servers.daemon import free_port
from tests.servers.process import Process

PEOPLE, EACH = 250, 4
MEGABYTES = 100  # what a thousand streams may cost


def resident(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1_048_576


async def opened(person):
    """The first line of a stream, and what has to be closed."""
    async with asyncio.timeout(120):
        reader, writer = await asyncio.open_connection("127.0.0.1", person.port)
        writer.write(person._head("GET", f"/chat/{person.city}/events", ""))
        return (await reader.readline()).decode().split()[1], writer


async def test_a_thousand_streams_leave_memory_and_everybody_an_answer(tmp_path):
    port = free_port()
    process = Process("http://127.0.0.1:9", tmp_path / "var", {"TELEGRAM_TOKEN": "", **environment(port)})
    await process.start()
    writers = []
    try:
        stamp = await begin(port, "musterstadt")
        heard = []
        people = [
            WebPerson(number, port, "musterstadt", lambda *what: heard.append(what), stamp=stamp)
            for number in range(PEOPLE)
        ]
        assert all(await asyncio.gather(*(person.post("Hallo", "first") for person in people)))
        for person in people:
            person.hang_up()
        before = resident(process.process.pid)
        for _ in range(EACH):
            found = await asyncio.gather(*map(opened, people))
            writers += [writer for _, writer in found]
            assert {status for status, _ in found} == {"200"}
        newcomer = WebPerson(PEOPLE, port, "musterstadt", lambda *_: None, stamp=stamp)
        assert await newcomer.post("Wie bekomme ich einen Termin?", "q")
        status, writer = await opened(newcomer)
        writers.append(writer)
        assert status == "503"  # then the page asks every few seconds
        async with asyncio.timeout(120):
            while b"appointment-book" not in await newcomer.fetch("/chat/musterstadt/messages?after=0"):
                await asyncio.sleep(0.2)
        assert resident(process.process.pid) - before < MEGABYTES
    finally:
        for writer in writers:
            writer.transport.abort()
        newcomer.hang_up()
        await asyncio.sleep(0.2)  # the sockets close
        assert await process.end() == 0
    assert "Traceback" not in process.log
