"""What the test sees of this station: one JSON object a line on standard output, every frame of the socket included.
Commands come the same way on standard input. OCPP itself is the library's."""

import json
import sys
import time


def tell(event, **fields):
    """One line for the test; `at` is the machine's clock [ms]."""
    print(json.dumps({"event": event, "at": round(time.time() * 1000), **fields}), flush=True)


class TappedSocket:
    """The socket as the library wants it; tells every frame before it leaves and as it comes, and every error frame of ours."""

    def __init__(self, socket):
        self._socket = socket

    async def send(self, text):
        tell("frame", direction="sent", text=text)
        await self._socket.send(text)

    async def recv(self):
        text = await self._socket.recv()
        tell("frame", direction="received", text=text)
        return text

    async def close(self):
        await self._socket.close()


def say(error):
    """A fault of either side: the test fails on it."""
    tell("problem", what=f"{type(error).__name__}: {error}")
    print(repr(error), file=sys.stderr, flush=True)
