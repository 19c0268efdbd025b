// What was asked of stations from this page, press by press, and how far each came: by what the api tells, never by what was hoped.
// A press has a key of its own: asked for again under it, it is done once.
import { ApiError } from '../../api/errors.js';
import { type Ask, randomKey } from '../../api/http-api.js';
import { rowOf, text, textOrNull, timeOrNull } from '../../api/loose-json.js';
import { createStore } from '../../model/store.js';
import type { Message, Offer } from './offers.js';

export interface Press extends Message {
  readonly key: string;
  readonly stationId: string;
  readonly name: Offer['name'];
  /** By the server's clock. */
  readonly atMs: number;
  readonly stage:
    | { readonly kind: 'asking' }
    /** It may have been heard, and may not. */
    | { readonly kind: 'unheard'; readonly reason: string }
    | { readonly kind: 'refused'; readonly reason: string }
    | { readonly kind: 'asked'; readonly commandId: string };
}
export interface Command {
  readonly state: 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'timedOut';
  /** In the words of the station, or why it was not asked; empty before. */
  readonly said: string;
  readonly endedAtMs: number | null;
}

const KEPT = 50;
export const presses = createStore<readonly Press[]>([]);

const put = (press: Press): void =>
  presses.set([press, ...presses.get().filter(({ key }) => key !== press.key)].sort((a, b) => b.atMs - a.atMs).slice(0, KEPT));

/** Rejects where the api refused it: then it is as if it had never been pressed. */
export async function press(ask: Ask, asked: Omit<Press, 'key' | 'stage'>): Promise<string> {
  const pressed: Press = { ...asked, key: randomKey(), stage: { kind: 'asking' } };
  try {
    await pressAgain(ask, pressed);
  } catch (error) {
    presses.set(presses.get().filter(({ key }) => key !== pressed.key));
    throw error;
  }
  return pressed.key;
}

/** The same press once more; what was not answered is kept, and can be asked again. */
export async function pressAgain(ask: Ask, pressed: Press): Promise<void> {
  const { stationId, action, payload, key } = pressed;
  put({ ...pressed, stage: { kind: 'asking' } });
  try {
    const answer = await ask.post(`/v1/stations/${encodeURIComponent(stationId)}/commands`, { action, payload }, key);
    put({ ...pressed, stage: { kind: 'asked', commandId: text(rowOf(answer).commandId) } });
  } catch (error) {
    if (!(error instanceof ApiError) || !error.retriable) throw error;
    put({ ...pressed, stage: { kind: 'unheard', reason: error.message } });
  }
}

/** An answer to a press that was made before says that it was not, and cannot be, done. */
export const refused = (pressed: Press, error: unknown): void =>
  put({ ...pressed, stage: { kind: 'refused', reason: error instanceof Error ? error.message : String(error) } });

export function readCommand(json: unknown): Command {
  const row = rowOf(json);
  const { status, statusInfo, code, description } = rowOf(row.answer);
  const { reasonCode, additionalInfo } = rowOf(statusInfo);
  const said = [status, code, reasonCode, additionalInfo, description, row.reason].flatMap((each) => textOrNull(each) ?? []);
  return {
    state: STATES.find((each) => each === row.state) ?? 'queued',
    said: [...new Set(said)].join(' · '),
    endedAtMs: timeOrNull(row.endedAt),
  };
}
const STATES = ['queued', 'sent', 'accepted', 'rejected', 'failed', 'timedOut'] as const;
