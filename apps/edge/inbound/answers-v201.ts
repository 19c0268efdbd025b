// What each CALL of a 2.0.1 station is answered, and of a 2.1 station where that has nothing new. Every station-to-us action is in the table: a valid one is never refused.
// Schema verdicts, unknown actions, stations that are not accepted, and the log are handled around it.
import { idTokenInfo, type TokenVerdict } from '#domain/authorization';
import { type SiteTariffs, tariffInForce, tariffText } from '#domain/billing';
import { meansMore } from '#domain/load-balancing';
import type { ResponseOf } from '#ocpp';
import type { StationEntry } from '#ports';
import { type AnswerContext, type AnswerRule, boot, heartbeat, nothing, type Payload } from './answer.js';

const NOBODY: TokenVerdict = { status: 'Unknown' };

/** Of a token whose contract is in order, that it is worth nothing means that the contract is over (C07.FR.13). */
const WORTHLESS: ReadonlySet<string> = new Set(['Blocked', 'Expired', 'Invalid', 'Unknown']);

/** A contract opens what its token does, and nothing where it is not in order: the token alone would not prove who plugs in (C07.FR.13-17). */
function authorize({ verdict = NOBODY, pki, entry, now }: AnswerContext, payload: Payload): ResponseOf<'ocpp2.0.1', 'Authorize'> {
  const hasCertificate = payload.certificate !== undefined || payload.iso15118CertificateHashData !== undefined;
  const info = { ...idTokenInfo(verdict), ...(verdict.status === 'Accepted' && tariffMessage(entry, now)) };
  if (!hasCertificate) return { idTokenInfo: info };
  const certificateStatus = pki?.contract ?? 'CertChainError';
  if (certificateStatus === 'Accepted')
    return { idTokenInfo: info, certificateStatus: WORTHLESS.has(verdict.status) ? 'ContractCancelled' : 'Accepted' };
  return { idTokenInfo: { status: certificateStatus === 'CertificateExpired' ? 'Expired' : 'Invalid' }, certificateStatus };
}

/** Who may charge is told the tariff, where the station can show it (I01.FR.02); one that calculates itself shows what it holds (2.1 I07.FR.14), this beside it. */
function tariffMessage(
  { shows, terms }: AnswerContext['entry'],
  now: string,
): Pick<ResponseOf<'ocpp2.0.1', 'Authorize'>['idTokenInfo'], 'personalMessage'> {
  const tariff = terms && tariffInForce(terms as SiteTariffs, Date.parse(now));
  if (shows?.tariffs !== true || tariff === undefined) return {};
  const { content, language } = tariffText(tariff);
  return { personalMessage: { format: 'UTF8', content, ...(language !== undefined && { language }) } };
}

/** What was found out well is signed, and sent by itself (A02.FR.11/12). */
const signCertificate = ({ pki }: AnswerContext): ResponseOf<'ocpp2.0.1', 'SignCertificate'> =>
  pki !== undefined && pki.refused === undefined
    ? { status: 'Accepted' }
    : { status: 'Rejected', statusInfo: { reasonCode: pki?.refused ?? 'NoAuthority' } };

/** A responder's own words, which station and car check themselves (M06.FR.02-04). */
const certificateStatus = ({ pki }: AnswerContext): ResponseOf<'ocpp2.0.1', 'GetCertificateStatus'> =>
  pki?.status === undefined || pki.status.response.length > LONGEST_OCSP_RESULT
    ? { status: 'Failed' }
    : { status: 'Accepted', ocspResult: pki.status.response };
const LONGEST_OCSP_RESULT = 5500;

const contractCertificate = ({ pki }: AnswerContext): ResponseOf<'ocpp2.0.1', 'Get15118EVCertificate'> =>
  pki?.contractFromPool === undefined || pki.contractFromPool.exiResponse.length > LONGEST_EXI
    ? { status: 'Failed', exiResponse: '' }
    : { status: 'Accepted', exiResponse: pki.contractFromPool.exiResponse };
const LONGEST_EXI = 5600;

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
  ['Get15118EVCertificate', contractCertificate],
  ['GetCertificateStatus', certificateStatus],
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
  ['SignCertificate', signCertificate],
  ['StatusNotification', nothing],
  ['TransactionEvent', transactionEvent],
]);
