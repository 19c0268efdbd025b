// The first run: an empty network in a real Chromium, until a first charger has spoken, with nothing but what the page shows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { looking, skip } from './looking.mjs';
import { startNetwork } from './network.mjs';

let network;
let look;
before(
  async () => {
    if (skip) return;
    network = await startNetwork(0);
    look = await looking(network.url);
  },
  { timeout: 90_000 },
);
after(async () => {
  await look?.close();
  await network?.close();
});
const step = (name, work) => test(name, { skip, timeout: 60_000 }, work);
const copied = (name) => look.page.locator(`.facts dt:has-text("${name}") + dd code`).textContent();

step('an empty network says how to begin', async () => {
  await look.page.getByRole('heading', { name: 'Connect your first charger' }).waitFor();
  await look.page.getByText('A charger needs its site first.').waitFor();
  await look.looksRight('first-run');
});

step('a site, then a charger, whose address and password are shown', async () => {
  const { page } = look;
  await page.getByLabel('Name of the site').fill('Bob’s yard');
  await page.getByLabel('Fuse per phase [A]').fill('35');
  await page.getByRole('button', { name: 'Add the site' }).click();
  await page.getByLabel('Station id').fill('YARD 1');
  await page.getByRole('button', { name: 'Register the charger' }).click();
  await page.getByText('YARD 1 is registered.').waitFor();
  const { items } = await network.call('GET', '/v1/sites');
  assert.deepEqual(
    items.map(({ siteId, name, root }) => [siteId, name, root.limitA]),
    [['bobs-yard', 'Bob’s yard', 35]],
  );
  assert.match(await copied('Address'), /^ws:\/\/127\.0\.0\.1:\d+\/ocpp\/YARD%201$/);
  await page.getByText('Waiting for YARD 1').waitFor();
  await look.looksRight('first-run-waiting');
});

step('its first message is seen, and then the network with it', async () => {
  const { page } = look;
  const login = Buffer.from(`${await copied('User')}:${await copied('Password')}`).toString('base64');
  const charger = new WebSocket(await copied('Address'), 'ocpp1.6', { headers: { authorization: `Basic ${login}` } });
  try {
    charger.on('open', () =>
      charger.send(JSON.stringify([2, '1', 'BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' }])),
    );
    await page.getByText(/YARD 1 said BootNotification at .* It is connected\./).waitFor();
    await page.getByText('"chargePointModel": "One"').waitFor();
    await page.getByLabel('Number of the card').fill('04A1B2C3');
    await page.getByRole('button', { name: 'Allow it' }).click();
    await page.getByText('04A1B2C3 may charge.').waitFor();
    await look.looksRight('first-run-heard');
    await page.getByRole('button', { name: 'Go to the overview' }).click();
    await page.getByText('35 A per phase').waitFor();
    await page.getByRole('link', { name: /^YARD 1/ }).waitFor();
  } finally {
    charger.terminate();
  }
});

step('no script failed on the way', () => assert.deepEqual(look.errors, []));
