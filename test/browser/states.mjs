// Every screen while nothing has come yet, when nothing can be read, and when the api went away: each says so, in the whole width of a phone too.
// A screen with nothing to show is the first run's (first-run.mjs) and each screen's own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { looking, out, skip } from './looking.mjs';
import { startNetwork } from './network.mjs';

const SCREENS = [
  ['', 'Stations online'],
  ['alerts', 'Alerts'],
  ['sites', 'Time zone'],
  ['sites/harbour', 'Allocated against actual'],
  ['grid', 'Programs of grid operators'],
  ['sessions', 'newest first'],
  ['revenue', 'Does it agree?'],
  ['tariffs', 'Harbour depot'],
  ['tariffs/demo', 'What would past sessions have cost?'],
  ['uptime', 'with EV-ChART'],
  ['devices', 'Last heard'],
  ['devices/HARBOUR-01', 'Messages'],
  ['certificates', 'Certificates that run out'],
  ['holdings', 'What stations hold'],
  ['partners', 'Who is told'],
  ['audit', 'The chain is whole'],
];
let network;
let look;
before(
  async () => {
    if (skip) return;
    network = await startNetwork(2);
    look = await looking(network.url);
    await look.page.setViewportSize({ width: 390, height: 844 });
    await look.page.getByText('Live', { exact: true }).waitFor();
  },
  { timeout: 90_000 },
);
after(async () => {
  await look?.close();
  await network?.close();
});

const go = async (address) => {
  await look.page.evaluate((to) => {
    location.hash = `#/${to}`;
  }, address);
};
const fits = async (name) => {
  const [inner, scroll] = await look.page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
  assert.ok(scroll <= inner, `${name} scrolls sideways: ${scroll} of ${inner}`);
};
/** Answers whatever the pages ask as `how` does; the feed goes on, so that the page knows the network. */
async function whileAsked(how, work) {
  const { page } = look;
  const isAsked = (url) => url.pathname.startsWith('/v1/') && url.pathname !== '/v1/events';
  await page.route(isAsked, how);
  try {
    await work(page);
  } finally {
    await page.unroute(isAsked, how);
  }
}

for (const [address, says] of SCREENS)
  test(`${address || 'overview'}: waits, says why it cannot be read, and returns`, { skip, timeout: 60_000 }, async () => {
    const name = `state-${address.replace('/', '-') || 'overview'}`;
    const held = [];
    // From a page that reads nothing, so that this one is opened anew.
    await go('import');
    await look.page.getByText('From a table').waitFor();
    await whileAsked(
      (route) => void held.push(route),
      async (page) => {
        await go(address);
        // What the feed told is there at once; the rest is waited for.
        await page.locator('.skeleton, .site, table').first().waitFor();
        await page.screenshot({ path: `${out}${name}-loading.png` });
        await fits(`${name}, loading`);
      },
    );
    await go('import');
    await look.page.getByText('From a table').waitFor();
    for (const route of held) await route.abort().catch(() => undefined);
    const refusal = {
      status: 503,
      contentType: 'application/problem+json',
      body: '{"title":"Down","detail":"The database is away","status":503}',
    };
    await whileAsked(
      (route) => route.fulfill(refusal),
      async (page) => {
        await go(address);
        // The overview and the list of sites live of the feed alone.
        if (address !== '' && address !== 'sites') await page.getByText('The database is away').first().waitFor();
        await page.screenshot({ path: `${out}${name}-error.png` });
        await fits(`${name}, error`);
      },
    );
    const retry = look.page.getByRole('button', { name: 'Try now' });
    if (await retry.isVisible()) await retry.click();
    else {
      await go('import');
      await go(address);
    }
    await look.page.getByText(says).first().waitFor();
  });

test('without the api every screen says so, and keeps what it knew', { skip, timeout: 60_000 }, async () => {
  const { page } = look;
  await go('');
  await page.getByText('Stations online').waitFor();
  await network.stop();
  await page
    .getByText(/Reconnecting|Offline/)
    .first()
    .waitFor();
  for (const [address] of SCREENS) {
    await go(address);
    await page.getByText(/The connection was interrupted|No connection since/).waitFor();
    await page.locator(':is(.notice, .site, table, .skeleton, .warning):visible').first().waitFor();
    await page.screenshot({ path: `${out}state-${address.replace('/', '-') || 'overview'}-offline.png` });
    await fits(`${address}, offline`);
  }
  await network.start();
  await page.getByText('Live', { exact: true }).waitFor();
});

test('no script failed on the way', { skip }, () => assert.deepEqual(look.errors, []));
