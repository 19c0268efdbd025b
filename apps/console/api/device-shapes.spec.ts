// What the api tells of devices, read for the page: names of variables, and nothing that breaks on what is missing.
import { describe, expect, it } from '@jest/globals';
import { readCampaign, readDeviceEvent, readSecurityEvent, readSetting, variableName } from './device-shapes.js';

describe('a variable', () => {
  it('is named with its component, instances and EVSE', () => {
    expect(variableName({ component: { name: 'EVSE', evse: { id: 2 } }, variable: { name: 'Power', instance: 'L1' } })).toBe(
      'EVSE(2).Power[L1]',
    );
    expect(variableName({ component: null, variable: { name: 'HeartbeatInterval', instance: null } })).toBe('HeartbeatInterval');
  });
});

describe('rows of devices', () => {
  it('are read with what is there', () => {
    const setting = { component: null, variable: { name: 'K' }, wanted: '60', told: null, state: 'notTold' };
    expect(readSetting(setting)).toEqual({ name: 'K', wanted: '60', told: null, state: 'notTold' });
    expect(
      readCampaign({
        campaignId: 'c',
        kind: 'log',
        state: 'running',
        progress: { done: 2, waiting: 1 },
        requestedAt: '2026-11-01T12:00:00Z',
      }),
    ).toEqual({
      campaignId: 'c',
      kind: 'log',
      state: 'running',
      progress: [
        ['done', 2],
        ['waiting', 1],
      ],
      requestedAtMs: Date.parse('2026-11-01T12:00:00Z'),
    });
    expect(readSecurityEvent({ eventId: '7', type: 'TamperDetectionActivated', criticality: 'critical' })).toMatchObject({
      severity: 'critical',
      atMs: null,
    });
    expect(readDeviceEvent({})).toEqual({ eventId: '', stationId: '', name: '', detail: null, severity: '–', atMs: null });
  });
});
