// Security events of stations (SecurityEventNotification), kept with how critical OCPP says they are, until an operator acknowledges them (A04);
// and one that no station tells of itself: somebody guesses cards at it.
import { guessedCards, type UnknownCards, withUnknownCard } from '#domain/authorization';
import { criticalityOf } from '#domain/device';
import type { TableSpec } from '#service';
import type { Heard } from '../heard.js';
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

/** Null before it asked about a card nobody knows. */
export const securityEvents: Part<UnknownCards | null> = {
  name: 'security-events',
  tables: [SECURITY_EVENTS],
  calls: ['Authorize', 'DataTransfer', 'SecurityEventNotification', 'StartTransaction', 'TransactionEvent'],
  callsWith: { TransactionEvent: 'idTokenInfo' },
  commands: [],
  facts: ['SecurityEventAcknowledged'],
  initial: null,
  evolve: (state, heard) => {
    const card = unknownCard(heard);
    return card === undefined ? state : withUnknownCard(state, card, heard.nowMs);
  },
  rows({ before, after, heard, place }) {
    const { input } = heard;
    if (input.type === 'SecurityEventAcknowledged') {
      const { eventId, acknowledgedBy, note } = input.data;
      const row = { ...place, event_id: eventId, acknowledged_at: input.time, acknowledged_by: acknowledgedBy, note: note ?? null };
      return [{ table: SECURITY_EVENTS, row }];
    }
    const guessed = guessedCards(before, after);
    if (guessed !== undefined) {
      const told = { type: 'CardsGuessed', criticality: 'critical', at: input.time, received_at: input.time };
      const tech_info = `asked about ${guessed} cards nobody knows within a day`;
      return [{ table: SECURITY_EVENTS, row: { ...place, event_id: String(input.at.offset), ...told, tech_info } }];
    }
    if (heard.kind !== 'call' || heard.action !== 'SecurityEventNotification') return [];
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

/** The pseudonym of a card that the network was asked about and does not know. */
function unknownCard({ kind, input }: Heard): string | undefined {
  if (kind !== 'call' || input.type !== 'CallReceived' || input.data.token === undefined) return undefined;
  const { tokenHash, status } = input.data.token;
  return status === 'Unknown' || status === 'Invalid' ? tokenHash : undefined;
}
