// What people do with their hands: type while the page moves, press twice, go back, come with a key that was taken back, read while rows are made anew.
// What each screen says is console.mjs, what it says when nothing can be read states.mjs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { looking, skip } from './looking.mjs';
import { startNetwork, until } from './network.mjs';

let network;
let look;
let page;
before(
  async () => {
    if (skip) return;
    network = await startNetwork(2);
    look = await looking(network.url);
    page = look.page;
    await page.getByText('Live', { exact: true }).waitFor();
  },
  { timeout: 90_000 },
);
after(async () => {
  await look?.close();
  await network?.close();
});

const step = (name, work) => test(name, { skip, timeout: 60_000 }, work);
const go = async (address, says) => {
  await page.evaluate((to) => {
    location.hash = `#/${to}`;
  }, address);
  await page.getByText(says).first().waitFor();
};
/** What the feed tells draws the page anew meanwhile. */
const typeSlowly = async (field, text) => {
  await field.click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text, { delay: 500 });
  assert.equal(await field.inputValue(), text);
};
const isRead = (url) => url.pathname.startsWith('/v1/') && url.pathname !== '/v1/events';

step('fields keep what is typed while sessions run', async () => {
  await go('sessions', 'newest first');
  await typeSlowly(page.getByPlaceholder('Station or session'), 'HARBOUR-01');
  await page.keyboard.press('Enter');
  await until('the search is in the address', async () => (page.url().endsWith('/HARBOUR-01') ? true : undefined));
  await go('tariffs/demo', 'What would past sessions have cost?');
  const price = page.getByLabel('EUR per kWh');
  await typeSlowly(price, '0.4567');
  await price.blur();
  await page.getByRole('button', { name: 'Prices as published' }).click();
  await until('the published price', async () => ((await price.inputValue()) === '0.39' ? true : undefined));
});

step('a webhook that is added by a double click is added once', async () => {
  await go('partners', 'Who is told');
  await page.getByLabel('Address').fill('https://partner.example/hook');
  await page.getByRole('button', { name: 'Add' }).dblclick();
  await page.getByText('It is shown only now.').waitFor();
  assert.equal((await network.call('GET', '/v1/webhooks')).items.length, 1);
});

step('a charger whose registration was heard, but not its answer, is registered by pressing again', async () => {
  await go('connect', 'Connect a charger');
  await page.getByLabel('Station id').fill('GARAGE-1');
  const isStation = (url) => url.pathname === '/v1/stations/GARAGE-1';
  await page.route(isStation, async (route) => {
    await route.fetch();
    await route.abort();
  });
  const register = page.getByRole('button', { name: 'Register the charger' });
  await register.click();
  await page.getByText('The api could not be reached').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  await until('the charger is known', async () =>
    (await network.call('GET', '/v1/stations')).items.some(({ stationId }) => stationId === 'GARAGE-1') ? true : undefined,
  );
  // The feed tells the page of it within a second, and nothing on it shows that it knows.
  await page.waitForTimeout(2_000);
  await register.click();
  await page.getByText('GARAGE-1 is registered').waitFor();
});

step('what was looked for is there again on the way back and after a reload', async () => {
  await go('devices', 'Last heard');
  const field = page.getByPlaceholder(/model or firmware/);
  await field.fill('harbour-01');
  await page.getByRole('link', { name: 'HARBOUR-01' }).click();
  await page.getByRole('heading', { name: 'Messages' }).waitFor();
  await page.goBack();
  await field.waitFor();
  assert.equal(await field.inputValue(), 'harbour-01');
  await page.reload();
  await field.waitFor();
  assert.equal(await field.inputValue(), 'harbour-01');
});

step('a state that was chosen on the overview is chosen on the way back', async () => {
  await go('', 'Stations online');
  const offline = page.getByRole('button', { name: /^Offline/ });
  await offline.click();
  await page.getByRole('link', { name: 'GARAGE-1' }).click();
  await page.getByRole('heading', { name: 'Messages' }).waitFor();
  await page.goBack();
  await offline.waitFor();
  assert.equal(await offline.getAttribute('aria-pressed'), 'true');
});

step('what was read while rows were missing says so, and is read again when none is', async () => {
  let left = 12_345;
  let asked = 0;
  const missing = async (route) => {
    if (route.request().url().includes('/v1/reports/revenue')) asked += 1;
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), ...(left > 0 && { 'records-left': String(left) }) } });
  };
  await go('import', 'From a table');
  await page.route(isRead, missing);
  await go('revenue', 'Lists, figures and files are not complete yet');
  await page.getByText('12,345 records are left.').waitFor();
  await look.looksRight('rows-missing');
  left = 1;
  await page.getByText('1 record is left.').waitFor();
  const before = asked;
  left = 0;
  await page.getByText('Lists, figures and files are not complete yet').waitFor({ state: 'hidden' });
  await until('revenue is read again', async () => (asked > before ? true : undefined), 5_000);
  await page.unrouteAll({ behavior: 'wait' });
});

step('a page whose file could not be had comes by itself', async () => {
  const isFile = (url) => url.pathname.startsWith('/assets/revenue-page');
  const refuse = (route) => route.abort();
  await page.goto('about:blank');
  await page.route(isFile, refuse);
  await page.goto(`${network.url}/#/revenue`);
  await page.getByText('This could not be read').waitFor();
  await page.unroute(isFile, refuse);
  await page.getByText('Does it agree?').waitFor();
});

step('a key that was taken back leads to the door', async () => {
  const { keyId, key } = await network.call('POST', '/v1/api-keys', { name: 'shift', role: 'operator' });
  const isOffer = (url) => url.pathname === '/console/session';
  await page.route(isOffer, (route) => route.fulfill({ status: 404, body: '' }));
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Open console' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  await go('alerts', 'Alerts');
  await network.call('POST', `/v1/api-keys/${keyId}/revoke`);
  // The alerts are read every ten seconds; the feed stays open.
  await page.getByText('This key was not accepted.').waitFor();
});

step('what somebody changed of the first look is as it was changed after the next start', async () => {
  const { elements, ...tariff } = await network.call('GET', '/v1/tariffs/demo');
  const [{ price_components: components }] = elements;
  const dearer = [{ price_components: components.map((each) => (each.type === 'ENERGY' ? { ...each, price: 0.5 } : each)) }];
  await network.call('PUT', '/v1/tariffs/demo', { ...tariff, elements: dearer });
  await network.stop();
  await network.start();
  await until('the stations are back', async () =>
    (await network.call('GET', '/v1/stations')).items.some(({ online }) => online) ? true : undefined,
  );
  assert.equal((await network.call('GET', '/v1/tariffs/demo')).elements[0].price_components[0].price, 0.5);
});

step('no script failed on the way', () => assert.deepEqual(look.errors, []));
