// Security profiles 2 and 3 over real TLS: suites and versions, certificates of both kinds on one port, stations bound to their certificate,
// resumption, replacement while running, and what a proxy may say instead.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { StationConnected } from '#contracts';
import { localAuthority } from '#pki';
import { ocspAnswer } from '../../libs/pki/contracts.fixture.js';
import { issue, newRequest } from './support/certificates.js';
import { EdgeWorld, PASSWORD } from './support/edge-world.js';
import { HeldClock } from './support/held-clock.js';
import { RawStation } from './support/raw-station.js';

const OURS = 'Our Charging Company';
const serverCa = issue({ subject: { CN: 'Server CA' }, isAuthority: true });
const serverEc = issue({ subject: { CN: 'localhost' } }, serverCa);
const serverRsa = issue({ subject: { CN: 'localhost' }, kind: 'rsa' }, serverCa);
const stationCa = issue({ subject: { CN: 'Station CA' }, isAuthority: true });
const subCa = issue({ subject: { CN: 'Station Sub-CA' }, isAuthority: true }, stationCa);
const strangeCa = issue({ subject: { CN: 'Station CA' }, isAuthority: true });
const own = issue({ subject: { CN: 'CP3', O: OURS } }, stationCa);

let clock: HeldClock;
let system: EdgeWorld;
let edge: Edge;
let file: (name: string, text: string) => string;
beforeAll(async () => {
  clock = new HeldClock(new Date().toISOString());
  system = await EdgeWorld.open(clock);
  file = (name, text) => {
    writeFileSync(join(system.directory, name), text);
    return join(system.directory, name);
  };
  edge = await system.edge({
    pingIntervalS: 3600,
    ocppTls: {
      port: 0,
      certFiles: [file('ec.pem', serverEc.cert), file('rsa.pem', serverRsa.cert)],
      keyFiles: [file('ec.key', serverEc.key), file('rsa.key', serverRsa.key)],
      clientCaFiles: [file('ca.pem', stationCa.cert + subCa.cert)],
    },
    stationOrganizations: [OURS],
  });
  await system.station('CP1', { securityProfile: 1 });
  await system.station('CP2', { securityProfile: 2 });
  await system.station('CP3', { securityProfile: 3 });
  await system.station('SERIAL', { securityProfile: 3, certificate: { commonName: 'SN-0815' } });
});
afterAll(() => system.close());

const trusts = { ca: serverCa.cert };
const tlsPort = () => edge.tlsPort ?? 0;
const handshake = async (options: ConnectionOptions): Promise<TLSSocket> => {
  const socket = connectTls({ host: '127.0.0.1', port: tlsPort(), ...trusts, ...options });
  await once(socket, 'secureConnect');
  return socket;
};
/** The protocol when it was let in, else the status. */
const attempt = async (stationId: string, options: Partial<Parameters<typeof RawStation.attempt>[0]> = {}): Promise<unknown> => {
  const outcome = await RawStation.attempt({ port: tlsPort(), path: `/ocpp/${stationId}`, tls: trusts, ...options });
  if (!(outcome instanceof RawStation)) return outcome.status;
  await outcome.close();
  return outcome.socket.protocol;
};
const showing = (identity: { cert: string; key: string }) => ({ tls: { ...trusts, cert: identity.cert, key: identity.key } });
const basic = (user: string, password = PASSWORD) => ({ user, password });
const lastConnected = async () => (await system.records('StationConnected')).at(-1)?.data as StationConnected;

describe('the TLS listener', () => {
  it.each([
    ['ECDHE-ECDSA-AES128-GCM-SHA256', 'EC'],
    ['ECDHE-ECDSA-AES256-GCM-SHA384', 'EC'],
    ['AES128-GCM-SHA256', 'RSA'],
    ['AES256-GCM-SHA384', 'RSA'],
  ])('speaks the mandatory suite %s, with its certificate (TC_A_04, TC_086)', async (ciphers, kind) => {
    const socket = await handshake({ ciphers, maxVersion: 'TLSv1.2' });
    expect(socket.getCipher().name).toBe(ciphers);
    expect(socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType).toBe(kind.toLowerCase());
    socket.destroy();
  });
  it('speaks TLS 1.3, and nothing below 1.2 (TC_A_06)', async () => {
    const socket = await handshake({ minVersion: 'TLSv1.3' });
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
    const old = { minVersion: 'TLSv1' as const, maxVersion: 'TLSv1.1' as const, ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(old)).rejects.toThrow(/alert|version|protocol/i);
  });
  it('refuses suites that are not allowed', async () => {
    await expect(handshake({ ciphers: 'ECDHE-RSA-AES128-SHA:AES128-SHA', maxVersion: 'TLSv1.2' })).rejects.toThrow();
  });
  it('resumes a session by its ticket', async () => {
    const first = await handshake({ maxVersion: 'TLSv1.2' });
    const session = first.getSession();
    first.destroy();
    const second = await handshake({ maxVersion: 'TLSv1.2', ...(session && { session }) });
    expect(second.isSessionReused()).toBe(true);
    second.destroy();
  });
});

describe('security profile 2', () => {
  it('is TLS with the password', async () => {
    expect(await attempt('CP2', basic('CP2'))).toBe('ocpp1.6');
    expect(await lastConnected()).toMatchObject({ securityProfile: 2 });
    expect(await attempt('CP2', basic('CP2', 'wrong'))).toBe(401);
    expect(await attempt('CP2')).toBe(401);
  });
  it('is what a station of profile 1 has that comes by TLS', async () => {
    expect(await attempt('CP1', basic('CP1'))).toBe('ocpp1.6');
    expect(await lastConnected()).toMatchObject({ securityProfile: 2 });
  });
  it('is never left for a plain connection (A05.FR.07)', async () => {
    for (const stationId of ['CP2', 'CP3']) expect(await system.attempt(edge, stationId)).toMatchObject({ status: 403 });
  });
});

describe('security profile 3', () => {
  it('is a certificate that names the station and us (TC_A_07, TC_087)', async () => {
    expect(await attempt('CP3', showing(own))).toBe('ocpp1.6');
    expect(await lastConnected()).toMatchObject({ securityProfile: 3 });
  });
  it('takes one whose chain has an intermediate that the station sends', async () => {
    const below = issue({ subject: { CN: 'CP3', O: OURS } }, subCa);
    expect(await attempt('CP3', showing({ cert: below.cert + subCa.cert, key: below.key }))).toBe('ocpp1.6');
  });
  it.each([
    ['of an authority that only has the right name (TC_A_08)', issue({ subject: { CN: 'CP3', O: OURS } }, strangeCa)],
    ['it made itself', issue({ subject: { CN: 'CP3', O: OURS } })],
    ['of another station', issue({ subject: { CN: 'CP2', O: OURS } }, stationCa)],
    ['of another organisation', issue({ subject: { CN: 'CP3', O: 'Them' } }, stationCa)],
    ['of no organisation', issue({ subject: { CN: 'CP3' } }, stationCa)],
    ['that ran out', issue({ subject: { CN: 'CP3', O: OURS }, fromDays: -3, toDays: -1 }, stationCa)],
    ['that is not in force yet', issue({ subject: { CN: 'CP3', O: OURS }, fromDays: 1, toDays: 3 }, stationCa)],
    ['signed by what is no authority', issue({ subject: { CN: 'CP3', O: OURS } }, own)],
  ])('refuses one %s', async (_, identity) => {
    await system.station('CP3', { securityProfile: 3 });
    expect(await attempt('CP3', showing(identity))).toBe(401);
  });
  it('is not a password (downgrade)', async () => {
    clock.advance(60_000); // the refusals above do not count any more
    expect(await attempt('CP3', basic('CP3'))).toBe(401);
  });
  it('names the serial number where that is what the station is bound to', async () => {
    expect(await attempt('SERIAL', showing(issue({ subject: { CN: 'SN-0815', O: OURS } }, stationCa)))).toBe('ocpp1.6');
    expect(await attempt('SERIAL', showing(issue({ subject: { CN: 'SERIAL', O: OURS } }, stationCa)))).toBe(401);
  });
  it('closes on a boot with another serial number, and records it (B01.FR.11/12)', async () => {
    clock.advance(60_000);
    const boot = (serialNumber?: string) => ({
      reason: 'PowerUp',
      chargingStation: { model: 'm', vendorName: 'v', ...(serialNumber && { serialNumber }) },
    });
    const enter = () => RawStation.connect({ port: tlsPort(), path: '/ocpp/CP3', protocols: 'ocpp2.0.1', ...showing(own) });
    const honest = await enter();
    expect(await honest.call('BootNotification', boot('CP3'))).toMatchObject([3, 'm1', { status: 'Accepted' }]);
    const impostor = await enter();
    impostor.send([2, 'boot', 'BootNotification', boot('CP9')]);
    expect(await impostor.closed).toMatchObject({ code: 1008 });
    expect(impostor.received).toEqual([[4, 'boot', 'SecurityError', 'the serial number is not that of the certificate', {}]]);
    expect((await system.records('CallReceived')).at(-1)?.data).toMatchObject({
      answer: { kind: 'error', code: 'SecurityError' },
      flags: ['serialNumberMismatch'],
    });
  });
  it('is not proven by a resumed session that never showed a certificate', async () => {
    clock.advance(60_000);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const bare = await handshake({ maxVersion: version, minVersion: version });
      const ticket = version === 'TLSv1.3' ? once(bare, 'session').then(([session]) => session as Buffer) : undefined;
      bare.write('GET / HTTP/1.1\r\n\r\n'); // 1.3 tickets come with the first answer
      const session = (await ticket) ?? bare.getSession();
      bare.destroy();
      expect(await attempt('CP3', { tls: { ...trusts, maxVersion: version, session: session as Buffer } })).toBe(401);
    }
  });
});

describe('certificates', () => {
  it('are replaced without a restart: open sockets live on, new ones see the new one, and old authorities are forgotten', async () => {
    clock.advance(60_000);
    const open = await RawStation.connect({ port: tlsPort(), path: '/ocpp/CP3', ...showing(own) });
    const resumable = await handshake({ maxVersion: 'TLSv1.2', ...showing(own).tls });
    const session = resumable.getSession();
    resumable.destroy();
    const nextEc = issue({ subject: { CN: 'localhost' } }, serverCa);
    const nextCa = issue({ subject: { CN: 'Station CA 2' }, isAuthority: true });
    file('ec.pem', nextEc.cert);
    clock.advance(11_000); // half of the pair: the one before stays in use
    const meanwhile = await handshake({ ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' });
    expect(meanwhile.getPeerX509Certificate()?.fingerprint256).toBe(new X509Certificate(serverEc.cert).fingerprint256);
    meanwhile.destroy();
    file('ec.key', nextEc.key);
    file('ca.pem', nextCa.cert);
    clock.advance(11_000);
    const after = await handshake({ ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' });
    expect(after.getPeerX509Certificate()?.fingerprint256).toBe(new X509Certificate(nextEc.cert).fingerprint256);
    after.destroy();
    expect(await open.call('Heartbeat', {}, 'hb')).toMatchObject([3, 'hb', {}]);
    expect(await attempt('CP3', showing(own))).toBe(401);
    expect(await attempt('CP3', { tls: { ...showing(own).tls, maxVersion: 'TLSv1.2', ...(session && { session }) } })).toBe(401);
    const renewed = issue({ subject: { CN: 'CP3', O: OURS } }, nextCa);
    expect(await attempt('CP3', showing(renewed))).toBe('ocpp1.6');
  });
});

describe('the network’s own authority', () => {
  it('lets in the station it signed for, beside those of named authorities, until that came with a newer one', async () => {
    clock.advance(60_000);
    const certificates = { authority: 'local', validityDays: 30, responders: [], iso15118Files: [] } as const;
    const at = await system.edge({
      edgeId: 'signing',
      pingIntervalS: 3600,
      certificates,
      ocppTls: {
        port: 0,
        certFiles: [file('s.pem', serverEc.cert)],
        keyFiles: [file('s.key', serverEc.key)],
        clientCaFiles: [file('s-ca.pem', stationCa.cert)],
      },
      stationOrganizations: [OURS],
    });
    const authority = localAuthority({ keys: system.world.keys, clock, validityDays: 30 });
    const signed = async (stationId: string, tenantId = 'default') => {
      const { csr, key } = await newRequest(`CN=${stationId}, O=${OURS}`);
      const issued = await authority.issue({ use: 'ChargingStationCertificate', csr, tenantId, stationId, commonName: stationId });
      return { cert: issued.chain.join(''), key, issued };
    };
    const enter = (identity: { cert: string; key: string }) => attempt('CP3', { port: at.tlsPort ?? 0, ...showing(identity) });
    const old = await signed('CP3');
    expect(await enter(old)).toBe('ocpp1.6');
    const { serialNumber, issuer, notAfter } = old.issued;
    expect(await lastConnected()).toMatchObject({ securityProfile: 3, certificate: { serialNumber, issuer, notAfter } });
    for (const wrong of [await signed('CP2'), await signed('CP3', 'another-tenant')]) expect(await enter(wrong)).toBe(401);
    clock.advance(120_000);
    const young = await signed('CP3');
    await system.station('CP3', { securityProfile: 3, provenCertificate: young.issued });
    expect(await enter(old)).toBe(401);
    expect((await system.records('ConnectionRefused')).at(-1)?.data).toMatchObject({
      reason: 'supersededCertificate',
      securityProfile: 3,
      isEncrypted: true,
      certificate: { serialNumber },
    });
    expect(await enter(young)).toBe('ocpp1.6');
    expect(await enter(issue({ subject: { CN: 'CP3', O: OURS } }, stationCa))).toBe('ocpp1.6');
  });
});

describe('a proxy that ends TLS', () => {
  const rfc9440 = (pem: string) => `:${new X509Certificate(pem).raw.toString('base64')}:`;
  const behind = async (trustedProxies: readonly string[]) =>
    system.edge({
      edgeId: `behind-${trustedProxies.join()}`,
      pingIntervalS: 3600,
      trustedProxies,
      clientCertHeader: 'client-cert',
      stationOrganizations: [OURS],
      ocppTls: { port: 0, certFiles: [], keyFiles: [], clientCaFiles: [file('proxy-ca.pem', stationCa.cert)] },
    });
  const through = async (at: Edge, stationId: string, headers: Record<string, string>, more: object = {}) => {
    const outcome = await RawStation.attempt({ port: at.port, path: `/ocpp/${stationId}`, headers, ...more });
    if (!(outcome instanceof RawStation)) return outcome.status;
    await outcome.close();
    return outcome.socket.protocol;
  };
  const https = { 'x-forwarded-proto': 'https' };

  it('is believed when it was named: encryption and certificate, checked again here', async () => {
    const at = await behind(['127.0.0.0/8']);
    expect(at.tlsPort).toBeUndefined();
    expect(await through(at, 'CP2', https, basic('CP2'))).toBe('ocpp1.6');
    expect(await through(at, 'CP3', { ...https, 'client-cert': rfc9440(own.cert) })).toBe('ocpp1.6');
    expect(await through(at, 'CP3', { ...https, 'client-cert': encodeURIComponent(own.cert) })).toBe('ocpp1.6');
    expect(await through(at, 'CP3', https)).toBe(401);
    for (const forged of [
      issue({ subject: { CN: 'CP3', O: OURS } }, strangeCa),
      issue({ subject: { CN: 'CP3', O: OURS }, fromDays: -3, toDays: -1 }, stationCa),
    ])
      expect(await through(at, 'CP3', { ...https, 'client-cert': rfc9440(forged.cert) })).toBe(401);
    expect(await through(at, 'CP3', { ...https, 'client-cert': ':bm9uc2Vuc2U=:' })).toBe(401);
    expect(await through(at, 'CP2', {}, basic('CP2'))).toBe(403);
  });
  it('is not believed from anywhere else', async () => {
    const at = await behind(['10.0.0.0/8']);
    expect(await through(at, 'CP2', https, basic('CP2'))).toBe(403);
    expect(await through(at, 'CP3', { ...https, 'client-cert': rfc9440(own.cert) })).toBe(403);
  });

  it('asks the authority of others whether it took a certificate back, and lets in whom it says nothing of (A00.FR.705)', async () => {
    const asked: string[] = [];
    const privateKey = await crypto.subtle.importKey(
      'pkcs8',
      createPrivateKey(stationCa.key).export({ format: 'der', type: 'pkcs8' }),
      { name: 'ECDSA', namedCurve: 'P-256' },
      true,
      ['sign'],
    );
    const signer = { pem: stationCa.cert, name: 'CN=Station CA', privateKey };
    const responder = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', async () => {
        const status = request.url === '/revoked' ? 'revoked' : 'good';
        asked.push(status);
        response.end(await ocspAnswer(Buffer.concat(parts), signer, status, clock.now()));
      });
    }).listen(0, '127.0.0.1');
    await once(responder, 'listening');
    const host = `127.0.0.1:${(responder.address() as AddressInfo).port}`;
    const at = await system.edge({
      edgeId: 'asking',
      pingIntervalS: 3600,
      certificates: { authority: 'none', validityDays: 30, responders: [host], iso15118Files: [] },
      ocppTls: {
        port: 0,
        certFiles: [file('o.pem', serverEc.cert)],
        keyFiles: [file('o.key', serverEc.key)],
        clientCaFiles: [file('o-ca.pem', stationCa.cert)],
      },
      stationOrganizations: [OURS],
    });
    await system.station('CP4', { securityProfile: 3 });
    const enter = (address: string) => {
      const identity = issue({ subject: { CN: 'CP4', O: OURS }, responder: address }, stationCa);
      return attempt('CP4', { port: at.tlsPort ?? 0, ...showing(identity) });
    };
    expect([await enter(`http://${host}/good`), await enter(`http://${host}/revoked`)]).toEqual(['ocpp1.6', 401]);
    expect(asked).toEqual(['good', 'revoked']);
    expect((await system.records('ConnectionRefused')).at(-1)?.data).toMatchObject({ reason: 'revokedCertificate', securityProfile: 3 });
    // Nobody else is asked, whatever a certificate says.
    expect(await enter('http://127.0.0.1:9/revoked')).toBe('ocpp1.6');
    expect(asked).toHaveLength(2);
    responder.close();
  });
});
