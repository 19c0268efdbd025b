// OCPP 1.6: the library's charge point with the answers of an ordinary station and the messages of a charging session.
// When to send them is main's.
package main

import (
	"fmt"
	"strconv"

	ocpp16 "github.com/lorenzodonini/ocpp-go/ocpp1.6"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/core"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/remotetrigger"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/smartcharging"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/types"
)

type station16 struct {
	driver   *driver
	socket   *tappedSocket
	library  ocpp16.ChargePoint
	settings map[string]string
}

func newStation16(d *driver, socket *tappedSocket) *station16 {
	types.DateTimeFormat = timeFormat
	s := &station16{d, socket, ocpp16.NewChargePoint(d.stationID, nil, socket), map[string]string{"HeartbeatInterval": "300", "MeterValueSampleInterval": "2"}}
	s.library.SetCoreHandler(s)
	s.library.SetSmartChargingHandler(s)
	s.library.SetRemoteTriggerHandler(s)
	return s
}

func (s *station16) start(url string) error { return s.library.Start(url) }
func (s *station16) leave()                 { s.library.Stop() }

func (s *station16) boot(string) (string, error) {
	answer, err := s.library.BootNotification("interop", "ocpp-go")
	if err != nil {
		return "", err
	}
	say(s.statusOf(0, core.ChargePointStatusAvailable))
	say(s.status("Available"))
	_, err = s.library.Heartbeat()
	return string(answer.Status), err
}

func (s *station16) status(status string) error { return s.statusOf(1, core.ChargePointStatus(status)) }

func (s *station16) statusOf(connectorID int, status core.ChargePointStatus) error {
	_, err := s.library.StatusNotification(connectorID, core.NoError, status, func(request *core.StatusNotificationRequest) {
		request.Timestamp = types.Now()
	})
	return err
}

func (s *station16) plugged() error { return s.status("Preparing") }

func (s *station16) isAccepted(token string) (bool, error) {
	answer, err := s.library.Authorize(token)
	return err == nil && answer.IdTagInfo.Status == types.AuthorizationStatusAccepted, err
}

func (s *station16) begin(token string, _ *int) (string, float64, error) {
	startWh := s.driver.outlet.roundUp()
	answer, err := s.library.StartTransaction(1, token, startWh, types.Now())
	if err != nil {
		return "", 0, err
	}
	s.driver.outlet.begin(strconv.Itoa(answer.TransactionId))
	tell("started", fields{"transactionId": answer.TransactionId, "meterStartWh": startWh, "status": answer.IdTagInfo.Status})
	return strconv.Itoa(answer.TransactionId), float64(startWh), s.status("Charging")
}

func (s *station16) sample(isTriggered bool) error {
	context := types.ReadingContextSamplePeriodic
	if isTriggered {
		context = types.ReadingContextTrigger
	}
	registerWh, currentA, powerW, transactionID := s.driver.outlet.read()
	values := []types.SampledValue{
		{Value: fmt.Sprintf("%.3f", registerWh), Measurand: types.MeasurandEnergyActiveImportRegister, Unit: types.UnitOfMeasureWh, Context: context},
		{Value: fmt.Sprintf("%.1f", powerW), Measurand: types.MeasurandPowerActiveImport, Unit: types.UnitOfMeasureW, Context: context},
	}
	for _, phase := range []types.Phase{types.PhaseL1, types.PhaseL2, types.PhaseL3} {
		values = append(values, types.SampledValue{Value: fmt.Sprintf("%.2f", currentA), Measurand: types.MeasurandCurrentImport, Unit: types.UnitOfMeasureA, Phase: phase, Context: context})
	}
	_, err := s.library.MeterValues(1, []types.MeterValue{{Timestamp: types.Now(), SampledValue: values}}, func(request *core.MeterValuesRequest) {
		if id, err := strconv.Atoi(transactionID); err == nil {
			request.TransactionId = &id
		}
	})
	return err
}

func (s *station16) stop(reason reason, token string) (any, float64, error) {
	_, _, _, transactionID := s.driver.outlet.read()
	stopWh := s.driver.outlet.roundUp()
	s.driver.outlet.end()
	id, _ := strconv.Atoi(transactionID)
	_, err := s.library.StopTransaction(stopWh, types.Now(), id, func(request *core.StopTransactionRequest) {
		request.Reason = core.Reason(reason.v16)
		request.IdTag = token
	})
	if err != nil {
		return id, float64(stopWh), err
	}
	return id, float64(stopWh), s.status("Available")
}

func (s *station16) OnSetChargingProfile(request *smartcharging.SetChargingProfileRequest) (*smartcharging.SetChargingProfileConfirmation, error) {
	given := request.ChargingProfile
	added := profile{outlet: request.ConnectorId, id: given.ChargingProfileId, level: given.StackLevel, purpose: string(given.ChargingProfilePurpose)}
	if given.TransactionId != 0 {
		added.transaction = strconv.Itoa(given.TransactionId)
	}
	added.startsAt, added.duration, added.unit = given.ChargingSchedule.StartSchedule.Time, given.ChargingSchedule.Duration, string(given.ChargingSchedule.ChargingRateUnit)
	for _, step := range given.ChargingSchedule.ChargingSchedulePeriod {
		added.periods = append(added.periods, period{step.StartPeriod, step.Limit})
	}
	s.driver.outlet.install(added)
	return smartcharging.NewSetChargingProfileConfirmation(smartcharging.ChargingProfileStatusAccepted), nil
}

func (s *station16) OnClearChargingProfile(*smartcharging.ClearChargingProfileRequest) (*smartcharging.ClearChargingProfileConfirmation, error) {
	return smartcharging.NewClearChargingProfileConfirmation(smartcharging.ClearChargingProfileStatusUnknown), nil
}

func (s *station16) OnGetCompositeSchedule(request *smartcharging.GetCompositeScheduleRequest) (*smartcharging.GetCompositeScheduleConfirmation, error) {
	steps := []types.ChargingSchedulePeriod{}
	for _, step := range s.driver.outlet.composite(request.Duration) {
		steps = append(steps, types.NewChargingSchedulePeriod(step.start, step.limit))
	}
	answer := smartcharging.NewGetCompositeScheduleConfirmation(smartcharging.GetCompositeScheduleStatusAccepted)
	answer.ConnectorId, answer.ScheduleStart = &request.ConnectorId, types.Now()
	answer.ChargingSchedule = types.NewChargingSchedule(types.ChargingRateUnitAmperes, steps...)
	answer.ChargingSchedule.Duration = &request.Duration
	return answer, nil
}

func (s *station16) OnRemoteStartTransaction(request *core.RemoteStartTransactionRequest) (*core.RemoteStartTransactionConfirmation, error) {
	if !s.driver.outlet.isPlugged {
		return core.NewRemoteStartTransactionConfirmation(types.RemoteStartStopStatusRejected), nil
	}
	s.socket.afterAnswer(func() { s.driver.begin(request.IdTag, nil) })
	return core.NewRemoteStartTransactionConfirmation(types.RemoteStartStopStatusAccepted), nil
}

func (s *station16) OnRemoteStopTransaction(request *core.RemoteStopTransactionRequest) (*core.RemoteStopTransactionConfirmation, error) {
	if _, _, _, running := s.driver.outlet.read(); running != strconv.Itoa(request.TransactionId) {
		return core.NewRemoteStopTransactionConfirmation(types.RemoteStartStopStatusRejected), nil
	}
	s.socket.afterAnswer(func() { s.driver.end("Remote") })
	return core.NewRemoteStopTransactionConfirmation(types.RemoteStartStopStatusAccepted), nil
}

func (s *station16) OnReset(*core.ResetRequest) (*core.ResetConfirmation, error) {
	s.socket.afterAnswer(s.driver.reboot)
	return core.NewResetConfirmation(core.ResetStatusAccepted), nil
}

func (s *station16) OnGetConfiguration(request *core.GetConfigurationRequest) (*core.GetConfigurationConfirmation, error) {
	names := request.Key
	if len(names) == 0 {
		names = []string{"HeartbeatInterval", "MeterValueSampleInterval"}
	}
	known, unknown := []core.ConfigurationKey{}, []string{}
	for _, name := range names {
		if value, isKnown := s.settings[name]; isKnown {
			known = append(known, core.ConfigurationKey{Key: name, Value: &value})
		} else {
			unknown = append(unknown, name)
		}
	}
	answer := core.NewGetConfigurationConfirmation(known)
	answer.UnknownKey = unknown
	return answer, nil
}

func (s *station16) OnChangeConfiguration(request *core.ChangeConfigurationRequest) (*core.ChangeConfigurationConfirmation, error) {
	if _, isKnown := s.settings[request.Key]; !isKnown {
		return core.NewChangeConfigurationConfirmation(core.ConfigurationStatusNotSupported), nil
	}
	s.settings[request.Key] = request.Value
	return core.NewChangeConfigurationConfirmation(core.ConfigurationStatusAccepted), nil
}

func (s *station16) OnTriggerMessage(request *remotetrigger.TriggerMessageRequest) (*remotetrigger.TriggerMessageConfirmation, error) {
	if request.RequestedMessage != core.MeterValuesFeatureName {
		return remotetrigger.NewTriggerMessageConfirmation(remotetrigger.TriggerMessageStatusNotImplemented), nil
	}
	s.socket.afterAnswer(func() { say(s.sample(true)) })
	return remotetrigger.NewTriggerMessageConfirmation(remotetrigger.TriggerMessageStatusAccepted), nil
}

func (s *station16) OnChangeAvailability(*core.ChangeAvailabilityRequest) (*core.ChangeAvailabilityConfirmation, error) {
	return core.NewChangeAvailabilityConfirmation(core.AvailabilityStatusAccepted), nil
}

func (s *station16) OnClearCache(*core.ClearCacheRequest) (*core.ClearCacheConfirmation, error) {
	return core.NewClearCacheConfirmation(core.ClearCacheStatusAccepted), nil
}

func (s *station16) OnDataTransfer(*core.DataTransferRequest) (*core.DataTransferConfirmation, error) {
	return core.NewDataTransferConfirmation(core.DataTransferStatusUnknownVendorId), nil
}

func (s *station16) OnUnlockConnector(*core.UnlockConnectorRequest) (*core.UnlockConnectorConfirmation, error) {
	return core.NewUnlockConnectorConfirmation(core.UnlockStatusUnlocked), nil
}
