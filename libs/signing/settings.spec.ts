import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { memoryLog } from '#embedded';
import { systemClock } from '#system';
import { testKey } from './keys.fixture.js';
import { signingWith } from './settings.js';
import { signedLog } from './signed-log.js';

const directory = mkdtempSync(join(tmpdir(), 'signing-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const [own, other] = [testKey(), testKey()];
const signersFile = join(directory, 'signers.json');
writeFileSync(
  signersFile,
  JSON.stringify({ signers: [{ publicKey: own.publicKey, services: ['edge'] }], required: { 'site-events': [] } }),
);

describe('what the settings name', () => {
  it('signs what is believed by whoever reads the same file', async () => {
    const log = memoryLog();
    await log.open(['site-events']);
    const headers = { ce_source: '/edge/e1', ce_type: 'CallReceived' };
    await signedLog(log, signingWith({ key: own.privateKey }, systemClock), systemClock).append('site-events', [
      { key: 't/s', headers, value: '{}' },
    ]);
    await log.append('site-events', [{ key: 't/s', headers, value: '{}' }]);
    const refused: (string | undefined)[] = [];
    const reader = signedLog(log, signingWith({ signersFile }, systemClock), systemClock);
    for await (const records of reader.read('site-events', 0, 0, 2)) refused.push(...records.map((record) => record.refused));
    expect(refused).toEqual([undefined, 'it is not signed']);
  });

  it('is refused where a process would sign what it does not believe itself, or with no key', () => {
    expect(() => signingWith({ key: other.privateKey, signersFile }, systemClock)).toThrow('is not among the signers');
    expect(() => signingWith({ key: 'AAAA' }, systemClock)).toThrow();
    expect(() => signingWith({ signersFile: join(directory, 'none.json') }, systemClock)).toThrow('none.json');
  });
});
