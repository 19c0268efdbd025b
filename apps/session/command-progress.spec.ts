// How an operator sees a command end, by the station's own words.
import { expect, it } from '@jest/globals';
import type { SiteEvent } from '#contracts';
import { outcomeOf } from './command-progress.js';

const stateAfter = (payload: object) => outcomeOf({ type: 'CommandAnswered', data: { payload } } as unknown as SiteEvent)?.state;
const variable = (attributeStatus: string) => ({ component: { name: 'C' }, variable: { name: 'V' }, attributeStatus });

it.each([
  ['agrees', { status: 'Accepted' }],
  ['agrees for later', { status: 'Scheduled' }],
  ['unlocks', { status: 'Unlocked' }],
  ['takes firmware back', { status: 'Unpublished' }],
  ['has no word for it', { versionNumber: 3 }],
  ['agrees in part', { setVariableResult: [variable('Rejected'), variable('RebootRequired')] }],
  ['tells that it does not know what it is asked for', { getVariableResult: [variable('UnknownVariable')] }],
])('accepted where it %s', (_, payload) => expect(stateAfter(payload)).toBe('accepted'));

it.each([
  ['refuses', { status: 'Rejected' }],
  ['fails', { status: 'DownloadOngoing' }],
  ['sets nothing of what is wanted', { setVariableResult: [variable('Rejected'), variable('UnknownVariable')] }],
  ['takes no monitor', { setMonitoringResult: [{ status: 'Duplicate', type: 'Delta', severity: 1 }] }],
  ['clears no monitor', { clearMonitoringResult: [{ id: 1, status: 'NotFound' }] }],
  ['clears no tariff', { clearTariffsResult: [{ tariffId: 'T', status: 'Rejected' }] }],
])('rejected where it %s', (_, payload) => expect(stateAfter(payload)).toBe('rejected'));
