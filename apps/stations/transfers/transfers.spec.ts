// Firmware and logs: one station's transfer from command to end, and campaigns of a site in waves with retries and a stop.
import { describe, expect, it } from '@jest/globals';
import type { CampaignRequested, TransferTold } from '#contracts';
import { decode } from '#contracts';
import type { LogRecord } from '#ports';
import { foldBatch } from '#service';
import { stationsDefinition } from '../definition.js';
import { at, NOTHING, StationStream } from '../stream.fixture.js';

const last = (stream: StationStream, kind: string) => stream.rows('device_transfers').findLast((row) => row.kind === kind);
const shown = (stream: StationStream): object => Object.assign({}, ...stream.rows('device_transfers'));
const update = { requestId: 4, firmware: { location: 'https://x/f', retrieveDateTime: at(0) } };

describe('firmware of a station', () => {
  it('goes from the answer over what it tells to installed; what comes late changes nothing', () => {
    const stream = StationStream.ready().asked(1, 'u', 'UpdateFirmware', update).answered(1, 'u', { status: 'Accepted' });
    expect(last(stream, 'firmware')).toMatchObject({ status: 'Accepted', ended_as: null });
    for (const status of ['Downloading', 'Installed']) stream.says(2, 'FirmwareStatusNotification', { status, requestId: 4 });
    expect(last(stream, 'firmware')).toMatchObject({ status: 'Installed', ended_as: 'done' });
    const rows = stream.rows('device_transfers').length;
    stream
      .says(3, 'FirmwareStatusNotification', { status: 'Downloading', requestId: 4 })
      .says(3, 'FirmwareStatusNotification', { status: 'Idle' });
    expect(stream.rows('device_transfers')).toHaveLength(rows);
  });
  it('goes on while another update is asked for, and gives way to that only once the station takes it', () => {
    const second = { ...update, requestId: 5 };
    const stream = () =>
      StationStream.ready()
        .asked(1, 'u', 'UpdateFirmware', update)
        .answered(1, 'u', { status: 'Accepted' })
        .says(2, 'FirmwareStatusNotification', { status: 'Downloading', requestId: 4 })
        .asked(3, 'v', 'UpdateFirmware', second);
    const first = { command_id: 'u', request_id: 4, status: 'Downloading', ended_as: null };
    expect(shown(stream())).toMatchObject(first);
    expect(shown(stream().answered(4, 'v', { status: 'Rejected' }))).toMatchObject(first);
    expect(shown(stream().unanswered(4, 'v'))).toMatchObject(first);
    const after = stream()
      .answered(4, 'v', { status: 'Rejected' })
      .says(5, 'FirmwareStatusNotification', { status: 'Installed', requestId: 4 });
    expect(shown(after)).toMatchObject({ status: 'Installed', ended_as: 'done' });
    const sameId = StationStream.ready()
      .asked(1, 'u', 'UpdateFirmware', update)
      .answered(1, 'u', { status: 'Accepted' })
      .asked(3, 'v', 'UpdateFirmware', update);
    expect(shown(sameId.says(4, 'FirmwareStatusNotification', { status: 'Downloading', requestId: 4 }))).toMatchObject(first);
    const taken = { command_id: 'v', request_id: 5, payload: second, asked_at: at(3) };
    const late = stream().unanswered(4, 'v').answered(5, 'v', { status: 'AcceptedCanceled' });
    expect(shown(late)).toMatchObject({ ...taken, status: 'Accepted' });
    expect(
      stream()
        .rows('device_transfers')
        .map(({ command_id }) => command_id),
    ).not.toContain('v');
    const early = stream()
      .says(4, 'FirmwareStatusNotification', { status: 'Downloading', requestId: 5 })
      .answered(5, 'v', { status: 'AcceptedCanceled' });
    expect(early.rows('device_transfers').find(({ command_id }) => command_id === 'v')).toMatchObject({ ...taken, status: 'Downloading' });
    expect(shown(early)).toMatchObject({ status: 'Downloading' });
  });
  it('of another request is not this one’s', () => {
    const stream = StationStream.ready().asked(1, 'u', 'UpdateFirmware', update).answered(1, 'u', { status: 'Accepted' });
    stream.says(2, 'FirmwareStatusNotification', { status: 'InstallationFailed', requestId: 3 });
    expect(last(stream, 'firmware')).toMatchObject({ status: 'Accepted' });
  });
  it('counts as installed when the station starts with another version', () => {
    const stream = StationStream.ready().boots(0, '1').asked(1, 'u', 'UpdateFirmware', update).answered(1, 'u', { status: 'Accepted' });
    expect(last(stream.boots(5, '1'), 'firmware')).toMatchObject({ status: 'Accepted' });
    expect(last(stream.boots(9, '2'), 'firmware')).toMatchObject({ status: 'Installed', ended_as: 'done', detail: '2' });
  });
  it('counts as installed then also where its answer was lost, whenever that is known, and though it was asked for again meanwhile', () => {
    const asked = () => StationStream.ready().boots(0, '1').asked(1, 'u', 'UpdateFirmware', update, 'stations:campaigns');
    const done = (commandId: string) => ({ commandId, stationId: 'CP1', status: 'Installed', end: 'done' });
    const outcome = (stream: StationStream) => [last(stream, 'firmware'), stream.told('TransferTold').at(-1)];
    const installed = [expect.objectContaining({ status: 'Installed', ended_as: 'done', detail: '2' }), done('u')];
    expect(outcome(asked().unanswered(2, 'u').boots(9, '2'))).toEqual(installed);
    expect(outcome(asked().boots(9, '2').unanswered(10, 'u', 'edgeLost'))).toEqual(installed);
    const again = () => asked().unanswered(2, 'u').asked(5, 'v', 'UpdateFirmware', update, 'stations:campaigns');
    expect(again().refused(6, 'v').boots(9, '2').told('TransferTold').at(-1)).toEqual(done('v'));
    expect(again().boots(9, '2').refused(10, 'v').told('TransferTold').at(-1)).toEqual(done('v'));
    const late = asked().unanswered(2, 'u').answered(3, 'u', { status: 'Accepted' });
    expect(outcome(late)).toMatchObject([
      { status: 'Accepted', ended_as: null },
      { commandId: 'u', status: 'Accepted' },
    ]);
  });
  it('is not installed by other firmware where it never left, or was not what the station started with before', () => {
    const asked = () => StationStream.ready().boots(0, '1').asked(1, 'u', 'UpdateFirmware', update);
    for (const stream of [
      asked().refused(2, 'u').boots(9, '2'),
      asked().unanswered(2, 'u').boots(9, '1'),
      asked().boots(9, '2').refused(10, 'u'),
    ])
      expect(last(stream, 'firmware')).toMatchObject({ ended_as: 'unreached' });
  });
  it('fails where the station does not take it', () => {
    const asked = () => StationStream.ready().asked(1, 'u', 'UpdateFirmware', update);
    expect(last(asked().answered(1, 'u', { status: 'InvalidCertificate' }), 'firmware')).toMatchObject({
      status: 'InvalidCertificate',
      ended_as: 'failed',
    });
    expect(last(asked().errored(1, 'u'), 'firmware')).toMatchObject({ status: 'NotSupported', ended_as: 'failed' });
    expect(last(asked().refused(1, 'u'), 'firmware')).toMatchObject({ status: 'NotConnected', ended_as: 'unreached' });
  });
  it('is published by a local controller and taken back', () => {
    const stream = StationStream.ready()
      .asked(1, 'p', 'PublishFirmware', { location: 'https://x/f', checksum: 'c', requestId: 9 })
      .answered(1, 'p', { status: 'Accepted' })
      .says(2, 'PublishFirmwareStatusNotification', { status: 'Published', location: ['https://lc/f'], requestId: 9 });
    expect(last(stream, 'publish')).toMatchObject({ ended_as: 'done', detail: 'https://lc/f' });
    stream.asked(3, 'd', 'UnpublishFirmware', { checksum: 'c' }).answered(3, 'd', { status: 'Unpublished' });
    expect(last(stream, 'publish')).toMatchObject({ status: 'Unpublished' });
  });
});

describe('logs of a station', () => {
  it('are named by the answer and end with the upload, in each version', () => {
    const v2 = StationStream.ready().asked(1, 'l', 'GetLog', {
      logType: 'SecurityLog',
      requestId: 1,
      log: { remoteLocation: 'https://x' },
    });
    v2.answered(1, 'l', { status: 'Accepted', filename: 'a.log' });
    expect(last(v2, 'log')).toMatchObject({ detail: 'a.log' });
    expect(last(v2.says(2, 'LogStatusNotification', { status: 'Uploaded', requestId: 1 }), 'log')).toMatchObject({ ended_as: 'done' });
    const v16 = StationStream.ready('ocpp1.6')
      .asked(1, 'l', 'GetDiagnostics', { location: 'ftp://x' })
      .answered(1, 'l', { fileName: 'b.log' });
    expect(last(v16.says(2, 'DiagnosticsStatusNotification', { status: 'UploadFailed' }), 'log')).toMatchObject({
      status: 'UploadFailed',
      ended_as: 'failed',
    });
    const early = StationStream.ready().asked(1, 'l', 'GetLog', {
      logType: 'SecurityLog',
      requestId: 1,
      log: { remoteLocation: 'https://x' },
    });
    early
      .says(2, 'LogStatusNotification', { status: 'Uploaded', requestId: 1 })
      .answered(2, 'l', { status: 'Accepted', filename: 'a.log' });
    expect(last(early, 'log')).toMatchObject({ status: 'Uploaded', ended_as: 'done', detail: 'a.log' });
    const none = StationStream.ready('ocpp1.6').asked(1, 'l', 'GetDiagnostics', { location: 'ftp://x' }).answered(1, 'l', {});
    expect(last(none, 'log')).toMatchObject({ status: 'NothingToTell', ended_as: 'failed' });
  });
});

describe('a campaign', () => {
  const order = (more: Partial<CampaignRequested> = {}): CampaignRequested => ({
    campaignId: 'c',
    kind: 'firmware',
    messages: [{ ocppVersion: 'ocpp2.0.1', action: 'UpdateFirmware', payload: update }],
    stations: ['A', 'B', 'C'].map((stationId) => ({ stationId, ocppVersion: 'ocpp2.0.1' as const })),
    waveSize: 2,
    attempts: 2,
    retryAfterS: 600,
    quietAfterS: 3600,
    requestedBy: 'api:tests',
    ...more,
  });
  /** The site's stream with what the service appends itself. */
  class Site extends StationStream {
    static begun(more?: Partial<CampaignRequested>): Site {
      return new Site('A', 'ocpp2.0.1').add('CampaignRequested', 1, order(more), '').run();
    }
    /** Appends what was decided and is not in the stream yet. */
    run(): this {
      for (;;) {
        const made = foldBatch(stationsDefinition, NOTHING, this.logged()).outbox.map(({ record }) => record);
        const known = new Set(this.records.map(({ headers }) => headers.ce_id));
        const news = made.filter(({ headers }) => !known.has(headers.ce_id));
        if (news.length === 0) return this;
        this.records.push(...news);
      }
    }
    commandOf(stationId: string): string {
      return this.commands().findLast((command) => command.stationId === stationId)?.commandId ?? '';
    }
    tells(minute: number, stationId: string, status: string, end?: TransferTold['end']): this {
      const data = { commandId: this.commandOf(stationId), stationId, status, ...(end !== undefined && { end }) };
      return this.add('TransferTold', minute, data, stationId).run();
    }
    states(): Record<string, unknown> {
      return Object.fromEntries(this.rows('campaign_stations').map(({ station_id, state }) => [station_id, state]));
    }
  }
  it('asks a wave, and the next station when one is done', () => {
    const site = Site.begun();
    expect(site.commands().map(({ stationId }) => stationId)).toEqual(['A', 'B']);
    expect(site.states()).toEqual({ A: 'running', B: 'running', C: 'waiting' });
    site.tells(5, 'A', 'Downloading');
    expect(site.commands()).toHaveLength(2);
    site.tells(6, 'A', 'Installed', 'done');
    expect(site.commands().map(({ stationId }) => stationId)).toEqual(['A', 'B', 'C']);
    site.tells(7, 'B', 'Installed', 'done').tells(8, 'C', 'Installed', 'done');
    expect(site.rows('campaigns').at(-1)).toMatchObject({ state: 'ended', ended_at: at(8) });
  });
  it('asks again after a while, as often as it may, and tells who failed', () => {
    const site = Site.begun({ stations: order().stations.slice(0, 1) });
    site.tells(2, 'A', 'NotConnected', 'unreached');
    expect(site.states()).toEqual({ A: 'waiting' });
    site.due(12).run();
    expect(site.commands()).toHaveLength(2);
    site.tells(13, 'A', 'DownloadFailed', 'failed');
    expect(site.states()).toEqual({ A: 'failed' });
    expect(site.rows('campaigns').at(-1)).toMatchObject({ state: 'ended' });
  });
  it('takes a station that says nothing for too long for failed', () => {
    const site = Site.begun({ stations: order().stations.slice(0, 1), attempts: 1 });
    expect(site.due(61).states()).toEqual({ A: 'failed' });
    expect(site.rows('campaign_stations').at(-1)).toMatchObject({ status: 'quiet', attempts: 1 });
  });
  it('waits for a station that is silent until it is to load its firmware, and to install it', () => {
    const firmware = { location: 'https://x/f', retrieveDateTime: at(600), installDateTime: at(1200) };
    const messages = [
      { ocppVersion: 'ocpp1.6' as const, action: 'UpdateFirmware', payload: { location: 'https://x/f', retrieveDate: at(600) } },
      { ocppVersion: 'ocpp2.0.1' as const, action: 'UpdateFirmware', payload: { requestId: 4, firmware } },
    ];
    const stations = [...order().stations.slice(0, 1), { stationId: 'B', ocppVersion: 'ocpp1.6' as const }];
    const site = Site.begun({ stations, messages, attempts: 1 });
    site.tells(2, 'A', 'Accepted').tells(2, 'B', 'Accepted');
    expect(site.nextDue().dueMs).toBe(Date.parse(at(660)));
    site.tells(601, 'A', 'Downloading').tells(610, 'A', 'Downloaded');
    expect(site.due(660).states()).toEqual({ A: 'running', B: 'failed' });
    expect(site.nextDue().dueMs).toBe(Date.parse(at(1260)));
    expect(site.tells(1201, 'A', 'Installed', 'done').states()).toEqual({ A: 'done', B: 'failed' });
  });
  it('has done it where a station was given up and does it after all', () => {
    const site = Site.begun({ stations: order().stations.slice(0, 1), attempts: 1 }).due(61);
    expect(site.tells(62, 'A', 'Downloading').states()).toEqual({ A: 'failed' });
    expect(site.tells(75, 'A', 'Installed', 'done').states()).toEqual({ A: 'done' });
    expect(site.rows('campaigns').at(-1)).toMatchObject({ state: 'ended' });
  });
  it('does not ask a station again that was taken for silent and does it after all', () => {
    const site = Site.begun({ stations: order().stations.slice(0, 1) });
    expect(site.due(61).states()).toEqual({ A: 'waiting' });
    site.tells(62, 'A', 'Downloading');
    expect(site.states()).toEqual({ A: 'running' });
    expect(site.due(71).run().commands()).toHaveLength(1);
    expect(site.tells(75, 'A', 'Installed', 'done').states()).toEqual({ A: 'done' });
  });
  it('goes on after a silent station that fills its wave while another one’s time to be asked again passes', () => {
    const site = Site.begun({ stations: order().stations.slice(0, 2), waveSize: 1 });
    site.tells(2, 'A', 'DownloadFailed', 'failed');
    expect(site.states()).toEqual({ A: 'waiting', B: 'running' });
    expect(site.nextDue().dueMs).toBe(Date.parse(at(62)));
    site.due(62).run();
    expect(site.states()).toEqual({ A: 'running', B: 'waiting' });
    expect(site.rows('campaign_stations').findLast(({ station_id }) => station_id === 'B')).toMatchObject({ status: 'quiet' });
  });
  it('begins nobody any more once it is stopped, by hand or by failures', () => {
    const byHand = Site.begun().add('CampaignStopped', 2, { campaignId: 'c', requestedBy: 'api:tests' }, '').run();
    expect(byHand.states()).toEqual({ A: 'running', B: 'running', C: 'skipped' });
    expect(byHand.tells(3, 'A', 'Installed', 'done').commands()).toHaveLength(2);
    const byFailures = Site.begun({ attempts: 1, stopAfterFailures: 1 }).tells(3, 'A', 'InvalidSignature', 'failed');
    expect(byFailures.states()).toEqual({ A: 'failed', B: 'running', C: 'skipped' });
    expect(byFailures.rows('campaigns').at(-1)).toMatchObject({ state: 'stopped' });
  });
  it('is decided once, whatever is repeated', () => {
    const site = Site.begun().add('CampaignRequested', 3, order(), '').run();
    expect(site.commands()).toHaveLength(2);
    expect(new Set(site.logged().map((record: LogRecord) => decode(record).id)).size).toBe(site.records.length);
  });
});

describe('a station asked by a campaign', () => {
  it('tells its campaign how it goes', () => {
    const stream = StationStream.ready()
      .asked(1, 'u', 'UpdateFirmware', update, 'stations:campaigns')
      .answered(1, 'u', { status: 'Accepted' })
      .says(2, 'FirmwareStatusNotification', { status: 'Installed', requestId: 4 });
    expect(stream.told('TransferTold')).toEqual([
      { commandId: 'u', stationId: 'CP1', status: 'Accepted' },
      { commandId: 'u', stationId: 'CP1', status: 'Installed', end: 'done' },
    ]);
  });
});
