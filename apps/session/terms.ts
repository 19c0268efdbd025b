// What a session that begins at a site is priced by: the tariff that held when it began, also where that is told later (P8, ADR 0123).
// What it costs is billing's.
import type { SiteTariffChanged } from '#contracts';
import { beganMs, isFact, type SessionCommand, type Terms } from '#domain/session';
import type { SiteState, StationState } from './state.js';

/** What waited in a station for longer has the oldest prices that are known. */
const KEPT_MS = 90 * 86_400_000;
const MOST_KEPT = 20;

export function evolveTariff(site: SiteState, { tariff }: SiteTariffChanged, nowMs: number): SiteState {
  const { tariff: before, formerTariffs = [] } = site;
  if (before === undefined || JSON.stringify(before) === JSON.stringify(tariff)) return { ...site, tariff };
  const former = [...formerTariffs, { tariff: before, untilMs: nowMs }].filter(({ untilMs }) => untilMs > nowMs - KEPT_MS);
  return { ...site, tariff, formerTariffs: former.slice(-MOST_KEPT) };
}

/** Terms of a session that begins with this command: those of now, and of then where it waited in its station. */
export function termsOf(
  { tariff, formerTariffs = [], timeZone }: SiteState,
  { shows }: StationState,
  command: SessionCommand | undefined,
): Terms {
  const waitedMs = command !== undefined && isFact(command) && command.isQueued ? beganMs(command) : undefined;
  const held = waitedMs === undefined ? undefined : formerTariffs.find(({ untilMs }) => waitedMs < untilMs);
  const pinned = held?.tariff ?? tariff;
  return {
    ...(pinned !== undefined && { tariff: pinned }),
    ...(timeZone !== undefined && { timeZone }),
    ...(shows !== undefined && { showsCosts: shows.costs }),
  };
}
