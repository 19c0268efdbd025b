// A station that speaks OCPP 1.6: what it says about its outlets and transactions.
// What it answers is in answers-16.ts.
import type { RequestOf, ResponseOf } from '#ocpp';
import { answers16 } from './answers-16.js';
import type { Dialect, ReadingCause, StationControls } from './dialect.js';
import { chargingState, type Outlet } from './installation.js';
import { registerWh } from './meter.js';
import { meterValue16 } from './meter-values-16.js';
import { dispatch } from './replies.js';
import type { Transaction } from './transaction.js';

type Status = RequestOf<'ocpp1.6', 'StatusNotification'>['status'];

/** Errata 3.18: a transaction whose start was never answered is told as -1. */
const NEVER_ANSWERED = -1;

function statusOf(outlet: Outlet): Status {
  const state = chargingState(outlet);
  if (!outlet.operative) return 'Unavailable';
  if (state === 'Idle') return outlet.reservation === undefined ? 'Available' : 'Reserved';
  if (state === 'EVConnected') return outlet.finished ? 'Finishing' : 'Preparing';
  return state;
}

export function dialect16(controls: StationControls): Dialect {
  const { spec } = controls;
  const iso = (at: number) => new Date(at).toISOString();
  const handlers = answers16(controls);

  const meterValues = (outlet: Outlet, transaction: Transaction, cause: ReadingCause) => {
    const meterValue = [meterValue16(outlet, controls.now(), cause)];
    return () =>
      ({
        connectorId: outlet.evseId,
        transactionId: transaction.transactionId ?? NEVER_ANSWERED,
        meterValue,
      }) satisfies RequestOf<'ocpp1.6', 'MeterValues'>;
  };

  return {
    version: 'ocpp1.6',
    bootNotification: () => ({
      action: 'BootNotification',
      payload: () =>
        ({
          chargePointVendor: spec.vendor ?? 'Simulated',
          chargePointModel: spec.model ?? 'AC22',
          chargePointSerialNumber: spec.serialNumber ?? spec.stationId.slice(0, 25),
          firmwareVersion: spec.firmwareVersion ?? '1.0.0',
        }) satisfies RequestOf<'ocpp1.6', 'BootNotification'>,
    }),
    bootAnswer: (payload) => {
      const { status, interval, currentTime } = payload as ResponseOf<'ocpp1.6', 'BootNotification'>;
      return { status, intervalS: interval, currentTime };
    },
    heartbeat: () => ({ action: 'Heartbeat', payload: () => ({}) }),
    heartbeatAnswer: (payload) => Date.parse((payload as ResponseOf<'ocpp1.6', 'Heartbeat'>).currentTime),
    statusOf,
    status: (outlet) => {
      const payload: RequestOf<'ocpp1.6', 'StatusNotification'> = {
        connectorId: outlet?.evseId ?? 0,
        errorCode: 'NoError',
        status: outlet === undefined ? 'Available' : statusOf(outlet),
        timestamp: iso(controls.now()),
      };
      return { action: 'StatusNotification', payload: () => payload };
    },
    authorize: ({ idToken }) => ({ action: 'Authorize', payload: () => ({ idTag: idToken }) satisfies RequestOf<'ocpp1.6', 'Authorize'> }),
    authorized: (payload) => (payload as ResponseOf<'ocpp1.6', 'Authorize'>).idTagInfo.status === 'Accepted',
    started: (outlet, transaction) => [
      {
        action: 'StartTransaction',
        kind: 'transaction',
        transaction,
        payload: () =>
          ({
            connectorId: outlet.evseId,
            idTag: transaction.idToken.idToken,
            meterStart: Math.floor(transaction.meterStartMwh / 1000),
            timestamp: iso(transaction.startedAt),
            ...(transaction.reservationId === undefined ? {} : { reservationId: transaction.reservationId }),
          }) satisfies RequestOf<'ocpp1.6', 'StartTransaction'>,
        answered: (payload) => {
          const { transactionId, idTagInfo } = payload as ResponseOf<'ocpp1.6', 'StartTransaction'>;
          transaction.transactionId = transactionId;
          if (idTagInfo.status !== 'Accepted' && controls.settings.stopOnInvalidId) controls.charging.stop(transaction, 'DeAuthorized');
        },
      },
    ],
    sampled: (outlet, transaction, cause) => [
      { action: 'MeterValues', kind: 'transaction', transaction, expendable: true, payload: meterValues(outlet, transaction, cause) },
    ],
    stateChanged: () => [],
    ended: (outlet, transaction, cause) => {
      const meterStop = registerWh(outlet.meter);
      const timestamp = iso(controls.now());
      return [
        { action: 'MeterValues', kind: 'transaction', transaction, expendable: true, payload: meterValues(outlet, transaction, 'End') },
        {
          action: 'StopTransaction',
          kind: 'transaction',
          transaction,
          payload: () =>
            ({
              transactionId: transaction.transactionId ?? NEVER_ANSWERED,
              meterStop,
              timestamp,
              reason: cause,
              ...(cause === 'Local' ? { idTag: transaction.idToken.idToken } : {}),
            }) satisfies RequestOf<'ocpp1.6', 'StopTransaction'>,
        },
      ];
    },
    toldWh: (registerMwh) => Math.floor(registerMwh / 1000),
    transactionIdOf: ({ transactionId }) => (transactionId === undefined ? undefined : String(transactionId)),
    answer: (action, payload) => dispatch<'ocpp1.6'>(handlers, controls, action, payload),
  };
}
