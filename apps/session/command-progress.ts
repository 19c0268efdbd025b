// How far a command has come: queued → sent → an end. Outcomes may come late, twice and from two sides; the better informed one stays.
// Who sends commands and who says that one was lost is decided elsewhere.
import type { SiteEvent } from '#contracts';

export type CommandState = 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'timedOut';

/** 0 queued, 1 sent, 2 presumed (silence, or refused unsent), 3 the station's own word, which is final. */
type Rank = 0 | 1 | 2 | 3;

export interface CommandProgress {
  readonly rank: Rank;
  /** Forgotten after this. */
  readonly untilMs: number;
}

export interface Outcome {
  readonly state: CommandState;
  readonly rank: Rank;
  readonly answer?: unknown;
  readonly reason?: string;
}

const KEPT_MS = 3_600_000;
const MOST_KEPT = 100;

/** Words with which a station agrees; an answer without any is agreement too. */
const AGREEING: ReadonlySet<unknown> = new Set(['Accepted', 'AcceptedCanceled', 'Scheduled', 'RebootRequired', 'Unlocked', 'Unpublished']);

export function outcomeOf(event: SiteEvent): Outcome | undefined {
  switch (event.type) {
    case 'CommandRequested':
    case 'ProfileRequested':
      return { state: 'queued', rank: 0 };
    case 'PriorityDecided':
      // No station was asked: the owner of the site gives places.
      return { state: 'accepted', rank: 3, answer: { isFirst: event.data.isFirst } };
    case 'CommandSent':
      return { state: 'sent', rank: 1 };
    case 'CommandRefused':
      return {
        state: 'failed',
        rank: 2,
        reason: event.data.detail === undefined ? event.data.reason : `${event.data.reason}: ${event.data.detail}`,
      };
    case 'CommandUnanswered':
      return { state: 'timedOut', rank: 2, reason: event.data.reason };
    case 'CommandErrored': {
      const { code, description } = event.data;
      return { state: 'failed', rank: 3, answer: { code, description }, reason: code };
    }
    case 'CommandAnswered': {
      const statuses = statusesOf(event.data.payload);
      const agrees = statuses.length === 0 || statuses.some((status) => AGREEING.has(status));
      return { state: agrees ? 'accepted' : 'rejected', rank: 3, answer: event.data.payload };
    }
    default:
      return undefined;
  }
}

/** Where a station answers for each thing that was wanted of it; what is only asked for is told or not, and no refusal. */
const RESULTS = ['setVariableResult', 'setMonitoringResult', 'clearMonitoringResult', 'clearTariffsResult'] as const;

const asObject = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});

function statusesOf(payload: unknown): readonly unknown[] {
  const answer = asObject(payload);
  const results = RESULTS.map((name) => answer[name])
    .filter(Array.isArray)
    .flat()
    .map(asObject);
  return [answer.status, ...results.map(({ attributeStatus, status }) => attributeStatus ?? status)].filter(
    (status) => status !== undefined,
  );
}

type Progress = Readonly<Record<string, CommandProgress>>;

/** True when the outcome says more than what is known; a request always does before anything else is known. */
export const isNews = (progress: Progress, commandId: string, { rank }: Outcome): boolean => {
  const known = progress[commandId];
  return known === undefined ? rank === 0 : rank > known.rank;
};

/** The latest to advance is last. Without a prototype: such an object is a table from the start, and filling it costs a quarter. */
export function advance(progress: Progress, commandId: string, { rank }: Outcome, nowMs: number): Progress {
  const kept: Record<string, CommandProgress> = Object.create(null);
  const ids = Object.keys(progress).filter((id) => id !== commandId && (progress[id]?.untilMs ?? 0) > nowMs);
  for (const id of ids.slice(-MOST_KEPT)) kept[id] = progress[id] as CommandProgress;
  kept[commandId] = { rank, untilMs: nowMs + KEPT_MS };
  return kept;
}
