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

/** A number counts as checked only where a register said whose it is (C22); the receipt goes out without it otherwise. */
function vatNumber({ company }: AnswerContext, payload: Payload): ResponseOf<'ocpp2.1', 'VatNumberValidation'> {
  const { vatNumber: asked, evseId } = payload as unknown as RequestOf<'ocpp2.1', 'VatNumberValidation'>;
  const about = { vatNumber: asked, ...(evseId !== undefined && { evseId }) };
  if (company !== undefined && 'company' in company) return { ...about, status: 'Accepted', company: company.company };
  return { ...about, status: 'Rejected', statusInfo: { reasonCode: company?.unknown ?? 'NotEnabled' } };
}

/** How often values would come: a stream that names neither a time nor a number would be a message for each value (N11). */
function openStream(_: AnswerContext, payload: Payload): ResponseOf<'ocpp2.1', 'OpenPeriodicEventStream'> {
  const { constantStreamData } = payload as unknown as RequestOf<'ocpp2.1', 'OpenPeriodicEventStream'>;
  const { interval = 0, values = 0 } = constantStreamData.params;
  if (constantStreamData.id < 0 || interval < 0 || values < 0) return { status: 'Rejected', statusInfo: { reasonCode: 'InvalidValue' } };
  return interval === 0 && values <= 1 ? { status: 'Rejected', statusInfo: { reasonCode: 'MissingParam' } } : { status: 'Accepted' };
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
  ['OpenPeriodicEventStream', openStream],
  ['PullDynamicScheduleUpdate', scheduleUpdate],
  ['ReportDERControl', nothing],
  ['VatNumberValidation', vatNumber],
]);
