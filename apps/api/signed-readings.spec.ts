// Signed readings against a real key: what was signed are bytes, so a figure changed, or only written otherwise, is found.
import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { judgeOcmf, readOcmf } from '#domain/metering';
import { verifiedBy } from '#pki';

const meter = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const spki = (key: typeof meter): string => key.publicKey.export({ type: 'spki', format: 'der' }).toString('hex');

const reading = (TX: string, RV: string, more = ''): string =>
  `{"TM":"2026-11-26T1${TX === 'B' ? 2 : 3}:00:00,000+0100 S","TX":"${TX}","RV":${RV},"RI":"1-b:1.8.0","RU":"kWh","ST":"G"${more}}`;
const payloadOf = (page: number, ...readings: readonly string[]): string =>
  `{"FV":"1.0","PG":"T${page}","MS":"1EMH0001","RD":[${readings.join(',')}]}`;
const signed = (payload: string, key = meter): string =>
  `OCMF|${payload}|{"SA":"ECDSA-secp256r1-SHA256","SD":"${createSign('sha256').update(payload).sign(key.privateKey, 'hex')}"}`;
const verdictOn = (texts: readonly string[], publicKey?: string) => judgeOcmf(texts.map(readOcmf), verifiedBy(publicKey));

const whole = signed(payloadOf(12, reading('B', '2935.600'), reading('E', '2950.350')));

describe('signed readings', () => {
  it('are what the meter said, with the key it is known by', () => {
    expect(verdictOn([whole], spki(meter))).toEqual({
      meterSerial: '1EMH0001',
      beganAt: '2026-11-26T12:00:00.000+01:00',
      endedAt: '2026-11-26T13:00:00.000+01:00',
      energyWh: 14_750,
      faults: [],
    });
    const pem = meter.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const base64 = meter.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    for (const key of [pem, base64]) expect(verdictOn([whole], key).faults).toEqual([]);
  });

  it('are of the register the transaction began with, whatever else the meter tells beside it', () => {
    const exported = (RV: string): string => `{"RV":${RV},"RI":"1-b:2.8.0"}`;
    const text = signed(payloadOf(12, reading('B', '2935.600'), exported('7.1'), reading('E', '2950.350'), exported('7.2')));
    expect(verdictOn([text], spki(meter))).toMatchObject({ energyWh: 14_750, faults: [] });
    const only = signed(payloadOf(12, reading('B', '2935.600'), exported('7.1').replace('{', '{"TX":"E",')));
    expect(verdictOn([only], spki(meter)).faults).toEqual(['endMissing']);
  });

  it.each([
    ['a figure is changed', whole.replace('2950.350', '2940.350')],
    ['a figure is only written otherwise', whole.replace('2950.350', '2950.35')],
    ['a blank is put in', whole.replace('"PG":"T12"', '"PG": "T12"')],
    ['another meter signed', signed(payloadOf(12, reading('B', '1'), reading('E', '2')), stranger)],
    ['the signature is none', whole.replace(/"SD":"\w+"/, '"SD":"3006020101020101"')],
  ])('are not when %s', (_, text) => expect(verdictOn([text], spki(meter)).faults).toEqual(['signatureWrong']));

  it('are kept without a verdict while nobody knows the key', () => expect(verdictOn([whole]).faults).toEqual(['keyUnknown']));

  it('of one transaction may come in several documents, without a gap, of one meter', () => {
    const [begin, end] = [signed(payloadOf(12, reading('B', '10'))), (page: number) => signed(payloadOf(page, reading('E', '11')))];
    expect(verdictOn([begin, end(13)], spki(meter))).toMatchObject({ energyWh: 1000, faults: [] });
    expect(verdictOn([begin, end(14)], spki(meter)).faults).toEqual(['pageMissing']);
    expect(verdictOn([begin], spki(meter)).faults).toEqual(['endMissing']);
    expect(verdictOn([end(13)], spki(meter)).faults).toEqual(['beginMissing']);
    const other = signed(payloadOf(13, reading('E', '11')).replace('1EMH0001', '1EMH0002'));
    expect(verdictOn([begin, other], spki(meter)).faults).toEqual(['otherMeter']);
  });

  it('say what the meter says against itself', () => {
    const with_ = (end: string) => verdictOn([signed(payloadOf(1, reading('B', '5'), end))], spki(meter)).faults;
    expect(with_(reading('E', '6', ',"EF":"E"'))).toEqual(['meterFault']);
    expect(with_(reading('E', '6', ',"EF":"t"'))).toEqual(['clockUncertain']);
    expect(with_(reading('E', '6').replace('"G"', '"N"'))).toEqual(['meterFault']);
    expect(with_(reading('E', '4'))).toEqual(['belowBegin']);
    // What a later reading leaves out is as before.
    expect(with_('{"TM":"2026-11-26T13:00:00,000+0100 S","TX":"E","RV":6.5}')).toEqual([]);
  });
});

it.each([
  '',
  'OCMF',
  'OCMF|{}',
  'OCMF|{}|{"SD":"00"}',
  'OCMF|{"RD":[{}]}|{"SD":"00"}',
  `OCMF|${payloadOf(1, reading('B', '1'))}|{}`,
  'X|{}|{}',
])('says why %j is none', (text) => expect(() => readOcmf(text)).toThrow(SyntaxError));

it('says what is no key', () => expect(() => verifiedBy('none')).toThrow(SyntaxError));
