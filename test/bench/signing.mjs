// What it costs to sign a record and to judge one (ADR 0105), by how many are signed together; a reader that meets each signature for the first time.
// What signing costs an edge beside all else it does: edge.mjs --kinds bare,edge,signed.
// node test/bench/signing.mjs [--records 20000] [--bytes 900]   Needs `npm run build`.
import { generateKeyPairSync } from 'node:crypto';
import { encode } from '#contracts';
import { judgeBy, readSigners, signerWith } from '#signing';
import { systemClock } from '#system';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';

const { values: options } = parseArgs({
  options: { records: { type: 'string', default: '20000' }, bytes: { type: 'string', default: '900' } },
});
const [count, bytes] = [Number(options.records), Number(options.bytes)];
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = { publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'), services: ['edge'] };

const attributes = {
  type: 'CallReceived',
  source: '/edge/bench',
  time: '2026-11-01T12:00:00Z',
  tenantId: 't',
  siteId: 's',
  stationId: 'CS1',
};
const topic = 'site-events';
const records = Array.from({ length: count }, (_, n) => encode({ id: `${n}`, ...attributes, data: { text: 'x'.repeat(bytes) } }));

/** Processor time of all threads, per record [µs]. */
async function costOf(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / count, result];
}

async function measure(together) {
  const sign = signerWith(privateKey, systemClock);
  const [signing, signed] = await costOf(async () => {
    const all = [];
    for (let at = 0; at < count; at += together) all.push(...sign(records.slice(at, at + together).map((record) => ({ topic, record }))));
    return all;
  });
  const judge = judgeBy(readSigners(JSON.stringify({ signers: [signer], required: { [topic]: [] } })));
  const [judging, judged] = await costOf(async () => {
    const all = [];
    for (let at = 0; at < count; at += 500)
      all.push(...(await judge(signed.slice(at, at + 500).map((record, n) => ({ ...record, topic, partition: 0, offset: at + n })))));
    return all;
  });
  if (judged.some(({ refused }) => refused !== undefined)) throw new Error('a record that was signed is refused');
  const header = signed.reduce((sum, { headers }) => sum + headers.ce_signature.length, 0) / count;
  return `${together} together: ${signing.toFixed(1)} µs to sign, ${judging.toFixed(1)} µs to judge, ${header.toFixed(0)} bytes a record`;
}

await measure(8); // warm
const lines = [];
for (const together of [1, 8, 64]) lines.push(await measure(together));
report('signing', 'Signing a record, and judging it', [`${count} records of ${bytes} bytes`, ...lines]);
