// A process that is one member of a consumer group and says on standard output what it holds and handles.
// It is stopped, woken and killed from outside. Usage: group-member.ts <brokers> <prefix> <group> <topic> <session ms>
import { kafkaLog } from '#cluster';
import type { Lease } from '#ports';

const [brokers = '', prefix = '', group = '', topic = '', sessionMs = '10000'] = process.argv.slice(2);
const log = kafkaLog({
  brokers: brokers.split(','),
  prefix,
  partitions: 4,
  times: { sessionMs: Number(sessionMs) },
  onTrouble: () => undefined,
});
await log.open([topic]);

const leases = new Map<number, Lease>();
const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const held = (): number => [...leases.values()].filter((lease) => lease.isHeld()).length;

await log.subscribe(group, [topic], {
  async onAssigned({ partition }, lease) {
    leases.set(partition, lease);
    say(`assigned ${partition}`);
    return 0;
  },
  async onBatch({ partition, records }, lease) {
    for (const { value } of records) say(`handled ${partition} ${value} held=${lease.isHeld()}`);
  },
  onRevoked({ partition }) {
    leases.delete(partition);
    say(`revoked ${partition}`);
  },
});

let last = -1;
setInterval(() => {
  if (held() === last) return;
  last = held();
  say(`holds ${last}`);
}, 10);
