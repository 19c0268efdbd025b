// A station's certificate from its request to its first handshake and its end; what it holds; alarms; refused handshakes. Each with its rows.
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { CertificateIssued, ShownCertificate } from '#contracts';
import { localAuthority } from '#pki';
import { foldBatch } from '#service';
import { stationsDefinition, stationsDefinitionOf } from '../definition.js';
import { partsWith } from '../parts.js';
import { at, NOTHING, StationStream } from '../stream.fixture.js';
import { evolveHeld, readCertificate } from './held.js';
import { certificates } from './part.js';
import { fitting } from './signing.js';
import type { Certificates } from './state.js';

const DAY = 24 * 60;
const ACCEPTED = { answer: { kind: 'result', payload: { status: 'Accepted' } } } as const;
const shown = (serialNumber: string, days = 365): ShownCertificate => ({
  serialNumber,
  issuer: 'CN=Root',
  notBefore: at(0),
  notAfter: at(days * DAY),
});
const own = (stream: StationStream) => stream.commands().filter(({ requestedBy }) => requestedBy === 'stations:certificates');
const states = (stream: StationStream) => stream.rows('station_certificates').map(({ state }) => state);
/** State of each certificate by its serial number. */
const bySerial = (stream: StationStream) =>
  Object.fromEntries(stream.rows('station_certificates').map(({ serial_number: serial, state }) => [serial, state]));
const triggers = (stream: StationStream) =>
  own(stream).flatMap(({ action, payload }) =>
    action.endsWith('TriggerMessage') ? [(payload as { requestedMessage: string }).requestedMessage] : [],
  );
const alarms = (stream: StationStream) => stream.rows('station_certificates').map(({ alarm }) => alarm);

class Station extends StationStream {
  static new(version: StationStream['version'] = 'ocpp2.0.1'): Station {
    return new Station('CP1', version).configured().connected(0);
  }
  asks(minute: number, payload: object = {}): this {
    return this.says(minute, 'SignCertificate', { csr: 'sealed:v1:x:AA', ...payload }, ACCEPTED);
  }
  get requestId(): string {
    return `e${this.records.length - 1}`;
  }
  issued(minute: number, requestId: string, serialNumber: string, chain: readonly string[] = ['own', 'between'], days = 365): this {
    const data: CertificateIssued = {
      stationId: 'CP1',
      requestId,
      use: 'ChargingStationCertificate',
      commonName: 'CP1',
      chain,
      ...shown(serialNumber, days),
    };
    return this.add('CertificateIssued', minute, data);
  }
  /** The newest command of the part, as the relay appends it; answers its id. */
  sent(minute: number): string {
    const command = own(this).at(-1);
    if (command === undefined) throw new Error('nothing was sent');
    this.askedAs(minute, command);
    return command.commandId;
  }
  comesWith(minute: number, certificate: ShownCertificate): this {
    return this.add('StationConnected', minute, {
      connectionId: `c${minute}`,
      edgeId: 'e',
      assignmentSeq: 1,
      ocppVersion: this.version,
      securityProfile: 3,
      certificate,
    });
  }
  /** Until the station has taken one. */
  took(minute: number, serialNumber: string, days = 365, request: object = {}): this {
    const { requestId } = this.asks(minute, request);
    return this.issued(minute, requestId, serialNumber, ['own'], days).answered(minute, this.sent(minute), { status: 'Accepted' });
  }
  /** Until the station has one in use. */
  equipped(minute: number, serialNumber: string, days = 365): this {
    return this.took(minute, serialNumber, days).comesWith(minute + 1, shown(serialNumber, days));
  }
}

describe('a certificate a station asks for', () => {
  it('is sent when it is signed, installed when it says so, and in use when it comes with it', () => {
    const stream = Station.new().asks(1, { certificateType: 'ChargingStationCertificate' });
    stream.issued(2, stream.requestId, '4A');
    expect(own(stream)).toMatchObject([
      { action: 'CertificateSigned', payload: { certificateChain: 'own\nbetween', certificateType: 'ChargingStationCertificate' } },
    ]);
    stream.answered(3, stream.sent(2), { status: 'Accepted' }).comesWith(4, shown('4A'));
    expect(states(stream)).toEqual(['requested', 'sent', 'installed', 'inUse']);
    expect(stream.rows('station_certificates').at(-1)).toMatchObject({
      station_id: 'CP1',
      origin: 'signed',
      type: 'ChargingStationCertificate',
      serial_number: '4A',
      subject: 'CN=CP1',
      not_after: at(365 * DAY),
    });
  });
  it('is sent without its type in 1.6, and with its number in 2.1', () => {
    const old = Station.new('ocpp1.6').asks(1);
    expect(own(old.issued(2, old.requestId, '4A'))).toMatchObject([{ payload: { certificateChain: 'own\nbetween' } }]);
    const young = Station.new('ocpp2.1').asks(1, { certificateType: 'V2G20Certificate', requestId: 7 });
    expect(own(young.issued(2, young.requestId, '4A'))[0]?.payload).toEqual({
      certificateChain: 'own\nbetween',
      certificateType: 'V2G20Certificate',
      requestId: 7,
    });
  });
  it('is signed once, however often that is told', () => {
    const stream = Station.new().asks(1);
    const { requestId } = stream;
    expect(own(stream.issued(2, requestId, '4A').issued(2, requestId, '4B'))).toHaveLength(1);
  });
  it('that the station refuses is a row with the reason (TC_A_14)', () => {
    const stream = Station.new().asks(1);
    stream.issued(2, stream.requestId, '4A');
    stream.answered(3, stream.sent(2), { status: 'Rejected' });
    expect(stream.rows('station_certificates').at(-1)).toMatchObject({ state: 'rejected', reason: 'Rejected' });
  });
  it('that did not reach the station is sent again when it is back, and given up after three times', () => {
    const stream = Station.new().asks(1);
    stream.issued(2, stream.requestId, '4A');
    for (const minute of [3, 5]) {
      stream.refused(minute, stream.sent(minute));
      stream.connected(minute + 1, `c${minute}`);
    }
    expect(own(stream)).toHaveLength(3);
    stream.unanswered(8, stream.sent(7)).connected(9, 'c9');
    expect(own(stream)).toHaveLength(3);
    expect(stream.rows('station_certificates').at(-1)).toMatchObject({ state: 'failed', reason: 'timeout' });
  });
  it('that nobody signs, or the edge refused, is a row with the reason', () => {
    const stream = Station.new().asks(1);
    stream.add('CertificateNotIssued', 2, {
      stationId: 'CP1',
      requestId: stream.requestId,
      use: 'ChargingStationCertificate',
      reason: 'AuthorityAway',
    });
    stream.says(
      3,
      'SignCertificate',
      { csr: 'x' },
      { answer: { kind: 'result', payload: { status: 'Rejected' } }, flags: ['csr:WeakKey'] },
    );
    expect(stream.rows('station_certificates').slice(1)).toMatchObject([
      { state: 'failed', reason: 'AuthorityAway' },
      { state: 'refused', reason: 'WeakKey' },
    ]);
    expect(own(stream)).toEqual([]);
  });
  it('takes the place of one that is still on its way, and of the one in use only once it was seen', () => {
    const stream = Station.new().equipped(1, '4A').asks(3).asks(4);
    expect(states(stream).slice(-2)).toEqual(['replaced', 'requested']);
    stream.issued(5, stream.requestId, '4B');
    stream.answered(6, stream.sent(5), { status: 'Accepted' }).comesWith(7, shown('4A'));
    expect(states(stream).slice(-1)).toEqual(['installed']);
    stream.comesWith(8, shown('4B'));
    expect(states(stream).slice(-2)).toEqual(['superseded', 'inUse']);
  });
  it('that no handshake shows is superseded by the next one the station takes: V2G, and its own where connections show none', () => {
    const V2G = { certificateType: 'V2GCertificate' };
    expect(bySerial(Station.new().took(1, '1A', 365, V2G).took(2, '1B', 365, V2G))).toMatchObject({
      '1A': 'superseded',
      '1B': 'installed',
    });
    expect(bySerial(Station.new().took(1, '4A').connected(2).took(3, '4B'))).toMatchObject({ '4A': 'superseded', '4B': 'installed' });
    const hidden = Station.new().equipped(1, '4A').connected(3).took(4, '4B');
    expect(bySerial(hidden)).toMatchObject({ '4A': 'inUse', '4B': 'installed' });
    expect(bySerial(hidden.connected(5))).toMatchObject({ '4A': 'superseded', '4B': 'installed' });
    expect(bySerial(hidden.comesWith(6, shown('4A')))).toMatchObject({ '4A': 'inUse', '4B': 'installed' });
  });
  it('leaves those of another kind alone', () => {
    const both = Station.new('ocpp2.1').asks(1, { certificateType: 'V2GCertificate' }).asks(1, { certificateType: 'V2G20Certificate' });
    expect(states(both)).toEqual(['requested', 'requested']);
    const three = Station.new('ocpp2.1').equipped(1, '4A').took(3, '1A', 365, { certificateType: 'V2GCertificate' });
    expect(bySerial(three.took(4, '2A', 365, { certificateType: 'V2G20Certificate' }))).toMatchObject({
      '4A': 'inUse',
      '1A': 'installed',
      '2A': 'installed',
    });
  });
  it('has no more of its chain than the station takes', () => {
    expect([fitting(['aaa', 'bbb']), fitting(['aaa', 'bbb'], 6), fitting(['aaa'], 2)]).toEqual(['aaa\nbbb', 'aaa', undefined]);
    const report = {
      component: { name: 'SecurityCtrlr' },
      variable: { name: 'MaxCertificateChainSize' },
      variableAttribute: [{ value: '4' }],
    };
    const stream = Station.new()
      .says(1, 'NotifyReport', { requestId: 1, seqNo: 0, generatedAt: at(1), reportData: [report] })
      .asks(2);
    stream.issued(3, stream.requestId, '4A').asks(4);
    stream.issued(5, stream.requestId, '4B', ['too long']);
    expect(own(stream)).toMatchObject([{ payload: { certificateChain: 'own' } }]);
    expect(stream.rows('station_certificates').at(-1)).toMatchObject({ state: 'failed', reason: 'ChainTooLong' });
  });
});

describe('a certificate that runs out', () => {
  it('is an alarm thirty days before, the station is told to renew it, and it is another when it is too late', () => {
    const stream = Station.new()
      .equipped(1, '4A', 90)
      .due(60 * DAY);
    expect(own(stream).at(-1)).toMatchObject({ action: 'TriggerMessage', payload: { requestedMessage: 'SignChargingStationCertificate' } });
    expect(alarms(stream.due(90 * DAY)).slice(-2)).toEqual(['expiring', 'expired']);
  });
  it('of a station that was away is asked to be renewed when it is back, in the words of 1.6 too', () => {
    const stream = Station.new('ocpp1.6')
      .equipped(1, '4A', 90)
      .disconnected(5, 'c2')
      .due(60 * DAY);
    expect(own(stream).map(({ action }) => action)).toEqual(['CertificateSigned']);
    stream.connected(61 * DAY, 'c9').boots(61 * DAY);
    expect(own(stream).at(-1)).toMatchObject({ action: 'ExtendedTriggerMessage' });
    expect(triggers(stream)).toEqual(['SignChargePointCertificate']);
  });
  it('is asked to be renewed daily while the station is there, and at once when it comes back after that', () => {
    const stream = Station.new()
      .equipped(1, '4A', 90)
      .due(60 * DAY);
    for (const day of [61, 62]) {
      expect(stream.nextDue().dueMs).toBe(Date.parse(at(day * DAY)));
      stream.due(day * DAY);
    }
    expect(triggers(stream)).toHaveLength(3);
    stream.disconnected(62 * DAY + 1, 'c2').due(63 * DAY);
    expect([triggers(stream).length, stream.nextDue().dueMs]).toEqual([3, Date.parse(at(90 * DAY))]);
    expect(triggers(stream.connected(64 * DAY, 'c9').connected(64 * DAY + 1, 'c10'))).toHaveLength(4);
  });
  it('is asked to be renewed beside one of another kind, and not while a new one is on its way', () => {
    const stream = Station.new()
      .took(1, '1A', 90, { certificateType: 'V2GCertificate' })
      .equipped(1, '4A', 90)
      .due(60 * DAY);
    expect(triggers(stream)).toEqual(['SignV2GCertificate', 'SignChargingStationCertificate']);
    stream.asks(60 * DAY, { certificateType: 'V2GCertificate' }).due(61 * DAY);
    expect(triggers(stream).slice(2)).toEqual(['SignChargingStationCertificate']);
  });
  it('is none any more once a new one was seen', () => {
    const stream = Station.new()
      .equipped(1, '4A', 90)
      .due(60 * DAY)
      .equipped(60 * DAY + 2, '4B');
    expect(alarms(stream).slice(-2)).toEqual([null, null]);
    const told = stream.state<Certificates>(certificates);
    expect(told.alarms).toEqual({});
  });
  it('is an alarm as many days before as an operator wants', () => {
    const stream = Station.new().comesWith(0, shown('77', 90));
    const dueOf = (alarmDays: number) => {
      const { fold } = stationsDefinitionOf(partsWith({ alarmDays }));
      const { changed } = foldBatch({ ...stationsDefinition, fold }, NOTHING, stream.logged());
      return [...changed.values()].flatMap((state) => fold.nextDue?.(state) ?? []).map(({ dueMs }) => new Date(dueMs).toISOString());
    };
    expect([dueOf(30), dueOf(10)]).toEqual([[at(60 * DAY)], [at(80 * DAY)]]);
  });
  it('is an alarm too when somebody else signed it', () => {
    const stream = Station.new().comesWith(1, shown('77', 10));
    expect(stream.rows('station_certificates')).toMatchObject([
      { origin: 'shown', serial_number: '77', state: 'inUse', alarm: 'expiring' },
    ]);
    expect(own(stream)).toEqual([]);
  });
});

describe('what a station holds', () => {
  const authority = localAuthority({
    keys: { hmac: (purpose, text) => sha(purpose + text) },
    clock: { now: Date.now, after: () => () => undefined },
    validityDays: 1,
  });
  const root = async () => (await authority.roots('ChargingStationCertificate'))[0] ?? '';
  const hashes = (pem: string) => {
    const {
      type: _,
      subject: __,
      issuer: ___,
      notBefore: ____,
      notAfter: _____,
      ...hash
    } = readCertificate('x', pem) as NonNullable<ReturnType<typeof readCertificate>>;
    return hash;
  };
  it('is known with its end when it went through our hands, and by its hashes as the station tells them', async () => {
    const pem = await root();
    const stream = Station.new()
      .asked(1, 'i', 'InstallCertificate', { certificateType: 'CSMSRootCertificate', certificate: pem })
      .answered(1, 'i', { status: 'Accepted' });
    const hash = hashes(pem);
    stream.asked(2, 'g', 'GetInstalledCertificateIds', {}).answered(2, 'g', {
      status: 'Accepted',
      certificateHashDataChain: [
        { certificateType: 'CSMSRootCertificate', certificateHashData: { ...hash, serialNumber: `00${hash.serialNumber.toUpperCase()}` } },
        {
          certificateType: 'V2GRootCertificate',
          certificateHashData: { hashAlgorithm: 'SHA512', issuerNameHash: 'n', issuerKeyHash: 'k', serialNumber: '7' },
        },
      ],
    });
    const { held } = stream.state<Certificates>(certificates);
    expect(held).toMatchObject([
      { type: 'CSMSRootCertificate', notAfter: '2049-12-31T23:59:59.000Z', ...hash, serialNumber: `00${hash.serialNumber.toUpperCase()}` },
      { hashAlgorithm: 'SHA512', serialNumber: '7' },
    ]);
    expect(stream.rows('station_certificates')).toHaveLength(3);
    stream.asked(3, 'd', 'DeleteCertificate', { certificateHashData: hash }).answered(3, 'd', { status: 'Accepted' });
    expect(stream.rows('station_certificates').at(-1)).toMatchObject({ type: 'CSMSRootCertificate', state: 'removed' });
    expect(stream.state<Certificates>(certificates).held).toHaveLength(1);
  });
  it('of a type it was asked about is no more than it tells; a 1.6 station tells one type at a time', () => {
    const hash = (serialNumber: string) => ({ hashAlgorithm: 'SHA256', issuerNameHash: 'n', issuerKeyHash: 'k', serialNumber });
    const answer = (held: Certificates['held'], certificateType: string, payload: object) =>
      evolveHeld(held, {
        kind: 'outcome',
        command: { action: 'GetInstalledCertificateIds', payload: { certificateType } },
        outcome: { kind: 'answered', payload },
      } as never);
    const central = answer([], 'CentralSystemRootCertificate', { status: 'Accepted', certificateHashData: [hash('1'), hash('2')] });
    const both = answer(central, 'ManufacturerRootCertificate', { status: 'Accepted', certificateHashData: [hash('3')] });
    expect(both.map(({ type, serialNumber }) => `${type} ${serialNumber}`)).toEqual([
      'CentralSystemRootCertificate 1',
      'CentralSystemRootCertificate 2',
      'ManufacturerRootCertificate 3',
    ]);
    expect(answer(both, 'CentralSystemRootCertificate', { status: 'NotFound' })).toHaveLength(1);
  });
  it('is asked at a boot when it is a week old, of stations that have certificates at all', () => {
    const asks = (stream: StationStream) => own(stream).filter(({ action }) => action === 'GetInstalledCertificateIds').length;
    expect(asks(StationStream.ready().boots(1))).toBe(0);
    const stream = Station.new().equipped(1, '4A').connected(3, 'c9').boots(3).boots(4);
    expect(asks(stream)).toBe(1);
    expect(asks(stream.boots(8 * DAY))).toBe(2);
  });
});

it('a refused handshake is a row of its station', () => {
  const stream = StationStream.ready();
  stream.add('ConnectionRefused', 1, {
    edgeId: 'e',
    reason: 'insecureTransport',
    securityProfile: 2,
    isEncrypted: false,
    hasPassword: true,
    unrecorded: 3,
  });
  expect(stream.rows('connection_refusals')).toMatchObject([
    { station_id: 'CP1', at: at(1), reason: 'insecureTransport', security_profile: 2, encrypted: false, has_password: true, unrecorded: 3 },
  ]);
});

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
