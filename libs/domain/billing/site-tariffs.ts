// Which tariff a site has at an instant: one holds from when it was told, or from its own start where that is later, up to where the next one does, and no longer than to its own end (ADR 0124).
// Who tells a site of tariffs is billing's business; what they cost is the rating's.
import { canonicalJson, instantMs } from '#kernel';
import type { Tariff } from './tariff.js';

interface ToldTariff {
  readonly tariff: Tariff;
  /** From when it holds, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Tariffs as a site was told of them. */
export interface SiteTariffs {
  /** The one told last. */
  readonly tariff?: Tariff;
  /** Absent = it holds already. */
  readonly sinceMs?: number;
  /** Those before it, the latest last. */
  readonly former?: readonly ToldTariff[];
}

const MOST_FORMER = 20;

/** A tariff that was to hold later than this one is taken back by it. Told again it is no news. */
export function withTariff(known: SiteTariffs, tariff: Tariff, toldMs: number): SiteTariffs {
  if (known.tariff !== undefined && canonicalJson(known.tariff) === canonicalJson(tariff)) return known;
  const sinceMs = Math.max(toldMs, startMs(tariff) ?? toldMs);
  return {
    tariff,
    sinceMs,
    former: toldIn(known)
      .filter((each) => each.sinceMs < sinceMs)
      .slice(-MOST_FORMER),
  };
}

/** What a session that begins then is priced by; undefined = nothing. Of before the first that is known, that one. */
export function tariffInForce(tariffs: SiteTariffs, atMs: number): Tariff | undefined {
  const told = toldIn(tariffs);
  const held = (told.findLast(({ sinceMs }) => sinceMs <= atMs) ?? told[0])?.tariff;
  if (held === undefined || (startMs(held) ?? atMs) > atMs) return undefined;
  return atMs < (msOf(held.end_date_time) ?? Number.POSITIVE_INFINITY) ? held : undefined;
}

/** The same for whoever asks about no time before the last of them was told: those that hold from a start of their own, and the one before. */
export function tariffsAhead(tariffs: SiteTariffs): SiteTariffs {
  const told = toldIn(tariffs);
  const first = told.findLastIndex(({ tariff, sinceMs }) => startMs(tariff) !== sinceMs);
  const [last, ...former] = told.slice(Math.max(first, 0)).reverse();
  return last === undefined ? {} : { ...last, ...(former.length > 0 && { former: former.reverse() }) };
}

/** Those of them that hold at an instant or later, in the order they were told. */
export const tariffsFrom = (tariffs: SiteTariffs, atMs: number): readonly Tariff[] =>
  toldIn(tariffs).flatMap(({ tariff }, index, told) => ((told[index + 1]?.sinceMs ?? Number.POSITIVE_INFINITY) > atMs ? [tariff] : []));

/** Since when it is known what holds; undefined = what held before now was not kept. */
export const knownSinceMs = ({ sinceMs, former: [first] = [] }: SiteTariffs): number | undefined => first?.sinceMs ?? sinceMs;

const toldIn = ({ tariff, sinceMs = 0, former = [] }: SiteTariffs): readonly ToldTariff[] =>
  tariff === undefined ? [] : [...former, { tariff, sinceMs }];

const msOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : instantMs(text));
const startMs = ({ start_date_time }: Tariff): number | undefined => msOf(start_date_time);
