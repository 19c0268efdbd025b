// Records that a broken producer might write: of every type in every topic, sampled from the documented log and made wrong, headers and key included.
// What becomes of them is asked of the network afterwards: parked or passed, and nobody stands still.
import type { Chance } from '#apps/simulator';
import { type Envelope, encode, TOPICS } from '#contracts';
import type { NewRecord } from '#ports';
import type { HostileNetwork } from './hostile-network.js';
import { jsonText } from './json-text.js';
import { mutateOften } from './mutate.js';
import { type Known, oneOf, sample } from './sample.js';

/** A tenant of their own for what is one stream a tenant. */
const TENANT = 'planted';
const MUTATED = 0.8;
const WRONG_HEADER = 0.06;
const HEADERS = ['ce_time', 'ce_source', 'ce_type', 'ce_id', 'ce_stationid'] as const;
const HEADER_TEXTS = [
  '',
  'x',
  '__proto__',
  'constructor',
  '/session/site-events/x/y/z',
  '//////',
  '2026-02-30T00:00:00Z',
  'x'.repeat(5000),
  '\ufffd',
];

/** Names that are the same in all records, so that they meet in one aggregate. */
const known =
  (siteId: string): Known =>
  (name, type, chance) => {
    if (name === 'siteId') return siteId;
    if (name === 'stationId') return type === 'string' ? `${siteId}-CP` : undefined;
    if (name === 'nodeId') return 'grid';
    if (['transactionId', 'sessionId', 'commandId', 'requestId', 'limitId', 'planId', 'tokenHash', 'frameId'].includes(name))
      return type === 'string' ? `${name}-${chance.integer(1, 3)}` : undefined;
    if (['at', 'timestamp', 'startsAt', 'startedAt', 'endedAt', 'from', 'to', 'due', 'madeFor'].includes(name) && type === 'string')
      return new Date(Date.now() - chance.integer(0, 3_600_000)).toISOString();
    if (['expiresAt', 'notAfter'].includes(name)) return new Date(Date.now() + chance.integer(-60_000, 600_000)).toISOString();
    if (name === 'action' && type === 'string')
      return oneOf(
        ['StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent', 'BootNotification', 'SetChargingProfile'],
        chance,
      );
    if (name === 'timeZone') return 'UTC';
    if (name === 'currency') return 'EUR';
    return undefined;
  };

function recordOf(hostile: HostileNetwork, topic: string, type: string, siteId: string, chance: Chance): NewRecord {
  const { document } = hostile.documented;
  const { payload } = document.components.messages[type] ?? { payload: {} };
  const data = sample(payload, document, chance, known(siteId));
  const text = chance.next() < MUTATED ? jsonText(mutateOften(data, chance, 3).value) : jsonText(data);
  const isNetwork = topic === 'network-events';
  const { id, time } = { id: `${siteId}-${chance.integer(0, 1e9)}`, time: new Date().toISOString() };
  const attributes = { id, type, source: '/planted', time, tenantId: isNetwork ? TENANT : 'default', stationId: `${siteId}-CP` };
  const envelope: Envelope = { ...attributes, ...(!isNetwork && { siteId }), data: null };
  const { key, headers } = encode(envelope);
  const wrong = chance.next() < WRONG_HEADER ? { [oneOf(HEADERS, chance)]: oneOf(HEADER_TEXTS, chance) } : {};
  return { key, headers: { ...headers, ...wrong }, value: chance.next() < 0.03 ? text.slice(0, -1) : text };
}

/** `perType` records of each type, in a random order, all about one site. */
export async function plantRecords(hostile: HostileNetwork, siteId: string, chance: Chance, perType: number): Promise<void> {
  for (const topic of TOPICS) {
    const types = Object.keys(hostile.documented.document.channels[topic]?.messages ?? {});
    const records = Array.from({ length: perType * types.length }, () => recordOf(hostile, topic, oneOf(types, chance), siteId, chance));
    await hostile.plant(topic, records);
  }
}
