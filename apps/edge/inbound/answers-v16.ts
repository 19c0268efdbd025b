// What each CALL of a 1.6 station is answered. Every station-to-us action is in the table: a valid one is never refused.
// Schema verdicts, unknown actions and the log are handled around it.
import { idTagInfo, type TokenVerdict } from '#domain/authorization';
import type { ResponseOf } from '#ocpp';
import { type AnswerContext, type AnswerRule, boot, heartbeat, nothing } from './answer.js';

const NOBODY: TokenVerdict = { status: 'Invalid' };

/** Before it is accepted a station starts nothing for anybody; it is answered all the same (1.6, 4.2). */
const verdictFor = ({ entry, verdict = NOBODY }: AnswerContext): TokenVerdict => (entry.bootStatus === 'Accepted' ? verdict : NOBODY);

const authorize = (context: AnswerContext): ResponseOf<'ocpp1.6', 'Authorize'> => ({ idTagInfo: idTagInfo(verdictFor(context)) });

/** A transaction gets its id even when the token is refused (1.6, 4.8): the station may have let the car charge already. */
const startTransaction = (context: AnswerContext): ResponseOf<'ocpp1.6', 'StartTransaction'> => ({
  transactionId: context.transactionId ?? 0,
  idTagInfo: idTagInfo(verdictFor(context)),
});

/** A stop is always taken; what the token is worth now changes nothing about it. */
const stopTransaction = ({ verdict }: AnswerContext): ResponseOf<'ocpp1.6', 'StopTransaction'> =>
  verdict === undefined ? {} : { idTagInfo: idTagInfo(verdict) };

/** What was found out well is signed, and sent by itself (A02.FR.11/12). */
const signCertificate = ({ pki }: AnswerContext): ResponseOf<'ocpp1.6', 'SignCertificate'> => ({
  status: pki !== undefined && pki.refused === undefined ? 'Accepted' : 'Rejected',
});

export const ANSWERS_16: ReadonlyMap<string, AnswerRule> = new Map<string, AnswerRule>([
  ['Authorize', authorize],
  ['BootNotification', boot],
  ['DataTransfer', () => ({ status: 'UnknownVendorId' })],
  ['DiagnosticsStatusNotification', nothing],
  ['FirmwareStatusNotification', nothing],
  ['Heartbeat', heartbeat],
  ['LogStatusNotification', nothing],
  ['MeterValues', nothing],
  ['SecurityEventNotification', nothing],
  ['SignCertificate', signCertificate],
  ['SignedFirmwareStatusNotification', nothing],
  ['StartTransaction', startTransaction],
  ['StatusNotification', nothing],
  ['StopTransaction', stopTransaction],
]);
