// Six rude stations at once, each sending everything that is wrong as fast as it can, beside one that only wants to charge.
// Its messages go on: each is answered, and many of them before the crowd is through.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld } from '../scenario/support/edge-world.js';
import type { RawStation } from '../scenario/support/raw-station.js';

const CROWD = 6;
const ROUNDS = 6;
const RUDE: readonly string[] = [
  '[2,"a","Heartbeat",{',
  '{"a":1}',
  '[2,"a","MakeCoffee",{}]',
  '[2,"a","Authorize",{"idTag":5}]',
  `[2,"a","DataTransfer",${'['.repeat(50_000)}${']'.repeat(50_000)}]`,
  '[2,"a","DataTransfer",{"vendorId":"\\u0000\\ud800","__proto__":{"rude":1}}]',
  `[2,"a","DataTransfer",{"vendorId":"v","data":"${'x'.repeat(300_000)}"}]`,
  '[3,"nobody",{}]',
  '[9,"nobody",{}]',
];

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  for (let i = 0; i < CROWD; i++) await system.station(`RUDE-${i}`);
  await system.station('POLITE');
  await system.token('TAG');
});
afterAll(() => system.close());

/** Says everything once per round, waiting for what is answered; connects again whenever it was thrown out. */
async function beRude(stationId: string, rounds: number): Promise<void> {
  let station: RawStation = await system.connect(edge, stationId);
  for (let round = 0; round < rounds; round++) {
    for (const frame of RUDE) station.send(frame);
    await station.call('Heartbeat', {}, `end-${round}`).catch(() => undefined);
    station.received.length = 0;
    if (round % 3 === 2) {
      station.send(`[2,"big","DataTransfer",{"data":"${'x'.repeat(5 << 20)}"}]`);
      await station.closed;
      station = await system.connect(edge, stationId);
    }
  }
}

it('leaves the polite one its answers, its records and its turn', async () => {
  const polite = await system.connect(edge, 'POLITE');
  const crowd = Array.from({ length: CROWD }, (_, i) => beRude(`RUDE-${i}`, ROUNDS));
  let isOver = false;
  const all = Promise.all(crowd).finally(() => {
    isOver = true;
  });
  const start = { connectorId: 1, idTag: 'TAG', meterStart: 1, timestamp: '2026-11-01T12:00:00Z' };
  const answer = await polite.call('StartTransaction', start, 'start');
  expect(answer).toMatchObject([3, 'start', { idTagInfo: { status: 'Accepted' } }]);
  let answered = 0;
  while (!isOver) {
    const messageId = `polite-${answered}`;
    expect(await polite.call('Heartbeat', {}, messageId)).toMatchObject([3, messageId, {}]);
    answered++;
  }
  await all;
  // One turn at least for each round of the crowd, of six stations with nine frames each.
  expect(answered).toBeGreaterThanOrEqual(ROUNDS);
  const ids = (await system.records('CallReceived')).filter(({ stationId }) => stationId === 'POLITE');
  expect(ids).toHaveLength(answered + 1);
  expect(({} as { rude?: unknown }).rude).toBeUndefined();
}, 120_000);
