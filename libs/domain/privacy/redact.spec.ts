// What is shown of a frame nobody could read.
import { describe, expect, it } from '@jest/globals';
import { redact } from './redact.js';

describe('redact', () => {
  it('keeps the shape and OCPP words, and masks what a station filled in', () =>
    expect(redact('[2,"a7f3","Authorize",{"idTag":"DEADBEEF"')).toBe('[2,"…4","Authorize",{"idTag":"…8"'));
  it('masks a token written as a number, as a key, without quotes or in several words', () => {
    const text = redact('[2,"1","StartTransaction",{idTag:DEADBEEF,"04A2B3C4":1,"idTag":12345678,"x":"my long secret"}');
    for (const secret of ['DEADBEEF', '04A2B3C4', '12345678', 'long', 'secret']) expect(text).not.toContain(secret);
    expect(text).toContain('StartTransaction');
  });
  it('is bounded whatever comes', () => expect(redact('x y '.repeat(1 << 20)).length).toBeLessThan(8_192));
});
