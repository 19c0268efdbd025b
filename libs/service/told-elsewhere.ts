// What a service told streams of other keys than its inputs', against what it would tell them today (`replay --verify`).
// Recorded decisions beside the input are compared by replay.ts; these may be in any partition, so all of them are read once for a service.
import { decode, derivedId, parseDerivedSource, type Recorded } from '#contracts';
import type { PartitionRef } from '#ports';
import type { Output, ServiceDefinition } from './fold.js';
import type { Reading } from './recorded-outputs.js';

/** What a replay of one partition would have told elsewhere, by the id of its record; up to `end` (exclusive). */
export interface ToldElsewhere {
  readonly ref: PartitionRef;
  readonly end: number;
  readonly told: ReadonlyMap<string, Told>;
}

export interface Told {
  readonly text: string;
  /** What it follows from, for people. */
  readonly from: string;
  /** Nothing recorded follows it: its service publishes it at its next start. */
  readonly mayWait: boolean;
}

/** Of another stream than its input's; what crosses between network and sites is found with the recorded outputs. */
export const isElsewhere = ({ at, siteId: own }: Recorded, { topic, siteId }: Output): boolean =>
  at.topic !== 'network-events' && topic !== 'network-events' && siteId !== undefined && siteId !== own;

const textOf = ({ topic, type, data }: Pick<Output, 'topic' | 'type' | 'data'>): string => JSON.stringify([topic, type, data]);

export function elsewhere(service: string, input: Recorded, outputs: readonly Output[], mayWait: boolean): ReadonlyMap<string, Told> {
  const { topic, partition, offset } = input.at;
  const told = new Map<string, Told>();
  for (const [index, output] of outputs.entries()) {
    const from = `${service}: ${topic}/${partition}/${offset} ${input.type}, its ${output.type},`;
    if (isElsewhere(input, output)) told.set(derivedId(input.id, { service, ...input.at, index }), { text: textOf(output), from, mayWait });
  }
  return told;
}

/** One text for each record that is missing from the log, says something else, or would not be told today. */
export async function compareElsewhere(
  log: Reading,
  { name, outputs }: Pick<ServiceDefinition<never>, 'name' | 'outputs'>,
  replayed: readonly ToldElsewhere[],
): Promise<readonly string[]> {
  const waiting = new Map(replayed.flatMap(({ told }) => [...told]));
  const ends = new Map(replayed.map(({ ref, end }) => [`${ref.topic}/${ref.partition}`, end]));
  const seen = new Set<string>();
  const differences: string[] = [];
  // What a site told the network is found with the recorded outputs, whatever its partition.
  for (const topic of outputs.filter((each) => each !== 'network-events'))
    for (let partition = 0; partition < log.partitionCount(topic); partition++)
      for await (const records of log.read(topic, partition, 0, await log.head(topic, partition)))
        for (const record of records) {
          const origin = parseDerivedSource(record.headers.ce_source ?? '');
          if (
            origin?.service !== name ||
            record.refused !== undefined ||
            origin.offset >= (ends.get(`${origin.topic}/${origin.partition}`) ?? 0)
          )
            continue;
          const { id, type, data } = decode(record);
          const told = waiting.get(id);
          const isFound = seen.has(id) || (told === undefined && partition === origin.partition);
          if (isFound || origin.topic === 'network-events') continue;
          seen.add(id);
          if (told === undefined) differences.push(`${name}: ${topic}/${partition}/${record.offset} ${type} would not be told today`);
          else if (told.text !== textOf({ topic: topic as Output['topic'], type, data }))
            differences.push(`${told.from} says something else`);
        }
  for (const [id, { from, mayWait }] of waiting) if (!seen.has(id) && !mayWait) differences.push(`${from} is not in the log`);
  return differences;
}
