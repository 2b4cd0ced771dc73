"""Send what livegenre decides to whoever connects by WebSocket, as JSON, twice a second.

    pip install livegenre websockets
    python websocket_server.py                  what the default microphone hears
    python websocket_server.py song.mp3         a file, as if it were playing now

Programs may connect to ws://127.0.0.1:8765; of pages in a browser none but those that are named:

    python websocket_server.py --origin http://localhost:8000

Such a page says ``new WebSocket("ws://127.0.0.1:8765").onmessage = e => console.log(e.data)``.
"""

import argparse
import asyncio
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from websockets.asyncio.server import broadcast, serve
from websockets.typing import Origin

import livegenre


def hear(file: str | None, stop: threading.Event) -> Iterator[livegenre.Decision]:
    """Return the decisions on a file, in real time, or on the default microphone."""
    if file is None:
        return livegenre.listen(stop=stop, wait=True)
    return livegenre.replay(file, speed=1.0, stop=stop)


async def main(file: str | None, port: int, pages: Sequence[Origin]) -> None:
    """Serve until the sound ends."""
    loop = asyncio.get_running_loop()
    stop = threading.Event()
    # Browsers let any page connect to this computer, and tell whose it is; programs tell nothing.
    origins = [None, *pages]

    async with serve(
        lambda client: client.wait_closed(), "127.0.0.1", port, origins=origins
    ) as server:
        print("serving at port", server.sockets[0].getsockname()[1], flush=True)

        def send(message: str) -> None:
            broadcast(server.connections, message)

        def tell() -> None:
            # The event loop must not wait for sound: it comes on a thread of its own, which must
            # not touch the connections: they change on the loop's.
            for decision in hear(file, stop):
                loop.call_soon_threadsafe(send, json.dumps(asdict(decision)))

        try:
            await asyncio.to_thread(tell)
        finally:
            stop.set()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--port", type=int, default=8765, help="0 takes one that is free")
    parser.add_argument("--origin", action="append", default=[], help="whose pages may connect")
    arguments = parser.parse_args()
    try:
        asyncio.run(main(arguments.file, arguments.port, arguments.origin))
    except (livegenre.LivegenreError, OSError, OverflowError) as error:  # of a port
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass
