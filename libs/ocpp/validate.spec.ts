// The generated validators against the official schemas: every message of every version, valid and broken field by field.
// Examples as stations send them are in examples.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { actions, errorCodeFor, errorCodes, type OcppVersion, type SchemaViolation, SUBPROTOCOLS, validate } from './index.js';
import { instanceOf, type OfficialMessage, officialMessages, resolve, type Schema } from './official-schemas.fixture.js';

interface Mutation {
  readonly what: string;
  readonly path: string;
  readonly keyword: string;
  readonly payload: unknown;
}

type Replace = (value: unknown) => unknown;

/** Ways to break one field, given how to put another value in its place. */
function* mutationsOf(pointing: Schema, root: Schema, path: string, put: Replace): Generator<Mutation> {
  const schema = resolve(pointing, root);
  const broken = (what: string, keyword: string, value: unknown, at = path): Mutation => ({ what, keyword, path: at, payload: put(value) });
  const wrongType: Readonly<Record<string, unknown>> = {
    string: 12,
    integer: '12',
    number: '12',
    boolean: 'true',
    object: 'text',
    array: 'text',
  };
  if (schema.type !== undefined) yield broken('another type', 'type', wrongType[schema.type]);
  if (schema.type === 'integer') {
    yield broken('a fraction', 'type', 1.5);
    yield broken('more than 32 bits hold', 'type', 2 ** 31);
  }
  if (schema.enum !== undefined) yield broken('a word with a typo', 'enum', `${schema.enum[0]}x`);
  else if (schema.maxLength !== undefined) yield broken('one character too many', 'maxLength', 'é'.repeat(schema.maxLength + 1));
  if (schema.format !== undefined) yield broken('an unreadable format', 'format', 'tomorrow');
  if (schema.minimum !== undefined) yield broken('below the minimum', 'minimum', schema.minimum - 1);
  if (schema.maximum !== undefined) yield broken('above the maximum', 'maximum', schema.maximum + 1);
  if (schema.multipleOf !== undefined) yield broken('too many decimals', 'multipleOf', 0.123);
  if (schema.type === 'array') {
    const item = instanceOf(schema.items ?? {}, root, 'full');
    if (schema.minItems !== undefined) yield broken('too few items', 'minItems', []);
    if (schema.maxItems !== undefined)
      yield broken(
        'too many items',
        'maxItems',
        Array.from({ length: schema.maxItems + 1 }, () => item),
      );
    yield* mutationsOf(schema.items ?? {}, root, `${path}/0`, (inner) => put([inner]));
  }
  if (schema.type === 'object') {
    const whole = instanceOf(schema, root, 'full') as Record<string, unknown>;
    if (schema.additionalProperties === false)
      yield broken('an invented field', 'additionalProperties', { ...whole, invented: 1 }, `${path}/invented`);
    for (const name of schema.required ?? []) {
      const { [name]: _, ...rest } = whole;
      yield broken('a missing field', 'required', rest, `${path}/${name}`);
    }
    for (const [name, field] of Object.entries(schema.properties ?? {}))
      yield* mutationsOf(field, root, `${path}/${name}`, (inner) => put({ ...whole, [name]: inner }));
  }
}

const verdict = ({ version, action, kind }: OfficialMessage, payload: unknown): readonly SchemaViolation[] =>
  validate(version, action, kind, payload);

describe.each([...SUBPROTOCOLS])('the messages of %s', (version: OcppVersion) => {
  const messages = officialMessages(version);

  it('are exactly the official ones, each with a direction', () => {
    const official = new Set(messages.map(({ action }) => action));
    expect([...actions(version).keys()].sort()).toEqual([...official].sort());
  });

  it('accept an instance with the required fields and one with every field', () => {
    for (const message of messages)
      for (const extent of ['minimal', 'full'] as const)
        expect([message.action, message.kind, verdict(message, instanceOf(message.schema, message.schema, extent))]).toEqual([
          message.action,
          message.kind,
          [],
        ]);
  });

  it('name the field and the rule for every way to break a field', () => {
    const unnoticed: string[] = [];
    let tried = 0;
    for (const message of messages)
      for (const { what, path, keyword, payload } of mutationsOf(message.schema, message.schema, '', (value) => value)) {
        tried++;
        const violations = verdict(message, payload);
        const named = violations.length === 1 && violations.some((found) => found.path === path && found.keyword === keyword);
        if (!named || !errorCodes(version).includes(errorCodeFor(version, violations)))
          unnoticed.push(`${message.action} ${message.kind} ${path}: ${what} -> ${JSON.stringify(violations)}`);
      }
    expect(unnoticed).toEqual([]);
    expect(tried).toBeGreaterThan(version === 'ocpp1.6' ? 700 : 4_000);
  });
});

describe('verdicts', () => {
  it('know actions by their own names only', () => {
    for (const action of ['constructor', '__proto__', 'toString', 'heartbeat', 'TransactionEvent'])
      expect(validate('ocpp1.6', action, 'request', {})).toEqual([{ path: '', keyword: 'action', message: 'is not an action of ocpp1.6' }]);
  });

  it('stay few when a long list is wrong throughout', () => {
    const meterValue = Array.from({ length: 10_000 }, () => ({}));
    expect(validate('ocpp1.6', 'MeterValues', 'request', { connectorId: 1, meterValue })).toHaveLength(20);
  });

  it('never repeat a value of the payload', () => {
    const violations = validate('ocpp1.6', 'Authorize', 'request', { idTag: 'SECRET-TAG-0123456789-TOO-LONG' });
    expect(violations).toEqual([{ path: '/idTag', keyword: 'maxLength', message: 'must NOT have more than 20 characters' }]);
  });
});
