// The tariff of a site, for those of its stations that calculate costs themselves (OCPP 2.1): each is told when it changes, and when it says that it calculates.
// Sending it, and what became of it, is the station's own part (part.ts).
import type { SiteTariffChanged } from '#contracts';
import type { Heard } from '../heard.js';
import type { FactWish, Part } from '../part.js';

export interface SiteTariff {
  readonly tariff?: SiteTariffChanged['tariff'];
  /** Stations that calculate. */
  readonly stationIds: readonly string[];
}

export const siteTariff: Part<SiteTariff> = {
  name: 'site-tariff',
  tables: [],
  calls: [],
  commands: [],
  siteFacts: ['PriceDisplayReported', 'SiteTariffChanged'],
  initial: { stationIds: [] },
  decide(before, heard) {
    const { tariff, stationIds } = after(before, heard);
    if (tariff === undefined) return [];
    const told = heard.input.type === 'SiteTariffChanged' ? stationIds : stationIds.filter((each) => !before.stationIds.includes(each));
    return told.map((stationId): FactWish => ({ type: 'DefaultTariffWanted', stationId, data: { stationId, tariff } }));
  },
  evolve: after,
};

function after(state: SiteTariff, { input }: Heard): SiteTariff {
  if (input.type === 'SiteTariffChanged') return { ...state, tariff: input.data.tariff };
  if (input.type !== 'PriceDisplayReported') return state;
  const { stationId, calculates } = input.data;
  if (state.stationIds.includes(stationId) === calculates) return state;
  const others = state.stationIds.filter((each) => each !== stationId);
  return { ...state, stationIds: calculates ? [...others, stationId] : others };
}
