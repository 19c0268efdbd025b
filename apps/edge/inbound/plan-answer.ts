// From one CALL to what it will be answered and what is recorded about it: schema verdict, token, rule.
// Nothing leaves here: the caller appends first and answers afterwards (P1).
import type { TokenFacts } from '#contracts';
import { idTagInfo, type PresentedToken, presentedToken } from '#domain/authorization';
import { actions, errorCodeFor, errorCodeIn, isAnswered, isOcpp2, type OcppVersion, type SchemaViolation, validate } from '#ocpp';
import type { CompanyRegister, StationEntry } from '#ports';
import type { StationPath } from '../admission/path.js';
import { isoTime } from '../iso-time.js';
import { type Answer, type AnswerContext, type AnswerRule, error, type Payload, result } from './answer.js';
import { ANSWERS_16 } from './answers-v16.js';
import { ANSWERS_21 } from './answers-v21.js';
import { ANSWERS_201 } from './answers-v201.js';
import { companyOf } from './company-desk.js';
import type { PkiDesk, PkiFindings } from './pki-desk.js';
import { INSIDE, type InnerCall, innerCall, outerAnswer } from './plug-and-charge-16.js';
import { isReadable } from './readable.js';
import type { TokenAnswer, TokenDesk } from './token-desk.js';
import { transactionIdOf } from './transaction-id.js';

export interface StationView {
  readonly path: StationPath;
  readonly version: OcppVersion;
  readonly entry: StationEntry;
  /** Messages we asked a not yet accepted station for (TriggerMessage, reports); only those may come (B02.FR.09). */
  readonly asked: ReadonlySet<string>;
  readonly plans?: AnswerContext['plans'];
  /** Of a TransactionEvent. */
  readonly totalCost?: number | undefined;
  readonly dynamicLimits?: AnswerContext['dynamicLimits'];
}

export interface IncomingCall {
  readonly messageId: string;
  readonly action: string;
  readonly payload: Payload;
  readonly receivedMs: number;
  /** A SEND: the answer is what we make of it, and is told to nobody. */
  readonly isSend?: boolean;
}

export interface Plan {
  readonly answer: Answer;
  readonly violations: readonly SchemaViolation[];
  readonly flags: readonly string[];
  readonly token?: TokenFacts;
  readonly transactionId?: number;
  /** What it says of its driver nobody may be able to read: he was erased. */
  readonly isOfErased?: true;
}

/** No answer can be given now without deciding blindly: the socket is closed and the station keeps its message. */
export type NoPlan = 'bookAway';

const ANSWERS = { 'ocpp1.6': ANSWERS_16, 'ocpp2.0.1': ANSWERS_201, 'ocpp2.1': ANSWERS_21 } as const;
/** Messages with a token that is judged; other tokens are only sealed. */
const JUDGED: ReadonlySet<string> = new Set(['Authorize', 'StartTransaction', 'StopTransaction', 'TransactionEvent']);
/** Always answered, or a 1.6 station blocks its queue (1.6, 4.7, 4.8, 4.10); what energy flowed is true whether we took the station or not. */
const BILLING_16: ReadonlySet<string> = new Set(['StartTransaction', 'StopTransaction', 'MeterValues']);
const NONE: readonly never[] = [];
const SCHEMA_FLAG = ['schema'] as const;

export interface Desk {
  readonly tokens: TokenDesk;
  readonly pki: PkiDesk;
  /** Absent = nobody is asked. */
  readonly companies?: CompanyRegister;
  readonly bootRetryIntervalS: number;
  readonly hmacTransaction: (text: string) => string;
}

/** At once where no token has to be looked up: most calls are of that kind. */
export function planAnswer(view: StationView, call: IncomingCall, desk: Desk): Plan | Promise<Plan | NoPlan> {
  const { version, entry } = view;
  const { action, payload } = call;
  const rule = ANSWERS[version].get(action);
  if (rule === undefined)
    return refusal(version, actions(version).has(action) ? 'NotSupported' : 'NotImplemented', 'this action is not answered here');
  if (call.isSend !== true && !isAnswered(version, action)) return refusal(version, 'MessageTypeNotSupported', 'this action is only sent');
  const violations = validate(version, action, 'request', payload);
  const isKept = violations.length > 0 && !entry.strict && isReadable(version, action, payload, violations);
  if (violations.length > 0 && !isKept) {
    const [first] = violations;
    return {
      answer: error(errorCodeFor(version, violations), `${first?.path ?? ''} ${first?.message ?? ''}`),
      violations,
      flags: NONE,
    };
  }
  const flags = isKept ? SCHEMA_FLAG : NONE;
  const isEarly = entry.bootStatus !== 'Accepted' && !mayComeBeforeAccepted(view, action);
  if (isEarly && !(version === 'ocpp1.6' && BILLING_16.has(action)))
    return { answer: error('SecurityError', 'the station is not accepted'), violations, flags: [...flags, 'notAccepted'] };
  const kept = isEarly ? [...flags, 'notAccepted'] : flags;
  const inner = version === 'ocpp1.6' && action === 'DataTransfer' ? innerCall(payload) : undefined;
  if (inner !== undefined)
    return 'status' in inner
      ? { answer: result(inner), violations, flags: kept }
      : planInside(view, call, desk, inner, { violations, flags: kept });
  const token = JUDGED.has(action) ? presentedToken(version, payload, entry.tokenEnding) : undefined;
  const findings = desk.pki.ask(view, action, payload, call.receivedMs);
  if (token !== undefined) return planWithToken(view, call, desk, rule, token, { violations, flags: kept }, findings);
  if (findings !== undefined) return planWithFindings(view, call, desk, rule, { violations, flags: kept }, findings);
  if (action === 'VatNumberValidation') return planWithCompany(view, call, desk, rule, { violations, flags: kept });
  return { answer: result(rule(contextOf(view, call, desk), payload)), violations, flags: kept };
}

/** The message inside is judged as one of its own version; what is recorded is the one around it, with the token inside. */
async function planInside(
  view: StationView,
  call: IncomingCall,
  desk: Desk,
  inner: InnerCall,
  { violations, flags }: Pick<Plan, 'violations' | 'flags'>,
): Promise<Plan | NoPlan> {
  const plan = await planAnswer({ ...view, version: INSIDE }, { ...call, ...inner }, desk);
  return plan === 'bookAway' ? plan : { ...plan, answer: outerAnswer(plan.answer), violations, flags: [...flags, ...plan.flags] };
}

async function planWithCompany(
  view: StationView,
  call: IncomingCall,
  desk: Desk,
  rule: AnswerRule,
  verdict: Pick<Plan, 'violations' | 'flags'>,
): Promise<Plan> {
  const company = await companyOf(desk.companies, String(call.payload.vatNumber));
  return { answer: result(rule({ ...contextOf(view, call, desk), company }, call.payload)), ...verdict };
}

async function planWithFindings(
  view: StationView,
  call: IncomingCall,
  desk: Desk,
  rule: AnswerRule,
  { violations, flags }: Pick<Plan, 'violations' | 'flags'>,
  findings: Promise<PkiFindings>,
): Promise<Plan> {
  const pki = await findings;
  const answer = result(rule({ ...contextOf(view, call, desk), pki }, call.payload));
  return { answer, violations, flags: pki.refused === undefined ? flags : [...flags, `csr:${pki.refused}`] };
}

async function planWithToken(
  view: StationView,
  call: IncomingCall,
  desk: Desk,
  rule: AnswerRule,
  token: PresentedToken,
  { violations, flags }: Pick<Plan, 'violations' | 'flags'>,
  findings: Promise<PkiFindings> | undefined,
): Promise<Plan | NoPlan> {
  const { version, path, entry } = view;
  const { action, payload } = call;
  const evseId = evseOf(view, call);
  const where = { ...path, siteId: entry.siteId, ...(evseId !== undefined && { evseId }) };
  const [asked, pki] = await Promise.all([desk.tokens.ask(where, token, call.receivedMs), findings]);
  const isBookAway = asked.verdict === undefined;
  if (isBookAway && isNewBusiness(version, action, payload)) return 'bookAway';
  const verdict = asked.verdict ?? (action === 'TransactionEvent' ? ({ status: 'Accepted' } as const) : undefined); // who charges already goes on
  const transactionId = action === 'StartTransaction' ? startId(view.path, call, asked, desk) : undefined;
  const context = {
    ...contextOf(view, call, desk),
    ...(verdict !== undefined && { verdict }),
    ...(transactionId !== undefined && { transactionId }),
    ...(pki !== undefined && { pki }),
  };
  const answer = rule(context, payload);
  const facts = factsOf(version, token.type, { ...asked, verdict }, answer);
  return {
    answer: result(answer),
    violations,
    flags: isBookAway ? [...flags, 'bookAway'] : flags,
    ...(facts !== undefined && { token: facts }),
    ...(transactionId !== undefined && { transactionId }),
    ...(asked.isErased && { isOfErased: true }),
  };
}

const refusal = (version: OcppVersion, code: string, description: string): Plan => ({
  answer: error(errorCodeIn(version, code), description),
  violations: NONE,
  flags: NONE,
});

const contextOf = (
  { entry, plans, totalCost, dynamicLimits }: StationView,
  { receivedMs }: IncomingCall,
  { bootRetryIntervalS }: Desk,
): AnswerContext => ({
  entry,
  bootRetryIntervalS,
  now: isoTime(receivedMs),
  ...(plans && { plans }),
  ...(totalCost !== undefined && { totalCost }),
  ...(dynamicLimits && { dynamicLimits }),
});

const mayComeBeforeAccepted = ({ entry, asked }: StationView, action: string): boolean =>
  action === 'BootNotification' || (entry.bootStatus === 'Pending' && asked.has(action));

/** Asking for permission needs the book; reporting what already happens or happened does not. */
function isNewBusiness(version: OcppVersion, action: string, payload: Payload): boolean {
  if (action === 'Authorize' || action === 'StartTransaction') return true;
  return isOcpp2(version) && payload.eventType === 'Started' && payload.offline !== true;
}

/** Where a token is to charge. Undefined = the message does not say, or only that it charges no more: who may not begin at an EVSE may end what runs there. */
function evseOf({ version, entry }: StationView, { action, payload }: IncomingCall): number | undefined {
  if (action === 'StartTransaction') return entry.connectors?.[Number(payload.connectorId)];
  if (!isOcpp2(version) || payload.eventType === 'Ended') return undefined;
  const { id } = (payload.evse ?? {}) as { readonly id?: unknown };
  return typeof id === 'number' && id > 0 ? id : undefined;
}

/** A start without a readable time is the same start as long as its frame is. */
const startId = (path: StationPath, { messageId, payload }: IncomingCall, { tokenHash }: TokenAnswer, { hmacTransaction }: Desk): number =>
  transactionIdOf(
    path,
    {
      connectorId: payload.connectorId,
      tokenHash: tokenHash ?? '',
      timestamp: payload.timestamp ?? messageId,
      meterStart: payload.meterStart ?? null,
    },
    hmacTransaction,
  );

/** The status as the station reads it in our answer; where the answer carries none, as the rule saw it. */
function factsOf(version: OcppVersion, tokenType: string, { tokenHash, verdict }: TokenAnswer, answer: object): TokenFacts | undefined {
  if (tokenHash === undefined) return undefined;
  const { idTagInfo: said16, idTokenInfo: said201 } = answer as { idTagInfo?: { status: string }; idTokenInfo?: { status: string } };
  const judged = verdict === undefined ? 'Unknown' : version === 'ocpp1.6' ? idTagInfo(verdict).status : verdict.status;
  return {
    tokenHash,
    tokenType,
    status: said16?.status ?? said201?.status ?? judged,
    ...(verdict?.groupHash !== undefined && { groupHash: verdict.groupHash }),
  };
}
