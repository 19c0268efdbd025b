// Messages of which one request makes more than a station's edge keeps waiting (500 keys of 1.6): one is on its way, the rest waits here.
// Empty → sending → Empty. The next goes when the one before was answered, whatever the answer; where it did not arrive, or nobody answered, the rest is refused with what it was refused with; one that is wrong by itself stops no other.
import type { MessagesRefused, MessagesWanted } from '#contracts';
import type { Heard, Outcome } from '../heard.js';
import type { CommandWish, FactWish, Part } from '../part.js';

export interface WaitingMessage {
  readonly stationId: string;
  readonly commandId: string;
  readonly action: string;
  readonly payload: object;
  readonly timeoutMs: number;
  readonly notAfterMs: number;
}
export interface MessageQueue {
  /** The command that is on its way. */
  readonly current?: string;
  readonly waiting: readonly WaitingMessage[];
}
interface Refusal {
  readonly message: WaitingMessage;
  readonly reason: MessagesRefused['reason'];
  readonly detail: string;
}

/** Messages of one station that may wait: twice what one request makes at most. */
const MOST_WAITING = 1000;

export const messageQueue: Part<MessageQueue> = {
  name: 'message-queue',
  tables: [],
  calls: [],
  commands: ['ChangeConfiguration', 'GetConfiguration', 'GetVariables', 'SetVariables'],
  facts: ['MessagesWanted'],
  initial: { waiting: [] },
  decide(before, heard) {
    const { next, refused } = after(before, heard);
    const sent: readonly CommandWish[] =
      next === undefined
        ? []
        : [
            {
              commandId: next.commandId,
              action: next.action,
              payload: next.payload,
              timeoutMs: next.timeoutMs,
              notAfterMs: next.notAfterMs - heard.nowMs,
            },
          ];
    return [...sent, ...told(refused)];
  },
  evolve: (before, heard) => after(before, heard).state,
};

/** One fact for those with one reason. */
const told = (refused: readonly Refusal[]): readonly FactWish[] =>
  [...Map.groupBy(refused, ({ reason, detail }) => JSON.stringify([reason, detail])).values()].map((group): FactWish => {
    const { reason, detail, message } = group[0] as Refusal;
    return {
      type: 'MessagesRefused',
      data: { stationId: message.stationId, commandIds: group.map((each) => each.message.commandId), reason, detail },
    };
  });

interface Step {
  readonly state: MessageQueue;
  readonly next?: WaitingMessage;
  readonly refused: readonly Refusal[];
}

function after(state: MessageQueue, heard: Heard): Step {
  if (heard.kind === 'fact' && heard.input.type === 'MessagesWanted') {
    const all = [...state.waiting, ...messagesIn(heard.input.data)];
    const full = all.slice(MOST_WAITING).map((message): Refusal => ({ message, reason: 'QueueFull', detail: FULL }));
    const waiting = all.slice(0, MOST_WAITING);
    return state.current === undefined ? following({ waiting }, heard.nowMs, full) : { state: { ...state, waiting }, refused: full };
  }
  if (heard.kind !== 'outcome' || heard.command.commandId !== state.current) return { state, refused: [] };
  const { outcome } = heard;
  if (outcome.kind === 'answered' || outcome.kind === 'errored' || isItsOwn(outcome))
    return following({ waiting: state.waiting }, heard.nowMs);
  const reason = outcome.kind === 'refused' ? outcome.reason : 'PastNotAfter';
  const detail = `${heard.command.action} before it ${outcome.kind === 'refused' ? 'never left' : `was not answered (${outcome.reason})`}: ${AGAIN}`;
  return { state: { waiting: [] }, refused: state.waiting.map((message) => ({ message, reason, detail })) };
}
/** What is wrong with that message and no other. */
const isItsOwn = (outcome: Outcome): boolean =>
  outcome.kind === 'refused' && (outcome.reason === 'InvalidPayload' || outcome.reason === 'NotPermitted');

const FULL = `${MOST_WAITING} messages wait for this station already: ask again once they are answered`;
const AGAIN = 'ask again once the station answers';
const LATE = `those before it took too long: ${AGAIN}`;

/** The first that still makes sense; what is too late is refused. */
function following({ waiting }: MessageQueue, nowMs: number, refused: readonly Refusal[] = []): Step {
  const at = waiting.findIndex(({ notAfterMs }) => notAfterMs > nowMs);
  const late = (at < 0 ? waiting : waiting.slice(0, at)).map((message): Refusal => ({ message, reason: 'PastNotAfter', detail: LATE }));
  const all = [...late, ...refused];
  const next = at < 0 ? undefined : waiting[at];
  if (next === undefined) return { state: { waiting: [] }, refused: all };
  return { state: { current: next.commandId, waiting: waiting.slice(at + 1) }, next, refused: all };
}

const messagesIn = ({ stationId, messages, timeoutMs, notAfter }: MessagesWanted): readonly WaitingMessage[] =>
  messages.map(({ commandId, action, payload }) => ({
    stationId,
    commandId,
    action,
    payload: payload as object,
    timeoutMs,
    notAfterMs: Date.parse(notAfter),
  }));
