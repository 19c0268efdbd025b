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
  /** Undefined for a station that nobody configured. */
  const configuredSiteOf = async (tenantId: string, stationId: string): Promise<string | undefined> => {
    const entry = await book.station(tenantId, stationId);
    if (entry === undefined && !(await book.isComplete())) throw unavailable('the station registry is being rebuilt');
    return entry?.siteId;
  };

  /** Of one that was let in without being configured as well: its edge records it at a site of its own. */
  const siteOf = async (tenantId: string, stationId: string): Promise<string> => {
    const siteId = (await configuredSiteOf(tenantId, stationId)) ?? (await reads.siteOfStation(tenantId, stationId));
    if (siteId === undefined) throw notFound(`the station ${stationId}`);
    return siteId;
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

  return { siteOf, configuredSiteOf, knownSite, existingSite };
}
