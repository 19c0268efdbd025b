// The variables of a 2.0.1 station: read, written and reported.
// What they change is in settings.ts; their names in settings-catalog.ts.
import type { RequestOf, ResponseOf } from '#ocpp';
import type { StationControls } from './dialect.js';
import type { Setting } from './settings.js';
import { settingsCatalog } from './settings-catalog.js';
import { settingChanged } from './views.js';

type Row = NonNullable<RequestOf<'ocpp2.0.1', 'NotifyReport'>['reportData']>[number];
type GetResult = ResponseOf<'ocpp2.0.1', 'GetVariables'>['getVariableResult'][number];
type SetResult = ResponseOf<'ocpp2.0.1', 'SetVariables'>['setVariableResult'][number];
type GetItem = RequestOf<'ocpp2.0.1', 'GetVariables'>['getVariableData'][number];
type SetItem = RequestOf<'ocpp2.0.1', 'SetVariables'>['setVariableData'][number];

const same = (a: string | undefined, b: string) => a?.toLowerCase() === b.toLowerCase();

export function deviceModel(controls: StationControls) {
  const { installation } = controls;
  const catalog = settingsCatalog(controls.settings, controls.spec, settingChanged(controls)).filter(
    ({ component }) => component !== undefined,
  );

  /** The setting an item names, or which of its two names is unknown. */
  function find({ component, variable }: Pick<GetItem, 'component' | 'variable'>): Setting | 'UnknownComponent' | 'UnknownVariable' {
    const inComponent = catalog.filter((setting) => same(setting.component, component.name) && component.evse === undefined);
    if (inComponent.length === 0) return 'UnknownComponent';
    const isIt = (setting: Setting): boolean =>
      same(setting.variable, variable.name) && (setting.instance ?? '').toLowerCase() === (variable.instance ?? '').toLowerCase();
    return inComponent.find(isIt) ?? 'UnknownVariable';
  }

  function get(item: GetItem): GetResult {
    const { component, variable, attributeType } = item;
    const about = { component, variable, ...(attributeType === undefined ? {} : { attributeType }) };
    const setting = find(item);
    if (typeof setting === 'string') return { ...about, attributeStatus: setting };
    if (attributeType !== undefined && attributeType !== 'Actual') return { ...about, attributeStatus: 'NotSupportedAttributeType' };
    if (setting.read === undefined) return { ...about, attributeStatus: 'Rejected' };
    return { ...about, attributeStatus: 'Accepted', attributeValue: setting.read() };
  }

  function set(item: SetItem): SetResult {
    const { component, variable, attributeType, attributeValue } = item;
    const about = { component, variable, ...(attributeType === undefined ? {} : { attributeType }) };
    const setting = find(item);
    if (typeof setting === 'string') return { ...about, attributeStatus: setting };
    if (attributeType !== undefined && attributeType !== 'Actual') return { ...about, attributeStatus: 'NotSupportedAttributeType' };
    return { ...about, attributeStatus: setting.write?.(attributeValue) === true ? 'Accepted' : 'Rejected' };
  }

  const settingRow = ({ component = '', variable = '', instance, type, unit, read, write }: Setting): Row => ({
    component: { name: component },
    variable: { name: variable, ...(instance !== undefined && { instance }) },
    variableAttribute: [
      {
        type: 'Actual',
        mutability: read === undefined ? 'WriteOnly' : write === undefined ? 'ReadOnly' : 'ReadWrite',
        ...(read === undefined ? {} : { value: read() }),
      },
    ],
    variableCharacteristics: { dataType: type, supportsMonitoring: false, ...(unit === undefined ? {} : { unit }) },
  });

  const evseRows = (): Row[] =>
    installation.outlets.flatMap(({ evseId, phases, operative, car }) => {
      const row = (variable: string, value: string, dataType: 'integer' | 'OptionList'): Row => ({
        component: { name: 'EVSE', evse: { id: evseId } },
        variable: { name: variable },
        variableAttribute: [{ type: 'Actual', mutability: 'ReadOnly', value }],
        variableCharacteristics: { dataType, supportsMonitoring: false },
      });
      const state = !operative ? 'Unavailable' : car === undefined ? 'Available' : 'Occupied';
      return [row('AvailabilityState', state, 'OptionList'), row('SupplyPhases', String(phases.length), 'integer')];
    });

  return {
    get,
    set,
    /** ConfigurationInventory is what can be written; FullInventory is everything. */
    report: (base: 'ConfigurationInventory' | 'FullInventory'): readonly Row[] =>
      base === 'FullInventory'
        ? [...catalog.map(settingRow), ...evseRows()]
        : catalog.filter(({ write }) => write !== undefined).map(settingRow),
  };
}
