// What webhooks can be told of; the console offers these as well, so nothing is imported here.
export const WEBHOOK_KINDS = [
  'site.changed',
  'station.changed',
  'session.changed',
  'load.changed',
  'alert.opened',
  'alert.closed',
] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];
