// How commands ended: by one word of their station at most, told as the station said it, and shown so to whoever asked. That each of them ends is
// facts-audit.ts's.
import type { Difference } from './accounts-audit.js';
import type { Outcomes } from './facts-audit.js';
import type { PlainRow } from './statements.js';

const wrong = (text: string): Difference => ({ rule: 'outcome', text });
const SHOWN: Readonly<Record<string, string>> = { Accepted: 'accepted', Rejected: 'rejected' };

export function auditCommands(outcomes: ReadonlyMap<string, Outcomes>, rows: readonly PlainRow[]): readonly Difference[] {
  const shown = new Map(rows.map(({ command_id, state }) => [command_id ?? '', state ?? '']));
  return [...outcomes].flatMap(([commandId, { words, heard }]) => {
    const [word, ...more] = words;
    const state = shown.get(commandId);
    if (more.length > 0) return [wrong(`command ${commandId} was answered in ${words.size} ways: ${[...words].join(' / ').slice(0, 400)}`)];
    if (state === undefined || state === 'queued' || state === 'sent')
      return [wrong(`command ${commandId} ended, and is shown as ${state}`)];
    if (word === undefined)
      return state === 'failed' || state === 'timedOut' ? [] : [wrong(`nobody answered ${commandId}, shown as ${state}`)];
    const status = statusIn(JSON.parse(word).payload);
    const said = heard?.startsWith('[3') ? statusIn(JSON.parse(heard)[2]) : status;
    if (said !== status) return [wrong(`${commandId} was answered ${said}, which is told as ${status}`)];
    const expected = SHOWN[status ?? ''];
    return expected === undefined || expected === state ? [] : [wrong(`${commandId} was answered ${status}, shown as ${state}`)];
  });
}

const statusIn = (payload: unknown): string | undefined => (payload as { readonly status?: string } | null | undefined)?.status;
