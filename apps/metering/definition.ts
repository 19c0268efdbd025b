// Metering as a service: what stations said about their meters, as series. It decides nothing and tells nobody.
// Energy of a session is the session service's, from the same normaliser.
import type { SiteEvent } from '#contracts';
import { normalise } from '#domain/metering';
import type { ServiceDefinition } from '#service';
import { contextOf, evolvePlace, type StationPlace, UNKNOWN_PLACE } from './station-place.js';
import { METERING_TABLES, meterRows } from './tables.js';

const WITH_METER_VALUES: readonly string[] = ['MeterValues', 'StartTransaction', 'StopTransaction', 'TransactionEvent'];

export const meteringDefinition: ServiceDefinition<StationPlace, SiteEvent> = {
  name: 'metering',
  inputs: ['site-events'],
  outputs: [],
  tables: METERING_TABLES,
  fold: {
    aggregateOf(input) {
      switch (input.type) {
        case 'StationConnected':
        case 'StationDisconnected':
          return input.stationId === undefined ? undefined : `${input.tenantId}/${input.siteId}/${input.stationId}`;
        case 'ConfigurationAccepted':
          return input.data.change.kind === 'station'
            ? `${input.tenantId}/${input.siteId}/${input.data.change.config.stationId}`
            : undefined;
        case 'CallReceived':
          return input.stationId !== undefined && WITH_METER_VALUES.includes(input.data.action)
            ? `${input.tenantId}/${input.siteId}/${input.stationId}`
            : undefined;
        default:
          return undefined;
      }
    },
    initial: () => UNKNOWN_PLACE,
    decide: () => [],
    evolve: evolvePlace,
    project({ after, input }) {
      // A message answered by an error was not taken; the station knows, and the log has it.
      if (input.type !== 'CallReceived' || input.data.answer.kind === 'error') return [];
      const { ocppVersion, action, payload } = input.data;
      const normalised = normalise({ ocppVersion, action, payload, receivedAt: input.time, evse: contextOf(after, input.data) });
      return meterRows(normalised, input, action);
    },
  },
};
