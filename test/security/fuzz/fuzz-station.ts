// One station that says a mutated conversation over one or more sockets, and answers what it is asked in mutated words.
// Each of its frames is answered as the oracle says; anything else is a complaint with the frame that caused it.
import { setTimeout } from 'node:timers/promises';
import type { Chance } from '#apps/simulator';
import type { OcppVersion } from '#ocpp';
import type { RawStation } from '../../scenario/support/raw-station.js';
import { conversation, knownOf, type Said, type Subject } from './conversation.js';
import { jsonText, Verbatim } from './json-text.js';
import { mutateOften } from './mutate.js';
import { complaintOf, type Expected, expectedOf, officialSchema } from './oracle.js';
import { oneOf, sample } from './sample.js';

export interface FuzzedStation {
  readonly stationId: string;
  readonly version: OcppVersion;
  readonly idToken: string;
  readonly connect: () => Promise<RawStation>;
  readonly isAsked: () => boolean;
}

interface Sent {
  readonly text: string;
  readonly told: string;
  readonly expected: Expected;
}

/** Calls and messages of the network, and what it says of an answer it cannot use (2.1). */
const NOT_FOR_US: ReadonlySet<unknown> = new Set([2, 5, 6]);
const MUTATED = 0.65;
const WRONG_FRAME = 0.08;
const ANSWERED = 0.9;
const CUT = 0.08;
/** Fewer than the edge lets wait, more than the protocol allows. */
const AT_ONCE = 6;
/** A larger one closes the socket (attack 7) and ends the conversation. */
const LARGEST_FRAME = 1 << 20;

/** The whole frame made wrong, not its payload. */
function wrongFrame(frame: readonly unknown[], chance: Chance): string {
  const text = jsonText(frame);
  const [type, messageId, ...rest] = frame;
  return oneOf<() => string>(
    [
      () => text.slice(0, chance.integer(0, text.length - 1)),
      () => text + oneOf([']', '{}', ',', '\u0000'], chance),
      () => jsonText(mutateOften(frame, chance, 2).value),
      () => jsonText([oneOf<unknown>([0, 1, 3, 4, 5, 6, 7, -2, 2.5, '2', null, new Verbatim('2e0')], chance), messageId, ...rest]),
      () => jsonText([type, oneOf<unknown>(['', 'x'.repeat(36), 'x'.repeat(37), 5, null, 'a\nb', '\ud800', {}], chance), ...rest]),
      () =>
        jsonText([type, messageId, oneOf<unknown>(['__proto__', 'constructor', 'authorize', '', 7, 'x'.repeat(51)], chance), rest.at(-1)]),
      () => jsonText([...frame, oneOf<unknown>([null, {}, 'more', [[]]], chance)]),
      () => jsonText([type, messageId, rest[0]]),
      () => ` \n\t${text}\r\n`,
      () => oneOf(['', ' ', '[]', '{}', 'null', '2', '"x"', '[[]]', '\ufeff[]'], chance),
    ],
    chance,
  )();
}

/** Between words of a station that has said everything and is still asked [ms]. */
const PAUSE_MS = 20;

/** Says everything, and more for as long as it `isAsked`; answers what was wrong with the network's part of it. */
export async function fuzzStation({ connect, isAsked, ...own }: FuzzedStation, chance: Chance, others: number): Promise<readonly string[]> {
  const subject: Subject = { ...own, transactionId: 1 };
  const complaints: string[] = [];
  let station = await connect();
  let count = 0;
  let last: Sent | undefined;

  const compose = (said: Said): Sent => {
    const { action, payload, isWrong } = said;
    const { value, told } = isWrong || chance.next() < MUTATED ? mutateOften(payload, chance, 3) : { value: payload, told: 'unchanged' };
    const type = subject.version === 'ocpp2.1' && action === 'NotifyPeriodicEventStream' ? 6 : 2;
    const frame = [type, `${subject.stationId}-${++count}`, action, value];
    const text = chance.next() < WRONG_FRAME ? wrongFrame(frame, chance) : jsonText(frame);
    if (Buffer.byteLength(text) > LARGEST_FRAME) return compose(said);
    return { text, told: `${action}, ${told}`, expected: expectedOf(subject.version, text) };
  };
  /** What we say to a call of the network; it may be so wrong that it is answered itself, behind what waits already. */
  const answer = ([, messageId, action]: readonly unknown[], waiting: Sent[]): void => {
    if (chance.next() > ANSWERED) return;
    const schema = officialSchema(subject.version, String(action), 'response');
    const payload = sample((schema ?? {}) as never, schema ?? {}, chance, knownOf(subject));
    const frame = chance.next() < 0.1 ? [4, messageId, 'GenericError', '', {}] : [3, messageId, payload];
    const text = chance.next() < 0.5 ? jsonText(mutateOften(frame, chance, 2).value) : jsonText(frame);
    station.send(text);
    waiting.push({ text, told: `answer to ${String(action)}`, expected: expectedOf(subject.version, text) });
  };
  /** Answers come in the order of the calls; what we are asked comes in between. */
  const hear = async ({ text, told, expected }: Sent, waiting: Sent[]): Promise<void> => {
    if (expected.kind === 'nothing') return;
    let frame = await station.next();
    for (; NOT_FOR_US.has(frame[0]); frame = await station.next()) if (frame[0] === 2) answer(frame, waiting);
    const complaint = complaintOf(subject.version, text, expected, frame);
    if (complaint !== undefined) complaints.push(`${subject.version} ${told}: ${complaint}\n  sent ${text.slice(0, 1000)}`);
    if (frame[1] !== expected.messageId) throw new Error('an answer is out of order');
    const { transactionId } = (frame[2] ?? {}) as { readonly transactionId?: number };
    if (typeof transactionId === 'number') subject.transactionId = transactionId;
  };
  const reconnect = async (): Promise<void> => {
    if (chance.next() < 0.5) station.socket.terminate();
    else station.socket.close();
    station = await connect();
  };
  /** The newest connection wins; what is said on the other one, as it is closed, is nobody's to wait for. */
  const overtake = async (): Promise<void> => {
    const older = station;
    station = await connect();
    older.send(jsonText([2, `${subject.stationId}-${++count}`, 'Heartbeat', {}]));
    older.socket.close();
  };

  const steps = [...conversation(subject, chance, others)];
  while (steps.length > 0 || isAsked()) {
    if (steps.length === 0) {
      await setTimeout(PAUSE_MS);
      steps.push({ action: 'Heartbeat', payload: {} });
    }
    const sent: Sent[] = [];
    for (const step of steps.splice(0, chance.integer(1, AT_ONCE))) {
      if (step === 'reconnect' || step === 'overtaken') {
        if (sent.length === 0) await (step === 'reconnect' ? reconnect() : overtake());
        continue;
      }
      const next = step === 'again' ? last : compose(step);
      if (next === undefined) continue;
      last = next;
      station.send(next.text);
      sent.push(next);
    }
    // Sent, and the link is gone: what was last said is said again on the next one.
    if (chance.next() < CUT) {
      await reconnect();
      sent.splice(0, sent.length - 1);
      if (sent[0] !== undefined) station.send(sent[0].text);
    }
    try {
      for (let at = 0; at < sent.length; at++) await hear(sent[at] as Sent, sent);
    } catch (error) {
      const end = station.socket.readyState === 3 ? JSON.stringify(await station.closed) : 'open';
      complaints.push(
        `${subject.version}: ${String(error)}, the socket is ${end}, after\n${sent.map(({ told, text }) => `  ${told}: ${text.slice(0, 500)}`).join('\n')}`,
      );
      await reconnect();
    }
  }
  await station.close();
  return complaints;
}
