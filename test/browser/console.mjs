// The console in a real Chromium over a running network: every screen with what it must say, axe, keyboard, a limit change on its chart, and the return
// after the server was started again. `npm run test:browser`; pictures of every screen go to test/browser/out for people to look at.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { emptyOut, looking, out, skip, WITHIN_MS } from './looking.mjs';
import { startNetwork, until } from './network.mjs';

let network;
let look;
let page;

before(
  async () => {
    if (skip) return;
    emptyOut();
    network = await startNetwork(4);
    look = await looking(network.url);
    page = look.page;
  },
  { timeout: 90_000 },
);
after(async () => {
  await look?.close();
  await network?.close();
});

const step = (name, work) => test(name, { skip, timeout: 180_000 }, work);
const open = async (address, says) => {
  await page.goto(`${network.url}/#/${address}`);
  await page.getByText(says).first().waitFor();
};

const looksRight = (name) => look.looksRight(name);

step('overview: live, with running sessions', async () => {
  await page.getByText('Live', { exact: true }).waitFor();
  await page
    .getByRole('link', { name: /^HARBOUR-0/ })
    .first()
    .waitFor();
  await page.getByText('Running sessions').first().waitFor();
  await looksRight('overview');
});

step('a running session: on one axis, what it costs so far, what holds it', async () => {
  const { items } = await until('a session has energy', async () => {
    const told = await network.call('GET', '/v1/sessions?status=active&siteId=harbour');
    return told.items.some(({ energyWh }) => energyWh > 20) ? told : undefined;
  });
  const { sessionId } = items.find(({ energyWh }) => energyWh > 20);
  await open('sessions', 'newest first');
  await page.locator(`a[href="#/sessions/${sessionId}"]`).click();
  await page.getByText('What held it back.').waitFor();
  await page.locator('.lane-charging').first().waitFor();
  await page.getByText('per kWh').first().waitFor();
  // By keyboard from one limit to the next, told in words.
  await page.locator('.session-space .chart').focus();
  await page.keyboard.press('ArrowLeft');
  await page.locator('.load-why').getByText('per phase').waitFor();
  await looksRight('session-running');
});

step('a site: a limit from outside is seen within seconds', async () => {
  await open('sites/harbour', 'Nobody limits this site from outside.');
  const limit = page.locator('.load-now-value .muted');
  const before = await limit.textContent();
  const iso = (ms) => new Date(Date.now() + ms).toISOString();
  await network.call('POST', '/v1/grid/limits', {
    siteIds: ['harbour'],
    source: 'dso',
    schedule: [{ startsAt: iso(-1_000), limitA: 16 }],
    expiresAt: iso(3_600_000),
  });
  await until('the limit on the page', async () => ((await limit.textContent()) !== before ? true : undefined), WITHIN_MS);
  await page
    .getByRole('cell', { name: /16 A per phase/ })
    .first()
    .waitFor();
  // The chart of the day has it as well, though it is read seldom.
  await page.getByText(/^Limit changes \([1-9]/).waitFor();
  await looksRight('site');
});

step('after the server was started again the page returns by itself', async () => {
  await open('', 'Harbour depot');
  await network.stop();
  await page
    .getByText(/Reconnecting|Offline/)
    .first()
    .waitFor();
  await page.screenshot({ path: `${out}reconnecting.png` });
  await network.start();
  await page.getByText('Live', { exact: true }).waitFor();
});

step('an ended session: what it cost, line by line', async () => {
  const { items } = await until('a record of a session', async () => {
    const told = await network.call('GET', '/v1/cdrs');
    return told.items.some(({ total_energy }) => total_energy > 0.01) ? told : undefined;
  });
  const { session_id: sessionId, total_energy: energy } = items.find(({ total_energy }) => total_energy > 0.01);
  await open(`sessions/${sessionId}`, 'Cost, line by line');
  assert.match(await page.locator('table.cost tbody tr').first().textContent(), /Energy.*kWh.*€0\.39.*21\s%/s, `${energy} kWh`);
  await looksRight('session');
  await open('sessions/list/ended', 'newest first');
  await looksRight('sessions');
});

step('tariffs: what past sessions would have cost', async () => {
  await open('tariffs', 'Harbour depot');
  await page.getByRole('link', { name: 'demo' }).click();
  await page.getByLabel('EUR per kWh').fill('0.78');
  await page.getByLabel('EUR per kWh').blur();
  await page.getByRole('button', { name: 'Simulate' }).click();
  await page.getByText('Would have been').first().waitFor();
  await page.getByText(/^\+€/).first().waitFor();
  await looksRight('tariff');
  await page.getByRole('button', { name: 'Publish these prices' }).click();
  await page.getByText('Those that run keep their prices.').waitFor();
  await page.getByRole('button', { name: 'Publish now' }).click();
  await page
    .getByRole('rowheader', { name: /€0\.78 per kWh/ })
    .first()
    .waitFor();
  const { elements } = await network.call('GET', '/v1/tariffs/demo');
  assert.equal(elements[0].price_components[0].price, 0.78);
});

step('revenue: sums, and that they agree', async () => {
  await open('revenue', 'By day, EUR without VAT');
  await page.getByText('agree.').waitFor();
  await looksRight('revenue');
});

for (const [name, says] of [
  ['alerts', 'Alerts'],
  ['grid', 'Programs of grid operators'],
  ['uptime', 'Uptime'],
  ['devices', 'Stations'],
  ['devices/HARBOUR-01', 'Messages'],
  ['certificates', 'Certificates that run out'],
  ['holdings', 'What stations hold'],
  ['partners', 'Who is told'],
  ['audit', 'PUT /v1/sites/harbour'],
  ['import', 'From a table'],
  ['connect', 'Connect a charger'],
])
  step(`${name}`, async () => {
    await open(name, says);
    await looksRight(name.replace('/', '-'));
  });

step('a webhook is made, changed and told a test', async () => {
  await open('partners', 'Who is told');
  await page.getByLabel('Address').fill('https://partner.example/hook');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('It is shown only now.').waitFor();
  await page.getByRole('link', { name: 'https://partner.example/hook' }).click();
  await page.getByText('Change', { exact: true }).click();
  const form = page.locator('details form');
  await form.getByLabel('session.changed').check();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  const { items } = await network.call('GET', '/v1/webhooks');
  assert.deepEqual(items[0].kinds, ['session.changed', 'alert.opened', 'alert.closed']);
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText('The test was not taken').waitFor();
  await looksRight('webhook');
});

step('uptime: the quarter as files for EV-ChART, or why not', async () => {
  await open('uptime', 'with EV-ChART');
  await page.getByLabel('Key of the network').fill('joulestream');
  await page.getByRole('button', { name: 'Check and prepare' }).click();
  for (const name of ['Sessions (module 2)', 'Uptime (module 3)', 'Outages (module 4)']) await page.getByRole('link', { name }).waitFor();
  await looksRight('uptime-files');
});

step('in German, with text twice as large, on a phone', async () => {
  await page.getByLabel('Language').selectOption('de');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
  for (const [address, says] of [
    ['', 'Laufende Ladevorgänge'],
    ['sites/harbour', 'Zugeteilt und tatsächlich'],
    ['sessions', 'neueste zuerst'],
    ['revenue', 'Stimmt es überein?'],
    ['tariffs/demo', 'Was hätten frühere Ladevorgänge gekostet?'],
    ['alerts', 'Meldungen'],
    ['grid', 'Was verlangt wurde'],
    ['sites', 'Warten'],
    ['uptime', 'bei EV-ChART'],
    ['devices/HARBOUR-01', 'Nachrichten'],
    ['partners', 'Wer benachrichtigt wird'],
    ['audit', 'Die Kette ist lückenlos'],
    ['import', 'Aus einer Tabelle'],
    ['connect', 'Ladestation anschließen'],
  ]) {
    await page.evaluate((to) => {
      location.hash = `#/${to}`;
    }, address);
    await page.getByText(says).first().waitFor();
    const [inner, scroll] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
    await page.screenshot({ path: `${out}${address.replace('/', '-')}-phone-large.png`, fullPage: true });
    assert.ok(scroll <= inner, `${address} scrolls sideways: ${scroll} of ${inner}`);
  }
});

step('no script failed on the way', () => assert.deepEqual(look.errors, []));
