// What the stations of a site were last measured to draw.
// Loads other than stations are measured at nodes.
import { type SiteState, stationsOf } from './state.js';

/** A power older than this says nothing about now [ms]. */
export const FRESH_MS = 120_000;

/** Sum over the EVSEs that charge [W]; one that has not been heard lately counts nothing. */
export function measuredWatts(state: SiteState): number {
  let watts = 0;
  for (const { demands, measured } of stationsOf(state))
    for (const evseId of Object.keys(demands)) {
      const { powerW = 0, atMs = 0 } = measured[evseId] ?? {};
      if (state.nowMs - atMs <= FRESH_MS) watts += powerW;
    }
  return watts;
}
