// Fifty sites of forty stations: what the feed says of a few of them draws those again and no others, counted by Chromium in a build that keeps the
// names of functions. How long a frame takes is nobody's promise on a machine that does other things as well, so it is only told.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import { looking, skip } from './looking.mjs';

const [SITES, STATIONS] = [50, 40];
/** Of sites near the screen, whose time goes on each second, while the test waits. */
const TICKS = 15;
let look;
let counted;
let server;
let files;
const feeds = new Set();

const stationRow = (site, index, limitA = 16) => ({
  stationId: `S${site}-${String(index).padStart(2, '0')}`,
  siteId: `site-${site}`,
  online: true,
  ocppVersion: 'ocpp2.0.1',
  lastSeenAt: new Date().toISOString(),
  evses: [{ evseId: 1, status: 'Charging', limitA, powerW: limitA * 690, sessionId: `session-${site}-${index}` }],
});
const all = (count, row) => Array.from({ length: count }, (_, index) => row(index + 1));
const rows = {
  '/v1/sites': () =>
    all(SITES, (site) => ({
      ...{ siteId: `site-${site}`, name: `Car park ${site}`, timeZone: 'Europe/Berlin', voltageV: 230 },
      root: { nodeId: 'grid', limitA: 400, phases: 3, children: [] },
    })),
  '/v1/stations': () => all(SITES, (site) => all(STATIONS, (index) => stationRow(site, index))).flat(),
};

/** The built console, and an api that knows sites and stations and says what the test says. */
async function serve() {
  const types = { js: 'text/javascript', css: 'text/css', html: 'text/html', svg: 'image/svg+xml' };
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://test');
    const json = (body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (pathname === '/v1/events') {
      response.setHeader('content-type', 'text/event-stream').write(': welcome\n\n');
      feeds.add(response);
    } else if (pathname === '/console/session') json({ token: 'test' });
    else if (pathname.startsWith('/v1/'))
      json({ items: rows[pathname]?.() ?? [], nextCursor: null, violations: { episodes: [] }, limits: [] });
    else {
      const file = pathname === '/' ? '/index.html' : pathname;
      response.setHeader('content-type', types[file.split('.').at(-1)] ?? 'text/plain').end(readFileSync(join(files, file)));
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${server.address().port}`;
}
const say = (told) => {
  for (const feed of feeds) feed.write(told.map((row) => `event: station\ndata: ${JSON.stringify(row)}\n\n`).join(''));
};

before(
  async () => {
    if (skip) return;
    files = mkdtempSync(join(tmpdir(), 'joulestream-many-'));
    const configFile = new URL('../../apps/console/vite.config.ts', import.meta.url).pathname;
    await build({ configFile, logLevel: 'error', build: { outDir: files, minify: false } });
    look = await looking(await serve());
    await look.page.getByRole('link', { name: 'S1-01' }).waitFor();
    counted = await look.page.context().newCDPSession(look.page);
    await counted.send('Profiler.enable');
    await counted.send('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  },
  { timeout: 90_000 },
);
after(async () => {
  await look?.close();
  server?.closeAllConnections();
  server?.close();
  if (files !== undefined) rmSync(files, { recursive: true, force: true });
});

/** How often each function ran since the last time this was asked. */
async function calls() {
  const { result } = await counted.send('Profiler.takePreciseCoverage');
  const sums = { SitePanel: 0, Tile: 0 };
  for (const { functions } of result)
    for (const { functionName, ranges } of functions) if (functionName in sums) sums[functionName] += ranges[0].count;
  return sums;
}
const seen = (amps) => look.page.getByText(`max ${amps} A`).first().waitFor();

test('what is said of one station draws its tile again, and its site', { skip }, async () => {
  await calls();
  say([stationRow(1, 1, 7)]);
  await seen(7);
  const { Tile, SitePanel } = await calls();
  assert.ok(SitePanel >= 1 && SitePanel <= TICKS, `${SitePanel} of ${SITES} sites were drawn`);
  assert.ok(Tile >= 1 && Tile <= STATIONS * 3, `${Tile} of ${SITES * STATIONS} tiles were drawn`);
});

test('what is said of a station at every site draws one tile each', { skip }, async (context) => {
  const told = all(SITES, (site) => stationRow(site, 2, 9));
  await calls();
  say(told);
  await seen(9);
  const { Tile, SitePanel } = await calls();
  context.diagnostic(`${told.length} stations told: ${Tile} tiles and ${SitePanel} sites drawn`);
  assert.ok(SitePanel >= SITES && SitePanel <= SITES + TICKS, `${SitePanel} sites were drawn for ${SITES} told`);
  assert.ok(Tile >= told.length && Tile <= told.length + STATIONS * 3, `${Tile} tiles were drawn for ${told.length} told`);
});

test('frames while two hundred stations speak each second', { skip }, async (context) => {
  let turn = 0;
  const speaking = setInterval(() => {
    turn += 1;
    say(all(SITES, (site) => all(4, (index) => stationRow(site, ((turn * 4 + index) % STATIONS) + 1, 6 + (turn % 20)))).flat());
  }, 1_000);
  const frames = await look.page.evaluate(
    () =>
      new Promise((resolve) => {
        const told = [];
        let last = performance.now();
        const endMs = last + 4_000;
        const next = () => {
          const nowMs = performance.now();
          told.push(nowMs - last);
          last = nowMs;
          if (nowMs < endMs) requestAnimationFrame(next);
          else resolve(told);
        };
        requestAnimationFrame(next);
      }),
  );
  clearInterval(speaking);
  frames.sort((a, b) => a - b);
  const over = frames.filter((ms) => ms > 50).length / frames.length;
  context.diagnostic(
    `${frames.length} frames, ${(100 * over).toFixed(1)} % over 50 ms, p99 ${frames[Math.floor(frames.length * 0.99)].toFixed(0)} ms`,
  );
  assert.ok(frames.length > 10, 'the page stood still');
  assert.deepEqual(look.errors, []);
});
