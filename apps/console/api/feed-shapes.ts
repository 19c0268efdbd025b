// Messages of the event feed, read: a whole row, a point, or only that a list is worth reading again.
// Following the feed is feed/.
import {
  type LoadPoint,
  readLoadPoint,
  readSession,
  readSite,
  readStation,
  type Session,
  type Site,
  type Station,
} from './network-shapes.js';
import { objectOf, textOf } from './strict-json.js';

/** What the feed says: a whole row, a point, or only that a list is worth reading again. */
export type FeedEvent =
  | { readonly type: 'SiteChanged'; readonly site: Site }
  | { readonly type: 'StationChanged'; readonly station: Station }
  | { readonly type: 'SessionChanged'; readonly session: Session }
  | { readonly type: 'LoadMeasured'; readonly siteId: string; readonly point: LoadPoint }
  | { readonly type: 'Outdated'; readonly resource: Resource };

export type Resource = 'sites' | 'stations' | 'sessions' | 'load';

/** Reads one message of the feed. A name or body this page does not know becomes the advice to read the list again. */
export function readFeedEvent(name: string, data: string): FeedEvent | null {
  const body: unknown = data === '' ? null : JSON.parse(data);
  const row = typeof body === 'object' && body !== null && !Array.isArray(body) ? objectOf(body) : {};
  const kind = name === 'message' && typeof row.type === 'string' ? row.type : name;
  switch (kind) {
    case 'site':
      return 'root' in row ? { type: 'SiteChanged', site: readSite(row) } : { type: 'Outdated', resource: 'sites' };
    case 'station':
      return 'evses' in row && 'siteId' in row
        ? { type: 'StationChanged', station: readStation(row) }
        : { type: 'Outdated', resource: 'stations' };
    case 'session':
      return 'startedAt' in row ? { type: 'SessionChanged', session: readSession(row) } : { type: 'Outdated', resource: 'sessions' };
    case 'load':
      return 'measuredW' in row
        ? { type: 'LoadMeasured', siteId: textOf(row.siteId, 'siteId'), point: readLoadPoint(row) }
        : { type: 'Outdated', resource: 'load' };
  }
  const resource = OUTDATED.find(([pattern]) => pattern.test(kind))?.[1];
  return resource === undefined ? null : { type: 'Outdated', resource };
}

const OUTDATED: readonly (readonly [RegExp, Resource])[] = [
  [/session|transaction|cost|charge-?record|cdr/i, 'sessions'],
  [/load|measure|meter/i, 'load'],
  [/station|evse|connector|limit|profile|command/i, 'stations'],
  [/site/i, 'sites'],
];
