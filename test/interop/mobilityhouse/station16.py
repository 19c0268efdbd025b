"""OCPP 1.6: the library's charge point with the answers of an ordinary station and the messages of a charging session.
When to send them is main's."""

import math
import time

from ocpp.routing import after, on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action

from outlet import now_text
from wire import tell


class Station16(ChargePoint):
    def __init__(self, station_id, socket, driver):
        super().__init__(station_id, socket)
        self._driver = driver
        self._outlet = driver.outlet
        self._settings = {"HeartbeatInterval": "300", "MeterValueSampleInterval": "2", "NumberOfConnectors": "1"}

    async def boot(self, reason):
        answer = await self.call(
            call.BootNotification(charge_point_model="interop", charge_point_vendor="mobilityhouse", firmware_version="1.6"), suppress=False
        )
        for connector_id in (0, 1):
            await self.status("Available" if connector_id == 0 or not self._outlet.is_plugged else "Preparing", connector_id)
        await self.call(call.Heartbeat(), suppress=False)
        return answer.status

    async def status(self, status, connector_id=1):
        await self.call(
            call.StatusNotification(connector_id=connector_id, error_code="NoError", status=status, timestamp=now_text()), suppress=False
        )

    async def plugged(self):
        await self.status("Preparing")

    async def is_accepted(self, token):
        answer = await self.call(call.Authorize(id_tag=token), suppress=False)
        return answer.id_tag_info["status"] == "Accepted"

    async def begin(self, token, remote_start_id=None):
        start_wh = round(self._outlet.register_wh)
        self._outlet.register_wh = float(start_wh)
        answer = await self.call(
            call.StartTransaction(connector_id=1, id_tag=token, meter_start=start_wh, timestamp=now_text()), suppress=False
        )
        self._outlet.transaction_id = answer.transaction_id
        tell("started", transactionId=answer.transaction_id, meterStartWh=start_wh, status=answer.id_tag_info["status"])
        await self.status("Charging")
        return start_wh

    async def sample(self, context="Sample.Periodic"):
        outlet = self._outlet
        values = [
            {"value": f"{outlet.register_wh:.3f}", "measurand": "Energy.Active.Import.Register", "unit": "Wh", "context": context},
            {"value": f"{outlet.power_w():.1f}", "measurand": "Power.Active.Import", "unit": "W", "context": context},
        ] + [
            {"value": f"{outlet.draw_a:.2f}", "measurand": "Current.Import", "unit": "A", "phase": phase, "context": context}
            for phase in ("L1", "L2", "L3")
        ]
        await self.call(
            call.MeterValues(
                connector_id=1, transaction_id=outlet.transaction_id, meter_value=[{"timestamp": now_text(), "sampledValue": values}]
            ),
            suppress=False,
        )

    async def stop(self, reason, token=None):
        outlet = self._outlet
        transaction_id, stop_wh = outlet.transaction_id, math.ceil(outlet.register_wh)
        outlet.register_wh = float(stop_wh)
        outlet.end_transaction()
        await self.call(
            call.StopTransaction(
                meter_stop=stop_wh, timestamp=now_text(), transaction_id=transaction_id, reason=reason["v16"], id_tag=token
            ),
            suppress=False,
        )
        await self.status("Available")
        return transaction_id, stop_wh

    @on(Action.set_charging_profile)
    def on_set_charging_profile(self, connector_id, cs_charging_profiles):
        self._outlet.install(connector_id, cs_charging_profiles)
        self._outlet.follow(time.time())
        return call_result.SetChargingProfile(status="Accepted")

    @on(Action.get_composite_schedule)
    def on_get_composite_schedule(self, connector_id, duration, **_):
        periods = self._outlet.composite(time.time(), duration)
        schedule = {"duration": duration, "charging_rate_unit": "A", "charging_schedule_period": periods}
        return call_result.GetCompositeSchedule(
            status="Accepted", connector_id=connector_id, schedule_start=now_text(), charging_schedule=schedule
        )

    @on(Action.remote_start_transaction)
    def on_remote_start(self, id_tag, **_):
        return call_result.RemoteStartTransaction(status="Accepted" if self._outlet.is_plugged else "Rejected")

    @after(Action.remote_start_transaction)
    async def after_remote_start(self, id_tag, **_):
        if self._outlet.is_plugged:
            await self._driver.begin(id_tag)

    @on(Action.remote_stop_transaction)
    def on_remote_stop(self, transaction_id):
        return call_result.RemoteStopTransaction(status="Accepted" if transaction_id == self._outlet.transaction_id else "Rejected")

    @after(Action.remote_stop_transaction)
    async def after_remote_stop(self, transaction_id):
        if transaction_id == self._outlet.transaction_id:
            await self._driver.end("Remote")

    @on(Action.reset)
    def on_reset(self, type):
        return call_result.Reset(status="Accepted")

    @after(Action.reset)
    async def after_reset(self, type):
        await self._driver.reboot("RemoteReset")

    @on(Action.get_configuration)
    def on_get_configuration(self, key=None):
        asked = key or list(self._settings)
        return call_result.GetConfiguration(
            configuration_key=[{"key": name, "readonly": False, "value": self._settings[name]} for name in asked if name in self._settings],
            unknown_key=[name for name in asked if name not in self._settings],
        )

    @on(Action.change_configuration)
    def on_change_configuration(self, key, value):
        if key not in self._settings:
            return call_result.ChangeConfiguration(status="NotSupported")
        self._settings[key] = value
        return call_result.ChangeConfiguration(status="Accepted")

    @on(Action.trigger_message)
    def on_trigger_message(self, requested_message, **_):
        return call_result.TriggerMessage(status="Accepted" if requested_message in ("MeterValues", "Heartbeat") else "NotImplemented")

    @after(Action.trigger_message)
    async def after_trigger_message(self, requested_message, **_):
        if requested_message == "MeterValues":
            await self.sample("Trigger")
        elif requested_message == "Heartbeat":
            await self.call(call.Heartbeat(), suppress=False)

    @on(Action.change_availability)
    def on_change_availability(self, **_):
        return call_result.ChangeAvailability(status="Accepted")

    @on(Action.unlock_connector)
    def on_unlock_connector(self, **_):
        return call_result.UnlockConnector(status="Unlocked")

    @on(Action.clear_cache)
    def on_clear_cache(self):
        return call_result.ClearCache(status="Accepted")
