// How much a station takes in one message, as it reports it: DeviceDataCtrlr and MonitoringCtrlr, ItemsPerMessage and BytesPerMessage of that message.
// What a station has not said bounds nothing here.
import type { CommandFault } from './owed.js';

/** `value` of a variable of the station; `instance` is the message it is about. */
export interface ReportedBound {
  readonly variable: string;
  readonly value: string | null;
}

interface Bounded {
  readonly component: string;
  /** The field with the list that is counted. */
  readonly list: string;
  readonly requirement: string;
}

const BOUNDED: ReadonlyMap<string, Bounded> = new Map<string, Bounded>([
  ['SetVariables', { component: 'DeviceDataCtrlr', list: 'setVariableData', requirement: 'B05.FR.11' }],
  ['GetVariables', { component: 'DeviceDataCtrlr', list: 'getVariableData', requirement: 'B06.FR.05' }],
  ['ClearVariableMonitoring', { component: 'MonitoringCtrlr', list: 'id', requirement: 'N06.FR.04' }],
  ['SetVariableMonitoring', { component: 'MonitoringCtrlr', list: 'setMonitoringData', requirement: 'N04.FR.09' }],
]);

/** Where a station tells how much it takes of this action; undefined where it is not bounded. */
export const boundsOf = (action: string): Bounded | undefined => BOUNDED.get(action);

export function boundFaults(
  action: string,
  payload: Readonly<Record<string, unknown>>,
  reported: readonly ReportedBound[],
): readonly CommandFault[] {
  const bounded = BOUNDED.get(action);
  const list = bounded === undefined ? undefined : payload[bounded.list];
  if (bounded === undefined || !Array.isArray(list)) return [];
  const most = (name: string): number => {
    const value = Number(reported.find(({ variable }) => variable.toLowerCase() === name)?.value ?? Number.NaN);
    return value >= 1 ? value : Number.POSITIVE_INFINITY;
  };
  const path = `/${bounded.list}`;
  const [items, bytes] = [most('itemspermessage'), most('bytespermessage')];
  if (list.length > items) return [{ path, message: `the station takes ${items} in one message (${bounded.requirement})` }];
  const isLong = Buffer.byteLength(JSON.stringify(payload)) > bytes;
  return isLong ? [{ path, message: `the station takes ${bytes} bytes in one message (${bounded.requirement})` }] : [];
}
