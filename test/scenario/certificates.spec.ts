// A station's certificates on the whole network, over real TLS, in both versions: told to renew, it asks, is signed, installs, comes with the new one, and the
// old one opens nothing any more. Roots are installed, told and deleted, but never the last. Each step on the wire, in the rows and in the log.
import { X509Certificate } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fleet, type Station, startFleet, webSocketDial } from '#apps/simulator';
import type { CertificateIssued, ConnectionRefused, StationConnected } from '#contracts';
import { issue, newRequest } from './support/certificates.js';
import { NetworkWorld } from './support/network-world.js';
import { RawStation } from './support/raw-station.js';

interface Certificate {
  readonly certificateId: string;
  readonly origin: string;
  readonly type: string;
  readonly state: string;
  readonly reason: string | null;
  readonly serialNumber: string | null;
  readonly subject: string | null;
  readonly notAfter: string | null;
}
interface List<T> {
  readonly items: readonly T[];
}
const OURS = 'Our Charging Company';
const VERSIONS = { V16: 'ocpp1.6', V201: 'ocpp2.0.1' } as const;
const serverCa = issue({ subject: { CN: 'Server CA' }, isAuthority: true });
const server = issue({ subject: { CN: 'localhost' } }, serverCa);
const password = 'a-password-that-is-long';
const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 }];
const configuration = (securityProfile: 1 | 2 | 3) => ({
  siteId: 's',
  nodeId: 'grid',
  securityProfile,
  evses,
  ...(securityProfile !== 3 && { password }),
});

let network: NetworkWorld;
let fleet: Fleet;
let url: string;
beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'));
  const [cert, key] = [join(directory, 'server.pem'), join(directory, 'server.key')];
  await Promise.all([writeFile(cert, server.cert), writeFile(key, server.key)]);
  network = await NetworkWorld.open(directory, { OCPP_TLS_CERT: cert, OCPP_TLS_KEY: key, OCPP_TLS_PORT: '0', OCPP_TLS_ORGANIZATION: OURS });
  const root = { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 };
  await network.must('PUT', '/v1/sites/s', { name: 'S', timeZone: 'UTC', root });
  for (const stationId of Object.keys(VERSIONS)) await network.must('PUT', `/v1/stations/${stationId}`, configuration(2));
  url = `wss://127.0.0.1:${network.network.edge.tlsPort}/ocpp`;
  fleet = await startFleet({
    url,
    dial: webSocketDial({ ca: serverCa.cert }),
    arrivals: 'none',
    backOff: { leastMs: 50, randomMs: 50, doublings: 2 },
    stations: Object.entries(VERSIONS).map(([stationId, ocppVersion]) => ({
      stationId,
      ocppVersion,
      password,
      // One names its operator in what it asks for, the other one leaves that to who signs (A00.FR.509).
      organization: stationId === 'V16' ? OURS : '',
      bootsOnReconnect: true,
      evses: [{ evseId: 1 }],
    })),
  });
  await network.until('both are accepted', () => fleet.stations.every(({ registration }) => registration === 'Accepted'));
}, 180_000);
afterAll(async () => {
  await fleet?.stop();
  await network?.close();
}, 60_000);

const certificatesOf = async (stationId: string) =>
  (await network.must<List<Certificate>>('GET', `/v1/stations/${stationId}/certificates`)).items;
const records = async <T>(type: string, stationId: string) =>
  (await network.records('site-events'))
    .filter((record) => record.type === type && record.stationId === stationId)
    .map(({ data }) => data as T);
/** Asks for a new one and waits until the station came with it; answers its serial number. */
const renewed = async (stationId: string): Promise<string> => {
  const before = new Set((await certificatesOf(stationId)).map(({ certificateId }) => certificateId));
  await network.must('POST', `/v1/stations/${stationId}/certificate-renewal`, {});
  const found = await network.until(`${stationId} came with a new certificate`, async () =>
    (await certificatesOf(stationId)).find(({ certificateId, state }) => state === 'inUse' && !before.has(certificateId)),
  );
  return found.serialNumber ?? '';
};
const withCertificate = async (station: Station, identity: Station['certificates']['identity']) => {
  const path = `/ocpp/${station.stationId}`;
  const outcome = await RawStation.attempt({
    port: network.network.edge.tlsPort ?? 0,
    path,
    protocols: station.spec.ocppVersion,
    tls: { ca: serverCa.cert, ...identity },
  });
  if (!(outcome instanceof RawStation)) return outcome.status;
  await outcome.close();
  return 101;
};

describe.each(Object.entries(VERSIONS))('%s', (stationId, version) => {
  it('asks for a certificate when it is told to, has it signed, and comes with it (TC_A_11, TC_074)', async () => {
    const serialNumber = await renewed(stationId);
    const [issued] = await records<CertificateIssued>('CertificateIssued', stationId);
    expect(issued).toMatchObject({ serialNumber, commonName: stationId, organization: OURS, use: 'ChargingStationCertificate' });
    expect(new X509Certificate(fleet.station(stationId).certificates.identity?.cert ?? '').subject).toBe(`CN=${stationId}\nO=${OURS}`);
    expect((await certificatesOf(stationId)).find((each) => each.serialNumber === serialNumber)?.subject).toBe(
      `CN=${stationId}, O=${OURS}`,
    );
    expect((await records<StationConnected>('StationConnected', stationId)).at(-1)).toMatchObject({
      securityProfile: 2,
      certificate: { serialNumber },
    });
    const [command] = await records<{ action: string; payload: object }>('CommandRequested', stationId).then((all) =>
      all.filter(({ action }) => action === 'CertificateSigned'),
    );
    expect(Object.keys(command?.payload ?? {})).toEqual(
      version === 'ocpp1.6' ? ['certificateChain'] : ['certificateChain', 'certificateType'],
    );
  });
  it('is then let in by it alone; the old one is good until the new one was seen', async () => {
    const station = fleet.station(stationId);
    await network.must('PUT', `/v1/stations/${stationId}`, configuration(3));
    station.loseLink();
    await network.until(
      'it is back by its certificate',
      async () => (await records<StationConnected>('StationConnected', stationId)).at(-1)?.securityProfile === 3,
    );
    const old = station.certificates.identity;
    const second = Math.floor(Date.now() / 1000);
    await network.until('certificates differ by their time', () => Math.floor(Date.now() / 1000) > second);
    const serialNumber = await renewed(stationId);
    expect(
      (await certificatesOf(stationId))
        .filter(({ origin }) => origin === 'signed')
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['inUse', 'superseded']);
    await network.until(
      'edges know it',
      async () => (await network.world.book.station('default', stationId))?.provenCertificate?.serialNumber === serialNumber,
    );
    expect(await withCertificate(station, old)).toBe(401);
    await network.until('it is shown', async () => {
      const { items } = await network.must<List<{ reason: string }>>('GET', `/v1/stations/${stationId}/refused-connections`);
      return items[0]?.reason === 'supersededCertificate';
    });
    expect((await records<ConnectionRefused>('ConnectionRefused', stationId)).at(-1)).toMatchObject({
      reason: 'supersededCertificate',
      isEncrypted: true,
    });
  });
  it('is given roots, tells them, and keeps the last one it trusts us by (TC_M_01, TC_M_20, TC_075_1, TC_076)', async () => {
    const type = version === 'ocpp1.6' ? 'CentralSystemRootCertificate' : 'CSMSRootCertificate';
    const installed = async () =>
      (await certificatesOf(stationId)).filter(({ origin, state }) => origin === 'held' && state === 'installed');
    const remove = async (certificateId: string) =>
      (await network.call('DELETE', `/v1/stations/${stationId}/certificates/${certificateId}`)).status;
    await network.must('POST', `/v1/stations/${stationId}/certificates`, { certificateType: type, certificate: serverCa.cert });
    const [first] = await network.until('it is installed', async () => (await installed()).length === 1 && installed());
    expect(first).toMatchObject({ type, notAfter: expect.any(String) });
    expect(await remove(first?.certificateId ?? '')).toBe(409);
    await network.must('POST', `/v1/stations/${stationId}/certificate-inventory`, {});
    const { items: roots } = await network.must<List<{ certificate: string }>>('GET', '/v1/certificate-authority');
    await network.must('POST', `/v1/stations/${stationId}/certificates`, { certificateType: type, certificate: roots[0]?.certificate });
    await network.until('both are installed', async () => (await installed()).length === 2);
    expect(await remove(first?.certificateId ?? '')).toBe(202);
    await network.until('it is gone', async () =>
      (await certificatesOf(stationId)).some(({ certificateId, state }) => certificateId === first?.certificateId && state === 'removed'),
    );
    expect(fleet.station(stationId).certificates.installed()).toHaveLength(1);
  });
});

/** How an operator tells a station to come by TLS from now on. */
const UPGRADES = {
  'ocpp1.6': [['ChangeConfiguration', { key: 'SecurityProfile', value: '2' }, { status: 'Accepted' }]],
  'ocpp2.0.1': [
    [
      'SetNetworkProfile',
      {
        configurationSlot: 2,
        connectionData: {
          ocppVersion: 'OCPP20',
          ocppTransport: 'JSON',
          ocppCsmsUrl: 'wss://localhost/ocpp',
          messageTimeout: 30,
          securityProfile: 2,
          ocppInterface: 'Wired0',
        },
      },
      { status: 'Accepted' },
    ],
    [
      'SetVariables',
      {
        setVariableData: [
          { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'NetworkConfigurationPriority' }, attributeValue: '2,1' },
        ],
      },
      {
        setVariableResult: [
          {
            component: { name: 'OCPPCommCtrlr' },
            variable: { name: 'NetworkConfigurationPriority' },
            attributeStatus: 'RebootRequired',
          },
        ],
      },
    ],
    ['Reset', { type: 'OnIdle' }, { status: 'Accepted' }],
  ],
} as const;

it.each([
  ['TC_083', 'U16', 'ocpp1.6'],
  ['TC_A_19', 'U201', 'ocpp2.0.1'],
] as const)(
  'a station is told of a higher security profile, comes by it, and by the old one no more (%s)',
  async (_case, stationId, version) => {
    await network.must('PUT', `/v1/stations/${stationId}`, configuration(1));
    const door = { path: `/ocpp/${stationId}`, protocols: version, user: stationId, password };
    const plainDoor = { ...door, port: network.network.edge.port };
    const tlsDoor = { ...door, port: network.network.edge.tlsPort ?? 0, tls: { ca: serverCa.cert } };
    const boot =
      version === 'ocpp1.6'
        ? { chargePointVendor: 'V', chargePointModel: 'M' }
        : { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } };

    const plain = await RawStation.connect(plainDoor);
    expect(await plain.call('BootNotification', boot)).toMatchObject([3, 'm1', { status: 'Accepted' }]);
    const asked: unknown[] = [];
    const answers = new Map<unknown, unknown>(UPGRADES[version].map(([action, , answer]) => [action, answer]));
    plain.socket.on('message', (data) => {
      const [kind, id, action, payload] = JSON.parse(String(data)) as unknown[];
      if (kind !== 2) return;
      if (answers.has(action)) asked.push([action, payload]);
      plain.send(answers.has(action) ? [3, id, answers.get(action)] : [4, id, 'NotSupported', '', {}]);
    });
    for (const [action, payload] of UPGRADES[version]) {
      const command = await network.must<{ state: string }>('POST', `/v1/stations/${stationId}/commands?wait=true`, { action, payload });
      expect([action, command.state]).toEqual([action, 'accepted']);
    }
    expect(asked).toEqual(UPGRADES[version].map(([action, payload]) => [action, payload]));

    await network.must('PUT', `/v1/stations/${stationId}`, configuration(2));
    await plain.close();
    const upgraded = await RawStation.connect(tlsDoor);
    expect(await upgraded.call('BootNotification', boot)).toMatchObject([3, 'm1', { status: 'Accepted' }]);
    expect(await RawStation.attempt(plainDoor)).toMatchObject({ status: 403 });
    const profiles = (await records<StationConnected>('StationConnected', stationId)).map(({ securityProfile }) => securityProfile);
    expect(profiles).toEqual([1, 2]);
    const [refused] = await network.until('the refusal is recorded', async () => {
      const found = await records<ConnectionRefused>('ConnectionRefused', stationId);
      return found.length > 0 ? found : undefined;
    });
    expect(refused).toMatchObject({ reason: 'insecureTransport', securityProfile: 2, isEncrypted: false });
    await upgraded.close();
  },
);

it('a station asks for a certificate for cars too, under a root of its own (TC_A_12)', async () => {
  await network.must('POST', '/v1/stations/V201/certificate-renewal', { use: 'V2GCertificate' });
  await network.until('it is installed', async () =>
    (await certificatesOf('V201')).some(({ type, state }) => type === 'V2GCertificate' && state === 'installed'),
  );
  const [first, second] = (await records<CertificateIssued>('CertificateIssued', 'V201')).map(({ issuer }) => issuer);
  const forCars = (await records<CertificateIssued>('CertificateIssued', 'V201')).filter(({ use }) => use === 'V2GCertificate');
  expect([first, second, ...forCars.map(({ issuer }) => issuer === first)]).toEqual([first, first, false]);
});

it('a request that is none, or names another operator, is refused with the reason; no request is in the log in clear', async () => {
  const { identity } = fleet.station('V201').certificates;
  const station = await RawStation.connect({
    port: network.network.edge.tlsPort ?? 0,
    path: '/ocpp/V201',
    protocols: 'ocpp2.0.1',
    tls: { ca: serverCa.cert, ...identity },
  });
  const answer = await station.call('SignCertificate', { csr: 'nonsense', certificateType: 'ChargingStationCertificate' }, 'a');
  expect(answer).toEqual([3, 'a', { status: 'Rejected', statusInfo: { reasonCode: 'InvalidCSR' } }]);
  const { csr } = await newRequest('CN=V201, O=Another Company');
  const named = await station.call('SignCertificate', { csr, certificateType: 'ChargingStationCertificate' }, 'b');
  expect(named).toEqual([3, 'b', { status: 'Rejected', statusInfo: { reasonCode: 'WrongOrganization' } }]);
  await network.until('they are shown', async () => {
    const refused = (await certificatesOf('V201')).filter(({ state }) => state === 'refused').map(({ reason }) => reason);
    return refused.includes('InvalidCSR') && refused.includes('WrongOrganization');
  });
  await station.close();
  const log = JSON.stringify(await network.records('site-events'));
  expect(log).toContain('BEGIN CERTIFICATE-----');
  expect(log).not.toContain('CERTIFICATE REQUEST');
});
