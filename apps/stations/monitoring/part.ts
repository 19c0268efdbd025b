// Monitoring of a station: monitors of its variables, with base and level, and the events it tells (OCPP 2.0.1 N).
import type { Part } from '../part.js';
import { eventRows, evolveStanding, type Standing } from './events.js';
import { evolveMonitors, isNewBase, type Monitors, monitorRows } from './monitors.js';
import { DEVICE_EVENTS, DEVICE_MONITORING, DEVICE_MONITORS } from './tables.js';

export interface Monitoring {
  readonly monitors: Monitors;
  readonly standing: Standing;
}

const LARGEST_REQUEST_ID = 2 ** 31 - 1;

export const monitoring: Part<Monitoring> = {
  name: 'monitoring',
  tables: [DEVICE_MONITORING, DEVICE_MONITORS, DEVICE_EVENTS],
  calls: ['NotifyEvent', 'NotifyMonitoringReport'],
  commands: ['ClearVariableMonitoring', 'GetMonitoringReport', 'SetMonitoringBase', 'SetMonitoringLevel', 'SetVariableMonitoring'],
  facts: ['DeviceEventAcknowledged'],
  initial: { monitors: { severities: {} }, standing: {} },
  decide: (_, heard) =>
    isNewBase(heard) ? [{ action: 'GetMonitoringReport', payload: { requestId: heard.input.at.offset % LARGEST_REQUEST_ID } }] : [],
  evolve(state, heard) {
    const monitors = evolveMonitors(state.monitors, heard);
    const standing = evolveStanding(state.standing, heard);
    return monitors === state.monitors && standing === state.standing ? state : { monitors, standing };
  },
  rows(change) {
    const { before, after } = change;
    return [...monitorRows({ ...change, before: before.monitors, after: after.monitors }), ...eventRows(change)];
  },
};
