// What each CALL of a 2.0.1 station is answered, and of a 2.1 station where that has nothing new. Every station-to-us action is in the table: a valid one is never refused.
// Schema verdicts, unknown actions, stations that are not accepted, and the log are handled around it.
import { idTokenInfo, type TokenVerdict } from '#domain/authorization';
import { meansMore } from '#domain/load-balancing';
import type { ResponseOf } from '#ocpp';
import type { StationEntry } from '#ports';
import { type AnswerContext, type AnswerRule, boot, heartbeat, nothing, type Payload } from './answer.js';

const NOBODY: TokenVerdict = { status: 'Unknown' };

/** A contract certificate cannot be checked yet, so it opens nothing (C07): the token alone would not prove who plugs in. */
function authorize({ verdict = NOBODY }: AnswerContext, payload: Payload): ResponseOf<'ocpp2.0.1', 'Authorize'> {
  const hasCertificate = payload.certificate !== undefined || payload.iso15118CertificateHashData !== undefined;
  if (hasCertificate) return { idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertChainError' };
  return { idTokenInfo: idTokenInfo(verdict) };
}

/** Every event that carries a token hears what it is worth, group included (E01.FR.11, C12.FR.03), and what it costs by now where that is known (I02.FR.01, I03.FR.02): 0 is free, nothing is not. */
const transactionEvent = ({ verdict, totalCost }: AnswerContext): ResponseOf<'ocpp2.0.1', 'TransactionEvent'> => ({
  ...(verdict !== undefined && { idTokenInfo: idTokenInfo(verdict) }),
  ...(totalCost !== undefined && { totalCost }),
});

/** The site's owner always answers with a schedule, at once where it stands (K15.FR.03): where there is such an EVSE. */
const evNeeds = ({ entry }: AnswerContext, { evseId }: Payload): ResponseOf<'ocpp2.0.1', 'NotifyEVChargingNeeds'> => ({
  status: mayBeEvse(entry, evseId) ? 'Accepted' : 'Rejected',
});
/** EVSE 0 is the whole station: no car is there. */
export const mayBeEvse = ({ evseIds }: Pick<StationEntry, 'evseIds'>, evseId: unknown): boolean =>
  evseId !== 0 && (evseIds?.includes(Number(evseId)) ?? true);

/** A car that means to take clearly more than its station was told is refused, and gets its schedule again (K17). */
function evSchedule({ plans, now }: AnswerContext, payload: Payload): ResponseOf<'ocpp2.0.1', 'NotifyEVChargingSchedule'> {
  const plan = plans?.get(Number(payload.evseId));
  return { status: plan !== undefined && meansMore(payload, plan, Date.parse(now)) ? 'Rejected' : 'Accepted' };
}

export const ANSWERS_201: ReadonlyMap<string, AnswerRule> = new Map<string, AnswerRule>([
  ['Authorize', authorize],
  ['BootNotification', boot],
  ['ClearedChargingLimit', nothing],
  ['DataTransfer', () => ({ status: 'UnknownVendorId' })],
  ['FirmwareStatusNotification', nothing],
  ['Get15118EVCertificate', () => ({ status: 'Failed', exiResponse: '' })],
  ['GetCertificateStatus', () => ({ status: 'Failed' })],
  ['Heartbeat', heartbeat],
  ['LogStatusNotification', nothing],
  ['MeterValues', nothing],
  ['NotifyChargingLimit', nothing],
  ['NotifyCustomerInformation', nothing],
  ['NotifyDisplayMessages', nothing],
  ['NotifyEVChargingNeeds', evNeeds],
  ['NotifyEVChargingSchedule', evSchedule],
  ['NotifyEvent', nothing],
  ['NotifyMonitoringReport', nothing],
  ['NotifyReport', nothing],
  ['PublishFirmwareStatusNotification', nothing],
  ['ReportChargingProfiles', nothing],
  ['ReservationStatusUpdate', nothing],
  ['SecurityEventNotification', nothing],
  ['SignCertificate', () => ({ status: 'Rejected' })],
  ['StatusNotification', nothing],
  ['TransactionEvent', transactionEvent],
]);
