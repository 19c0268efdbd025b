// Dimming under §14a EnWG: what the control box of a grid operator says of a site, as a limit of its node that ends in the fail-safe one.
// How much has to be left is libs/domain/grid-signals'; who may say it, the api's.
import type { DimmingConfigured, NetworkEvent, Recorded } from '#contracts';
import { type Dimming, dimmed, FAIL_SAFE_AFTER_SILENCE_MS, guaranteedW } from '#domain/grid-signals';
import { uuidV5 } from '#kernel';
import type { Told } from './told.js';

export const DIMMING_SOURCE = 'enwg14a';

export type DimmingFact = Extract<Recorded<NetworkEvent>, { type: 'DimmingConfigured' | 'DimmingRemoved' | 'DimmingHeard' }>;

/** Plain JSON, never mutated. */
export interface DimmedSite {
  readonly kind: 'dimming';
  readonly config?: DimmingConfigured;
  readonly command: Dimming & { readonly limitId?: string };
  readonly heardMs?: number;
  /** Until then the fail-safe limit stays, though the control box is heard again. */
  readonly failSafeUntilMs?: number;
  readonly told?: Told;
}
export const NOT_DIMMED: DimmedSite = { kind: 'dimming', command: {} };

/** The site after it; `told` is news where it is another one than before. */
export function dimmedBy(site: DimmedSite, input: DimmingFact): DimmedSite {
  const nowMs = Date.parse(input.time);
  switch (input.type) {
    case 'DimmingRemoved':
      return NOT_DIMMED;
    case 'DimmingConfigured':
      return withTold({ ...site, config: input.data }, nowMs);
    case 'DimmingHeard': {
      if (site.config === undefined) return site;
      const { command } = input.data;
      const isSilent = site.told === undefined || site.heardMs === undefined || nowMs >= site.told.expiresMs;
      const failSafeUntilMs = command !== undefined ? nowMs : isSilent ? nowMs + FAIL_SAFE_AFTER_SILENCE_MS : site.failSafeUntilMs;
      const untilMs = command?.until === undefined ? undefined : Date.parse(command.until);
      const now: DimmedSite['command'] =
        command === undefined
          ? site.command
          : {
              limitId: uuidV5('dimming', input.tenantId, site.config.siteId, input.id),
              ...(command.limitW !== undefined && { limitW: command.limitW }),
              ...(untilMs !== undefined && { untilMs }),
            };
      return withTold({ ...site, command: now, heardMs: nowMs, ...(failSafeUntilMs !== undefined && { failSafeUntilMs }) }, nowMs);
    }
  }
}

export const floorOf = ({ devices }: Pick<DimmingConfigured, 'devices'>): number => guaranteedW(devices);

/** Who was never heard, or is silent, has the fail-safe limit at once. */
function withTold(site: DimmedSite, nowMs: number): DimmedSite {
  const { config, command, heardMs, failSafeUntilMs } = site;
  if (config === undefined) return site;
  const { siteId, nodeId, failSafeW, silentAfterS } = config;
  const expiresMs = (heardMs ?? Number.NEGATIVE_INFINITY) + silentAfterS * 1000;
  const isSilent = expiresMs <= nowMs;
  const { steps, fallbackW } = dimmed(command, floorOf(config), failSafeW, nowMs, failSafeUntilMs);
  const told: Told = {
    siteId,
    ...(nodeId !== undefined && { nodeId }),
    direction: 'import',
    limitId: command.limitId ?? uuidV5('dimming', siteId, 'never heard'),
    steps: isSilent ? [{ fromMs: nowMs, value: fallbackW }] : steps,
    fallbackW,
    expiresMs: isSilent ? nowMs + silentAfterS * 1000 : expiresMs,
  };
  return { ...site, told };
}
