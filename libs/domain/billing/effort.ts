// What pricing costs a processor, said before it is done: a price is looked for among all components of a tariff wherever one may change.
// Who is refused for it is the business of whoever asks.
import { boundariesOf } from './restrictions.js';
import type { PricingTariff } from './tariff.js';

const DAY_MS = 86_400_000;
/** A piece costs as much as looking at so many components. */
const OF_A_PIECE = 2_000;

/** Seconds of work. A year of hourly prices is a fiftieth. */
export const MOST_EFFORT = 1_000_000_000;

/** Of a session that lasts so long and was recorded in so many periods: about how many components are looked at, over all pieces. */
export function effortOf(tariffs: readonly PricingTariff[], periods: number, lastsMs: number): number {
  const components = tariffs.flatMap(({ elements }) => elements.map(({ price_components }) => price_components.length));
  const pieces = tariffs
    .map(boundariesOf)
    .reduce(
      (sum, { timesOfDayMs, elapsedMs, energyWh }) =>
        sum + Math.ceil((lastsMs / DAY_MS) * timesOfDayMs.length) + elapsedMs.length + energyWh.length,
      periods,
    );
  return pieces * components.reduce((sum, each) => sum + each, OF_A_PIECE);
}
