// What a log held, in a chain of links that nobody can make or mend without the network's key (ADR 0093): whether history was changed afterwards.
// Where links are kept, and who looks, is attest.ts's.
import { createHash, type Hash, timingSafeEqual } from 'node:crypto';
import type { EventLog, KeyStore, LogRecord, PartitionRef } from '#ports';

/** One stretch of a partition. */
export interface Link extends PartitionRef {
  /** The first offset, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly records: number;
  /** Of them, those that nobody may believe (ADR 0105), as it was judged then. */
  readonly refused?: number;
  /** SHA-256 over its records, hex. */
  readonly digest: string;
  /** HMAC-SHA-256 under the network's key over the above and the link before, hex. */
  readonly mac: string;
}

/** Records of a link at most: a finding names a stretch of this length. */
const LINK_RECORDS = 10_000;
const FIRST = '';

type Keys = Pick<KeyStore, 'hmac'>;
type Log = Pick<EventLog, 'read' | 'head' | 'partitionCount'>;

const macOf = (keys: Keys, { topic, partition, from, to, records, digest }: Omit<Link, 'mac' | 'refused'>, before: string): string =>
  keys.hmac('attestation', JSON.stringify([topic, partition, from, to, records, digest, before]));

const isSame = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Everything of a record that readers see; lengths keep its parts apart. */
function add(hash: Hash, { offset, key, headers, value }: LogRecord): void {
  const names = Object.keys(headers).sort();
  for (const part of [String(offset), key, ...names.flatMap((name) => [name, headers[name] ?? '']), value])
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
}

/** Digest and number of the records from `from` to `to`. */
async function digestOf(log: Log, { topic, partition }: PartitionRef, from: number, to: number) {
  const hash = createHash('sha256');
  let [records, refused] = [0, 0];
  for await (const batch of log.read(topic, partition, from, to))
    for (const record of batch) {
      add(hash, record);
      records++;
      if (record.refused !== undefined) refused++;
    }
  return { records, digest: hash.digest('hex'), ...(refused > 0 && { refused }) };
}

const placeOf = ({ topic, partition }: PartitionRef): string => `${topic}/${partition}`;

/** New links for what has come since these; rejects nothing: whether the old ones still hold is `faults`' question. */
export async function* attest(log: Log, keys: Keys, topics: readonly string[], links: readonly Link[]): AsyncGenerator<Link> {
  const last = new Map(links.map((link) => [placeOf(link), link]));
  for (const topic of topics)
    for (let partition = 0; partition < log.partitionCount(topic); partition++) {
      const place = { topic, partition };
      const head = await log.head(topic, partition);
      const known = last.get(placeOf(place));
      for (let from = known?.to ?? 0, before = known?.mac ?? FIRST; from < head; ) {
        const to = Math.min(head, from + LINK_RECORDS);
        const link = { ...place, from, to, ...(await digestOf(log, place, from, to)) };
        before = macOf(keys, link, before);
        yield { ...link, mac: before };
        from = to;
      }
    }
}

/** What does not fit, a sentence each: links that are none of ours, or missing, and stretches of the log that are not what they were. */
export async function* faults(log: Log, keys: Keys, links: readonly Link[]): AsyncGenerator<string> {
  const chains = Map.groupBy(links, placeOf);
  for (const [place, chain] of chains) {
    let [before, next] = [FIRST, 0];
    for (const link of chain) {
      const { from, to, digest, records, mac } = link;
      const where = `${place} from ${from} to ${to}`;
      if (from !== next || !isSame(mac, macOf(keys, link, before))) yield `${where}: the link was altered, or one before it is missing`;
      else if (to > (await log.head(link.topic, link.partition))) yield `${where}: the log ends before`;
      else {
        const found = await digestOf(log, link, from, to);
        if (found.records !== records) yield `${where}: ${found.records} records where there were ${records}`;
        else if (found.digest !== digest) yield `${where}: records were changed`;
      }
      [before, next] = [mac, to];
    }
  }
}
