// What a station says: first each message of its version, made wrong; then a path from its boot to the end of a transaction, and whatever else it knows,
// with messages lost, repeated, out of order. The single message is made wrong in mutate.ts.
import type { Chance } from '#apps/simulator';
import { actions, mayComeFromStation, type OcppVersion } from '#ocpp';
import { officialSchema } from './oracle.js';
import { type Known, oneOf, sample } from './sample.js';

export interface Said {
  readonly action: string;
  readonly payload: unknown;
  /** Whatever chance has for the others. */
  readonly isWrong?: true;
}
/** `again`: the frame before, once more, byte by byte. `overtaken`: a second connection while the first one is still open. */
export type Step = Said | 'reconnect' | 'overtaken' | 'again';

export interface Subject {
  readonly stationId: string;
  readonly version: OcppVersion;
  readonly idToken: string;
  /** Of the last start that was answered. */
  transactionId: number | string;
}

const ago = (chance: Chance): string => new Date(Date.now() - chance.integer(0, 3_600_000)).toISOString();

export const knownOf =
  ({ idToken, transactionId, version }: Subject): Known =>
  (name, type, chance) => {
    switch (name) {
      case 'idTag':
        return idToken;
      case 'idToken':
        return type === 'string' ? idToken : { idToken, type: 'ISO14443' };
      case 'transactionId':
        return version === 'ocpp1.6' ? Number(transactionId) : String(transactionId);
      case 'timestamp':
      case 'startSchedule':
        return ago(chance);
      case 'connectorId':
      case 'evseId':
        return oneOf([1, 1, 1, 2, 0], chance);
      case 'seqNo':
        return chance.integer(0, 5);
      case 'value':
        return type === 'string' ? String(chance.integer(0, 100_000)) : undefined;
      default:
        return undefined;
    }
  };

export function saidBy(subject: Subject, action: string, chance: Chance, more: object = {}): Said {
  const schema = officialSchema(subject.version, action, 'request');
  if (schema === undefined) throw new Error(`${subject.version} has no ${action}`);
  const payload = sample(schema as never, schema, chance, knownOf(subject)) as object;
  return { action, payload: { ...payload, ...more } };
}

function transaction(subject: Subject, chance: Chance): readonly Said[] {
  const say = (action: string, more?: object): Said => saidBy(subject, action, chance, more);
  if (subject.version === 'ocpp1.6')
    return [
      say('Authorize'),
      say('StartTransaction', { meterStart: 1000 }),
      say('MeterValues'),
      say('StatusNotification', { status: 'Charging' }),
      say('MeterValues'),
      say('StopTransaction', { meterStop: 5000 }),
    ];
  const transactionInfo = { transactionId: `${subject.stationId}-${chance.integer(1, 3)}` };
  const event = (eventType: string, seqNo: number): Said => say('TransactionEvent', { eventType, seqNo, transactionInfo });
  return [
    say('Authorize'),
    event('Started', 0),
    event('Updated', 1),
    say('MeterValues'),
    event('Updated', 2),
    say('NotifyEVChargingNeeds'),
    event('Ended', 3),
  ];
}

const LATE = 0.08;

export const ownActions = (version: OcppVersion): readonly string[] =>
  [...actions(version).keys()].filter((action) => mayComeFromStation(version, action));

/** Each message of its own once, in any order; then a path in an order no station has, sometimes: left out, said again at once or later, late, or on another connection. */
export function conversation(subject: Subject, chance: Chance, others: number): readonly Step[] {
  const own = ownActions(subject.version);
  const each: readonly Said[] = shuffled(own, chance).map((action) => ({ ...saidBy(subject, action, chance), isWrong: true }));
  return [...each, ...path(subject, chance, own, others)];
}

const shuffled = <T>(items: readonly T[], chance: Chance): readonly T[] =>
  items
    .map((item) => ({ item, place: chance.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);

function path(subject: Subject, chance: Chance, own: readonly string[], others: number): readonly Step[] {
  const extra = Array.from({ length: others }, () => saidBy(subject, oneOf(own, chance), chance));
  const steps: Step[] = [saidBy(subject, 'BootNotification', chance), ...transaction(subject, chance)];
  for (const said of extra) steps.splice(chance.integer(0, steps.length), 0, said);
  for (const _ of steps) {
    // Late by up to six messages: a stop before its start, an answer to a question nobody has asked yet.
    if (chance.next() >= LATE) continue;
    const from = chance.integer(1, steps.length - 1);
    const [late] = steps.splice(from, 1);
    if (late !== undefined) steps.splice(Math.min(steps.length, from + chance.integer(1, 6)), 0, late);
  }
  return steps.flatMap((step, index): readonly Step[] => {
    const fate = chance.next();
    if (fate < 0.06) return [];
    if (fate < 0.12) return [step, 'again'];
    if (fate < 0.18) return [step, step];
    if (fate < 0.24) return [steps[chance.integer(0, index)] ?? step];
    if (fate < 0.3) return [step, 'reconnect'];
    if (fate < 0.34) return ['overtaken', step];
    return [step];
  });
}
