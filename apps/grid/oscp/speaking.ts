// Speaks to each capacity provider that this process holds (OSCP 2.0), as its flexibility provider: registers, answers its handshake, is heard at its interval, and tells
// wishes, measurements and what could not be complied with, each once.
// States of a provider here: Unregistered → Registered (it registered with us) → Acknowledged; ended with its configuration or the partition. What it says comes by the api.
import { randomUUID } from 'node:crypto';
import { encode, type NetworkEvent, type OscpConfigured, type OscpGroup, type OscpSaid, type OscpTroubleChanged } from '#contracts';
import { callbackToken, saidOf } from '#domain/grid-signals';
import { readable, type World } from '#ports';
import { type Effects, type HeldPartition, type Logger, queryAsTenant } from '#service';
import type { Connections } from '../connections.js';
import type { GridState } from '../definition.js';
import { type Ask, ServerSilent } from '../http.js';
import { type CapacityProvider, forecastOf, oscpSource, saidKey } from './provider.js';

const LOOK_AGAIN_MS = 30_000;
const REGISTER_AGAIN_MS = 600_000;
const QUARTER_MS = 900_000;
/** Meters tell late [ms]. */
const SETTLED_MS = 90_000;
/** Until when we count as there, in heartbeats. */
const MISSED_BEATS = 3;
const NEWS: ReadonlySet<string> = new Set(['OscpConfigured', 'OscpRegistered', 'OscpHandshaken', 'OscpAdjustmentWished']);

const EPISODES = `select v.since, v.seconds, v.reasons from limit_violations v join sites s on s.tenant_id = v.tenant_id and s.site_id = v.site_id
  where v.tenant_id = $1 and v.site_id = $2 and v.node_id = coalesce($3, s.config #>> '{root,nodeId}') and v.direction = 'import' and v.since > $4 order by v.since limit 20`;

export function speaking(
  world: Pick<World, 'keys' | 'log' | 'clock' | 'ids' | 'database'>,
  connections: Connections,
  logger: Logger,
  send: Ask,
): Effects<GridState, NetworkEvent> & { stop(): void } {
  const { keys, log, clock, ids, database } = world;
  const waiting = new Map<string, () => void>();
  const busy = new Set<string>();
  const again = new Set<string>();
  const registeredMs = new Map<string, number>();
  const beatMs = new Map<string, number>();
  let isStopped = false;

  const look = async (aggregate: string, partition: HeldPartition<GridState>): Promise<void> => {
    waiting.get(aggregate)?.();
    waiting.delete(aggregate);
    const provider = providerIn(partition.states.get(aggregate));
    const config = provider?.config;
    if (busy.has(aggregate)) again.add(aggregate);
    if (isStopped || busy.has(aggregate) || config === undefined || provider === undefined || !partition.lease.isHeld()) return;
    busy.add(aggregate);
    const { providerId } = config;
    const tenantId = aggregate.slice(0, aggregate.indexOf('/'));
    try {
      await speak(aggregate, tenantId, provider, config);
      if (provider.trouble !== undefined) await write(tenantId, 'OscpTroubleChanged', { providerId });
    } catch (error) {
      const trouble = error instanceof ServerSilent ? error.message : undefined;
      logger.warn({ providerId, ...(trouble ? { reason: trouble } : { err: error }) }, 'a capacity provider cannot be told');
      if (trouble !== undefined && trouble !== provider.trouble?.reason)
        await write(tenantId, 'OscpTroubleChanged', { providerId, trouble }).catch(() => undefined);
    } finally {
      busy.delete(aggregate);
      const everyMs = Math.min(LOOK_AGAIN_MS, (provider.handshake?.heartbeatS ?? Number.POSITIVE_INFINITY) * 1000);
      if (!isStopped)
        waiting.set(
          aggregate,
          clock.after(again.delete(aggregate) ? 0 : everyMs, () => void look(aggregate, partition)),
        );
    }
  };

  const speak = async (aggregate: string, tenantId: string, provider: CapacityProvider, config: OscpConfigured): Promise<void> => {
    const { registered, handshake } = provider;
    if (registered === undefined) return register(aggregate, tenantId, config);
    const token = await opened(registered.token);
    const say = (action: OscpSaid['action'] | 'heartbeat', body: unknown, correlationId?: string) =>
      said(`${registered.url}/${action}`, token, body, correlationId);
    const once = async (each: Omit<OscpSaid, 'providerId' | 'refusal'>, correlationId?: string): Promise<void> => {
      const refusal = await say(each.action, each.body, correlationId);
      await write(tenantId, 'OscpSaid', { providerId: config.providerId, ...each, ...(refusal !== undefined && { refusal }) });
    };
    if (handshake === undefined) return;
    if (!provider.isAcknowledged)
      await once({
        action: 'handshake_acknowledge',
        subject: 'handshake',
        body: { required_behaviour: { heartbeat_interval: config.heartbeatS, measurement_configuration: [] } },
      });
    await beat(aggregate, handshake.heartbeatS, say);
    for (const { wishId, groupId, type, blocks } of provider.wishes)
      await once({
        action: 'adjust_group_capacity_forecast',
        subject: wishId,
        groupId,
        body: { group_id: groupId, type, forecasted_blocks: blocks },
      });
    for (const group of config.groups) {
      await tellShortfalls(tenantId, provider, group, once);
      if (handshake.isMeasured) await tellMeasurements(tenantId, provider, config, group, once);
    }
  };

  const register = async (aggregate: string, tenantId: string, config: OscpConfigured): Promise<void> => {
    if (clock.now() - (registeredMs.get(aggregate) ?? Number.NEGATIVE_INFINITY) < REGISTER_AGAIN_MS) return;
    const version_url = [{ version: '2.0', base_url: config.ownUrl }];
    const token = callbackToken((purpose, text) => keys.hmac(purpose, text), { tenantId, programId: oscpSource(config.providerId) });
    const refusal = await said(`${config.url.replace(/\/$/, '')}/register`, await opened(config.token ?? ''), { token, version_url });
    registeredMs.set(aggregate, clock.now());
    await write(tenantId, 'OscpSaid', {
      providerId: config.providerId,
      action: 'register',
      subject: 'register',
      body: { version_url },
      ...(refusal !== undefined && { refusal }),
    });
  };

  const beat = async (
    aggregate: string,
    everyS: number | undefined,
    say: (action: 'heartbeat', body: unknown) => Promise<string | undefined>,
  ): Promise<void> => {
    const now = clock.now();
    if (everyS === undefined || now - (beatMs.get(aggregate) ?? Number.NEGATIVE_INFINITY) < everyS * 1000) return;
    await say('heartbeat', { offline_mode_at: new Date(now + MISSED_BEATS * everyS * 1000).toISOString() });
    beatMs.set(aggregate, now);
  };

  type Once = (each: Omit<OscpSaid, 'providerId' | 'refusal'>, correlationId?: string) => Promise<void>;

  /** Of what was above a limit since it was told last; from the first forecast on. */
  const tellShortfalls = async (
    tenantId: string,
    provider: CapacityProvider,
    { groupId, siteId, nodeId }: OscpGroup,
    once: Once,
  ): Promise<void> => {
    const forecast = forecastOf(provider, groupId, 'CONSUMPTION');
    if (forecast === undefined) return;
    const action = 'group_capacity_compliance_error';
    const after = provider.said[saidKey(action, groupId)] ?? forecast.blocks[0]?.start_time ?? new Date(clock.now()).toISOString();
    const { rows } = await queryAsTenant<{ since: Date; seconds: number; reasons: readonly { readonly kind?: string }[] }>(
      database,
      tenantId,
      EPISODES,
      [tenantId, siteId, nodeId ?? null, after],
    );
    for (const { since, seconds, reasons } of rows) {
      const why = [...new Set(reasons.map(({ kind }) => kind ?? 'unknown'))].join(', ');
      const message = `${groupId} was above its limit for ${Math.round(Number(seconds))} s from ${since.toISOString()}${why === '' ? '' : `: ${why}`}`;
      const isOpen = ({ start_time, end_time }: { readonly start_time: string; readonly end_time: string }): boolean =>
        Date.parse(start_time) <= since.getTime() && since.getTime() < Date.parse(end_time);
      const body = { message, forecasted_blocks: forecast.blocks.filter(isOpen) };
      await once({ action, subject: since.toISOString(), groupId, body }, forecast.requestId);
    }
  };

  /** The last quarter of an hour that is over, by meter; nothing where nothing was measured. */
  const tellMeasurements = async (
    tenantId: string,
    provider: CapacityProvider,
    { providerId }: OscpConfigured,
    { groupId, siteId }: OscpGroup,
    once: Once,
  ): Promise<void> => {
    const action = 'update_group_measurements';
    const toMs = Math.floor((clock.now() - SETTLED_MS) / QUARTER_MS) * QUARTER_MS;
    const subject = new Date(toMs).toISOString();
    if ((provider.said[saidKey(action, groupId)] ?? '') >= subject) return;
    const interval = { id: 0, fromMs: toMs - QUARTER_MS, toMs };
    const known = { ...(await connections(tenantId, siteId, oscpSource(providerId), interval.fromMs, toMs)), wishes: [] };
    const [payload] = saidOf({ payloadType: 'USAGE', units: 'WH' }, interval, [known]).payloads;
    if (payload?.type !== 'USAGE') return;
    const measurement = {
      ...{ value: payload.values[0], phase: 'ALL', unit: 'WH', direction: 'IMPORT', energy_type: 'TOTAL' },
      ...{ measure_time: subject, initial_measure_time: new Date(interval.fromMs).toISOString() },
    };
    await once({ action, subject, groupId, body: { group_id: groupId, measurements: [measurement] } });
  };

  const opened = async (sealed: string): Promise<string> => {
    const token = sealed === '' ? undefined : await readable(keys, sealed);
    if (token === undefined) throw new ServerSilent('there is no token for it');
    return token;
  };

  /** Undefined: it took it; a reason: it never will. */
  const said = async (url: string, token: string, body: unknown, correlationId?: string): Promise<string | undefined> => {
    const headers = {
      Authorization: `Token ${token}`,
      'Content-Type': 'application/json',
      'X-Request-ID': randomUUID(),
      ...(correlationId !== undefined && { 'X-Correlation-ID': correlationId }),
    };
    const { status } = await send(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (status >= 200 && status <= 299) return undefined;
    if (status === 400 || status === 404 || status === 422) return `it answered ${status}`;
    throw new ServerSilent(`it answered ${status}`);
  };

  const write = async (tenantId: string, type: 'OscpSaid' | 'OscpTroubleChanged', data: OscpSaid | OscpTroubleChanged): Promise<void> => {
    await log.append('network-events', [
      encode({ id: ids.next(), source: '/grid', time: new Date(clock.now()).toISOString(), tenantId, type, data } as NetworkEvent),
    ]);
  };

  return {
    onLive(partition) {
      for (const aggregate of partition.states.keys()) void look(aggregate, partition);
    },
    onCommitted(partition, changes) {
      if (!partition.isLive) return;
      for (const { aggregate, input } of changes) if (NEWS.has(input.type)) void look(aggregate, partition);
    },
    stop() {
      isStopped = true;
      for (const cancel of waiting.values()) cancel();
    },
  };
}

const providerIn = (state: GridState | undefined): CapacityProvider | undefined =>
  state !== undefined && 'kind' in state && state.kind === 'oscp' ? state : undefined;
