// What each CALL of a 2.1 station is answered: as 2.0.1 has it, and the messages that came with 2.1.
// A SEND is in the table too: its rule says what we make of it, and nobody hears that.
import type { RequestOf, ResponseOf } from '#ocpp';
import { type AnswerContext, type AnswerRule, nothing, type Payload } from './answer.js';
import { ANSWERS_201 } from './answers-v201.js';

/** What a responder says that is vouched for; what is not known is not to be kept (M06). */
function certificateChainStatus({ now, pki }: AnswerContext, payload: Payload): ResponseOf<'ocpp2.1', 'GetCertificateChainStatus'> {
  const { certificateStatusRequests } = payload as unknown as RequestOf<'ocpp2.1', 'GetCertificateChainStatus'>;
  const certificateStatus = certificateStatusRequests.map(({ certificateHashData, source }, index) => {
    const found = pki?.statuses?.[index];
    const nextUpdate = found === undefined ? now : new Date(found.nextUpdateMs).toISOString();
    return { certificateHashData, source, status: found === undefined ? ('Failed' as const) : STATUS[found.status], nextUpdate };
  });
  const [first, ...rest] = certificateStatus;
  return { certificateStatus: [first as (typeof certificateStatus)[number], ...rest] };
}

/** No register of companies is asked here, so no number counts as checked (C22); the receipt goes out without it. */
function vatNumber(_: AnswerContext, payload: Payload): ResponseOf<'ocpp2.1', 'VatNumberValidation'> {
  const { vatNumber, evseId } = payload as unknown as RequestOf<'ocpp2.1', 'VatNumberValidation'>;
  return { vatNumber, status: 'Rejected', statusInfo: { reasonCode: 'NotEnabled' }, ...(evseId !== undefined && { evseId }) };
}

/**
 * The limit that it confirmed last, which changes nothing there; a new one is a grant of the site's owner and comes as UpdateDynamicSchedule (K28).
 * While one is on its way, and after a new connection, there is none to repeat: the owner hears of the question and sends what stands.
 */
function scheduleUpdate({ dynamicLimits }: AnswerContext, payload: Payload): ResponseOf<'ocpp2.1', 'PullDynamicScheduleUpdate'> {
  const known = dynamicLimits?.(Number(payload.chargingProfileId));
  return known === undefined
    ? { status: 'Rejected', statusInfo: { reasonCode: 'NotFound' } }
    : { status: 'Accepted', scheduleUpdate: known };
}

const STATUS = { good: 'Good', revoked: 'Revoked', unknown: 'Unknown' } as const;

/** 2.1 has room for longer answers, and tells how many contracts the car may still ask for. */
function contractCertificate({ pki }: AnswerContext): ResponseOf<'ocpp2.1', 'Get15118EVCertificate'> {
  const { exiResponse = '', remainingContracts } = pki?.contractFromPool ?? {};
  if (exiResponse === '' || exiResponse.length > LONGEST_EXI) return { status: 'Failed', exiResponse: '' };
  return { status: 'Accepted', exiResponse, ...(remainingContracts !== undefined && { remainingContracts }) };
}
const LONGEST_EXI = 17_000;

export const ANSWERS_21: ReadonlyMap<string, AnswerRule> = new Map<string, AnswerRule>([
  ...ANSWERS_201,
  ['BatterySwap', nothing],
  ['ClosePeriodicEventStream', nothing],
  ['Get15118EVCertificate', contractCertificate],
  ['GetCertificateChainStatus', certificateChainStatus],
  ['NotifyDERAlarm', nothing],
  ['NotifyDERStartStop', nothing],
  ['NotifyPeriodicEventStream', nothing],
  ['NotifyPriorityCharging', nothing],
  ['NotifySettlement', nothing],
  // Every value that comes is kept.
  ['OpenPeriodicEventStream', () => ({ status: 'Accepted' })],
  ['PullDynamicScheduleUpdate', scheduleUpdate],
  ['ReportDERControl', nothing],
  ['VatNumberValidation', vatNumber],
]);
