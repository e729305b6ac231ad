"""The folder that mail goes to, and the order in which it came: two files within one tick of the clock have one mtime."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

from bot.channels.mail_out import MailFolder
from bot.flow.ports import Delivered


class OrderedFolder:
    """A folder of mails, oldest first in ``names``."""

    def __init__(self, folder):
        self.folder = MailFolder(folder)
        self.names = []

    async def send(self, lane, message):
        outcome = await self.folder.send(lane, message)
        if isinstance(outcome, Delivered) and outcome.note not in self.names:  # one mail written twice is one file
            self.names.append(outcome.note)
        return outcome

    def sent(self):
        """Every mail that went out, oldest first."""
        paths = [self.folder.folder / name for name in self.names]
        return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
