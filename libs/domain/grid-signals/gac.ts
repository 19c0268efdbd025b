// Dutch grid-aware charging (GAC 2.1 on OpenADR 3.1, 2.0 on 3.0.1): what an event, a program and our own name have to look like between a grid operator and a charging network.
// Rules as in the public validators of ElaadNL (openadr3-client-gac-compliance, Apache-2.0); that a program has an event for safe mode they leave to whoever sees all events.
import type { GridEvent, SignalRefusal } from './event.js';

const TYPE = 'IMPORT_CAPACITY_LIMIT';
/** EAN code of a connection. */
const EAN18 = /^\d{18}$/;
/** Country and company, as in `NL-ABC` (eMI3). */
const EMI3 = /^[A-Z]{2}-?[A-Z0-9]{3}$/;
const PROGRAM_TYPES = { '3.0.1': /^DSO_CPO_INTERFACE-\d+\.\d+\.\d+$/, '3.1': /^DSO_CPO_INTERFACE-2\.1\.1$/ } as const;
export type OpenAdrVersion = keyof typeof PROGRAM_TYPES;

/** Reasons why an event is not followed; none: it keeps to the profile. */
export function gacRefusals(version: OpenAdrVersion, event: GridEvent): readonly SignalRefusal[] {
  const { priority, targets, payloadDescriptors, intervalPeriod, intervals } = event;
  const refusals: SignalRefusal[] = [];
  const demand = (isMet: boolean, path: string, message: string): void => {
    if (!isMet) refusals.push({ path, message });
  };
  demand(priority === undefined, 'priority', 'no priority was expected');
  const named = (type: string) => targets.filter((target) => target.type === type).length;
  const connections = targets.filter(({ type }) => type === undefined || type === 'POWER_SERVICE_LOCATION');
  demand(
    connections.every(({ value }) => EAN18.test(value)),
    'targets',
    'EAN codes of 18 digits were expected',
  );
  if (version === '3.0.1')
    for (const type of ['POWER_SERVICE_LOCATION', 'VEN_NAME']) demand(named(type) > 0, 'targets', `a ${type} was expected`);
  const [descriptor] = payloadDescriptors;
  demand(payloadDescriptors.length === 1, 'payloadDescriptors', 'exactly one was expected');
  demand(descriptor?.payloadType === TYPE, 'payloadDescriptors.0.payloadType', `${TYPE} was expected`);
  demand(descriptor?.units === 'KW', 'payloadDescriptors.0.units', 'KW was expected, in capitals');
  demand(intervals.length > 0, 'intervals', 'at least one was expected');
  const withOwn = intervals.filter((interval) => interval.intervalPeriod !== undefined).length;
  demand(
    withOwn === (intervalPeriod === undefined ? intervals.length : 0),
    'intervalPeriod',
    'it was expected on the event, or on each of its intervals',
  );
  intervals.forEach(({ id, payloads }, index) => {
    const before = intervals[index - 1]?.id ?? Number.NEGATIVE_INFINITY;
    demand(id > before, `intervals.${index}.id`, 'ids have to rise');
    demand(payloads.length === 1 && payloads[0]?.type === TYPE, `intervals.${index}.payloads`, `exactly one ${TYPE} was expected`);
    demand(
      payloads.every(({ values }) => values.length === 1),
      `intervals.${index}.payloads.0.values`,
      'exactly one value was expected',
    );
  });
  return refusals;
}

/** What a program says of itself: its attributes by name. */
export function gacProgramRefusals(version: OpenAdrVersion, attributes: ReadonlyMap<string, unknown>): readonly SignalRefusal[] {
  const refusals: SignalRefusal[] = [];
  const retailer = attributes.get('RETAILER_NAME');
  const isNamed = typeof retailer === 'string' && retailer.length >= 2 && retailer.length <= 128;
  if (!isNamed) refusals.push({ path: 'attributes.RETAILER_NAME', message: '2 to 128 characters were expected' });
  const type = attributes.get('PROGRAM_TYPE');
  if (typeof type !== 'string' || !PROGRAM_TYPES[version].test(type))
    refusals.push({
      path: 'attributes.PROGRAM_TYPE',
      message: `the program type of OpenADR ${version} was expected, such as DSO_CPO_INTERFACE-2.1.1`,
    });
  if (attributes.get('BINDING_EVENTS') !== true) refusals.push({ path: 'attributes.BINDING_EVENTS', message: 'events have to be binding' });
  return refusals;
}

/** Our name there, of two letters for the country and three for the company. */
export const isGacVenName = (name: string): boolean => EMI3.test(name);

/** Where a connection is told without targets what holds when nothing else does: an event for everybody, or for it, that never ends. */
export const isSafeMode = ({ intervals, intervalPeriod, duration }: GridEvent): boolean =>
  duration === undefined &&
  intervals.length === 1 &&
  /^P9999Y$/.test(intervals[0]?.intervalPeriod?.duration ?? intervalPeriod?.duration ?? '');
