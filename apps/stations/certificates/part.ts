// Certificates of a station: signed on its request, installed, told, deleted, renewed in time; and handshakes that were refused (A, M).
// Signing is in issuing.ts; what an operator asks for is in apps/api/certificates.ts.
import type { Heard } from '../heard.js';
import { asList, asObject } from '../json.js';
import type { CommandWish, Decided, Part, Wish } from '../part.js';
import { mayBeAsked, type Station } from '../station.js';
import { ALARM_DAYS, alarmNews, alarmsAt, nextAlarm } from './expiry.js';
import { evolveHeld } from './held.js';
import { nextRenewal, renewals } from './renewal.js';
import { certificateRows } from './rows.js';
import { evolveSignings, signedWishes } from './signing.js';
import { type Certificates, livingOf, NO_CERTIFICATES } from './state.js';
import { CONNECTION_REFUSALS, STATION_CERTIFICATES } from './tables.js';

const DAY_MS = 86_400_000;
/** What a station told is old after that. */
const ASK_AGAIN_MS = 7 * DAY_MS;
const NOTHING: Decided = { commands: [], facts: [] };

/** `alarmDays`: how long before its end a certificate is an alarm. */
export function certificatesPart(alarmDays = ALARM_DAYS): Part<Certificates> {
  const evolve = (state: Certificates, heard: Heard, station: Station, decided: Decided): Certificates =>
    withAlarms(evolved(state, heard, station, decided), heard.nowMs, alarmDays);
  return {
    name: 'certificates',
    tables: [STATION_CERTIFICATES, CONNECTION_REFUSALS],
    calls: ['BootNotification', 'NotifyReport', 'SignCertificate'],
    commands: ['CertificateSigned', 'DeleteCertificate', 'GetConfiguration', 'GetInstalledCertificateIds', 'InstallCertificate'],
    facts: ['CertificateIssued', 'CertificateNotIssued', 'ConnectionRefused', 'StationConnected'],
    triesAgain: true,
    initial: NO_CERTIFICATES,
    decide(state, heard, station) {
      const after = evolve(state, heard, station, NOTHING);
      const news = alarmNews(state.alarms, after.alarms, livingOf(after)).map(
        (data): Wish => ({
          type: 'CertificateAlarmReported',
          data: { stationId: station.stationId, ...data },
        }),
      );
      const boots = isAcceptedBoot(heard) && station.isConfigured;
      return [
        ...signedWishes(state.signings, heard, station, state.longestChain),
        ...(boots && mayBeAsked(station) && isInventoryOld(state, heard.nowMs) && station.ocppVersion !== 'ocpp1.6' ? [INVENTORY] : []),
        ...renewals(after, heard.nowMs, station),
        ...news,
      ];
    },
    evolve,
    rows: certificateRows,
    nextDue(state) {
      const dues = [nextAlarm(livingOf(state), state.alarms, alarmDays), nextRenewal(state)].filter((each) => each !== undefined);
      return dues.length === 0 ? undefined : { name: 'expiry', dueMs: Math.min(...dues) };
    },
  };
}

export const certificates = certificatesPart();

const INVENTORY: CommandWish = { action: 'GetInstalledCertificateIds', payload: {} };

const isAcceptedBoot = (heard: Heard): boolean =>
  heard.kind === 'call' && heard.action === 'BootNotification' && !heard.isOld && heard.answer.status === 'Accepted';

/** Stations that have nothing to do with certificates are not asked for any. */
const isInventoryOld = ({ signings, held, shown, askedMs }: Certificates, nowMs: number): boolean =>
  (signings.length > 0 || held.length > 0 || shown !== undefined) && (askedMs === undefined || nowMs - askedMs >= ASK_AGAIN_MS);

function withAlarms(state: Certificates, nowMs: number, alarmDays: number): Certificates {
  const alarms = alarmsAt(state.alarms, livingOf(state), nowMs, alarmDays);
  return alarms === state.alarms ? state : { ...state, alarms };
}

function evolved(state: Certificates, heard: Heard, { isOnline, isConfigured }: Station, decided: Decided): Certificates {
  const signings = evolveSignings(state.signings, heard, decided);
  const held = evolveHeld(state.held, heard);
  const shown = shownNow({ ...state, signings }, heard);
  const longestChain = longestChainIn(heard) ?? state.longestChain;
  const asked = decided.commands.some(({ action }) => action === 'GetInstalledCertificateIds');
  const renews = decided.commands.some(({ action }) => action.endsWith('TriggerMessage'));
  const renewalMs = renews ? heard.nowMs : heard.kind === 'due' && !(isOnline && isConfigured) ? undefined : state.renewalMs;
  const isSame =
    signings === state.signings &&
    held === state.held &&
    shown === state.shown &&
    longestChain === state.longestChain &&
    renewalMs === state.renewalMs;
  const { shown: _, longestChain: __, renewalMs: ___, ...rest } = state;
  return isSame && !asked
    ? state
    : {
        ...rest,
        signings,
        held,
        ...(shown !== undefined && { shown }),
        ...(longestChain !== undefined && { longestChain }),
        ...(asked && { askedMs: heard.nowMs }),
        ...(renewalMs !== undefined && { renewalMs }),
      };
}

function shownNow({ signings, shown }: Certificates, { input }: Heard): Certificates['shown'] {
  if (input.type !== 'StationConnected' || input.data.certificate === undefined) return shown;
  const { certificate } = input.data;
  if (signings.some((each) => each.certificate?.serialNumber === certificate.serialNumber)) return undefined;
  return certificate.serialNumber === shown?.serialNumber ? shown : certificate;
}

const CHAIN_LIMIT = /^(MaxCertificateChainSize|CertificateSignedMaxChainSize)$/;

/** MaxCertificateChainSize of SecurityCtrlr; 1.6 has it as a configuration key. */
function longestChainIn(heard: Heard): number | undefined {
  const told =
    heard.kind === 'call' && heard.action === 'NotifyReport'
      ? asList(heard.payload.reportData).map(({ variable, variableAttribute }) => [
          asObject(variable).name,
          asList(variableAttribute)[0]?.value,
        ])
      : heard.kind === 'outcome' && heard.outcome.kind === 'answered' && heard.command.action === 'GetConfiguration'
        ? asList(heard.outcome.payload.configurationKey).map(({ key, value }) => [key, value])
        : [];
  const [, value] = told.find(([name]) => CHAIN_LIMIT.test(String(name))) ?? [];
  const limit = Number(value);
  return Number.isInteger(limit) && limit > 0 ? limit : undefined;
}
