"""The pages that watch: told all at once, none of them waited for."""

from contextlib import suppress

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

MOST_WAITING_BYTES = 1 << 18
"""What may wait to be taken by a page; one for which more waits is dropped, and may come back."""


class Audience:
    """Keeps the connected pages; used on the server's thread alone."""

    def __init__(self) -> None:
        self.dropped = 0
        """Pages that were disconnected, being too slow or talking too much."""
        self._viewers: set[ServerConnection] = set()

    def __len__(self) -> int:
        return len(self._viewers)

    async def attend(self, viewer: ServerConnection, first: str) -> None:
        """Keep a page among those who are told, until it leaves.

        Parameters
        ----------
        viewer : ServerConnection
        first : str
            What it must know before all else.
        """
        self._viewers.add(viewer)
        try:
            broadcast([viewer], first)
            with suppress(ConnectionClosed):
                await viewer.recv()
                await viewer.close(CloseCode.POLICY_VIOLATION, "a page only listens")
        finally:
            self._viewers.discard(viewer)
            self.dropped += _was_sent_away(viewer)

    def tell(self, message: str) -> None:
        """Send a message to all, without waiting."""
        for viewer in tuple(self._viewers):
            if viewer.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
                viewer.transport.abort()
                self._viewers.discard(viewer)
                self.dropped += 1
        broadcast(self._viewers, message)


def _was_sent_away(viewer: ServerConnection) -> bool:
    """Tell whether it was closed from here, while the session went on."""
    protocol = viewer.protocol
    if protocol.close_sent is None or protocol.close_rcvd_then_sent:
        return False
    return protocol.close_sent.code != CloseCode.GOING_AWAY
