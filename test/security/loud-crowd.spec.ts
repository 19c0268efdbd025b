// Twenty stations that say a word beside forty that never stop, right or wrong: who is heard when is told by the order of the records.
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { EdgeWorld } from '../scenario/support/edge-world.js';

const [GOOD, BAD] = [20, 40];
const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

let system: EdgeWorld;
beforeEach(async () => {
  system = await EdgeWorld.open();
  for (const stationId of [...names('GOOD', GOOD), ...names('BAD', BAD)]) await system.station(stationId);
});
afterEach(() => system.close());

const calls = async () => (await system.records('CallReceived')).map(({ stationId }) => String(stationId).split('-')[0]);

it('a crowd that says much waits in line, and who says little is heard before most of it; nothing of it is lost', async () => {
  const edge = await system.edge({ promptCallsPerStation: { burst: 1, perS: 0.001 } });
  const bad = await Promise.all(names('BAD', BAD).map((id) => system.connect(edge, id)));
  const good = await Promise.all(names('GOOD', GOOD).map((id) => system.connect(edge, id)));
  const each = 12;
  for (const station of bad) for (let n = 0; n < each; n++) station.send([2, `b${n}`, 'Heartbeat', {}]);
  for (const station of good) station.send([2, 'g', 'Heartbeat', {}]);
  await Promise.all(good.map((station) => station.next()));
  for (const station of bad) for (let n = 0; n < each; n++) expect((await station.next())[1]).toBe(`b${n}`);
  const order = await calls();
  expect(order).toHaveLength(GOOD + BAD * each);
  expect(order.lastIndexOf('GOOD')).toBeLessThan(order.length / 2);
});

it('a crowd that says everything wrong is heard as often as its budget has it, while all that good ones say is answered', async () => {
  const burst = 5;
  const edge = await system.edge({ wrongFramesPerStation: { burst, perS: 0.001 } });
  const bad = await Promise.all(names('BAD', BAD).map((id) => system.connect(edge, id)));
  const good = await Promise.all(names('GOOD', GOOD).map((id) => system.connect(edge, id)));
  for (const station of bad) for (let n = 0; n < 100; n++) station.send([2, `b${n}`, 'MakeCoffee', {}]);
  for (let n = 0; n < 10; n++)
    await Promise.all(good.map(async (station) => expect((await station.call('Heartbeat', {}, `g${n}`))[0]).toBe(3)));
  const order = await calls();
  expect(order.filter((who) => who === 'GOOD')).toHaveLength(GOOD * 10);
  // Those that were on their way when the budget was spent are recorded, too: no more than may be at once.
  expect(order.filter((who) => who === 'BAD').length).toBeLessThanOrEqual(BAD * (burst + 16));
});

it('data for a vendor that nobody runs here is heard as often as what is wrong', async () => {
  const burst = 5;
  const edge = await system.edge({ wrongFramesPerStation: { burst, perS: 0.001 } });
  const [bad, good] = [await system.connect(edge, 'BAD-0'), await system.connect(edge, 'GOOD-0')];
  for (let n = 0; n < burst; n++)
    expect(await bad.call('DataTransfer', { vendorId: 'nobody' })).toMatchObject([3, expect.anything(), { status: 'UnknownVendorId' }]);
  for (let n = 0; n < 10; n++) bad.send([2, `b${n}`, 'DataTransfer', { vendorId: 'nobody' }]);
  for (let n = 0; n < 20; n++) await good.call('Heartbeat', {});
  expect((await calls()).filter((who) => who === 'BAD')).toHaveLength(burst + 1); // what overdraws is heard
});

it('who says much and never reads is not heard beyond twenty answers, until it reads', async () => {
  const edge = await system.edge({ promptCallsPerStation: { burst: 1, perS: 0.001 } });
  const [deaf, good] = [await system.connect(edge, 'BAD-0'), await system.connect(edge, 'GOOD-0')];
  const heard = async () => (await calls()).filter((who) => who === 'BAD').length;
  const isHeard = async (count: number): Promise<void> => {
    while ((await heard()) < count) await good.call('Heartbeat', {});
  };
  deaf.socket.pause();
  for (let n = 0; n < 30; n++) {
    deaf.send([2, `b${n}`, 'Heartbeat', {}]);
    await isHeard(Math.min(n + 1, 21));
  }
  for (let n = 0; n < 10; n++) await good.call('Heartbeat', {});
  expect(await heard()).toBe(21);
  deaf.socket.resume();
  await isHeard(30);
});
