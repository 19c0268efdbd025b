"""One station process on mobilityhouse/ocpp: connects, boots, charges a car, and does what the test says on standard input.
Usage: main.py VERSION URL STATION PASSWORD, VERSION being 1.6, 2.0.1 or 2.1."""

import asyncio
import base64
import json
import logging
import sys
import time

import websockets
from ocpp.exceptions import NotImplementedError, NotSupportedError, OCPPError

from outlet import Outlet
from station16 import Station16
from station2 import Station21, Station201
from wire import TappedSocket, say, tell

SAMPLE_EVERY_S = 2
STATIONS = {"1.6": Station16, "2.0.1": Station201, "2.1": Station21}
REASONS = {
    "Local": {"v16": "Local", "v201": "Local", "trigger": "StopAuthorized"},
    "Remote": {"v16": "Remote", "v201": "Remote", "trigger": "RemoteStop"},
    "Reset": {"v16": "SoftReset", "v201": "ImmediateReset", "trigger": "ResetCommand"},
}


class ProblemsToTest(logging.Handler):
    """The library logs what breaks its schemas; the test has to know."""

    def emit(self, record):
        error = record.exc_info[1] if record.exc_info else OCPPError(record.getMessage())
        if not isinstance(error, (NotImplementedError, NotSupportedError)):
            say(error)


class Driver:
    def __init__(self, version, url, station_id, password):
        self.outlet = Outlet()
        self._version, self._url, self._station_id, self._password = version, url, station_id, password
        self._token = None
        self._start_wh = 0
        self._station = None
        self._socket = None

    async def run(self):
        """Connects again whenever the socket is gone, until the test says leave."""
        reason = "PowerUp"
        while True:
            credentials = base64.b64encode(f"{self._station_id}:{self._password}".encode()).decode()
            async with websockets.connect(
                f"{self._url}/{self._station_id}",
                subprotocols=[f"ocpp{self._version}"],
                additional_headers={"Authorization": f"Basic {credentials}"},
            ) as socket:
                kind = STATIONS[self._version]
                self._socket = TappedSocket(socket)
                self._station = kind(self._station_id, self._socket, self)
                reading = asyncio.create_task(self._station.start())
                tell("booted", status=await self._station.boot(reason))
                try:
                    await reading
                except websockets.ConnectionClosed:
                    tell("closed")
            reason = "RemoteReset"

    async def plug_in(self, token):
        """Without a token the car waits for a remote start."""
        self.outlet.is_plugged = True
        await self._station.plugged()
        if token is not None and await self._station.is_accepted(token):
            await self.begin(token)

    async def begin(self, token, remote_start_id=None):
        self._token = token
        self._start_wh = await self._station.begin(token, remote_start_id)
        self.outlet.follow(time.time())

    async def end(self, reason):
        self.outlet.is_plugged = False
        self.outlet.follow(time.time())
        transaction_id, stop_wh = await self._station.stop(REASONS[reason], self._token if reason == "Local" else None)
        tell("stopped", transactionId=transaction_id, meterStartWh=self._start_wh, meterStopWh=stop_wh)

    async def reboot(self, reason):
        if self.outlet.transaction_id is not None:
            await self.end("Reset")
        await self._socket.close()

    async def charge(self):
        """The physics, once a second; samples are sent in between."""
        last, sampled = time.time(), 0.0
        while True:
            await asyncio.sleep(1)
            now = time.time()
            self.outlet.meter(now - last)
            last = now
            self.outlet.follow(now)
            if self.outlet.transaction_id is not None and now - sampled >= SAMPLE_EVERY_S:
                sampled = now
                await self._station.sample()

    async def obey(self):
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while line := await lines.readline():
            command = json.loads(line)
            if command["do"] == "plugIn":
                await self.plug_in(command.get("idToken"))
            elif command["do"] == "depart":
                await self.end("Local")


async def main():
    logging.getLogger("ocpp").addHandler(ProblemsToTest(level=logging.WARNING))
    asyncio.get_running_loop().set_exception_handler(lambda _, context: say(context.get("exception") or OCPPError(context["message"])))
    driver = Driver(*sys.argv[1:5])
    done, _ = await asyncio.wait(
        [asyncio.create_task(work) for work in (driver.run(), driver.charge(), driver.obey())], return_when=asyncio.FIRST_COMPLETED
    )
    for task in done:
        if task.exception() is not None:
            say(task.exception())
            raise task.exception()


asyncio.run(main())
