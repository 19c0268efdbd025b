// A station that speaks OCPP 2.0.1 or 2.1: what it says about its EVSEs and transactions, in words both versions have.
// What it answers is in answers-201.ts.
import type { Ocpp2Version, RequestOf, ResponseOf } from '#ocpp';
import { answers21 } from './answers-21.js';
import { answers201 } from './answers-201.js';
import type { BootReason, Dialect, StationControls } from './dialect.js';
import { chargingState, type Outlet } from './installation.js';
import { meterValue201 } from './meter-values-201.js';
import type { Outgoing } from './outbox.js';
import { dispatch } from './replies.js';
import type { StopCause, Transaction } from './transaction.js';
import { answersV2x, needsOf } from './v2x.js';

type TransactionEvent = RequestOf<'ocpp2.0.1', 'TransactionEvent'>;

/** Why a transaction ended: what set it off, and the reason that is told. */
const ENDS = {
  Local: { triggerReason: 'StopAuthorized', stoppedReason: 'Local' },
  EVDisconnected: { triggerReason: 'EVCommunicationLost', stoppedReason: 'EVDisconnected' },
  Remote: { triggerReason: 'RemoteStop', stoppedReason: 'Remote' },
  DeAuthorized: { triggerReason: 'Deauthorized', stoppedReason: 'DeAuthorized' },
  UnlockCommand: { triggerReason: 'UnlockCommand', stoppedReason: 'Other' },
  SoftReset: { triggerReason: 'ResetCommand', stoppedReason: 'ImmediateReset' },
  HardReset: { triggerReason: 'ResetCommand', stoppedReason: 'ImmediateReset' },
  PowerLoss: { triggerReason: 'AbnormalCondition', stoppedReason: 'PowerLoss' },
} as const satisfies Record<
  StopCause,
  Pick<TransactionEvent, 'triggerReason'> & Pick<TransactionEvent['transactionInfo'], 'stoppedReason'>
>;

function statusOf({ operative, car, reservation }: Outlet): RequestOf<'ocpp2.0.1', 'StatusNotification'>['connectorStatus'] {
  if (!operative) return 'Unavailable';
  if (car !== undefined) return 'Occupied';
  return reservation === undefined ? 'Available' : 'Reserved';
}

export function dialect2(version: Ocpp2Version, controls: StationControls): Dialect {
  const { spec } = controls;
  const iso = (at: number) => new Date(at).toISOString();
  const handlers = answers201(controls);
  const setProfile = handlers.SetChargingProfile ?? (() => ({ result: { status: 'Rejected' as const } }));
  const v2x = version === 'ocpp2.1' ? { ...answersV2x(controls), ...answers21(controls, setProfile) } : {};

  /** One event; its number and time are taken now, whenever it is sent. */
  function event(transaction: Transaction, fields: Omit<TransactionEvent, 'timestamp' | 'seqNo'>, expendable = false): Outgoing {
    const payload: TransactionEvent = {
      ...fields,
      timestamp: iso(controls.now()),
      seqNo: transaction.seqNo++,
      ...(controls.isOnline() ? {} : { offline: true }),
    };
    return {
      action: 'TransactionEvent',
      kind: 'transaction',
      transaction,
      expendable,
      payload: () => payload,
      answered: (answer) => {
        const { idTokenInfo } = answer as ResponseOf<'ocpp2.0.1', 'TransactionEvent'>;
        const isRefused = idTokenInfo !== undefined && idTokenInfo.status !== 'Accepted';
        if (isRefused && controls.settings.stopOnInvalidId) controls.charging.stop(transaction, 'DeAuthorized');
      },
    };
  }

  const info = (outlet: Outlet, { key, remoteStartId }: Transaction): TransactionEvent['transactionInfo'] => ({
    transactionId: key,
    chargingState: chargingState(outlet),
    ...(remoteStartId === undefined ? {} : { remoteStartId }),
  });

  return {
    version,
    bootNotification: (reason: BootReason) => ({
      action: 'BootNotification',
      payload: () =>
        ({
          reason,
          chargingStation: {
            vendorName: spec.vendor ?? 'Simulated',
            model: spec.model ?? 'AC22',
            serialNumber: spec.serialNumber ?? spec.stationId.slice(0, 25),
            firmwareVersion: spec.firmwareVersion ?? '1.0.0',
          },
        }) satisfies RequestOf<'ocpp2.0.1', 'BootNotification'>,
    }),
    bootAnswer: (payload) => {
      const { status, interval, currentTime } = payload as ResponseOf<'ocpp2.0.1', 'BootNotification'>;
      return { status, intervalS: interval, currentTime };
    },
    heartbeat: () => ({ action: 'Heartbeat', payload: () => ({}) }),
    heartbeatAnswer: (payload) => Date.parse((payload as ResponseOf<'ocpp2.0.1', 'Heartbeat'>).currentTime),
    statusOf,
    status: (outlet) => {
      if (outlet === undefined) return undefined;
      const payload: RequestOf<'ocpp2.0.1', 'StatusNotification'> = {
        timestamp: iso(controls.now()),
        connectorStatus: statusOf(outlet),
        evseId: outlet.evseId,
        connectorId: 1,
      };
      return { action: 'StatusNotification', payload: () => payload };
    },
    authorize: (idToken) => ({
      action: 'Authorize',
      payload: () => ({ idToken: { ...idToken } }) satisfies RequestOf<'ocpp2.0.1', 'Authorize'>,
    }),
    authorized: (payload) => (payload as ResponseOf<'ocpp2.0.1', 'Authorize'>).idTokenInfo.status === 'Accepted',
    started: (outlet, transaction) => [
      // evse, idToken and remoteStartId are told once; later absence means unchanged (E 1.5).
      event(transaction, {
        eventType: 'Started',
        triggerReason: transaction.remoteStartId === undefined ? 'Authorized' : 'RemoteStart',
        transactionInfo: { ...info(outlet, transaction), chargingState: 'EVConnected' },
        idToken: { ...transaction.idToken },
        evse: { id: outlet.evseId, connectorId: 1 },
        ...(transaction.reservationId === undefined ? {} : { reservationId: transaction.reservationId }),
        meterValue: [meterValue201(outlet, controls.now(), 'Begin')],
      }),
      ...(version === 'ocpp2.1' ? needsOf(outlet) : []),
    ],
    sampled: (outlet, transaction, cause) => [
      event(
        transaction,
        {
          eventType: 'Updated',
          triggerReason: cause === 'Trigger' ? 'Trigger' : 'MeterValuePeriodic',
          transactionInfo: { transactionId: transaction.key, chargingState: chargingState(outlet) },
          meterValue: [meterValue201(outlet, controls.now(), cause)],
        },
        cause === 'Periodic',
      ),
    ],
    stateChanged: (outlet, transaction) => [
      event(transaction, {
        eventType: 'Updated',
        triggerReason: 'ChargingStateChanged',
        transactionInfo: { transactionId: transaction.key, chargingState: chargingState(outlet) },
      }),
    ],
    ended: (outlet, transaction, cause) => [
      event(transaction, {
        eventType: 'Ended',
        triggerReason: ENDS[cause].triggerReason,
        transactionInfo: { transactionId: transaction.key, chargingState: 'EVConnected', stoppedReason: ENDS[cause].stoppedReason },
        ...(cause === 'Local' ? { idToken: { ...transaction.idToken } } : {}),
        meterValue: [meterValue201(outlet, controls.now(), 'End')],
      }),
    ],
    toldWh: (registerMwh) => registerMwh / 1000,
    transactionIdOf: ({ key }) => key,
    answer: (action, payload) =>
      Object.hasOwn(v2x, action)
        ? dispatch<'ocpp2.1'>(v2x, controls, action, payload)
        : dispatch<'ocpp2.0.1'>(handlers, controls, action, payload),
  };
}
