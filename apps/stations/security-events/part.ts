// Security events of stations (SecurityEventNotification), kept with how critical OCPP says they are, until an operator acknowledges them (A04).
import { criticalityOf } from '#domain/device';
import type { TableSpec } from '#service';
import { asText, instantOrNull, textOrNull } from '../json.js';
import type { Part } from '../part.js';

export const SECURITY_EVENTS: TableSpec = {
  name: 'security_events',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    event_id: 'text',
    type: 'text',
    criticality: 'text',
    at: 'timestamptz',
    received_at: 'timestamptz',
    tech_info: 'text',
    acknowledged_at: 'timestamptz',
    acknowledged_by: 'text',
    note: 'text',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'event_id'],
};

export const securityEvents: Part<null> = {
  name: 'security-events',
  tables: [SECURITY_EVENTS],
  calls: ['SecurityEventNotification'],
  commands: [],
  facts: ['SecurityEventAcknowledged'],
  initial: null,
  evolve: (state) => state,
  rows({ heard, place }) {
    const { input } = heard;
    if (input.type === 'SecurityEventAcknowledged') {
      const { eventId, acknowledgedBy, note } = input.data;
      const row = { ...place, event_id: eventId, acknowledged_at: input.time, acknowledged_by: acknowledgedBy, note: note ?? null };
      return [{ table: SECURITY_EVENTS, row }];
    }
    if (heard.kind !== 'call') return [];
    const type = asText(heard.payload.type);
    const row = {
      ...place,
      event_id: String(input.at.offset),
      type,
      criticality: criticalityOf(type),
      at: instantOrNull(heard.payload.timestamp) ?? input.time,
      received_at: input.time,
      tech_info: textOrNull(heard.payload.techInfo),
    };
    return [{ table: SECURITY_EVENTS, row }];
  },
};
