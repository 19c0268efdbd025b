// A record for the site's own stream.
import type { SiteEventData } from '#contracts';
import type { Output } from '#service';

export const siteOutput = <Type extends keyof SiteEventData>(type: Type, data: SiteEventData[Type], stationId?: string): Output => ({
  topic: 'site-events',
  type,
  data,
  ...(stationId !== undefined && { stationId }),
});
