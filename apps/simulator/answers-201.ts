// What a 2.0.1 station answers to each call of the CSMS, and what it does then.
// What it says by itself is in dialect-201.ts; which profiles it takes in profile-rules-201.ts.
import type { RequestOf } from '#ocpp';
import { askForCertificate, certificateAnswers2 } from './answers-certificates.js';
import { compositeSchedule } from './composite.js';
import { deviceModel } from './device-model-201.js';
import type { StationControls } from './dialect.js';
import { customers201, display201 } from './display.js';
import type { Outlet } from './installation.js';
import { meterValue201 } from './meter-values-201.js';
import { monitors201 } from './monitors.js';
import type { Profile } from './profile.js';
import { accept201, acceptForStart201, purpose201, toWire201 } from './profile-rules-201.js';
import type { Handlers } from './replies.js';
import { reservations201 } from './reservations.js';
import { MOST_SET } from './settings-catalog.js';
import { tokenList201 } from './token-list.js';
import { transfers201 } from './transfers.js';
import { outletViews, profileContext } from './views.js';

type Report = RequestOf<'ocpp2.0.1', 'NotifyReport'>;
type Row = NonNullable<Report['reportData']>[number];
type ProfileReport = RequestOf<'ocpp2.0.1', 'ReportChargingProfiles'>;

/** Rows of one NotifyReport; a longer report comes in parts (B07.FR.07). */
const ROWS_PER_PART = 10;

export function answers201(controls: StationControls): Handlers<'ocpp2.0.1'> {
  const { installation } = controls;
  const model = deviceModel(controls);
  const isKnown = (evseId: number) => evseId === 0 || installation.outlet(evseId) !== undefined;
  const rejected = (reasonCode: string) => ({ result: { status: 'Rejected' as const, statusInfo: { reasonCode } } });

  function report(requestId: number, rows: Report['reportData'] & object): void {
    const generatedAt = new Date(controls.now()).toISOString();
    for (let seqNo = 0; seqNo * ROWS_PER_PART < rows.length; seqNo++) {
      const part = rows.slice(seqNo * ROWS_PER_PART, (seqNo + 1) * ROWS_PER_PART);
      const payload: Report = { requestId, generatedAt, seqNo, tbc: (seqNo + 1) * ROWS_PER_PART < rows.length, reportData: part };
      controls.send({ action: 'NotifyReport', kind: 'volatile', triggered: true, payload: () => payload });
    }
  }

  function reportProfiles(requestId: number, profiles: readonly Profile[]): void {
    profiles.forEach((profile, index) => {
      const payload: ProfileReport = {
        requestId,
        chargingLimitSource: 'CSO',
        evseId: profile.evseId,
        chargingProfile: [toWire201(profile)],
        tbc: index < profiles.length - 1,
      };
      controls.send({ action: 'ReportChargingProfiles', kind: 'volatile', triggered: true, payload: () => payload });
    });
  }

  const meterValues = (outlet: Outlet) => {
    const payload: RequestOf<'ocpp2.0.1', 'MeterValues'> = {
      evseId: outlet.evseId,
      meterValue: [meterValue201(outlet, controls.now(), 'Trigger')],
    };
    controls.send({ action: 'MeterValues', kind: 'volatile', triggered: true, payload: () => payload });
  };

  const triggered = ({ requestedMessage, evse }: RequestOf<'ocpp2.0.1', 'TriggerMessage'>): (() => void) | undefined => {
    const outlets = installation.outlets.filter(({ evseId }) => evse === undefined || evseId === evse.id);
    switch (requestedMessage) {
      case 'BootNotification':
        return () => controls.sendBoot('Triggered');
      case 'Heartbeat':
        return () => controls.send({ action: 'Heartbeat', kind: 'volatile', triggered: true, payload: () => ({}) });
      case 'MeterValues':
        return () => {
          controls.charging.settle();
          outlets.forEach(meterValues);
        };
      case 'TransactionEvent':
        return () => {
          controls.charging.settle();
          for (const outlet of outlets)
            if (outlet.transaction !== undefined) controls.charging.sample(outlet, outlet.transaction, 'Trigger');
        };
      case 'StatusNotification':
        return () => {
          for (const outlet of outlets) controls.charging.tellStatus(outlet, true);
        };
      case 'SignChargingStationCertificate':
        return () => askForCertificate(controls, 'ChargingStationCertificate');
      case 'SignV2GCertificate':
        return () => askForCertificate(controls, 'V2GCertificate');
      default:
        return undefined;
    }
  };

  return {
    ...certificateAnswers2(controls),
    RequestStartTransaction: ({ evseId, idToken, remoteStartId, chargingProfile }) => {
      if (controls.bootStatus() !== 'Accepted') return rejected('NotAccepted');
      const profile = chargingProfile === undefined ? undefined : acceptForStart201(evseId ?? 0, chargingProfile);
      if (profile?.ok === false) return rejected(profile.error);
      if (profile !== undefined && controls.refusesProfiles()) return rejected('InvalidProfile');
      const start = {
        idToken: { idToken: idToken.idToken, type: idToken.type },
        remoteStartId,
        ...(evseId === undefined ? {} : { evseId }),
        ...(profile === undefined ? {} : { profile: profile.value }),
      };
      if (!controls.charging.canStart(start)) return rejected('TxInProgress');
      return { result: { status: 'Accepted' }, afterwards: () => controls.charging.remoteStart(start) };
    },
    RequestStopTransaction: ({ transactionId }) => {
      const running = controls.charging.running().find(({ transaction }) => transaction.key === transactionId);
      if (running === undefined || controls.bootStatus() !== 'Accepted') return rejected('TxNotFound');
      return { result: { status: 'Accepted' }, afterwards: () => controls.charging.stop(running.transaction, 'Remote') };
    },
    GetTransactionStatus: ({ transactionId }) => {
      if (transactionId === undefined) return { result: { messagesInQueue: controls.queued() > 0 } };
      const running = controls.charging.running().find(({ transaction }) => transaction.key === transactionId);
      return { result: { ongoingIndicator: running !== undefined, messagesInQueue: controls.queued(transactionId) > 0 } };
    },
    SetChargingProfile: ({ evseId, chargingProfile }) => {
      const accepted = accept201(evseId, chargingProfile, profileContext(controls));
      if (!accepted.ok) return rejected(accepted.error);
      if (controls.refusesProfiles()) return rejected('InvalidProfile');
      controls.charging.settle();
      installation.profiles.put(accepted.value);
      return { result: { status: 'Accepted' }, afterwards: () => controls.charging.settle() };
    },
    ClearChargingProfile: ({ chargingProfileId, chargingProfileCriteria: criteria }) => {
      const unknown = { result: { status: 'Unknown' as const } };
      // K10.FR.02: an id or at least one criterion, never everything by accident.
      if (chargingProfileId === undefined && criteria === undefined) return unknown;
      const purpose = criteria?.chargingProfilePurpose === undefined ? undefined : purpose201(criteria.chargingProfilePurpose);
      if (criteria?.chargingProfilePurpose !== undefined && purpose === undefined) return unknown;
      controls.charging.settle();
      const filter =
        chargingProfileId !== undefined
          ? { id: chargingProfileId }
          : {
              ...(criteria?.evseId === undefined ? {} : { evseId: criteria.evseId }),
              ...(purpose === undefined ? {} : { purpose }),
              ...(criteria?.stackLevel === undefined ? {} : { stackLevel: criteria.stackLevel }),
            };
      if (installation.profiles.clear(filter) === 0) return unknown;
      return { result: { status: 'Accepted' }, afterwards: () => controls.charging.settle() };
    },
    GetChargingProfiles: ({
      requestId,
      evseId,
      chargingProfile: { chargingProfileId, chargingProfilePurpose, stackLevel, chargingLimitSource },
    }) => {
      const found = installation.profiles
        .all()
        .filter(
          (profile) =>
            (evseId === undefined || profile.evseId === evseId) &&
            (chargingProfileId === undefined || chargingProfileId.includes(profile.id)) &&
            (chargingProfilePurpose === undefined || purpose201(chargingProfilePurpose) === profile.purpose) &&
            (stackLevel === undefined || profile.stackLevel === stackLevel) &&
            (chargingLimitSource === undefined || chargingLimitSource.includes('CSO')),
        );
      if (found.length === 0) return { result: { status: 'NoProfiles' } };
      return { result: { status: 'Accepted' }, afterwards: () => reportProfiles(requestId, found) };
    },
    GetCompositeSchedule: ({ evseId, duration, chargingRateUnit = 'A' }) => {
      if (!isKnown(evseId)) return rejected('UnknownEvse');
      const at = Math.floor(controls.now() / 1000) * 1000;
      const views = outletViews(installation, evseId);
      const volts = (views[0]?.voltagesDv[0] ?? 2300) / 10;
      const periods = compositeSchedule(installation.profiles.all(), views, at, duration);
      return {
        result: {
          status: 'Accepted',
          schedule: {
            evseId,
            duration,
            scheduleStart: new Date(at).toISOString(),
            chargingRateUnit,
            chargingSchedulePeriod: periods.map(({ startS, limitMa, phases }) => ({
              startPeriod: startS,
              limit: chargingRateUnit === 'A' ? limitMa / 1000 : Math.floor((limitMa * volts * phases) / 100) / 10,
              numberPhases: phases,
            })),
          },
        },
      };
    },
    GetVariables: ({ getVariableData }) => ({ result: { getVariableResult: getVariableData.map(model.get) } }),
    SetVariables: ({ setVariableData }) => {
      // A CSMS shall not send more than the station says it takes (B05.FR.11).
      if (setVariableData.length > MOST_SET)
        return { error: 'OccurrenceConstraintViolation', description: 'more items than ItemsPerMessage' };
      return { result: { setVariableResult: setVariableData.map(model.set) } };
    },
    GetBaseReport: ({ requestId, reportBase }) => {
      if (reportBase === 'SummaryInventory') return { result: { status: 'NotSupported' } };
      return { result: { status: 'Accepted' }, afterwards: () => report(requestId, [...model.report(reportBase)]) };
    },
    GetReport: ({ requestId, componentVariable = [] }) => {
      const isAsked = ({ component, variable }: Row): boolean =>
        componentVariable.length === 0 ||
        componentVariable.some(
          (each) => each.component.name === component.name && (each.variable === undefined || each.variable.name === variable.name),
        );
      const rows = model.report('FullInventory').filter(isAsked);
      if (rows.length === 0) return { result: { status: 'EmptyResultSet' } };
      return { result: { status: 'Accepted' }, afterwards: () => report(requestId, rows) };
    },
    TriggerMessage: (request) => {
      if (request.evse !== undefined && installation.outlet(request.evse.id) === undefined) return rejected('UnknownEvse');
      // F06.FR.17: a boot that was accepted is not repeated on request.
      if (request.requestedMessage === 'BootNotification' && controls.bootStatus() === 'Accepted') return rejected('AlreadyAccepted');
      const afterwards = triggered(request);
      return afterwards === undefined ? { result: { status: 'NotImplemented' } } : { result: { status: 'Accepted' }, afterwards };
    },
    Reset: ({ type, evseId }) => {
      if (evseId !== undefined) return rejected('UnsupportedParam');
      if (type === 'OnIdle' && controls.charging.running().length > 0)
        return { result: { status: 'Scheduled' }, afterwards: () => controls.resetWhenIdle() };
      return { result: { status: 'Accepted' }, afterwards: () => controls.reset(type === 'Immediate' ? 'HardReset' : 'SoftReset') };
    },
    UnlockConnector: ({ evseId, connectorId }) => {
      const outlet = installation.outlet(evseId);
      if (outlet === undefined || connectorId !== 1) return { result: { status: 'UnknownConnector' } };
      return { result: { status: outlet.transaction === undefined ? 'Unlocked' : 'OngoingAuthorizedTransaction' } };
    },
    ChangeAvailability: ({ evse, operationalStatus }) => {
      const evseId = evse?.id ?? 0;
      if (!isKnown(evseId)) return rejected('UnknownEvse');
      return {
        result: { status: controls.charging.changeAvailability(evseId, operationalStatus === 'Operative') },
        afterwards: () => controls.charging.settle(),
      };
    },
    CostUpdated: () => ({ result: {} }),
    ClearCache: () => ({ result: { status: 'Rejected' } }),
    ...tokenList201(),
    ...transfers201(controls),
    ...monitors201(controls, model),
    ...reservations201(controls),
    ...display201(controls),
    ...customers201(controls),
    DataTransfer: () => ({ result: { status: 'UnknownVendorId' } }),
  };
}
