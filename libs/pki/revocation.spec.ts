// A certificate that its authority took back, by the word of the responder it names and of nobody else.
import { X509Certificate } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { identity, ocspAnswer } from './contracts.fixture.js';
import { certificateStatuses, isRevoked } from './index.js';

// The library that verifies an answer looks at the clock itself.
const NOW = Date.now();

it.each([
  ['revoked', ['ocsp.example'], true],
  ['good', ['ocsp.example'], false],
  ['unknown', ['ocsp.example'], false],
  // An operator did not name it: it is not asked.
  ['revoked', [], false],
] as const)('that is %s by one of %j was taken back: %s (A00.FR.705)', async (status, responders, expected) => {
  const root = await identity({ name: 'CN=Root', isAuthority: true }, NOW);
  const station = await identity({ name: 'CN=CP1' }, NOW, root);
  let asked = 0;
  const exchange = (_: URL, question: Buffer) => {
    asked++;
    return ocspAnswer(question, root, status, NOW);
  };
  const clock = { now: () => NOW, after: () => () => undefined };
  const statuses = certificateStatuses({ responders: [...responders], clock, exchange });
  const [certificate, authority] = [new X509Certificate(station.pem), new X509Certificate(root.pem)];
  expect(await isRevoked(certificate, [authority], statuses)).toBe(expected);
  expect(asked).toBe(responders.length);
  // Without its issuer among those that are trusted nothing is asked either.
  expect(await isRevoked(certificate, [], statuses)).toBe(false);
});
