import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import {
  type Connecting,
  exportKey,
  quoted,
  randomPassword,
  siteCommand,
  siteIdOf,
  stationCommand,
  stationUrl,
  tokenCommand,
} from './commands.js';

const names: Connecting = {
  origin: 'http://localhost:8080',
  key: null,
  siteId: "Bob's yard",
  nodeId: 'grid',
  stationId: 'CHARGER-1',
  password: 'secret-password-16',
  timeZone: 'Europe/Berlin',
};

/** What a shell makes of a command, with curl replaced by a program that prints its arguments one per line. */
const argumentsOf = (command: string): string[] =>
  execFileSync('sh', ['-c', `${exportKey('k-1')}\ncurl() { printf '%s\\n' "$@"; }\n${command}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');

describe('commands', () => {
  it('survive the shell: method, address, key and a JSON body arrive as meant', () => {
    const [, method, url, , authorization, , type, , body] = argumentsOf(siteCommand(names));
    expect([method, url, authorization, type]).toEqual([
      'PUT',
      "http://localhost:8080/v1/sites/Bob's%20yard",
      'authorization: Bearer k-1',
      'content-type: application/json',
    ]);
    expect(JSON.parse(body ?? '')).toMatchObject({ timeZone: 'Europe/Berlin', root: { nodeId: 'grid', limitA: 63, phases: 3 } });
  });

  it('put the station where the site’s limit is, with a safe current no charger refuses', () => {
    const body = JSON.parse(argumentsOf(stationCommand({ ...names, siteId: 'a "b" $c' })).at(-1) ?? '');
    expect(body).toMatchObject({ siteId: 'a "b" $c', nodeId: 'grid', securityProfile: 1, password: names.password });
    expect(body.evses).toEqual([{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 }]);
  });

  it('never print the key unless asked to', () => {
    const all = [siteCommand(names), stationCommand(names), tokenCommand(names)].join('\n');
    expect(all).toContain('$JOULESTREAM_KEY');
    expect(exportKey(null)).toContain('PASTE-YOUR-KEY');
    expect(exportKey("it's")).toBe(`export JOULESTREAM_KEY=${quoted("it's")}`);
  });

  it('send the charger to the OCPP port, by TLS where the page came by TLS', () => {
    expect(stationUrl('http://10.0.0.7:8080', 'CP 1')).toBe('ws://10.0.0.7:9220/ocpp/CP%201');
    expect(stationUrl('http://10.0.0.7:8080', 'CP1', { plain: 9000, tls: 9443 })).toBe('ws://10.0.0.7:9000/ocpp/CP1');
    expect(stationUrl('https://csms.example', 'CP1')).toBe('wss://csms.example:9221/ocpp/CP1');
  });

  it('make an id of the name of a site, whatever is in it', () =>
    expect(["Bob's yard", ' Südhafen - Halle 3 ', '駐車場'].map(siteIdOf)).toEqual(['bobs-yard', 'sudhafen-halle-3', 'site']));

  it('make a password chargers accept', () => {
    expect(randomPassword(Uint8Array.from({ length: 32 }, (_, index) => index * 8))).toMatch(/^[a-z2-9]{32}$/);
  });
});
