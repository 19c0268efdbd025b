// One page of `GET /v1/sessions` by its cursor in a small and a large table: the reads of the api, under row-level security, on PostgreSQL.
// Rows are made by SQL; each filter pages from its beginning and from the middle. The figure is the ratio of the middle page times.
// node test/bench/sessions.mjs [--small 10000] [--large 1000000] [--pages 61]   Needs `npm run build`.
import { parseArgs } from './support/options.mjs';
import { median, withDatabase } from './support/postgres.mjs';
import { report } from './support/report.mjs';

const { values: options } = parseArgs({
  options: {
    small: { type: 'string', default: '10000' },
    large: { type: 'string', default: '1000000' },
    pages: { type: 'string', default: '61' },
  },
});
const pages = Number(options.pages);
const BUDGET = 1.5;
const STATIONS = 100;

const { readsFrom } = await import('../../dist/apps/api/reads.js');
const { postgresDatabase } = await import('#cluster');
const { migrateAll } = await import('../../dist/apps/standalone/compare-rows.js');

/** A session every half minute at one station after another; the newest twenty run. Two thirds have a cost. */
async function fill(database, tenantId, count) {
  await database.query(
    `insert into sessions (tenant_id, session_id, site_id, station_id, evse_id, transaction_id, ocpp_version, status, started_at, ended_at, energy_wh, flags)
     select $1, md5(n::text), 'site-' || n % 50, 'CP' || n % ${STATIONS}, 1, n::text, 'ocpp1.6', case when n > $2::bigint - 20 then 'active' else 'ended' end,
       timestamptz '2020-01-01' + n * interval '30 seconds', timestamptz '2020-01-01' + n * interval '30 seconds' + interval '1 hour', 10000, '[]'
     from generate_series(1, $2::bigint) n`,
    [tenantId, count],
  );
  await database.query(
    `insert into session_costs select tenant_id, session_id, site_id, 1, true, null, 'EUR', 1, 1, 1, 1, 10, ended_at from sessions
     where tenant_id = $1 and transaction_id::bigint % 3 > 0`,
    [tenantId],
  );
}

/** Milliseconds of each page, following the cursor. */
async function pageTimes(reads, tenantId, query, cursor) {
  const times = [];
  for (let page = 0; page < pages; page++) {
    const startedAt = performance.now();
    const found = await reads.sessions(tenantId, { ...query, limit: 50, cursor });
    times.push(performance.now() - startedAt);
    if (found.items.length === 0) throw new Error(`no sessions for ${JSON.stringify(query)}`);
    cursor = found.nextCursor ?? undefined; // behind the last page it begins anew
  }
  return times;
}

await withDatabase(async (url) => {
  const database = await postgresDatabase({ url, onTrouble: console.error });
  await migrateAll(database);
  const sizes = { small: Number(options.small), large: Number(options.large) };
  for (const [tenantId, count] of Object.entries(sizes)) await fill(database, tenantId, count);
  await database.query('analyze sessions');
  await database.query('analyze session_costs');
  const reads = readsFrom({ database });
  const lines = [];
  let worst = 0;
  for (const [name, query] of [
    ['all, from the newest', {}],
    ['all, from the middle', { middle: true }],
    ['one station', { stationId: 'CP7' }],
    ['running', { status: 'active' }],
    ['ended', { status: 'ended' }],
  ]) {
    const { middle, ...filter } = query;
    const figures = {};
    for (const [tenantId, count] of Object.entries(sizes)) {
      const at = new Date(Date.UTC(2020, 0, 1) + (count / 2) * 30_000).toISOString();
      const cursor = middle ? Buffer.from(JSON.stringify([at, 'f'])).toString('base64url') : undefined;
      await pageTimes(reads, tenantId, filter, cursor);
      figures[tenantId] = median(await pageTimes(reads, tenantId, filter, cursor));
    }
    const ratio = figures.large / figures.small;
    worst = Math.max(worst, ratio);
    lines.push(
      `${name}: ${figures.small.toFixed(2)} ms among ${sizes.small}, ${figures.large.toFixed(2)} ms among ${sizes.large}: ${ratio.toFixed(2)}`,
    );
  }
  await database.close();
  report('sessions', 'A page of sessions in a small and a large table', [
    ...lines,
    `largest ratio: **${worst.toFixed(2)}** (budget ${BUDGET})`,
  ]);
  if (worst > BUDGET) process.exitCode = 1;
});
