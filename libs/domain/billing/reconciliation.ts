// Reconciliation: what registers counted against what charge records say, and the records less credits against the last ratings.
// Every site has a row for every day, also where nothing happened or nothing differs. Where the sums come from is the reader's business.
import { type Exact, inFour, ZERO } from './decimal.js';

/** Sums over the sessions of a site that ended on a day (UTC). Energies are decimal strings in Wh. */
export interface EnergySum {
  readonly siteId: string;
  readonly day: string;
  readonly sessions: number;
  /** Of these without a charge record: billing has not come to them yet, or their facts are parked. */
  readonly withoutRecord: number;
  /** Of these without a first or last register: `registerWh` has what the session was told to have got. */
  readonly withoutRegisters: number;
  readonly registerWh: string;
  /** Of charge records less credits. */
  readonly recordedWh: string;
}

/** Net and gross, decimal strings. */
export interface NetAndGross {
  readonly net: string;
  readonly gross: string;
}

/** Sums over the same sessions in one currency. */
export interface MoneySum {
  readonly siteId: string;
  readonly day: string;
  readonly currency: string;
  readonly records: number;
  readonly credits: number;
  readonly charged: NetAndGross;
  /** What credits take back, above 0. */
  readonly credited: NetAndGross;
  /** By the last final rating of each session. */
  readonly rated: NetAndGross;
}

export interface Reconciled extends EnergySum {
  /** registerWh − recordedWh */
  readonly energyDifferenceWh: string;
  /** By currency, in order of its code; `difference` = charged − credited − rated, four decimals. */
  readonly amounts: readonly (Omit<MoneySum, 'siteId' | 'day'> & { readonly difference: NetAndGross })[];
}

const difference = (from: string, ...less: readonly string[]): Exact => less.reduce((left, each) => left.minus(each), ZERO.plus(from));
const keyOf = ({ siteId, day }: Pick<EnergySum, 'siteId' | 'day'>): string => JSON.stringify([siteId, day]);

/** In order of days, then sites; a site with sums that is not among `siteIds` has its rows as well. Throws for two sums of one site, day and currency. */
export function reconciled(
  siteIds: readonly string[],
  days: readonly string[],
  energies: readonly EnergySum[],
  moneys: readonly MoneySum[],
): readonly Reconciled[] {
  const energyOf = uniquely(energies, keyOf);
  uniquely(moneys, ({ currency, ...place }) => `${keyOf(place)}/${currency}`);
  const moneyOf = Map.groupBy(moneys, keyOf);
  const sites = [...new Set([...siteIds, ...[...energies, ...moneys].map(({ siteId }) => siteId)])].sort();
  return days.toSorted().flatMap((day) =>
    sites.map((siteId): Reconciled => {
      const key = keyOf({ siteId, day });
      const sum = energyOf.get(key) ?? nothingOf(siteId, day);
      const amounts = (moneyOf.get(key) ?? []).toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
      return {
        ...sum,
        energyDifferenceWh: difference(sum.registerWh, sum.recordedWh).toString(),
        amounts: amounts.map(({ siteId: _, day: __, ...money }) => ({
          ...money,
          difference: {
            net: inFour(difference(money.charged.net, money.credited.net, money.rated.net)),
            gross: inFour(difference(money.charged.gross, money.credited.gross, money.rated.gross)),
          },
        })),
      };
    }),
  );
}

const nothingOf = (siteId: string, day: string): EnergySum => ({
  siteId,
  day,
  sessions: 0,
  withoutRecord: 0,
  withoutRegisters: 0,
  registerWh: '0',
  recordedWh: '0',
});

function uniquely<T>(sums: readonly T[], key: (sum: T) => string): ReadonlyMap<string, T> {
  const found = new Map(sums.map((sum) => [key(sum), sum]));
  if (found.size !== sums.length) throw new Error('two sums of one site, day and currency');
  return found;
}
