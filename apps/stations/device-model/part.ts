// The device model of a station as it reports it: variables (2.x) or configuration keys (1.6), asked for at first contact and after an update;
// and what stations of a site are wanted to be set to. How the two differ is asked when it is read (libs/domain/device).
import type { DeviceSettingsWanted } from '#contracts';
import type { RowWrite } from '#service';
import type { Part, Place } from '../part.js';
import { evolveInventory, type Inventory, inventoryDue, inventoryWish } from './inventory.js';
import { type AskedReports, askedReportRows, evolveReports } from './reports.js';
import { DEVICE_REPORT_REQUESTS, DEVICE_REPORTS, DEVICE_TEMPLATES, DEVICE_VARIABLES } from './tables.js';
import { variableRows } from './variables.js';

export interface DeviceModel {
  readonly inventory?: Inventory;
  readonly reports?: AskedReports;
}

const NONE: AskedReports = {};
const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

export const deviceModel: Part<DeviceModel> = {
  name: 'device-model',
  tables: [DEVICE_REPORTS, DEVICE_REPORT_REQUESTS, DEVICE_VARIABLES, DEVICE_TEMPLATES],
  calls: ['BootNotification', 'NotifyReport'],
  commands: ['ChangeConfiguration', 'GetBaseReport', 'GetConfiguration', 'GetReport', 'GetVariables', 'SetVariables'],
  siteFacts: ['DeviceSettingsWanted'],
  initial: {},
  decide({ inventory }, heard, station) {
    const wish = inventoryWish(inventory, heard, station);
    return wish === undefined ? [] : [wish];
  },
  evolve(model, heard, station, decided) {
    const inventory = evolveInventory(model.inventory, heard, station, decided);
    const reports = evolveReports(model.reports ?? NONE, heard);
    if (inventory === model.inventory && reports === (model.reports ?? NONE)) return model;
    return { ...(inventory !== undefined && { inventory }), ...(reports !== NONE && { reports }) };
  },
  nextDue: ({ inventory }) => inventory && inventoryDue(inventory),
  rows(change) {
    const { before, after, heard, place } = change;
    if (heard.input.type === 'DeviceSettingsWanted') return [templateRow(heard.input.data, place, heard.input.time)];
    const asked = askedReportRows({ ...change, before: before.reports ?? NONE, after: after.reports ?? NONE });
    return [...reportRow(before.inventory, after.inventory, place, heard.input.time), ...asked, ...variableRows(heard, place)];
  },
};

/** Settings of nothing withdraw it. */
const templateRow = (
  { templateId, appliesTo, settings, requestedBy }: DeviceSettingsWanted,
  { tenant_id, site_id }: Place,
  at: string,
): RowWrite => ({
  table: DEVICE_TEMPLATES,
  row: {
    ...{ tenant_id, site_id, template_id: templateId, applies_to: appliesTo, settings, requested_by: requestedBy, at },
    withdrawn: settings.length === 0,
  },
});

function reportRow(before: Inventory | undefined, after: Inventory | undefined, place: Place, at: string): readonly RowWrite[] {
  if (after === undefined || after === before) return [];
  const { state, fromMs } = after;
  return [{ table: DEVICE_REPORTS, row: { ...place, state, at, ...(state === 'complete' && { from_at: iso(fromMs) }) } }];
}
