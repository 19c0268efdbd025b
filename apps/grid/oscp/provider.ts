// A capacity provider (OSCP 2.0): what it forecast for its groups, as limits of their sites that end when it counts as gone.
// What blocks mean is libs/domain/grid-signals'; who speaks with it, speaking.ts and the api.
import type { NetworkEvent, OscpAdjustmentWished, OscpConfigured, OscpGroup, OscpHandshaken, Recorded } from '#contracts';
import { type GridDirection, type OscpBlock, type OscpType, stepsOfBlocks, tighter } from '#domain/grid-signals';
import { canonicalJson, uuidV5 } from '#kernel';
import type { Told } from '../told.js';

export type OscpFact = Extract<
  Recorded<NetworkEvent>,
  {
    type:
      | 'OscpConfigured'
      | 'OscpRemoved'
      | 'OscpRegistered'
      | 'OscpHandshaken'
      | 'OscpHeartbeatHeard'
      | 'OscpForecastHeard'
      | 'OscpAdjustmentWished'
      | 'OscpSaid'
      | 'OscpTroubleChanged';
  }
>;

interface Forecast {
  readonly blocks: readonly OscpBlock[];
  readonly requestId?: string;
}
/** Plain JSON, never mutated. */
export interface CapacityProvider {
  readonly kind: 'oscp';
  readonly config?: OscpConfigured;
  /** Where and how it is spoken to; absent: it has not registered with us. */
  readonly registered?: { readonly url: string; readonly token: string };
  readonly handshake?: Omit<OscpHandshaken, 'providerId'>;
  readonly isAcknowledged: boolean;
  /** When it counts as gone; absent: it says nothing of it. */
  readonly offlineMs?: number;
  readonly configuredMs?: number;
  /** When it said something last. */
  readonly heardMs?: number;
  /** Why it cannot be told anything, and since when. */
  readonly trouble?: { readonly reason: string; readonly sinceMs: number };
  /** By group and type. */
  readonly forecasts: Readonly<Record<string, Forecast>>;
  /** By group and direction. */
  readonly told: Readonly<Record<string, Told>>;
  /** Not told yet. */
  readonly wishes: readonly OscpAdjustmentWished[];
  /** Last subject told, by action and group. */
  readonly said: Readonly<Record<string, string>>;
}
export const NO_PROVIDER: CapacityProvider = { kind: 'oscp', isAcknowledged: false, forecasts: {}, told: {}, wishes: [], said: {} };

/** A provider that says nothing of when it counts as gone does so that long after its last word [ms]. */
const GONE_AFTER_MS = 86_400_000;
/** What is renewed by less than that part of the time it holds is not told anew. */
const RENEWED_BY = 0.25;
const TYPES = { import: ['CONSUMPTION', 'FALLBACK_CONSUMPTION'], export: ['GENERATION', 'FALLBACK_GENERATION'] } as const;

export const oscpSource = (providerId: string): string => `oscp:${providerId}`;
export const saidKey = (action: string, groupId = ''): string => `${action} ${groupId}`;

export function providedBy(provider: CapacityProvider, input: OscpFact): CapacityProvider {
  const nowMs = Date.parse(input.time);
  switch (input.type) {
    case 'OscpRemoved':
      return NO_PROVIDER;
    case 'OscpConfigured': {
      const was = provider.config;
      const token = input.data.token ?? was?.token;
      const config = { ...input.data, ...(token !== undefined && { token }) };
      const isSame = was?.url === config.url && was.ownUrl === config.ownUrl;
      return withTold({ ...(isSame ? provider : { ...NO_PROVIDER, told: provider.told }), config, configuredMs: nowMs }, nowMs);
    }
    case 'OscpRegistered':
      return { ...provider, heardMs: nowMs, registered: { url: input.data.url, token: input.data.token }, isAcknowledged: false };
    case 'OscpHandshaken': {
      const { heartbeatS, isMeasured } = input.data;
      return {
        ...provider,
        heardMs: nowMs,
        handshake: { isMeasured, ...(heartbeatS !== undefined && { heartbeatS }) },
        isAcknowledged: false,
      };
    }
    case 'OscpHeartbeatHeard':
      return withTold({ ...provider, heardMs: nowMs, offlineMs: Date.parse(input.data.offlineAt) }, nowMs);
    case 'OscpForecastHeard': {
      const { groupId, type, blocks, requestId } = input.data;
      const forecast = { blocks, ...(requestId !== undefined && { requestId }) };
      return withTold({ ...provider, heardMs: nowMs, forecasts: { ...provider.forecasts, [forecastKey(groupId, type)]: forecast } }, nowMs);
    }
    case 'OscpAdjustmentWished':
      return { ...provider, wishes: [...provider.wishes, input.data] };
    case 'OscpTroubleChanged': {
      const { trouble: _, ...rest } = provider;
      const { trouble: reason } = input.data;
      return { ...rest, ...(reason !== undefined && { trouble: { reason, sinceMs: provider.trouble?.sinceMs ?? nowMs } }) };
    }
    case 'OscpSaid': {
      const { action, subject, groupId } = input.data;
      const wishes =
        action === 'adjust_group_capacity_forecast' ? provider.wishes.filter(({ wishId }) => wishId !== subject) : provider.wishes;
      const isAcknowledged = provider.isAcknowledged || action === 'handshake_acknowledge';
      return { ...provider, wishes, isAcknowledged, said: { ...provider.said, [saidKey(action, groupId)]: subject } };
    }
  }
}

const forecastKey = (groupId: string, type: OscpType): string => `${type} ${groupId}`;
export const forecastOf = ({ forecasts }: CapacityProvider, groupId: string, type: OscpType): Forecast | undefined =>
  forecasts[forecastKey(groupId, type)];

function withTold(provider: CapacityProvider, nowMs: number): CapacityProvider {
  const { config } = provider;
  if (config === undefined) return provider;
  const told: Record<string, Told> = {};
  for (const group of config.groups)
    for (const direction of ['import', 'export'] as const) {
      const place = `${group.siteId}/${group.nodeId ?? ''}/${direction}`;
      const now = limitOf(provider, config.providerId, group, direction, nowMs);
      if (now === undefined) continue;
      const before = provider.told[place];
      told[place] = before !== undefined && isSame(before, now, nowMs) ? before : now;
    }
  return { ...provider, told };
}

/** Undefined: nothing limits it. */
function limitOf(
  provider: CapacityProvider,
  providerId: string,
  { groupId, siteId, nodeId, fallbackW, exportFallbackW }: OscpGroup,
  direction: GridDirection,
  nowMs: number,
): Told | undefined {
  const [type, fallbackType] = TYPES[direction];
  const own = direction === 'import' ? fallbackW : exportFallbackW;
  const [forecast, fallbacks] = [forecastOf(provider, groupId, type), forecastOf(provider, groupId, fallbackType)];
  if (forecast === undefined && fallbacks === undefined && own === undefined) return undefined;
  // When it will be gone nobody knows, so the lowest of what it says for then holds.
  const said = stepsOfBlocks(fallbacks?.blocks ?? [], {}, nowMs);
  const fallback = tighter([...(own === undefined ? [] : [{ limitW: own }]), ...said]);
  const isGone = provider.offlineMs !== undefined && provider.offlineMs <= nowMs;
  const steps = stepsOfBlocks(isGone ? [] : (forecast?.blocks ?? []), fallback, nowMs);
  const expiresMs = provider.offlineMs === undefined || isGone ? nowMs + GONE_AFTER_MS : provider.offlineMs;
  return {
    siteId,
    ...(nodeId !== undefined && { nodeId }),
    direction,
    limitId: uuidV5('oscp limit', providerId, groupId, direction, nowMs),
    steps: steps.map(({ fromMs, limitW, linesA }) => ({
      fromMs,
      ...(limitW !== undefined && { value: limitW }),
      ...(linesA && { linesA }),
    })),
    ...(fallback.limitW !== undefined && { fallbackW: fallback.limitW }),
    ...(fallback.linesA !== undefined && { fallbackLinesA: fallback.linesA }),
    expiresMs,
  };
}

/** It says the same from now on, and for about as long. */
function isSame(before: Told, now: Told, nowMs: number): boolean {
  const ahead = (told: Told): unknown => {
    const current = told.steps.findLast(({ fromMs }) => fromMs <= nowMs);
    const rest = told.steps.filter(({ fromMs }) => fromMs > nowMs);
    return [{ ...current, fromMs: 0 }, rest, told.fallbackW, told.fallbackLinesA];
  };
  const leftMs = before.expiresMs - nowMs;
  const isLongEnough =
    now.expiresMs <= before.expiresMs ? now.expiresMs === before.expiresMs : leftMs > (now.expiresMs - nowMs) * (1 - RENEWED_BY);
  return isLongEnough && canonicalJson(ahead(before)) === canonicalJson(ahead(now));
}
