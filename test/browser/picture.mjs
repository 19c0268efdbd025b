// The picture of the README, of a network that has run for a while: `npm run test:browser -- --picture`. Two sites whose cars share their limits, one of them
// under a limit from outside for some minutes.
import { after, before, test } from 'node:test';
import { looking, skip } from './looking.mjs';
import { startNetwork, until } from './network.mjs';

const RUNS_MS = 6 * 60_000;
let network;
let look;
before(
  async () => {
    if (skip) return;
    network = await startNetwork(12);
    look = await looking(network.url);
  },
  { timeout: 90_000 },
);
after(async () => {
  await look?.close();
  await network?.close();
});

test('the picture of the README', { skip, timeout: 2 * RUNS_MS + 60_000 }, async () => {
  const { page } = look;
  const iso = (ms) => new Date(Date.now() + ms).toISOString();
  await network.call('POST', '/v1/grid/limits', {
    siteIds: ['campus'],
    source: 'dso',
    schedule: [
      { startsAt: iso(RUNS_MS / 3), limitA: 40 },
      { startsAt: iso((RUNS_MS * 5) / 6), limitA: 84 },
    ],
    expiresAt: iso(2 * RUNS_MS),
  });
  await page.setViewportSize({ width: 1400, height: 1000 });
  const span = new URLSearchParams({ from: iso(0), to: iso(2 * RUNS_MS), interval: '5' });
  await until(
    'the network has run for a while',
    async () => {
      const { items } = await network.call('GET', `/v1/sites/campus/load?${span}`);
      return items.filter(({ measuredW }) => measuredW !== null).length > RUNS_MS / 5_000 - 3 ? true : undefined;
    },
    2 * RUNS_MS,
    5_000,
  );
  await page.getByText('Highest in 15 minutes').first().waitFor();
  await page.screenshot({ path: 'docs/console.png' });
});
