// Settings that hold after the station's next start only (RebootRequired): asked for once it has booted, until it tells them.
// What is told becomes rows in variables.ts.
import { isOcpp2 } from '#ocpp';
import type { Heard } from '../heard.js';
import { asList, asText, type Json } from '../json.js';
import type { Part, Wish } from '../part.js';
import { mayBeAsked } from '../station.js';
import { ASKS_OR_SETS, keyOf, toldValues } from '../told-values.js';

interface Awaited {
  /** As it was set: an item of SetVariables, or key and value. */
  readonly item: Json;
  /** After how many boots it was asked for. */
  readonly boots: number;
}
type AwaitedValues = readonly Awaited[];

/** Each is a message of its own in 2.x: how many go into one is not known here. */
const MOST_AWAITED = 8;
/** A boot may be one that was asked for; a station that started so often and tells another value will not have it. */
const MOST_BOOTS = 3;

export const afterReboot: Part<AwaitedValues> = {
  name: 'after-reboot',
  tables: [],
  calls: ['BootNotification'],
  commands: ASKS_OR_SETS,
  initial: [],
  decide(awaited, heard, station) {
    return isStart(heard) && mayBeAsked(station) ? questions(awaited, heard.ocppVersion) : [];
  },
  evolve(awaited, heard, _station, { commands }) {
    if (commands.length > 0) return awaited.flatMap(({ item, boots }) => (boots + 1 < MOST_BOOTS ? { item, boots: boots + 1 } : []));
    return heard.kind === 'outcome' && heard.outcome.kind === 'answered' ? answered(awaited, heard, heard.outcome.payload) : awaited;
  },
};

const isStart = (heard: Heard): heard is Extract<Heard, { kind: 'call' }> =>
  heard.kind === 'call' && !heard.isOld && heard.answer.status === 'Accepted' && heard.payload.reason !== 'Triggered';

function questions(awaited: AwaitedValues, version: Parameters<typeof isOcpp2>[0]): readonly Wish[] {
  if (awaited.length === 0) return [];
  if (!isOcpp2(version)) return [{ action: 'GetConfiguration', payload: { key: awaited.map(({ item }) => item.key) } }];
  return awaited.map(({ item: { attributeValue: _, customData: __, ...question } }) => ({
    action: 'GetVariables',
    payload: { getVariableData: [question] },
  }));
}

/** By every answer to a setting, and by every value that is told as it was wanted. */
function answered(awaited: AwaitedValues, heard: Extract<Heard, { kind: 'outcome' }>, payload: Json): AwaitedValues {
  const { command } = heard;
  const set =
    command.action === 'SetVariables'
      ? asList(payload.setVariableResult)
      : command.action === 'ChangeConfiguration'
        ? [command.payload]
        : [];
  const isSet = new Set(set.map(keyOf));
  const later = new Set(set.filter((each) => (each.attributeStatus ?? payload.status) === 'RebootRequired').map(keyOf));
  const { getVariableResult, configurationKey } = toldValues(heard);
  const told = new Map([...asList(getVariableResult), ...asList(configurationKey)].map((each) => [keyOf(each), wordOf(each)]));
  const kept = awaited.filter(({ item }) => !isSet.has(keyOf(item)) && told.get(keyOf(item)) !== wordOf(item));
  const items = command.action === 'SetVariables' ? asList(command.payload.setVariableData) : [command.payload];
  const more = items.filter((item) => later.has(keyOf(item)) && isReadable(item)).map((item) => ({ item, boots: 0 }));
  return kept.length === awaited.length && more.length === 0 ? awaited : [...kept, ...more].slice(-MOST_AWAITED);
}

const wordOf = ({ attributeValue, value }: Json): string => asText(attributeValue ?? value).toLowerCase();
/** A password is never told. */
const isReadable = (item: Json): boolean => wordOf(item) !== '' && !wordOf(item).startsWith('sealed:');
