// What a path names, found or answered with 404: sites, and the site of a station.
import { z } from 'zod';
import type { World } from '#ports';
import { notFound, unavailable } from './problem.js';
import type { Reads } from './reads.js';
import * as shapes from './schemas.js';

export const SiteId = z.object({ siteId: shapes.Id });
export const StationId = z.object({ stationId: shapes.StationIdText });
export const AnyId = z.object({ id: z.string().min(1).max(100) });

export type Lookups = ReturnType<typeof lookups>;

export function lookups({ book }: World, reads: Reads) {
  const siteOf = async (tenantId: string, stationId: string): Promise<string> => {
    const entry = await book.station(tenantId, stationId);
    if (entry === undefined)
      throw (await book.isComplete()) ? notFound(`the station ${stationId}`) : unavailable('the station registry is being rebuilt');
    return entry.siteId;
  };

  const knownSite = async (tenantId: string, siteId: string) => {
    const site = await reads.site(tenantId, siteId);
    if (site === undefined) throw notFound(`the site ${siteId}`);
    return site;
  };

  /** Also one that was deleted: its history stays. A station that was let in without being configured is a site of its own, without a tree. */
  const existingSite = async (tenantId: string, siteId: string): Promise<void> => {
    const { items } = await reads.stations(tenantId, { limit: 1, siteId });
    if (items.length === 0 && !(await reads.hadSite(tenantId, siteId))) throw notFound(`the site ${siteId}`);
  };

  return { siteOf, knownSite, existingSite };
}
