"""OCPP 2.0.1 and 2.1: the library's charging station with the answers of an ordinary one and the events of a transaction, in the words
both versions have, and a little of what is new in 2.1. When to send them is main's."""

import asyncio
import time
import uuid

from ocpp import v21, v201
from ocpp.routing import after, on
from ocpp.v21.enums import Action

from outlet import now_text
from wire import tell


class Station2:
    """To be mixed with the library's ChargePoint of a version; `calls` and `results` are its messages."""

    def __init__(self, station_id, socket, driver):
        super().__init__(station_id, socket)
        self._driver = driver
        self._outlet = driver.outlet
        self._order = asyncio.Lock()  # sequence numbers leave in their order
        self._seq_no = 0
        self._variables = {("OCPPCommCtrlr", "HeartbeatInterval"): "300", ("SampledDataCtrlr", "TxUpdatedInterval"): "2"}

    async def boot(self, reason):
        station = {"model": "interop", "vendor_name": "mobilityhouse", "firmware_version": self.version}
        answer = await self.call(self.calls.BootNotification(charging_station=station, reason=reason), suppress=False)
        await self.status("Occupied" if self._outlet.is_plugged else "Available")
        await self.call(self.calls.Heartbeat(), suppress=False)
        return answer.status

    async def status(self, status):
        await self.call(
            self.calls.StatusNotification(timestamp=now_text(), connector_status=status, evse_id=1, connector_id=1), suppress=False
        )

    async def plugged(self):
        await self.status("Occupied")

    async def is_accepted(self, token):
        answer = await self.call(self.calls.Authorize(id_token={"id_token": token, "type": "ISO14443"}), suppress=False)
        return answer.id_token_info["status"] == "Accepted"

    async def begin(self, token, remote_start_id=None):
        outlet = self._outlet
        start_wh = round(outlet.register_wh, 3)
        outlet.register_wh = start_wh
        outlet.transaction_id = str(uuid.uuid4())
        self._seq_no = 0
        answer = await self._event(
            "Started",
            "RemoteStart" if remote_start_id is not None else "Authorized",
            "Transaction.Begin",
            info={"charging_state": "Charging", "remote_start_id": remote_start_id},
            evse={"id": 1, "connector_id": 1},
            id_token={"id_token": token, "type": "ISO14443"},
        )
        tell("started", transactionId=outlet.transaction_id, meterStartWh=start_wh, status=answer.id_token_info["status"])
        return start_wh

    async def sample(self, reason="MeterValuePeriodic"):
        state = "Charging" if self._outlet.draw_a > 0 else "SuspendedEVSE"
        await self._event("Updated", reason, "Sample.Periodic", info={"charging_state": state})

    async def stop(self, reason, token=None):
        outlet = self._outlet
        stop_wh = round(outlet.register_wh, 3)
        outlet.register_wh = stop_wh
        transaction_id = outlet.transaction_id
        await self._event(
            "Ended",
            reason["trigger"],
            "Transaction.End",
            info={"charging_state": "Idle", "stopped_reason": reason["v201"]},
            id_token={"id_token": token, "type": "ISO14443"} if token else None,
        )
        outlet.end_transaction()
        await self.status("Available")
        return transaction_id, stop_wh

    async def _event(self, event_type, reason, context, info, **fields):
        outlet = self._outlet
        values = [
            {"value": round(outlet.register_wh, 3), "measurand": "Energy.Active.Import.Register", "context": context, "unit_of_measure": {"unit": "Wh"}},
            {"value": round(outlet.power_w(), 1), "measurand": "Power.Active.Import", "context": context, "unit_of_measure": {"unit": "W"}},
        ] + [
            {"value": round(outlet.draw_a, 2), "measurand": "Current.Import", "context": context, "phase": phase, "unit_of_measure": {"unit": "A"}}
            for phase in ("L1", "L2", "L3")
        ]
        async with self._order:
            if outlet.transaction_id is None:
                return None
            seq_no, self._seq_no = self._seq_no, self._seq_no + 1
            return await self.call(
                self.calls.TransactionEvent(
                    event_type=event_type,
                    timestamp=now_text(),
                    trigger_reason=reason,
                    seq_no=seq_no,
                    transaction_info={"transaction_id": outlet.transaction_id, **info},
                    meter_value=[{"timestamp": now_text(), "sampled_value": values}],
                    **fields,
                ),
                suppress=False,
            )

    @on(Action.set_charging_profile)
    def on_set_charging_profile(self, evse_id, charging_profile):
        self._outlet.install(evse_id, charging_profile)
        self._outlet.follow(time.time())
        return self.results.SetChargingProfile(status="Accepted")

    @on(Action.get_composite_schedule)
    def on_get_composite_schedule(self, duration, evse_id, **_):
        schedule = {
            "evse_id": evse_id,
            "duration": duration,
            "schedule_start": now_text(),
            "charging_rate_unit": "A",
            "charging_schedule_period": self._outlet.composite(time.time(), duration),
        }
        return self.results.GetCompositeSchedule(status="Accepted", schedule=schedule)

    @on(Action.request_start_transaction)
    def on_request_start(self, **_):
        return self.results.RequestStartTransaction(status="Accepted" if self._outlet.is_plugged else "Rejected")

    @after(Action.request_start_transaction)
    async def after_request_start(self, id_token, remote_start_id, **_):
        if self._outlet.is_plugged:
            await self._driver.begin(id_token["id_token"], remote_start_id)

    @on(Action.request_stop_transaction)
    def on_request_stop(self, transaction_id):
        return self.results.RequestStopTransaction(status="Accepted" if transaction_id == self._outlet.transaction_id else "Rejected")

    @after(Action.request_stop_transaction)
    async def after_request_stop(self, transaction_id):
        if transaction_id == self._outlet.transaction_id:
            await self._driver.end("Remote")

    @on(Action.reset)
    def on_reset(self, type, **_):
        return self.results.Reset(status="Accepted")

    @after(Action.reset)
    async def after_reset(self, type, **_):
        await self._driver.reboot("RemoteReset")

    @on(Action.get_variables)
    def on_get_variables(self, get_variable_data):
        return self.results.GetVariables(get_variable_result=[self._variable(asked) for asked in get_variable_data])

    def _variable(self, asked):
        value = self._variables.get((asked["component"]["name"], asked["variable"]["name"]))
        status = {"attribute_status": "UnknownVariable"} if value is None else {"attribute_status": "Accepted", "attribute_value": value}
        return {**status, "component": asked["component"], "variable": asked["variable"]}

    @on(Action.set_variables)
    def on_set_variables(self, set_variable_data):
        results = []
        for asked in set_variable_data:
            name = (asked["component"]["name"], asked["variable"]["name"])
            if name in self._variables:
                self._variables[name] = asked["attribute_value"]
            status = "Accepted" if name in self._variables else "UnknownVariable"
            results.append({"attribute_status": status, "component": asked["component"], "variable": asked["variable"]})
        return self.results.SetVariables(set_variable_result=results)

    @on(Action.get_base_report)
    def on_get_base_report(self, **_):
        return self.results.GetBaseReport(status="Accepted")

    @after(Action.get_base_report)
    async def after_get_base_report(self, request_id, **_):
        for seq_no, ((component, variable), value) in enumerate(self._variables.items()):
            report = {
                "component": {"name": component},
                "variable": {"name": variable},
                "variable_attribute": [{"value": value}],
                "variable_characteristics": {"data_type": "integer", "supports_monitoring": False},
            }
            is_last = seq_no == len(self._variables) - 1
            await self.call(
                self.calls.NotifyReport(request_id=request_id, generated_at=now_text(), seq_no=seq_no, report_data=[report], tbc=not is_last),
                suppress=False,
            )

    @on(Action.trigger_message)
    def on_trigger_message(self, requested_message, **_):
        known = requested_message in ("TransactionEvent", "Heartbeat")
        return self.results.TriggerMessage(status="Accepted" if known else "NotImplemented")

    @after(Action.trigger_message)
    async def after_trigger_message(self, requested_message, **_):
        if requested_message == "TransactionEvent":
            await self.sample("Trigger")
        elif requested_message == "Heartbeat":
            await self.call(self.calls.Heartbeat(), suppress=False)

    @on(Action.get_transaction_status)
    def on_get_transaction_status(self, transaction_id=None):
        ongoing = None if transaction_id is None else transaction_id == self._outlet.transaction_id
        return self.results.GetTransactionStatus(messages_in_queue=False, ongoing_indicator=ongoing)

    @on(Action.change_availability)
    def on_change_availability(self, **_):
        return self.results.ChangeAvailability(status="Accepted")

    @on(Action.unlock_connector)
    def on_unlock_connector(self, **_):
        return self.results.UnlockConnector(status="Unlocked")

    @on(Action.clear_cache)
    def on_clear_cache(self):
        return self.results.ClearCache(status="Accepted")


class Station201(Station2, v201.ChargePoint):
    version, calls, results = "2.0.1", v201.call, v201.call_result


class Station21(Station2, v21.ChargePoint):
    version, calls, results = "2.1", v21.call, v21.call_result

    STREAM = {"id": 3, "variable_monitoring_id": 9, "params": {"interval": 60}}

    async def boot(self, reason):
        status = await super().boot(reason)
        await self.call(self.calls.OpenPeriodicEventStream(constant_stream_data=self.STREAM), suppress=False)
        return status

    @on(Action.get_periodic_event_stream)
    def on_get_periodic_event_stream(self):
        return self.results.GetPeriodicEventStream(constant_stream_data=[self.STREAM])

    @on(Action.set_default_tariff)
    def on_set_default_tariff(self, **_):
        return self.results.SetDefaultTariff(status="Accepted")
