// What a webhook is told: a message for each change of the feed that it wants, in the order of the feed; alerts as texts for mail. Pure.
// How a message gets there is deliver.ts's.
import { SEVERITIES } from '../alerts.js';
import type { FeedKind } from '../definition.js';
import { type FeedChange, placeText } from '../feed.js';
import type { WebhookKind } from './kinds.js';

export interface Message {
  /** The same for each attempt. */
  readonly id: string;
  readonly type: WebhookKind | 'test';
  /** ISO 8601 UTC: when it happened. */
  readonly timestamp: string;
  /** Where in the feed; null for a test. */
  readonly position: string | null;
  readonly subject: string;
  readonly data: unknown;
}

export interface Wanted {
  readonly kinds: readonly string[];
  /** The least severe alerts it wants. */
  readonly severity: string;
}

/** Kinds of the feed that have something for it. */
export const feedKindsOf = ({ kinds }: Wanted): readonly FeedKind[] => [...new Set(kinds.map((kind) => kind.split('.', 1)[0] as FeedKind))];

const rank = (severity: unknown): number => SEVERITIES.indexOf(severity as (typeof SEVERITIES)[number]);

export function messageOf({ place, at, kind, subject, state }: FeedChange, { kinds, severity }: Wanted): Message | undefined {
  const alert = state as { readonly severity?: unknown; readonly closedAt?: unknown };
  const type = kind === 'alert' ? (`alert.${alert.closedAt ? 'closed' : 'opened'}` as const) : (`${kind}.changed` as const);
  if (!kinds.includes(type) || (kind === 'alert' && rank(alert.severity) > rank(severity))) return undefined;
  const position = placeText(place);
  return { id: `msg_${position}`, type, timestamp: at.toISOString(), position, subject, data: state };
}

export const bodyOf = ({ type, timestamp, position, data }: Message): string => JSON.stringify({ type, timestamp, position, data });

interface AlertData {
  readonly kind?: string;
  readonly severity?: string;
  readonly siteId?: string | null;
  readonly stationId?: string | null;
  readonly evseId?: number | null;
  readonly since?: Date | string | null;
  readonly detail?: Readonly<Record<string, unknown>> | null;
}

const RUNBOOK = 'docs/runbooks/alerts.md';

/** One mail for what changed at once: the subject says the worst of it, the text each with its place and figures. */
export function mailOf(messages: readonly Message[], publicUrl?: string): { readonly subject: string; readonly text: string } {
  const lines = messages.map(({ type, data }) => {
    if (type === 'test') return 'This is a test: alerts will come to this address.';
    const { kind = '', severity = '', siteId, stationId, evseId, since, detail } = data as AlertData;
    const place = [siteId, stationId, evseId].filter((part) => part !== null && part !== undefined).join(' / ');
    const figures = Object.entries(detail ?? {}).filter(([, value]) => value !== null);
    return [
      `${type === 'alert.closed' ? 'Over' : severity}: ${kind}${place === '' ? '' : ` at ${place}`}`,
      ...(since ? [`  since ${new Date(since).toISOString()}`] : []),
      ...figures.map(([name, value]) => `  ${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`),
    ].join('\n');
  });
  const opened = messages.filter(({ type }) => type === 'alert.opened').map(({ data }) => data as AlertData);
  const [worst = opened[0]] = SEVERITIES.flatMap((each) => opened.filter(({ severity }) => severity === each));
  const first =
    worst === undefined
      ? (lines[0]?.split('\n', 1)[0] ?? '')
      : `${worst.severity}: ${worst.kind} at ${worst.stationId ?? worst.siteId ?? 'the network'}`;
  const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : '';
  const where = [...(publicUrl === undefined ? [] : [`Alerts: ${publicUrl}/#/alerts`]), `What to do about each kind: ${RUNBOOK}`];
  return { subject: `[Joulestream] ${first}${more}`, text: `${[...lines, where.join('\n')].join('\n\n')}\n` };
}
