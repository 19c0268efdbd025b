// What an operator does to stations: start and stop a car, restart a station, be refused, press twice, be nobody who may. Asked of simulated stations, and
// held against what the log has of it. What each screen says is console.mjs, fields and pages that move hands.mjs.
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
    network = await startNetwork(4);
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

const step = (name, work) => test(name, { skip, timeout: 120_000 }, work);
const dialog = () => page.getByRole('dialog');
const go = async (address, says) => {
  await page.evaluate((to) => {
    location.hash = `#/${to}`;
  }, address);
  await page.getByText(says).first().waitFor();
};
const openAt = async (stationId) => {
  await go(`devices/${stationId}`, 'Messages');
  await page.getByRole('button', { name: `Actions: ${stationId}` }).click();
  await dialog().waitFor();
};
const offer = (name) => dialog().locator('details', { has: page.locator('summary', { hasText: name }) });
/** What is told of the latest press of an action. */
const told = (action, text) => dialog().locator('li', { hasText: action }).first().getByText(text).waitFor();
const close = async () => {
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
};
/** Commands of an action that were asked of a station, as its log has them. */
const asked = async (stationId, action) =>
  (await network.call('GET', `/v1/stations/${stationId}/messages?action=${action}&limit=100`)).items.filter(
    ({ type }) => type === 'CommandRequested',
  ).length;
const running = (isMeant = () => true) =>
  until('a car charges', async () => {
    const { items } = await network.call('GET', '/v1/sessions?status=active');
    return items.find((session) => session.energyWh > 5 && isMeant(session));
  });

step('a session is stopped from its row, once that is said to be meant', async () => {
  const { sessionId, stationId, evseId } = await running((session) => session.stationId !== 'HARBOUR-02');
  await go('', 'Running sessions');
  const opener = page.getByRole('button', { name: `Actions: ${stationId} · ${evseId}` });
  await opener.click();
  const stop = offer('Stop charging');
  await stop.locator('summary').click();
  await stop.getByRole('button', { name: 'Stop charging' }).click();
  assert.equal(await dialog().locator('li').count(), 0, 'nothing is asked before it is said to be meant');
  await stop.getByRole('checkbox').check();
  await look.looksRight('actions-stop');
  await stop.getByRole('button', { name: 'Stop charging' }).click();
  await told('StopTransaction', 'The station answered: Accepted');
  await until('the session ended', async () =>
    (await network.call('GET', `/v1/sessions/${sessionId}`)).status === 'ended' ? true : undefined,
  );
  // Its row is gone, and the dialog is not.
  await offer('Start charging').waitFor();
  await look.looksRight('actions-asked');
  await close();
  await until('something has the focus', async () =>
    (await page.evaluate(() => document.activeElement !== document.body)) ? true : undefined,
  );
});

step('a card that nobody knows is refused beside its field, and the station is not asked', async () => {
  // Its car stays when its session is over, and no other comes.
  await running((session) => session.stationId === 'HARBOUR-02');
  await openAt('HARBOUR-02');
  await stopAt('HARBOUR-02');
  const start = offer('Start charging');
  await start.locator('summary').click();
  const field = start.getByLabel('Card or token');
  await field.fill('04STRANGER');
  await start.getByRole('button', { name: 'Start charging' }).click();
  await start.getByRole('alert').waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.match(await page.locator(`#${await field.getAttribute('aria-describedby')}`).textContent(), /Unknown/);
  assert.equal(await asked('HARBOUR-02', 'RequestStartTransaction'), 0);
  await look.looksRight('actions-refused-field');
  await close();
});

step('a driver is let charge with a card', async () => {
  await network.call('PUT', '/v1/tokens/ISO14443/04AABBCCDD', { status: 'Accepted' });
  await openAt('HARBOUR-02');
  const start = offer('Start charging');
  await start.locator('summary').click();
  await start.getByLabel('Card or token').fill('04AABBCCDD');
  await start.getByRole('button', { name: 'Start charging' }).click();
  await told('RequestStartTransaction', 'The station answered: Accepted');
  await offer('Stop charging').waitFor({ timeout: 60_000 });
  await stopAt('HARBOUR-02');
  await close();
});

step('what the station refuses is told in its words', async () => {
  const send = (operationalStatus) =>
    network.call('POST', '/v1/stations/HARBOUR-02/commands?wait=true', { action: 'ChangeAvailability', payload: { operationalStatus } });
  await send('Inoperative');
  await openAt('HARBOUR-02');
  const start = offer('Start charging');
  await start.locator('summary').click();
  await start.getByLabel('Card or token').fill('04AABBCCDD');
  await start.getByRole('button', { name: 'Start charging' }).click();
  await told('RequestStartTransaction', 'The station refused: Rejected · TxInProgress');
  await look.looksRight('actions-rejected');
  await close();
  await send('Operative');
});

step('a station is limited for a while, and free again', async () => {
  const { stationId } = await running();
  await openAt(stationId);
  const limit = offer('Limit for a while');
  await limit.locator('summary').click();
  await limit.getByLabel('What').selectOption('whole');
  await limit.getByLabel('A per phase').fill('7');
  await look.looksRight('actions-limit');
  await limit.getByRole('button', { name: 'Limit for a while' }).click();
  await told('SetChargingProfile', 'The station answered: Accepted');
  await until('the outlet is capped', async () =>
    (await network.call('GET', `/v1/stations/${stationId}`)).evses.some(({ cap }) => cap?.limitA === 7) ? true : undefined,
  );
  const lift = offer('Lift the limit');
  await lift.locator('summary').click();
  await lift.getByLabel('What').selectOption('whole');
  await lift.getByRole('button', { name: 'Lift the limit' }).click();
  await until('the outlet is free', async () =>
    (await network.call('GET', `/v1/stations/${stationId}`)).evses.every(({ cap }) => cap === null) ? true : undefined,
  );
  await close();
});

step('an outlet is put out of service and back, and its cable let go', async () => {
  await openAt('HARBOUR-02');
  for (const [state, status] of [
    ['Inoperative', 'Unavailable'],
    ['Operative', 'Occupied|Available'],
  ]) {
    const service = offer('In or out of service');
    await service.locator('summary').click();
    await service.getByLabel('From now on').selectOption(state);
    await service.getByRole('button', { name: 'In or out of service' }).click();
    await until(`it is ${status}`, async () =>
      (await network.call('GET', '/v1/stations/HARBOUR-02')).evses.every((evse) => new RegExp(status).test(evse.status)) ? true : undefined,
    );
  }
  const unlock = offer('Unlock the connector');
  await unlock.locator('summary').click();
  await unlock.getByRole('button', { name: 'Unlock the connector' }).click();
  await told('UnlockConnector', /Unlocked|OngoingAuthorizedTransaction/);
  await close();
});

step('a restart that is pressed twice is asked once', async () => {
  await openAt('HARBOUR-02');
  const reset = offer('Restart');
  await reset.locator('summary').click();
  await reset.getByLabel('How').selectOption('OnIdle');
  await reset.getByRole('button', { name: 'Restart' }).dblclick();
  await told('Reset', /The station answered: (Accepted|Scheduled)/);
  await page.waitForTimeout(1_000);
  assert.equal(await asked('HARBOUR-02', 'Reset'), 1);
  await close();
});

step('a press whose answer was lost is asked again under its own key, and done once', async () => {
  const { stationId } = await running();
  await openAt(stationId);
  const isAsked = (url) => url.pathname.endsWith('/commands');
  await page.route(isAsked, async (route) => {
    await route.fetch();
    await route.abort();
  });
  const before = await asked(stationId, 'Reset');
  const reset = offer('Restart');
  await reset.locator('summary').click();
  await reset.getByLabel('How').selectOption({ index: 0 });
  if ((await reset.getByRole('checkbox').count()) > 0) await reset.getByRole('checkbox').check();
  await reset.getByRole('button', { name: 'Restart' }).click();
  await dialog().getByText('Whether this was asked is not known').waitFor();
  await look.looksRight('actions-unheard');
  await page.unrouteAll({ behavior: 'wait' });
  await dialog().getByRole('button', { name: 'Ask again' }).click();
  await told('Reset', /The station answered: (Accepted|Scheduled)/);
  assert.equal((await asked(stationId, 'Reset')) - before, 1);
  await close();
});

step('a site is limited for a while, and the limit withdrawn', async () => {
  await go('sites/harbour', 'Limit this site for a while');
  const form = page.locator('section', { has: page.getByRole('heading', { name: 'Limit this site for a while' }) });
  await form.getByLabel('A per phase').fill('11');
  await form.getByRole('button', { name: 'Limit for a while' }).dblclick();
  await form.getByText('Taken').waitFor();
  const withdraw = page.getByRole('button', { name: /^Withdraw: operator/ });
  await withdraw.waitFor();
  assert.equal((await network.call('GET', '/v1/sites/harbour/grid-limits')).items.length, 1);
  await look.looksRight('actions-site');
  await withdraw.click();
  await withdraw.waitFor({ state: 'hidden' });
  assert.equal((await network.call('GET', '/v1/sites/harbour/grid-limits')).items.length, 0);
});

step('a station that is away says so before anything is pressed', async () => {
  const { evses, ...config } = (await network.call('GET', '/v1/stations/HARBOUR-01')).config;
  await network.call('PUT', '/v1/stations/HARBOUR-99', {
    siteId: config.siteId,
    nodeId: config.nodeId,
    securityProfile: 1,
    maxA: 32,
    evses,
  });
  await go('devices/HARBOUR-99', 'Messages');
  await page.getByRole('button', { name: 'Actions (not connected): HARBOUR-99' }).click();
  await dialog().getByText('nothing reaches it now').waitFor();
  await look.looksRight('actions-away');
  await close();
});

step('who may ask nothing of a station is shown no button', async () => {
  const { key } = await network.call('POST', '/v1/api-keys', { name: 'wall', role: 'viewer' });
  await page.route(
    (url) => url.pathname === '/console/session',
    (route) => route.fulfill({ status: 404, body: '' }),
  );
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await page.getByLabel('API key').fill(key);
  const me = page.waitForResponse((response) => response.url().endsWith('/v1/me'));
  await page.getByRole('button', { name: 'Open console' }).click();
  assert.equal((await me).status(), 200);
  await go('devices/HARBOUR-01', 'Messages');
  assert.equal(await page.getByRole('button', { name: /^Actions/ }).count(), 0);
});

step('no script failed on the way', () => assert.deepEqual(look.errors, []));

async function stopAt(stationId) {
  const stop = offer('Stop charging');
  await stop.locator('summary').click();
  await stop.getByRole('checkbox').check();
  await stop.getByRole('button', { name: 'Stop charging' }).click();
  await until('it stopped', async () =>
    (await network.call('GET', `/v1/sessions?status=active&stationId=${stationId}`)).items.length === 0 ? true : undefined,
  );
  await offer('Start charging').waitFor();
}
