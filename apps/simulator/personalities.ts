// Twelve vendors as the field knows them: names, version and manners. What they get wrong was reported by their owners; how well it is done here
// is no statement about the makers. Who they are at a site (id, password, outlets) is the caller's.
import type { OcppVersion } from '#ocpp';
import type { Manner } from './manner.js';
import * as manners from './manners.js';
import type { StationSpec } from './specs.js';

export interface Personality {
  readonly vendor: string;
  readonly model: string;
  readonly firmwareVersion: string;
  readonly ocppVersion: OcppVersion;
  /** Fresh ones for each station. */
  readonly manners: (stationId: string) => readonly Manner[];
  readonly more?: Pick<StationSpec, 'bootsOnReconnect' | 'hangsUp' | 'backOff' | 'bootMs'>;
}

/** Short: a token of 14 characters and this behind it fit into the 20 of 1.6. */
const serialOf = (stationId: string): string => stationId.slice(-4);
const MINUTE_MS = 60_000;

const OF_NAME = {
  'abb-terra-ac': {
    ...{ vendor: 'ABB', model: 'TACW22', firmwareVersion: '1.6.6', ocppVersion: 'ocpp1.6' },
    manners: () => [manners.dipsEvery(5), manners.refuses('GetCompositeSchedule')],
    more: { bootsOnReconnect: true },
  },
  'wallbox-pulsar': {
    ...{ vendor: 'Wall Box Chargers', model: 'PulsarPlus', firmwareVersion: '5.17', ocppVersion: 'ocpp1.6' },
    manners: () => [manners.dipsEvery(3), manners.takesLowestLevelOnly()],
  },
  'keba-p30': {
    ...{ vendor: 'Keba AG', model: 'KC-P30-EC240422-E00', firmwareVersion: '1.17.0', ocppVersion: 'ocpp1.6' },
    manners: (stationId) => [manners.sumsOnConnectorZero(), manners.appendsToTokens(`_${serialOf(stationId)}`)],
  },
  'grizzl-e': {
    ...{ vendor: 'United Chargers', model: 'Grizzl-E Smart', firmwareVersion: '05.68', ocppVersion: 'ocpp1.6' },
    manners: () => [manners.countsFromStart(), manners.refuses('TriggerMessage')],
    more: { bootsOnReconnect: true },
  },
  huawei: {
    ...{ vendor: 'Huawei', model: 'SCharger-22KT-S0', firmwareVersion: 'V100R023', ocppVersion: 'ocpp1.6' },
    manners: () => [manners.takesWattsOnly(), manners.stopsBelowStart()],
  },
  'zaptec-go2': {
    ...{ vendor: 'Zaptec', model: 'Go 2', firmwareVersion: '2.4', ocppVersion: 'ocpp1.6' },
    manners: () => [manners.neverStops()],
  },
  'growatt-thor': {
    ...{ vendor: 'Growatt', model: 'THOR-11AS-P-V1', firmwareVersion: '1.3', ocppVersion: 'ocpp1.6' },
    manners: () => [manners.omitsZone(8), manners.namesUnits({ Wh: '', A: 'Amp', V: 'Volt' })],
  },
  foxess: {
    ...{ vendor: 'FoxESS', model: 'A022KP1', firmwareVersion: '1.33', ocppVersion: 'ocpp2.0.1' },
    manners: () => [manners.omitsConnector()],
    more: { backOff: { leastMs: 6 * MINUTE_MS, randomMs: 13 * MINUTE_MS, doublings: 0 } },
  },
  mennekes: {
    ...{ vendor: 'MENNEKES', model: 'AMTRON Professional', firmwareVersion: '5.22', ocppVersion: 'ocpp1.6' },
    manners: () => [manners.tagsLinesWithNeutral(), manners.metersAfterStop()],
    more: { bootMs: 15 * MINUTE_MS },
  },
  'schneider-evlink': {
    ...{ vendor: 'Schneider Electric', model: 'EVlink Pro AC', firmwareVersion: '3.4.0', ocppVersion: 'ocpp1.6' },
    manners: () => [manners.halvesTotals()],
  },
  'delta-dc': {
    ...{ vendor: 'Delta Electronics', model: 'DC Wallbox', firmwareVersion: '2.1', ocppVersion: 'ocpp1.6' },
    manners: () => [manners.stopsTransactionZero()],
  },
  openwb: {
    ...{ vendor: 'openWB', model: 'series2', firmwareVersion: '2.1.8', ocppVersion: 'ocpp1.6' },
    manners: () => [],
    more: { hangsUp: true, backOff: { leastMs: 50, randomMs: 50, doublings: 0 } },
  },
} as const satisfies Record<string, Personality>;

export type PersonalityName = keyof typeof OF_NAME;
export const PERSONALITIES = Object.keys(OF_NAME) as readonly PersonalityName[];
export const isPersonality = (name: string): name is PersonalityName => Object.hasOwn(OF_NAME, name);

/** A station of this vendor; its version and manners are the vendor's, everything else as the caller says. */
export function personality(name: PersonalityName, station: Omit<StationSpec, 'ocppVersion' | 'manners'>): StationSpec {
  const { manners: of, more, ...named }: Personality = OF_NAME[name];
  return { ...named, serialNumber: serialOf(station.stationId), ...more, ...station, manners: of(station.stationId) };
}
