// The device model of a station as it reports it: variables (2.x) or configuration keys (1.6), asked for at first contact and after an update.
import type { RowWrite } from '#service';
import type { Part } from '../part.js';
import { evolveInventory, type Inventory, inventoryWish } from './inventory.js';
import { DEVICE_REPORTS, DEVICE_VARIABLES } from './tables.js';
import { variableRows } from './variables.js';

export interface DeviceModel {
  readonly inventory?: Inventory;
}

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

export const deviceModel: Part<DeviceModel> = {
  name: 'device-model',
  tables: [DEVICE_REPORTS, DEVICE_VARIABLES],
  calls: ['BootNotification', 'NotifyReport'],
  commands: ['GetBaseReport', 'GetConfiguration', 'GetReport', 'GetVariables'],
  initial: {},
  decide({ inventory }, heard, station) {
    const wish = inventoryWish(inventory, heard, station);
    return wish === undefined ? [] : [wish];
  },
  evolve(model, heard, station, decided) {
    const inventory = evolveInventory(model.inventory, heard, station, decided);
    return inventory === undefined || inventory === model.inventory ? model : { ...model, inventory };
  },
  rows({ before, after, heard, place }) {
    return [...reportRow(before.inventory, after.inventory, heard.input.time), ...variableRows(heard, place)].map(({ table, row }) => ({
      table,
      row: { ...place, ...row },
    }));
  },
};

function reportRow(before: Inventory | undefined, after: Inventory | undefined, at: string): readonly RowWrite[] {
  if (after === undefined || after === before) return [];
  return [{ table: DEVICE_REPORTS, row: { state: after.state, at, ...(after.state === 'complete' && { from_at: iso(after.fromMs) }) } }];
}
