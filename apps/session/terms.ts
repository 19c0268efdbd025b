// What a session that begins at a site is priced by: the tariff in force when it began, also where that is told later (P8, ADR 0123, 0124).
// Which one that is, and what it costs, is billing's.
import { tariffInForce } from '#domain/billing';
import { beganMs, isFact, type SessionCommand, type Terms } from '#domain/session';
import type { SiteState, StationState } from './state.js';

/** Terms of a session that begins with this command: those of now, and of then where it waited in its station. */
export function termsOf(site: SiteState, { shows }: StationState, command: SessionCommand | undefined, nowMs: number): Terms {
  const { timeZone } = site;
  const tariff = tariffInForce(site, command !== undefined && isFact(command) && command.isQueued ? beganMs(command) : nowMs);
  return {
    ...(tariff !== undefined && { tariff }),
    ...(timeZone !== undefined && { timeZone }),
    ...(shows !== undefined && { showsCosts: shows.costs }),
  };
}
