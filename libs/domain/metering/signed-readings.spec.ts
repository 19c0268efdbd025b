// What a text that claims to be signed is: OCMF as it is, OCMF in base64, or something else; whatever a station sends, it has a verdict.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeSignature, ocmfText } from './signed-readings.js';

const OCMF = 'OCMF|{"FV":"1.0"}|{"SD":"00"}';

it('finds OCMF in base64, and nothing in what is none', () => {
  expect(ocmfText(OCMF)).toBe(OCMF);
  expect(ocmfText(Buffer.from(OCMF).toString('base64'))).toBe(OCMF);
  expect(ocmfText('a')).toBeUndefined();
  expect(ocmfText('abcde')).toBeUndefined();
});

it('has a verdict on any text', () => {
  const text = fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[A-Za-z0-9+/]{1,9}={0,3}$/), fc.constant(`${OCMF}|`));
  fc.assert(
    fc.property(text, (each) => {
      const { verdict } = judgeSignature(
        each,
        () => [],
        () => true,
      );
      expect(['otherFormat', 'keyUnknown']).toContain(verdict);
    }),
  );
});
