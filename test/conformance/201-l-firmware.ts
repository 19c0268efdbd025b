// OCPP 2.0.1, block L, and its like of 1.6 with and without signatures: firmware an operator sends, and how far the station says it is.
// Each way must end in the command's records, and in the row of the transfer with its end; campaigns over many stations are in apps/stations/campaigns.
import { describe, expect, it } from '@jest/globals';
import type { Block, Json, Station } from './support/stage.js';

const LOCATION = 'https://firmware.example/2.0.bin';
const LATER = '2099-01-01T00:00:00Z';
const now = (): string => new Date().toISOString();
/** What a station that takes only signed firmware is sent with it (L01.FR.11). */
const signed = { signingCertificate: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----', signature: 'c2lnbmVk' };

type End = 'done' | 'failed';
/** `boots`: the firmware it comes back with before its last word. `event`: the security event it tells. */
interface Way {
  readonly firmware?: Json;
  readonly answer?: string;
  readonly boots?: string;
  readonly event?: string;
}

const VERIFIED = ['Downloading', 'Downloaded', 'SignatureVerified'];
const WAYS: readonly (readonly [id: string, statuses: readonly string[], end: End, way?: Way])[] = [
  ['TC_L_01: is installed', [...VERIFIED, 'Installing', 'InstallRebooting', 'Installed'], 'done', { boots: '2.0' }],
  [
    'TC_L_02: waits for the time to install',
    [...VERIFIED, 'InstallScheduled', 'Installing', 'InstallRebooting', 'Installed'],
    'done',
    { firmware: { installDateTime: LATER }, boots: '2.0' },
  ],
  [
    'TC_L_03: waits for the time to be fetched',
    ['DownloadScheduled', ...VERIFIED, 'Installing', 'InstallRebooting', 'Installed'],
    'done',
    { firmware: { retrieveDateTime: LATER }, boots: '2.0' },
  ],
  ['TC_L_04: is of a signer who was revoked', [], 'failed', { answer: 'RevokedCertificate' }],
  ['TC_L_05: is of an invalid signer', [], 'failed', { answer: 'InvalidCertificate', event: 'InvalidFirmwareSigningCertificate' }],
  ['TC_L_06: has an invalid signature', ['Downloading', 'Downloaded', 'InvalidSignature'], 'failed', { event: 'InvalidFirmwareSignature' }],
  ['TC_L_07: cannot be fetched', ['Downloading', 'DownloadFailed'], 'failed'],
  ['TC_L_08: does not pass its own test', [...VERIFIED, 'Installing', 'InstallVerificationFailed'], 'failed'],
  ['TC_L_09: cannot be installed', [...VERIFIED, 'Installing', 'InstallRebooting', 'InstallationFailed'], 'failed', { boots: '1.0' }],
];
const SIGNED_16: typeof WAYS = [
  ['TC_080: is installed', [...VERIFIED, 'Installing', 'Installed'], 'done', { boots: '2.0' }],
  ['TC_081: has an invalid signature', ['Downloading', 'Downloaded', 'InvalidSignature'], 'failed', { event: 'InvalidFirmwareSignature' }],
];
const UNSIGNED_16: typeof WAYS = [
  ['TC_044_1: is installed', ['Downloading', 'Downloaded', 'Installing', 'Installed'], 'done', { boots: '2.0' }],
  ['TC_044_2: cannot be fetched', ['Downloading', 'DownloadFailed'], 'failed'],
  ['TC_044_3: cannot be installed', ['Downloading', 'Downloaded', 'Installing', 'InstallationFailed'], 'failed', { boots: '1.0' }],
];

const block: Block = (open) => {
  const v201 = (): Promise<Station> => open().station('L201', 'ocpp2.0.1');
  const v16 = (): Promise<Station> => open().station('L16', 'ocpp1.6');
  let requests = 0;

  const boot = async (station: Station, firmwareVersion: string): Promise<void> => {
    const payload =
      station.charger.version === 'ocpp1.6'
        ? { chargePointVendor: 'v', chargePointModel: 'm', firmwareVersion }
        : { reason: 'FirmwareUpdate', chargingStation: { vendorName: 'v', model: 'm', firmwareVersion } };
    expect(await station.call('BootNotification', payload)).toMatchObject({ status: 'Accepted' });
    await station.network.until(`${station.id} with ${firmwareVersion}`, async () => {
      const row = await station.network.must<Json>('GET', `/v1/stations/${station.id}`);
      return row.firmwareVersion === firmwareVersion;
    });
  };
  /** The row of this kind once it is so. */
  const becomes = (station: Station, kind: string, is: Json): Promise<Json> =>
    station.network.until(`${kind} of ${station.id} being ${JSON.stringify(is)}`, async () => {
      const { items } = await station.network.must<{ items: readonly Json[] }>('GET', `/v1/stations/${station.id}/transfers`);
      const row = items.find((each) => each.kind === kind);
      return row !== undefined && Object.entries(is).every(([name, value]) => row[name] === value) && row;
    });
  const asks = async (station: Station, action: string, payload: Json, reply: Json, state: 'accepted' | 'rejected'): Promise<string> => {
    const { commandId, wire, ...row } = await station.asked(action, payload, reply);
    expect([row.state, wire]).toEqual([state, [2, commandId, action, payload]]);
    const records = await station.outcomes(commandId);
    expect(records.slice(0, 3).map(({ type }) => type)).toEqual(['CommandRequested', 'CommandSent', 'CommandAnswered']);
    return commandId;
  };
  const tells = async (station: Station, action: string, statuses: readonly string[], more: Json = {}): Promise<void> => {
    for (const status of statuses) expect(await station.call(action, { status, ...more })).toEqual({});
  };
  const isSecurityEvent = (station: Station, type: string) =>
    station.network.until(`the event ${type}`, async () => {
      const { items } = await station.network.must<{ items: readonly Json[] }>('GET', `/v1/security-events?stationId=${station.id}`);
      return items.some((each) => each.type === type);
    });

  /** Asked for, told of until its end, and kept so. */
  const goes = async (
    station: Station,
    [action, told]: readonly [string, string],
    payload: Json,
    [statuses, end, { answer, boots, event }]: readonly [readonly string[], End, Way],
  ): Promise<void> => {
    await boot(station, '1.0');
    const isTaken = answer === undefined;
    const reply = action === 'UpdateFirmware' && station.charger.version === 'ocpp1.6' ? {} : { status: answer ?? 'Accepted' };
    const commandId = await asks(station, action, payload, reply, isTaken ? 'accepted' : 'rejected');
    const request = typeof payload.requestId === 'number' ? { requestId: payload.requestId } : {};
    await becomes(station, 'firmware', { commandId, action, status: answer ?? 'Accepted', endedAs: isTaken ? null : 'failed' });
    await tells(station, told, statuses.slice(0, -1), request);
    if (boots !== undefined) await boot(station, boots);
    await tells(station, told, statuses.slice(-1), request);
    if (event !== undefined) {
      expect(await station.call('SecurityEventNotification', { type: event, timestamp: now() })).toEqual({});
      await isSecurityEvent(station, event);
    }
    await becomes(station, 'firmware', { commandId, status: statuses.at(-1) ?? answer, endedAs: end });
  };
  const update = (more: Json = {}): Json => ({
    requestId: ++requests,
    firmware: { location: LOCATION, retrieveDateTime: now(), ...signed, ...more },
  });

  describe('firmware', () => {
    it.each(WAYS)('%s', async (_, statuses, end, way = {}) =>
      goes(await v201(), ['UpdateFirmware', 'FirmwareStatusNotification'], update(way.firmware), [statuses, end, way]),
    );
    it.each(SIGNED_16)('of 1.6, signed: %s', async (_, statuses, end, way = {}) =>
      goes(await v16(), ['SignedUpdateFirmware', 'SignedFirmwareStatusNotification'], update(), [statuses, end, way]),
    );
    it.each(UNSIGNED_16)('of 1.6: %s', async (_, statuses, end, way = {}) =>
      goes(await v16(), ['UpdateFirmware', 'FirmwareStatusNotification'], { location: LOCATION, retrieveDate: now() }, [
        statuses,
        end,
        way,
      ]),
    );

    it('TC_L_10: takes the place of the one before, whose last word changes nothing of it', async () => {
      const station = await v201();
      const [first, second] = [update(), update()];
      await asks(station, 'UpdateFirmware', first, { status: 'Accepted' }, 'accepted');
      await tells(station, 'FirmwareStatusNotification', ['Downloading'], { requestId: first.requestId });
      const commandId = await asks(station, 'UpdateFirmware', second, { status: 'AcceptedCanceled' }, 'accepted');
      await tells(station, 'FirmwareStatusNotification', ['DownloadFailed'], { requestId: first.requestId });
      await tells(station, 'FirmwareStatusNotification', ['Downloading'], { requestId: second.requestId });
      await becomes(station, 'firmware', { commandId, requestId: second.requestId, status: 'Downloading', endedAs: null });
      await tells(station, 'FirmwareStatusNotification', ['Installed'], { requestId: second.requestId });
      await becomes(station, 'firmware', { commandId, status: 'Installed', endedAs: 'done' });
    });
    it('TC_L_11: is refused while the one before cannot be called off, which the station then comes back with', async () => {
      const station = await v201();
      await boot(station, '1.0');
      const [first, second] = [update(), update()];
      const commandId = await asks(station, 'UpdateFirmware', first, { status: 'Accepted' }, 'accepted');
      await tells(station, 'FirmwareStatusNotification', ['Downloading'], { requestId: first.requestId });
      await asks(station, 'UpdateFirmware', second, { status: 'Rejected' }, 'rejected');
      await becomes(station, 'firmware', { commandId, requestId: first.requestId, status: 'Downloading', endedAs: null });
      await tells(station, 'FirmwareStatusNotification', ['Downloaded', 'Installing', 'InstallRebooting'], { requestId: first.requestId });
      await boot(station, '2.0');
      await tells(station, 'FirmwareStatusNotification', ['Installed'], { requestId: first.requestId });
      await becomes(station, 'firmware', { commandId, requestId: first.requestId, status: 'Installed', endedAs: 'done' });
    });
    it('TC_L_13: waits for the transaction to end, which is whole', async () => {
      const station = await v201();
      await boot(station, '1.0');
      await station.transact('L13', [{ type: 'Started', trigger: 'Authorized', token: 'TAG-1', state: 'Charging', wh: 0 }]);
      const wanted = update();
      const commandId = await asks(station, 'UpdateFirmware', wanted, { status: 'Accepted' }, 'accepted');
      const { requestId } = wanted;
      await tells(station, 'FirmwareStatusNotification', ['DownloadScheduled'], { requestId });
      await becomes(station, 'firmware', { commandId, status: 'DownloadScheduled', endedAs: null });
      const info = { stoppedReason: 'Local' };
      await station.transact('L13', [{ type: 'Ended', trigger: 'StopAuthorized', wh: 100, info, more: { seqNo: 1 } }]);
      expect(await station.session('L13')).toMatchObject({ energyWh: 100, reason: 'Local' });
      await tells(station, 'FirmwareStatusNotification', [...VERIFIED, 'Installing', 'InstallRebooting'], { requestId });
      await boot(station, '2.0');
      await becomes(station, 'firmware', { commandId, status: 'Installed', endedAs: 'done', detail: '2.0' });
    });
  });

  describe('a log', () => {
    it('TC_N_36: takes the place of the one before, whose last word changes nothing of it', async () => {
      const station = await v201();
      const get = (): Json => ({ logType: 'DiagnosticsLog', requestId: ++requests, log: { remoteLocation: 'https://logs.example/a' } });
      const [first, second] = [get(), get()];
      await asks(station, 'GetLog', first, { status: 'Accepted', filename: 'a' }, 'accepted');
      await tells(station, 'LogStatusNotification', ['Uploading'], { requestId: first.requestId });
      const commandId = await asks(station, 'GetLog', second, { status: 'AcceptedCanceled', filename: 'b' }, 'accepted');
      await tells(station, 'LogStatusNotification', ['AcceptedCanceled'], { requestId: first.requestId });
      await tells(station, 'LogStatusNotification', ['Uploading'], { requestId: second.requestId });
      await becomes(station, 'log', { commandId, status: 'Uploading', endedAs: null, detail: 'b' });
      await tells(station, 'LogStatusNotification', ['Uploaded'], { requestId: second.requestId });
      await becomes(station, 'log', { commandId, status: 'Uploaded', endedAs: 'done' });
    });
    it.each([
      ['TC_045_1: is uploaded', 'Uploaded', 'done'],
      ['TC_045_2: cannot be uploaded', 'UploadFailed', 'failed'],
    ] as const)('of 1.6: %s', async (_, status, endedAs) => {
      const station = await v16();
      const commandId = await asks(station, 'GetDiagnostics', { location: 'https://logs.example/a' }, { fileName: 'a' }, 'accepted');
      await tells(station, 'DiagnosticsStatusNotification', ['Uploading', status]);
      await becomes(station, 'log', { commandId, status, endedAs, detail: 'a' });
    });
  });

  it.each([
    ['TC_077', 'InvalidChargePointCertificate'],
    ['TC_078', 'InvalidCentralSystemCertificate'],
  ])('%s: a security event of 1.6 is kept', async (_, type) => {
    const station = await v16();
    expect(await station.call('SecurityEventNotification', { type, timestamp: now() })).toEqual({});
    await isSecurityEvent(station, type);
  });
};

export default block;
