"""How many connections there is room for: more are sent away at once, before they can ask."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from websockets.asyncio.server import Server, ServerConnection

MOST_CONNECTIONS = 200
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n"
    b"Content-Length: 0\r\n\r\n"
)


class Room:
    """Keeps count of all connections, whatever they are for; used on the server's thread alone."""

    def __init__(self) -> None:
        self._connections: set[ServerConnection] = set()

    def admit(self, protocol: Any, server: Server, **options: Any) -> asyncio.Protocol:
        """Make what speaks with a new connection; called as ``ServerConnection`` would be."""
        if len(self._connections) >= MOST_CONNECTIONS:
            return _Busy()
        connection = _Connection(protocol, server, **options)
        connection.on_loss = self._connections.discard
        self._connections.add(connection)
        return connection

    def clear(self) -> None:
        """Cut off whoever is still there."""
        for connection in self._connections:
            if hasattr(connection, "transport"):  # else it is only about to be made
                connection.transport.abort()


class _Connection(ServerConnection):
    """Tells when it is lost."""

    on_loss: Callable[[ServerConnection], None]

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.on_loss(self)


class _Busy(asyncio.Protocol):
    """Sends away those for whom there is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(BUSY)
        transport.close()
