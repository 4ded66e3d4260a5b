"""A port of this machine for the stage view of a rehearsal's bot, the same one however often that is started again."""

from __future__ import annotations

import socket
import sys

HOST = "127.0.0.1"


class StagePort:
    """Any free port, whatever STAGE_ADDRESS says: a bot that shows a real hall may run on this machine as well.

    It is held without listening, so that nobody else is given it while the bot is away; where the system would keep it
    from the bot as well, it is let go.
    """

    def __init__(self) -> None:
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind((HOST, 0))
        self.number: int = self._held.getsockname()[1]
        if sys.platform != "linux":
            self.close()

    @property
    def address(self) -> str:
        """As STAGE_ADDRESS takes it."""
        return f"{HOST}:{self.number}"

    def close(self) -> None:
        """Let it go."""
        self._held.close()
