// Reading upgrade requests: paths, subprotocols, Basic credentials.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SUBPROTOCOLS } from '#ocpp';
import { basicCredentials, chooseSubprotocol, stationPath } from './path.js';

describe('stationPath', () => {
  it('reads both forms', () => {
    expect(stationPath('/ocpp/CP1', 'default')).toEqual({ tenantId: 'default', stationId: 'CP1' });
    expect(stationPath('/ocpp/acme/CP1?token=x', 'default')).toEqual({ tenantId: 'acme', stationId: 'CP1' });
  });
  it('gives back any id a station may have, whatever needs encoding in it', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9*\-_=+|@ ]{1,48}$/), (stationId) => {
        expect(stationPath(`/ocpp/${encodeURIComponent(stationId)}`, 'default')).toEqual({ tenantId: 'default', stationId });
      }),
    ));
  it('never throws and never yields a separator, a colon or a control character', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `/ocpp/${text}`),
        ),
        (url) => {
          expect(stationPath(url, 'default')?.stationId ?? '').not.toMatch(/[/:\p{Cc}]/u);
        },
      ),
    ));
});

describe('chooseSubprotocol', () => {
  it("is the station's first that we speak", () => {
    expect(chooseSubprotocol('ocpp2.2, ocpp1.6,ocpp2.1', SUBPROTOCOLS)).toBe('ocpp1.6');
    expect(chooseSubprotocol('ocpp2.1,ocpp2.0.1, ocpp1.6', SUBPROTOCOLS)).toBe('ocpp2.1');
    expect(chooseSubprotocol('ocpp1.5', SUBPROTOCOLS)).toBeUndefined();
    expect(chooseSubprotocol(undefined, SUBPROTOCOLS)).toBeUndefined();
  });
  it('is none that is not offered', () => {
    expect(chooseSubprotocol('ocpp2.1,ocpp2.0.1', ['ocpp2.0.1', 'ocpp1.6'])).toBe('ocpp2.0.1');
    expect(chooseSubprotocol('ocpp2.1', ['ocpp2.0.1', 'ocpp1.6'])).toBeUndefined();
  });
});

describe('basicCredentials', () => {
  it('ends the user at the first colon and keeps the octets of the password', () => {
    const octets = Buffer.concat([Buffer.from('CP1:'), Buffer.from([0, 255, 58, 7])]);
    expect(basicCredentials(`Basic ${octets.toString('base64')}`)).toEqual({ user: 'CP1', password: Buffer.from([0, 255, 58, 7]) });
  });
  it.each([
    undefined,
    '',
    'Bearer abc',
    'Basic',
    'Basic !!!',
    `Basic ${Buffer.from('nocolon').toString('base64')}`,
    `Basic ${'A'.repeat(600)}`,
  ])('finds none in %s', (header) => expect(basicCredentials(header)).toBeUndefined());
});
