// Frames: what stations send, what attackers send, and anything at all.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { callFrame, errorFrame, type Frame, type OcppVersion, parseFrame, resultErrorFrame, resultFrame, SUBPROTOCOLS } from './index.js';

const read = (text: string, version: OcppVersion = 'ocpp2.0.1'): Frame => parseFrame(text, version);
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const call = (text: string): Extract<Frame, { kind: 'call' }> => {
  const frame = read(text);
  if (frame.kind !== 'call') throw new Error(`not a call: ${JSON.stringify(frame)}`);
  return frame;
};

describe('a frame', () => {
  it('reads a call and keeps the payload in the words of the station', () => {
    const payloadText = '{ "connectorId":1,\n "idTag" : "A\\"],[B", "meterStart": 1.0, "timestamp":"2026-11-24T10:15:00Z" }';
    expect(read(` [2, "a\\\\b\\"]," , "StartTransaction" , ${payloadText} ]\r\n`)).toEqual({
      kind: 'call',
      messageId: 'a\\b"],',
      action: 'StartTransaction',
      payload: { connectorId: 1, idTag: 'A"],[B', meterStart: 1, timestamp: '2026-11-24T10:15:00Z' },
      payloadText,
    });
  });

  it('reads results and errors, the sparse ones too', () => {
    expect(read('[3,"m1",{"status":"Accepted"}]')).toEqual({
      kind: 'result',
      messageId: 'm1',
      payload: { status: 'Accepted' },
      payloadText: '{"status":"Accepted"}',
    });
    expect(read('[4,"m1","NotSupported","no",{"a":1}]')).toEqual({
      kind: 'error',
      messageId: 'm1',
      code: 'NotSupported',
      description: 'no',
      details: { a: 1 },
    });
    expect(read('[4,"m1"]')).toEqual({ kind: 'error', messageId: 'm1', code: 'GenericError', description: '', details: {} });
  });

  it('takes null, [] and nothing for an empty payload', () => {
    for (const text of ['[2,"m1","Heartbeat",null]', '[2,"m1","Heartbeat",[]]', '[2,"m1","Heartbeat"]'])
      expect(read(text)).toEqual({ kind: 'call', messageId: 'm1', action: 'Heartbeat', payload: {}, payloadText: '{}' });
  });

  it.each([
    ['[2,"m1","Heart', undefined, 'RpcFrameworkError'],
    ['{"a":1}', undefined, 'RpcFrameworkError'],
    ['"text"', undefined, 'RpcFrameworkError'],
    ['null', undefined, 'RpcFrameworkError'],
    ['[]', undefined, 'RpcFrameworkError'],
    ['["2","m1","Heartbeat",{}]', undefined, 'RpcFrameworkError'],
    ['[2]', undefined, 'RpcFrameworkError'],
    ['[2,7,"Heartbeat",{}]', undefined, 'RpcFrameworkError'],
    [`[2,"${'x'.repeat(37)}","Heartbeat",{}]`, undefined, 'RpcFrameworkError'],
    ['[2,"a\\u0000b","Heartbeat",{}]', undefined, 'RpcFrameworkError'],
    ['[2,"a\\ud800b","Heartbeat",{}]', undefined, 'RpcFrameworkError'],
    ['[2,"m1"]', 'm1', 'FormatViolation'],
    ['[2,"m1",{},{}]', 'm1', 'FormatViolation'],
    [`[2,"m1","${'A'.repeat(51)}",{}]`, 'm1', 'FormatViolation'],
    ['[2,"m1","Heartbeat","text"]', 'm1', 'FormatViolation'],
    ['[2,"m1","Heartbeat",[1]]', 'm1', 'FormatViolation'],
    [`[2,"m1","DataTransfer",{"vendorId":"v","data":${nested(31)}}]`, 'm1', 'FormatViolation'],
    [`[2,"m1","DataTransfer",{"vendorId":"v","data":${nested(100_000)}}]`, 'm1', 'FormatViolation'],
  ])('finds %.60s unreadable', (text, messageId, code) => {
    const frame = read(text);
    expect(frame).toEqual({ kind: 'unreadable', reason: expect.any(String), code, ...(messageId === undefined ? {} : { messageId }) });
  });

  it.each([
    '',
    ' \r\n',
    '[1,"m1"]',
    '[5,"m1","GenericError","",{}]',
    '[6,"m1","NotifyPeriodicEventStream",{}]',
    '[99]',
    '[3]',
    '[3,null,{}]',
    '[4,7]',
    `[3,"m1",${nested(40)}]`,
  ])('leaves %.40p unanswered', (text) => {
    expect(read(text).kind).toBe('unsupported');
  });

  it.each(['ocpp1.6', 'ocpp2.0.1'] as const)('of a type that came with 2.1 is no message of %s', (version) => {
    for (const text of ['[6,"m1","NotifyPeriodicEventStream",{}]', resultErrorFrame('m1', 'InternalError', '')])
      expect(read(text, version)).toEqual({ kind: 'unsupported', reason: 'an unknown message type' });
  });

  it('of 2.1 may be a message without an answer, or tell what an answer was worth', () => {
    expect(read('[6,"m1","NotifyPeriodicEventStream",{ "id": 1}]', 'ocpp2.1')).toEqual({
      kind: 'send',
      messageId: 'm1',
      action: 'NotifyPeriodicEventStream',
      payload: { id: 1 },
      payloadText: '{ "id": 1}',
    });
    expect(read(resultErrorFrame('m1', 'TypeConstraintViolation', 'no number'), 'ocpp2.1')).toEqual({
      kind: 'resultError',
      messageId: 'm1',
      code: 'TypeConstraintViolation',
      description: 'no number',
      details: {},
    });
  });

  it.each(['[6]', '[6,7,"A",{}]', '[6,"m1"]', '[6,"m1","A","text"]', `[6,"m1","A",{"a":${nested(40)}}]`, '[5]', '[5,7]'])(
    'of 2.1 that may not be answered is never found unreadable: %.40s',
    (text) => expect(read(text, 'ocpp2.1').kind).toBe('unsupported'),
  );

  it('reads nesting up to the bound', () => {
    expect(call(`[2,"m1","DataTransfer",{"data":${nested(30)}}]`).payloadText).toBe(`{"data":${nested(30)}}`);
  });

  it('lets no key reach a prototype', () => {
    for (const key of ['__proto__', '\\u005f_proto__', '__pr\\u006fto__']) {
      const { payload, payloadText } = call(`[2,"m1","DataTransfer",{"vendorId":"v","data":[{"${key}":{"admin":true},"a":1}]}]`);
      expect(payloadText).toBe('{"vendorId":"v","data":[{"a":1}]}');
      expect(JSON.stringify(payload)).toBe(payloadText);
    }
    expect(Object.assign({}, call('[2,"m1","Heartbeat",{"__proto__":{"admin":true}}]').payload)).not.toHaveProperty('admin');
    expect(Object.prototype).not.toHaveProperty('admin');
  });

  it('takes the last of two equal keys, in value and text alike', () => {
    const { payload, payloadText } = call('[2,"m1","Authorize",{"idTag":"A","idTag":"B"}]');
    expect([payload, JSON.parse(payloadText)]).toEqual([{ idTag: 'B' }, { idTag: 'B' }]);
  });

  it('replaces characters no database stores and leaves other escapes as they are', () => {
    expect(call('[2,"m1","Authorize",{"idTag":"A\\u0000B\\ud800"}]').payloadText).toBe('{"idTag":"A\ufffdB\ufffd"}');
    expect(call('[2,"m1","Authorize",{"idTag":"\\u00e9\\ud83d\\ude00"}]').payloadText).toBe('{"idTag":"\\u00e9\\ud83d\\ude00"}');
  });
});

describe('any text', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/\p{Cc}/u.test(text));
  const spaced = (text: string, spaces: readonly string[]): string => spaces.join('') + text + spaces.join('');
  const space = fc.array(fc.constantFrom(' ', '\n', '\t', '\r'), { maxLength: 2 });

  it('of a valid call gives back id, action and payload, and the text of the payload is the payload', () => {
    fc.assert(
      fc.property(
        word,
        word,
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })),
        fc.constantFrom(0, 1, 3),
        space,
        (id, action, payload, indent, blank) => {
          const parts = [id, action, payload].map((part) => spaced(JSON.stringify(part, null, indent), blank));
          const frame = call(spaced(`[2,${parts.join(',')}]`, blank));
          expect([frame.messageId, frame.action]).toEqual([id, action]);
          expect(JSON.parse(frame.payloadText)).toStrictEqual(frame.payload);
          if (!JSON.stringify(payload).includes('__proto__') && !JSON.stringify(payload).includes('\\u'))
            expect(frame.payloadText).toBe(JSON.stringify(payload, null, indent));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('never makes reading throw', () => {
    const valid = callFrame('m1', 'StartTransaction', { connectorId: 1, idTag: 'A', meterStart: 1, timestamp: '2026-11-24T10:15:00Z' });
    const cut = fc.tuple(fc.nat(valid.length), fc.nat(4), fc.string({ unit: 'binary', maxLength: 4 }));
    const kinds = ['call', 'send', 'result', 'error', 'resultError', 'unreadable', 'unsupported'];
    const anyFrame = fc
      .tuple(fc.integer({ min: -1, max: 7 }), fc.array(fc.jsonValue(), { maxLength: 5 }))
      .map(([type, rest]) => JSON.stringify([type, ...rest]));
    const damaged = cut.map(([from, length, patch]) => valid.slice(0, from) + patch + valid.slice(from + length));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), anyFrame, damaged), (text) =>
        SUBPROTOCOLS.every((version) => kinds.includes(read(text, version).kind)),
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('written frames', () => {
  it('are read back as they were meant', () => {
    expect(read(callFrame('m1', 'Reset', { type: 'Soft' }))).toMatchObject({
      kind: 'call',
      action: 'Reset',
      payload: { type: 'Soft' },
    });
    expect(read(resultFrame('m1', {}))).toMatchObject({ kind: 'result', messageId: 'm1', payload: {} });
    expect(errorFrame(undefined, 'GenericError', 'x')).toBe('[4,"-1","GenericError","x",{}]');
  });

  it('keep error descriptions within 255 characters', () => {
    const frame = read(errorFrame('m1', 'GenericError', '😀'.repeat(200)));
    expect(frame).toMatchObject({ kind: 'error', description: `${'😀'.repeat(127)}\ufffd` });
  });

  it('of nothing but brackets is told by its text, whatever stands in strings before them', () => {
    const deep = nested(200_000);
    expect(read(`[2,"a","DataTransfer",{"vendorId":"\\\\","data":"]]\\"]","x":${deep}}]`)).toMatchObject({
      kind: 'unreadable',
      messageId: 'a',
    });
    expect(read(`[2,"a","DataTransfer",{"vendorId":"v","data":"${'['.repeat(100)}"}]`)).toMatchObject({ kind: 'call', messageId: 'a' });
    expect(read(`[2,"a\\u0000","DataTransfer",${deep}]`)).toMatchObject({ kind: 'unreadable', code: 'RpcFrameworkError' });
    expect(read(`[2,"a${deep}`)).toMatchObject({ kind: 'unreadable', code: 'RpcFrameworkError' });
    expect(read(deep)).toMatchObject({ kind: 'unreadable', code: 'RpcFrameworkError' });
    expect(read(`[3,"a",${deep}]`)).toMatchObject({ kind: 'unsupported' });
  });
});
