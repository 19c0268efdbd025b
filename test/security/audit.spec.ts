// How the audit of dependencies judges: a serious finding is open until somebody accepted it, and an acceptance ends by its date or with its cause.
// Whether the registry answers is not tested here; what is done when it does not is said by the script.
import { describe, expect, it } from '@jest/globals';
import { judgeFindings, judgeLicences } from '../../scripts/audit.mjs';

const URL_OF = 'https://advisories.example/1';
const report = (severity: string) => ({
  vulnerabilities: { lib: { name: 'lib', via: ['other', { title: 'Bad', severity, url: URL_OF }] } },
});
const accepted = [{ advisory: URL_OF, reason: 'that call is not used', lookAgain: '2027-01-01' }];

describe('a finding', () => {
  it.each(['high', 'critical'])('of severity %s is open', (severity) => {
    expect(judgeFindings(report(severity), [], '2026-11-26')).toEqual([`lib: Bad (${severity}, ${URL_OF})`]);
  });
  it('below that is none', () => expect(judgeFindings(report('moderate'), [], '2026-11-26')).toEqual([]));
  it('that was accepted is none until its date', () => {
    expect(judgeFindings(report('high'), accepted, '2026-12-31')).toEqual([]);
    expect(judgeFindings(report('high'), accepted, '2027-01-01')).toEqual([expect.stringContaining('look again')]);
  });
  it('that is gone makes its acceptance one', () => {
    expect(judgeFindings({ vulnerabilities: {} }, accepted, '2026-11-26')).toEqual([
      expect.stringContaining('nothing here has it any more'),
    ]);
  });
});

it('a licence is judged for what is shipped, each choice and each part of it', () => {
  const packages = {
    '': { license: 'Apache-2.0' },
    'node_modules/a': { license: 'MIT' },
    'node_modules/a/node_modules/b': { license: '(MIT OR GPL-3.0)' },
    'node_modules/c': { license: 'MIT AND GPL-3.0' },
    'node_modules/d': {},
    'node_modules/e': {},
    'node_modules/dev': { license: 'GPL-3.0', dev: true },
  };
  expect(judgeLicences({ packages }, { e: 'looked at' })).toEqual(['c: licence MIT AND GPL-3.0', 'd: licence not told']);
});
