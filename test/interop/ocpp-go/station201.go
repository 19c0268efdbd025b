// OCPP 2.0.1: the library's charging station with the answers of an ordinary one and the events of a transaction.
// When to send them is main's.
package main

import (
	"crypto/rand"
	"fmt"
	"sync"

	ocpp2 "github.com/lorenzodonini/ocpp-go/ocpp2.0.1"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/authorization"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/availability"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/provisioning"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/remotecontrol"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/smartcharging"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/transactions"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/types"
)

type station201 struct {
	driver    *driver
	socket    *tappedSocket
	library   ocpp2.ChargingStation
	order     sync.Mutex // sequence numbers leave in their order
	seqNo     int
	variables map[string]string
}

func newStation201(d *driver, socket *tappedSocket) *station201 {
	types.DateTimeFormat = timeFormat
	s := &station201{driver: d, socket: socket, library: ocpp2.NewChargingStation(d.stationID, nil, socket)}
	s.variables = map[string]string{"OCPPCommCtrlr/HeartbeatInterval": "300", "SampledDataCtrlr/TxUpdatedInterval": "2"}
	s.library.SetProvisioningHandler(s)
	s.library.SetAuthorizationHandler(s)
	s.library.SetTransactionsHandler(s)
	s.library.SetRemoteControlHandler(s)
	s.library.SetAvailabilityHandler(s)
	s.library.SetSmartChargingHandler(s)
	return s
}

func (s *station201) start(url string) error { return s.library.Start(url) }
func (s *station201) leave()                 { s.library.Stop() }

func (s *station201) boot(reason string) (string, error) {
	answer, err := s.library.BootNotification(provisioning.BootReason(reason), "interop", "ocpp-go")
	if err != nil {
		return "", err
	}
	say(s.status(availability.ConnectorStatusAvailable))
	_, err = s.library.Heartbeat()
	return string(answer.Status), err
}

func (s *station201) status(status availability.ConnectorStatus) error {
	_, err := s.library.StatusNotification(types.Now(), status, 1, 1)
	return err
}

func (s *station201) plugged() error { return s.status(availability.ConnectorStatusOccupied) }

func (s *station201) isAccepted(token string) (bool, error) {
	answer, err := s.library.Authorize(token, types.IdTokenTypeISO14443)
	return err == nil && answer.IdTokenInfo.Status == types.AuthorizationStatusAccepted, err
}

func (s *station201) begin(token string, remoteStartID *int) (string, float64, error) {
	startWh := s.driver.outlet.roundUp()
	id := make([]byte, 16)
	rand.Read(id)
	transactionID := fmt.Sprintf("%x", id)
	s.seqNo = 0
	s.driver.outlet.begin(transactionID)
	reason := transactions.TriggerReasonAuthorized
	if remoteStartID != nil {
		reason = transactions.TriggerReasonRemoteStart
	}
	answer, err := s.event(transactions.TransactionEventStarted, reason, types.ReadingContextTransactionBegin, func(request *transactions.TransactionEventRequest) {
		connectorID := 1
		request.Evse = &types.EVSE{ID: 1, ConnectorID: &connectorID}
		request.IDToken = &types.IdToken{IdToken: token, Type: types.IdTokenTypeISO14443}
		request.TransactionInfo.ChargingState = transactions.ChargingStateCharging
		request.TransactionInfo.RemoteStartID = remoteStartID
	})
	if err != nil {
		return transactionID, 0, err
	}
	tell("started", fields{"transactionId": transactionID, "meterStartWh": startWh, "status": answer.IDTokenInfo.Status})
	return transactionID, float64(startWh), nil
}

func (s *station201) sample(isTriggered bool) error {
	reason, context := transactions.TriggerReasonMeterValuePeriodic, types.ReadingContextSamplePeriodic
	if isTriggered {
		reason, context = transactions.TriggerReasonTrigger, types.ReadingContextTrigger
	}
	_, err := s.event(transactions.TransactionEventUpdated, reason, context, func(request *transactions.TransactionEventRequest) {
		request.TransactionInfo.ChargingState = transactions.ChargingStateCharging
		if _, currentA, _, _ := s.driver.outlet.read(); currentA == 0 {
			request.TransactionInfo.ChargingState = transactions.ChargingStateSuspendedEVSE
		}
	})
	return err
}

func (s *station201) stop(reason reason, token string) (any, float64, error) {
	stopWh := s.driver.outlet.roundUp()
	_, _, _, transactionID := s.driver.outlet.read()
	_, err := s.event(transactions.TransactionEventEnded, transactions.TriggerReason(reason.trigger), types.ReadingContextTransactionEnd, func(request *transactions.TransactionEventRequest) {
		request.TransactionInfo.StoppedReason = transactions.Reason(reason.v201)
		if token != "" {
			request.IDToken = &types.IdToken{IdToken: token, Type: types.IdTokenTypeISO14443}
		}
	})
	s.driver.outlet.end()
	if err != nil {
		return transactionID, float64(stopWh), err
	}
	return transactionID, float64(stopWh), s.status(availability.ConnectorStatusAvailable)
}

func (s *station201) event(kind transactions.TransactionEvent, reason transactions.TriggerReason, context types.ReadingContext, more func(*transactions.TransactionEventRequest)) (*transactions.TransactionEventResponse, error) {
	s.order.Lock()
	defer s.order.Unlock()
	registerWh, currentA, powerW, transactionID := s.driver.outlet.read()
	if transactionID == "" {
		return nil, nil
	}
	values := []types.SampledValue{
		{Value: registerWh, Measurand: types.MeasurandEnergyActiveImportRegister, Context: context, UnitOfMeasure: &types.UnitOfMeasure{Unit: "Wh"}},
		{Value: powerW, Measurand: types.MeasurandPowerActiveImport, Context: context, UnitOfMeasure: &types.UnitOfMeasure{Unit: "W"}},
	}
	for _, phase := range []types.Phase{types.PhaseL1, types.PhaseL2, types.PhaseL3} {
		values = append(values, types.SampledValue{Value: currentA, Measurand: types.MeasurandCurrentImport, Phase: phase, Context: context, UnitOfMeasure: &types.UnitOfMeasure{Unit: "A"}})
	}
	seqNo := s.seqNo
	s.seqNo++
	return s.library.TransactionEvent(kind, types.Now(), reason, seqNo, transactions.Transaction{TransactionID: transactionID}, more, func(request *transactions.TransactionEventRequest) {
		request.MeterValue = []types.MeterValue{{Timestamp: *types.Now(), SampledValue: values}}
	})
}

func (s *station201) OnSetChargingProfile(request *smartcharging.SetChargingProfileRequest) (*smartcharging.SetChargingProfileResponse, error) {
	given := request.ChargingProfile
	schedule := given.ChargingSchedule[0]
	added := profile{outlet: request.EvseID, id: given.ID, level: given.StackLevel, purpose: string(given.ChargingProfilePurpose), transaction: given.TransactionID}
	added.startsAt, added.duration, added.unit = schedule.StartSchedule.Time, schedule.Duration, string(schedule.ChargingRateUnit)
	for _, step := range schedule.ChargingSchedulePeriod {
		added.periods = append(added.periods, period{step.StartPeriod, step.Limit})
	}
	s.driver.outlet.install(added)
	return smartcharging.NewSetChargingProfileResponse(smartcharging.ChargingProfileStatusAccepted), nil
}

func (s *station201) OnClearChargingProfile(*smartcharging.ClearChargingProfileRequest) (*smartcharging.ClearChargingProfileResponse, error) {
	return smartcharging.NewClearChargingProfileResponse(smartcharging.ClearChargingProfileStatusUnknown), nil
}

func (s *station201) OnGetChargingProfiles(*smartcharging.GetChargingProfilesRequest) (*smartcharging.GetChargingProfilesResponse, error) {
	return smartcharging.NewGetChargingProfilesResponse(smartcharging.GetChargingProfileStatusNoProfiles), nil
}

// OnGetCompositeSchedule answers in the library's own shape, which is not the one of the 2.0.1 schema.
func (s *station201) OnGetCompositeSchedule(request *smartcharging.GetCompositeScheduleRequest) (*smartcharging.GetCompositeScheduleResponse, error) {
	steps := []types.ChargingSchedulePeriod{}
	for _, step := range s.driver.outlet.composite(request.Duration) {
		steps = append(steps, types.NewChargingSchedulePeriod(step.start, step.limit))
	}
	schedule := types.NewChargingSchedule(1, types.ChargingRateUnitAmperes, steps...)
	answer := smartcharging.NewGetCompositeScheduleResponse(smartcharging.GetCompositeScheduleStatusAccepted, request.EvseID)
	answer.Schedule = &smartcharging.CompositeSchedule{StartDateTime: types.Now(), ChargingSchedule: schedule}
	return answer, nil
}

func (s *station201) OnRequestStartTransaction(request *remotecontrol.RequestStartTransactionRequest) (*remotecontrol.RequestStartTransactionResponse, error) {
	if !s.driver.outlet.isPlugged {
		return remotecontrol.NewRequestStartTransactionResponse(remotecontrol.RequestStartStopStatusRejected), nil
	}
	s.socket.afterAnswer(func() { s.driver.begin(request.IDToken.IdToken, &request.RemoteStartID) })
	return remotecontrol.NewRequestStartTransactionResponse(remotecontrol.RequestStartStopStatusAccepted), nil
}

func (s *station201) OnRequestStopTransaction(request *remotecontrol.RequestStopTransactionRequest) (*remotecontrol.RequestStopTransactionResponse, error) {
	if _, _, _, running := s.driver.outlet.read(); running != request.TransactionID {
		return remotecontrol.NewRequestStopTransactionResponse(remotecontrol.RequestStartStopStatusRejected), nil
	}
	s.socket.afterAnswer(func() { s.driver.end("Remote") })
	return remotecontrol.NewRequestStopTransactionResponse(remotecontrol.RequestStartStopStatusAccepted), nil
}

func (s *station201) OnTriggerMessage(request *remotecontrol.TriggerMessageRequest) (*remotecontrol.TriggerMessageResponse, error) {
	if request.RequestedMessage != remotecontrol.MessageTriggerTransactionEvent {
		return remotecontrol.NewTriggerMessageResponse(remotecontrol.TriggerMessageStatusNotImplemented), nil
	}
	s.socket.afterAnswer(func() { say(s.sample(true)) })
	return remotecontrol.NewTriggerMessageResponse(remotecontrol.TriggerMessageStatusAccepted), nil
}

func (s *station201) OnUnlockConnector(*remotecontrol.UnlockConnectorRequest) (*remotecontrol.UnlockConnectorResponse, error) {
	return remotecontrol.NewUnlockConnectorResponse(remotecontrol.UnlockStatusUnlocked), nil
}

func (s *station201) OnReset(*provisioning.ResetRequest) (*provisioning.ResetResponse, error) {
	s.socket.afterAnswer(s.driver.reboot)
	return provisioning.NewResetResponse(provisioning.ResetStatusAccepted), nil
}

func (s *station201) OnGetVariables(request *provisioning.GetVariablesRequest) (*provisioning.GetVariablesResponse, error) {
	results := []provisioning.GetVariableResult{}
	for _, asked := range request.GetVariableData {
		value, isKnown := s.variables[asked.Component.Name+"/"+asked.Variable.Name]
		found := provisioning.GetVariableResult{AttributeStatus: provisioning.GetVariableStatusUnknownVariable, Component: asked.Component, Variable: asked.Variable}
		if isKnown {
			found.AttributeStatus, found.AttributeValue = provisioning.GetVariableStatusAccepted, value
		}
		results = append(results, found)
	}
	return provisioning.NewGetVariablesResponse(results), nil
}

func (s *station201) OnSetVariables(request *provisioning.SetVariablesRequest) (*provisioning.SetVariablesResponse, error) {
	results := []provisioning.SetVariableResult{}
	for _, asked := range request.SetVariableData {
		name := asked.Component.Name + "/" + asked.Variable.Name
		status := provisioning.SetVariableStatusUnknownVariable
		if _, isKnown := s.variables[name]; isKnown {
			s.variables[name] = asked.AttributeValue
			status = provisioning.SetVariableStatusAccepted
		}
		results = append(results, provisioning.SetVariableResult{AttributeStatus: status, Component: asked.Component, Variable: asked.Variable})
	}
	return provisioning.NewSetVariablesResponse(results), nil
}

func (s *station201) OnGetBaseReport(request *provisioning.GetBaseReportRequest) (*provisioning.GetBaseReportResponse, error) {
	s.socket.afterAnswer(func() {
		_, err := s.library.NotifyReport(request.RequestID, types.Now(), 0, func(report *provisioning.NotifyReportRequest) {
			report.ReportData = []provisioning.ReportData{{
				Component:         types.Component{Name: "OCPPCommCtrlr"},
				Variable:          types.Variable{Name: "HeartbeatInterval"},
				VariableAttribute: []provisioning.VariableAttribute{{Value: s.variables["OCPPCommCtrlr/HeartbeatInterval"]}},
			}}
		})
		say(err)
	})
	return provisioning.NewGetBaseReportResponse(types.GenericDeviceModelStatusAccepted), nil
}

func (s *station201) OnGetReport(*provisioning.GetReportRequest) (*provisioning.GetReportResponse, error) {
	return provisioning.NewGetReportResponse(types.GenericDeviceModelStatusNotSupported), nil
}

func (s *station201) OnSetNetworkProfile(*provisioning.SetNetworkProfileRequest) (*provisioning.SetNetworkProfileResponse, error) {
	return provisioning.NewSetNetworkProfileResponse(provisioning.SetNetworkProfileStatusRejected), nil
}

func (s *station201) OnGetTransactionStatus(request *transactions.GetTransactionStatusRequest) (*transactions.GetTransactionStatusResponse, error) {
	answer := transactions.NewGetTransactionStatusResponse(false)
	if request.TransactionID != "" {
		_, _, _, running := s.driver.outlet.read()
		isOngoing := running == request.TransactionID
		answer.OngoingIndicator = &isOngoing
	}
	return answer, nil
}

func (s *station201) OnChangeAvailability(*availability.ChangeAvailabilityRequest) (*availability.ChangeAvailabilityResponse, error) {
	return availability.NewChangeAvailabilityResponse(availability.ChangeAvailabilityStatusAccepted), nil
}

func (s *station201) OnClearCache(*authorization.ClearCacheRequest) (*authorization.ClearCacheResponse, error) {
	return authorization.NewClearCacheResponse(authorization.ClearCacheStatusAccepted), nil
}
