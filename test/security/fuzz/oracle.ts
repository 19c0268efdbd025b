// What a frame must be answered, judged by the official schemas read anew, by no code of the edge.
// Where the network may choose (a broken message that can be understood is kept or refused, P3, ADR 0075), both are right.
import { Ajv, type ValidateFunction } from 'ajv';
import { actions, errorCodes, instantMs, isOcppVersion, type MessageKind, type OcppVersion } from '#ocpp';
import { officialMessages, type Schema } from '../../../libs/ocpp/official-schemas.fixture.js';

export type Expected =
  | { readonly kind: 'nothing' }
  /** A CALLRESULT, a CALLERROR with one of these codes, or either. */
  | { readonly kind: 'answer'; readonly messageId: string; readonly mayResult: boolean; readonly codes: ReadonlySet<string> };

const MAY_BE_UNDERSTOOD: ReadonlySet<string> = new Set([
  'Authorize',
  'BootNotification',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'LogStatusNotification',
  'MeterValues',
  'SecurityEventNotification',
  'SignedFirmwareStatusNotification',
  'StartTransaction',
  'StatusNotification',
  'StopTransaction',
  'TransactionEvent',
]);
/** Messages of 2.1 that have no answer (part 4, 4.1.5). */
const ONLY_SENT: ReadonlySet<string> = new Set(['NotifyPeriodicEventStream']);
const LONGEST_ID = 36;
const LONGEST_ACTION = 50;
const DEEPEST = 32;
const CODE_OF: Readonly<Record<string, string>> = {
  type: 'TypeConstraintViolation',
  required: 'OccurrenceConstraintViolation',
  minItems: 'OccurrenceConstraintViolation',
  maxItems: 'OccurrenceConstraintViolation',
  additionalProperties: 'FormatViolation',
};
/** The words 1.6 has for them, misspelt as in the standard. */
const IN_16: Readonly<Record<string, string>> = {
  FormatViolation: 'FormationViolation',
  RpcFrameworkError: 'FormationViolation',
  OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
  MessageTypeNotSupported: 'NotSupported',
};

const ajv = new Ajv({ strict: false, allErrors: true, multipleOfPrecision: 6, logger: false });
ajv.addFormat('date-time', (text: string) => instantMs(text) !== undefined);
ajv.addFormat('uri', (text: string) => URL.canParse(text));
const compiled = new Map<string, ValidateFunction>();
const official = new Map<string, Schema>();
for (const version of ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)
  for (const { action, kind, schema } of officialMessages(version)) official.set(`${version} ${action} ${kind}`, schema);

export const officialSchema = (version: OcppVersion, action: string, kind: MessageKind): Schema | undefined =>
  official.get(`${version} ${action} ${kind}`);

function judge(version: OcppVersion, action: string, kind: MessageKind): ValidateFunction {
  const name = `${version} ${action} ${kind}`;
  const schema = official.get(name);
  if (schema === undefined) throw new Error(`no schema of ${name}`);
  // 1.6 spells the unit both ways (errata 3.78).
  const both = JSON.parse(JSON.stringify(schema).replaceAll(/"Cel[cs]ius"(?:,"Celsius")?/g, '"Celcius","Celsius"')) as object;
  const known =
    compiled.get(name) ??
    ajv.compile({ ...both, $id: `urn:ocpp:${version}-${action}-${kind}`, $schema: 'http://json-schema.org/draft-07/schema#' });
  compiled.set(name, known);
  return known;
}

const isWord = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest && value.isWellFormed() && !/\p{Cc}/u.test(value);

/** As everything behind the parser sees it: without `__proto__`, NUL and lone surrogates replaced; undefined where it is too deep. */
function harmless(value: unknown, levels: number): { readonly value: unknown } | undefined {
  if (typeof value === 'string') return { value: value.toWellFormed().replaceAll('\u0000', '\ufffd') };
  if (typeof value !== 'object' || value === null) return { value };
  if (levels === 0) return undefined;
  const entries = Object.entries(value).filter(([name]) => name !== '__proto__' || Array.isArray(value));
  const inner = entries.map(([name, each]) => [harmless(name, 1)?.value as string, harmless(each, levels - 1)] as const);
  if (hasTooDeep(value, levels) || inner.some(([, each]) => each === undefined)) return undefined;
  const clean = inner.map(([name, each]) => [name, each?.value] as const);
  return { value: Array.isArray(value) ? clean.map(([, each]) => each) : Object.fromEntries(clean) };
}
/** What is below `__proto__` counts towards the depth as well. */
const hasTooDeep = (value: object, levels: number): boolean =>
  Object.entries(value).some(([name, each]) => name === '__proto__' && harmless(each, levels - 1) === undefined);

export function expectedOf(version: OcppVersion, text: string): Expected {
  const answer = (messageId: string, mayResult: boolean, ...codes: readonly string[]): Expected => ({
    kind: 'answer',
    messageId,
    mayResult,
    codes: new Set(codes.map((code) => (version === 'ocpp1.6' ? (IN_16[code] ?? code) : code))),
  });
  if (text.trim() === '') return { kind: 'nothing' };
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return answer('-1', false, 'RpcFrameworkError');
  }
  const [type, messageId, action, payload] = Array.isArray(frame) ? (frame as readonly unknown[]) : [];
  if (typeof type !== 'number') return answer('-1', false, 'RpcFrameworkError');
  if (type !== 2) return { kind: 'nothing' };
  if (!isWord(messageId, LONGEST_ID)) return answer('-1', false, 'RpcFrameworkError');
  const broken = answer(messageId, false, 'FormatViolation');
  const whole = harmless(frame, DEEPEST);
  if (!isWord(action, LONGEST_ACTION) || whole === undefined) return broken;
  const isEmpty = payload === undefined || payload === null || (Array.isArray(payload) && payload.length === 0);
  if (!isEmpty && (typeof payload !== 'object' || Array.isArray(payload))) return broken;
  const direction = actions(version).get(action)?.direction;
  if (direction === undefined) return answer(messageId, false, 'NotImplemented');
  if (direction === 'toStation') return answer(messageId, false, 'NotSupported');
  if (ONLY_SENT.has(action)) return answer(messageId, false, 'MessageTypeNotSupported');
  const validate = judge(version, action, 'request');
  if (validate(isEmpty ? {} : (whole.value as readonly unknown[])[3])) return answer(messageId, true);
  const codes = (validate.errors ?? []).map(({ keyword }) => CODE_OF[keyword] ?? 'PropertyConstraintViolation');
  return answer(messageId, MAY_BE_UNDERSTOOD.has(action), ...codes);
}

/** What is wrong with a frame as the answer to `sent`; undefined when nothing is. */
export function complaintOf(
  version: OcppVersion,
  sent: string,
  expected: Expected & { kind: 'answer' },
  answer: readonly unknown[],
): string | undefined {
  const [type, messageId, third] = answer;
  if (messageId !== expected.messageId) return `answered as ${JSON.stringify(messageId)}`;
  if (type === 4) {
    const code = String(third);
    if (!isOcppVersion(version) || !errorCodes(version).some((each) => each === code)) return `${code} is no error code of ${version}`;
    return expected.codes.has(code) ? undefined : `answered ${code}, not ${[...expected.codes].join(' or ') || 'a result'}`;
  }
  if (type !== 3) return `answered by a frame of type ${JSON.stringify(type)}`;
  if (!expected.mayResult) return `answered by a result, not ${[...expected.codes].join(' or ')}`;
  const validate = judge(version, (JSON.parse(sent) as readonly string[])[2] ?? '', 'response');
  return validate(third) ? undefined : `the answer breaks its own schema: ${ajv.errorsText(validate.errors)}`;
}
