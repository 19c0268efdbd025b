// A site's stream written by hand for the specs: records as edges, owners and the api append them.
// Minutes count from noon; offsets from 0.
import { type Envelope, encode, type SiteEventData } from '#contracts';
import type { StationConfig } from '#domain/load-balancing';
import type { OcppVersion } from '#ocpp';
import type { LogRecord, NewRecord } from '#ports';

const NOON = Date.parse('2026-11-01T12:00:00Z');
export const at = (minute: number): string => new Date(NOON + minute * 60_000).toISOString();

export class Stream {
  readonly records: NewRecord[] = [];
  private connection = { connectionId: 'c0', generation: { assignmentSeq: 1, offset: 0 } };

  constructor(
    readonly stationId = 'CP1',
    readonly version: OcppVersion = 'ocpp1.6',
    readonly siteId = 'depot',
  ) {}

  add<Type extends keyof SiteEventData>(
    type: Type,
    minute: number,
    data: SiteEventData[Type],
    stationId: string | undefined = this.stationId,
  ): this {
    const envelope: Envelope = {
      id: `e${this.records.length}`,
      type,
      source: '/test',
      time: at(minute),
      tenantId: 'default',
      siteId: this.siteId,
      ...(stationId !== undefined && { stationId }),
      data,
    };
    this.records.push(encode(envelope));
    return this;
  }

  configured(evses: StationConfig['evses'] = [evse(1), evse(2)], assignmentSeq = 1, more: Partial<StationConfig> = {}): this {
    const config: StationConfig = { stationId: this.stationId, siteId: this.siteId, nodeId: 'main', securityProfile: 1, evses, ...more };
    const change = { kind: 'station', config, credentialHash: 'secret', assignmentSeq } as const;
    return this.add('ConfigurationAccepted', 0, { requestId: 'r', version: 1, change });
  }

  connected(minute: number, connectionId = 'c1'): this {
    this.connection = { connectionId, generation: { assignmentSeq: 1, offset: this.records.length } };
    return this.add('StationConnected', minute, {
      connectionId,
      edgeId: 'e',
      assignmentSeq: 1,
      ocppVersion: this.version,
      securityProfile: 1,
    });
  }

  disconnected(minute: number, connectionId = this.connection.connectionId): this {
    const { generation } = this.connection;
    return this.add('StationDisconnected', minute, { connectionId, edgeId: 'e', generation, closeCode: 1006, reason: '' });
  }

  says(minute: number, action: string, payload: object, more: Partial<SiteEventData['CallReceived']> = {}): this {
    return this.add('CallReceived', minute, {
      ...this.connection,
      ocppVersion: this.version,
      messageId: `m${this.records.length}`,
      action,
      violations: [],
      flags: [],
      answer: { kind: 'result', payload: {} },
      payload,
      ...more,
    });
  }

  started(minute: number, meterStart: number, transactionId = '7', connectorId = 1): this {
    const payload = { connectorId, idTag: 'sealed:v1:ann:AA', meterStart, timestamp: at(minute) };
    return this.says(minute, 'StartTransaction', payload, {
      transactionId,
      token: { tokenHash: 'ann', tokenType: 'Central', status: 'Accepted' },
    });
  }

  measured(minute: number, wh: number, w: number, transactionId = 7, connectorId = 1): this {
    const sampledValue = [{ value: String(wh) }, { value: String(w), measurand: 'Power.Active.Import', unit: 'W' }];
    return this.says(minute, 'MeterValues', { connectorId, transactionId, meterValue: [{ timestamp: at(minute), sampledValue }] });
  }

  stopped(minute: number, meterStop: number, transactionId = 7): this {
    return this.says(minute, 'StopTransaction', { transactionId, meterStop, timestamp: at(minute), reason: 'EVDisconnected' });
  }

  transactionEvent(minute: number, eventType: 'Started' | 'Updated' | 'Ended', seqNo: number, wh: number, chargingState?: string): this {
    const payload = {
      eventType,
      seqNo,
      timestamp: at(minute),
      triggerReason: 'MeterValuePeriodic',
      transactionInfo: { transactionId: 'T1', ...(chargingState !== undefined && { chargingState }) },
      ...(eventType === 'Started' && { evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'sealed:v1:ann:AA', type: 'ISO14443' } }),
      meterValue: [{ timestamp: at(minute), sampledValue: [{ value: wh }] }],
    };
    const token = { token: { tokenHash: 'ann', tokenType: 'ISO14443', status: 'Accepted' } };
    return this.says(minute, 'TransactionEvent', payload, eventType === 'Started' ? token : {});
  }

  /** As a log hands them out. */
  logged(): readonly LogRecord[] {
    return this.records.map((record, offset) => ({ ...record, topic: 'site-events', partition: 0, offset }));
  }
}

export const evse = (evseId: number): StationConfig['evses'][number] => ({ evseId, phases: 3, minA: 6, maxA: 32, safeA: 6 });

export const token = (tokenHash: string, status: 'Accepted' | 'Blocked' = 'Accepted'): NewRecord =>
  encode({
    id: `token-${tokenHash}-${status}`,
    type: 'TokenChanged',
    source: '/test',
    time: at(0),
    tenantId: 'default',
    data: { tokenHash, tokenType: 'Central', idToken: 'sealed', status },
  });
