// A site's day as a Parquet file: what analysts load elsewhere. The columns are those of the views of the schema `analytics` (docs/analytics.md).
// How rows become bytes is parquet.ts's. The day is read in slices, so that a day of a large site is never in memory.
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import { type Route, route, type Stream } from './http.js';
import { DEAR } from './limits.js';
import type { Lookups } from './lookups.js';
import { type Cells, parquetOf, type SqlColumn } from './parquet.js';
import { notFound } from './problem.js';

interface Dataset {
  readonly view: string;
  /** The instant that puts a row on its day (UTC). */
  readonly time: string;
  /** What orders rows of one instant. */
  readonly order: string;
  /** Parts of a day read at once. */
  readonly slices: number;
}

export const DATASETS = {
  'meter-samples': { view: 'meter_samples', time: 'time', order: 'station_id, port_id, measurand, phase, location, context', slices: 96 },
  'port-status': { view: 'port_status', time: 'time', order: 'station_id, port_id, record_offset', slices: 1 },
  'site-load': { view: 'site_load', time: 'time', order: 'time', slices: 24 },
  sessions: { view: 'sessions', time: 'started_at', order: 'session_id', slices: 1 },
  cdrs: { view: 'cdrs', time: 'issued_at', order: 'cdr_id', slices: 1 },
} as const satisfies Readonly<Record<string, Dataset>>;

const Name = z.object({ dataset: z.enum(Object.keys(DATASETS) as (keyof typeof DATASETS)[]) });
const SiteAndDay = z.object({ site: z.string().min(1).max(100), day: z.iso.date('a day YYYY-MM-DD (UTC)') });

const DAY_MS = 86_400_000;

export function exportRoutes({ database }: Pick<World, 'database'>, { existingSite }: Pick<Lookups, 'existingSite'>): readonly Route[] {
  const columnsOf = async (tenantId: string, view: string): Promise<readonly SqlColumn[]> => {
    const { rows } = await queryAsTenant<SqlColumn>(
      database,
      tenantId,
      `select column_name as name, data_type as type, numeric_precision as precision, numeric_scale as scale from information_schema.columns
       where table_schema = 'analytics' and table_name = $1 order by ordinal_position`,
      [view],
    );
    return rows;
  };
  async function* rowsOf(
    tenantId: string,
    { view, time, order, slices }: Dataset,
    site: string,
    day: string,
  ): AsyncGenerator<readonly Cells[]> {
    const [start, step] = [Date.parse(`${day}T00:00:00Z`), DAY_MS / slices];
    for (let slice = 0; slice < slices; slice++) {
      const [from, to] = [start + slice * step, start + (slice + 1) * step].map((ms) => new Date(ms).toISOString());
      const { rows } = await queryAsTenant<Cells>(
        database,
        tenantId,
        `select * from analytics.${view} where tenant_id = $1 and site_id = $2 and ${time} >= $3 and ${time} < $4 order by ${time}, ${order}`,
        [tenantId, site, from, to],
      );
      yield rows;
    }
  }
  return [
    route({
      method: 'get',
      path: '/v1/exports/{dataset}.parquet',
      answer: 'application/vnd.apache.parquet',
      cost: DEAR,
      summary:
        "A site's day (UTC) as Parquet: meter-samples, port-status, site-load, sessions (by their start) or cdrs (by their issue), with the columns of the views analysts read; money is DECIMAL",
      params: Name,
      query: SiteAndDay,
      answers: { 200: 'application/vnd.apache.parquet', 404: 'no such site' },
      async handle({ caller: { tenantId }, params: { dataset }, query: { site, day } }) {
        await existingSite(tenantId, site);
        const chosen = DATASETS[dataset];
        const columns = await columnsOf(tenantId, chosen.view);
        if (columns.length === 0) throw notFound(`the view ${chosen.view}, which is made once every service has run`);
        const pieces = parquetOf(columns, rowsOf(tenantId, chosen, site, day), { dataset, site, day });
        return streamed(`${dataset}-${day}.parquet`, pieces);
      },
    }),
  ];
}

/** Writes as fast as the reader takes it; one that leaves ends the reading, and trouble in the middle breaks the connection, so that half a file is no file. */
const streamed =
  (name: string, pieces: AsyncGenerator<Uint8Array>): Stream =>
  (_, response: ServerResponse) => {
    response.writeHead(200, {
      'content-type': 'application/vnd.apache.parquet',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    pipeline(pieces, response).catch((error: unknown) => response.destroy(error as Error));
  };
