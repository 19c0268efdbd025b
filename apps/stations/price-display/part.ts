// What a station shows of prices, read out of its device model: costs, a text about its tariff, a tariff it calculates with (2.x, block I).
// In 1.6 a key says whether it shows costs (Open Charge Alliance, OCPP & California Pricing Requirements).
// It is told to the site when it changes: edges say only what is shown, tariffs are sent only where they are taken (I01.FR.02, 2.1 I07.FR.01).
import type { PriceDisplayReported } from '#contracts';
import { isWhole32 } from '#kernel';
import { isNamed, isOcpp2, nameIn } from '#ocpp';
import type { Heard } from '../heard.js';
import { asList, asObject, asText, type Json } from '../json.js';
import type { Part } from '../part.js';
import { NO_PARTS, type ReportParts, withPart } from '../report-parts.js';
import type { Station } from '../station.js';
import { ASKS_OR_SETS, toldValues } from '../told-values.js';

/** `component` → 'there', `component.variable[instance]` → its value. */
type Seen = Readonly<Record<string, string>>;

export interface PriceDisplay {
  readonly seen: Seen;
  /** All variables of the station were told: what was not seen is not there. */
  readonly isWhole: boolean;
  /** The inventory that is coming in. */
  readonly report?: ReportParts & { readonly requestId: number; readonly seen: Seen };
  readonly told?: Omit<PriceDisplayReported, 'stationId'>;
}

const COSTS = 'TariffCostCtrlr';
const DISPLAY = 'DisplayMessageCtrlr';
const KEY_16 = 'CustomDisplayCostAndPrice';
const VARIABLES = ['Available', 'Enabled'];
const INSTANCES = ['Cost', 'Tariff'];

export const priceDisplay: Part<PriceDisplay> = {
  name: 'price-display',
  tables: [],
  calls: ['BootNotification', 'NotifyReport'],
  commands: ['GetBaseReport', ...ASKS_OR_SETS],
  initial: { seen: {}, isWhole: false },
  decide(before, heard, station) {
    const shown = displayOf(afterHeard(before, heard), station);
    if (shown === undefined || JSON.stringify(shown) === JSON.stringify(before.told)) return [];
    return [{ type: 'PriceDisplayReported', data: { stationId: station.stationId, ...shown } }];
  },
  evolve(before, heard, _station, { facts }) {
    const after = afterHeard(before, heard);
    const [fact] = facts.filter(({ type }) => type === 'PriceDisplayReported');
    if (fact === undefined) return after;
    const { costs, tariffs, calculates } = fact.data as PriceDisplayReported;
    return { ...after, told: { costs, tariffs, calculates } };
  },
};

/** Undefined while too little is known: then costs are told to be sure, and tariffs are not. */
function displayOf({ seen, isWhole }: PriceDisplay, { ocppVersion }: Station): PriceDisplay['told'] {
  if (ocppVersion === undefined) return undefined;
  if (!isOcpp2(ocppVersion))
    return seen[KEY_16] === undefined ? undefined : { costs: seen[KEY_16] === 'true', tariffs: false, calculates: false };
  const is21 = ocppVersion === 'ocpp2.1';
  const hasCosts = seen[COSTS] !== undefined;
  if (!hasCosts && !isWhole) return undefined;
  const isOn = (instance: string): boolean => isEnabled(seen, COSTS, instance);
  return {
    // In 2.1 the instance says who calculates; what the center knows is shown where anything is (I02, I03).
    costs: hasCosts && (is21 || isOn('Cost')),
    tariffs: (hasCosts && (is21 || isOn('Tariff'))) || (seen[DISPLAY] !== undefined && isEnabled(seen, DISPLAY, '')),
    calculates: is21 && hasCosts && isTold(seen, COSTS, 'Tariff') && isOn('Tariff'),
  };
}

const named = (component: string, variable: string, instance: string): string => `${component}.${variable}[${instance}]`;
/** Enabled says more than Available; where neither is told, a component that is there is on. */
function isEnabled(seen: Seen, component: string, instance: string): boolean {
  for (const variable of ['Enabled', 'Available'])
    for (const each of [instance, '']) {
      const value = seen[named(component, variable, each)];
      if (value !== undefined) return value === 'true';
    }
  return true;
}
const isTold = (seen: Seen, component: string, instance: string): boolean =>
  ['Enabled', 'Available'].some((variable) => [instance, ''].some((each) => seen[named(component, variable, each)] !== undefined));

function afterHeard(state: PriceDisplay, heard: Heard): PriceDisplay {
  switch (heard.kind) {
    case 'call':
      return heard.action === 'NotifyReport' ? reported(state, heard) : state;
    case 'asked': {
      const { action, payload } = heard.command;
      const isInventory = action === 'GetBaseReport' && payload.reportBase === 'FullInventory' && isWhole32(payload.requestId);
      return isInventory ? { ...state, report: { ...NO_PARTS, requestId: Number(payload.requestId), seen: {} } } : state;
    }
    case 'outcome': {
      const { configurationKey, getVariableResult } = toldValues(heard);
      return withSeen(state, { ...keySeenIn(asList(configurationKey)), ...seenIn(asList(getVariableResult)) });
    }
    default:
      return state;
  }
}

function reported(state: PriceDisplay, { payload, nowMs }: Extract<Heard, { kind: 'call' }>): PriceDisplay {
  const found = seenIn(asList(payload.reportData));
  const now = withSeen(state, found);
  const { report } = now;
  if (report === undefined || report.requestId !== payload.requestId) return now;
  const seen = Object.keys(found).length === 0 ? report.seen : { ...report.seen, ...found };
  const parts = withPart(report, payload, nowMs);
  if (!parts.isComplete) return parts === report && seen === report.seen ? now : { ...now, report: { ...report, ...parts, seen } };
  const { report: _, ...rest } = now;
  return { ...rest, seen, isWhole: true };
}

function withSeen(state: PriceDisplay, found: Seen): PriceDisplay {
  const isNews = Object.entries(found).some(([name, value]) => state.seen[name] !== value);
  return isNews ? { ...state, seen: { ...state.seen, ...found } } : state;
}

const keySeenIn = (keys: readonly Json[]): Seen =>
  Object.fromEntries(keys.flatMap(({ key, value }) => (isNamed(key, KEY_16) ? [[KEY_16, String(value).toLowerCase()]] : [])));

/** Of a report, or of the answer to a question. */
const seenIn = (items: readonly Json[]): Seen =>
  Object.fromEntries(
    items.flatMap(({ component, variable, variableAttribute, attributeValue, attributeStatus = 'Accepted' }) => {
      const name = nameIn(asObject(component).name, [COSTS, DISPLAY]);
      if (name === undefined || attributeStatus !== 'Accepted') return [];
      const { name: said, instance } = asObject(variable);
      const variableName = nameIn(said, VARIABLES);
      const value = asList(variableAttribute).find(({ type = 'Actual' }) => type === 'Actual')?.value ?? attributeValue;
      const there: readonly (readonly [string, string])[] = [[name, 'there']];
      if (variableName === undefined || (value !== 'true' && value !== 'false')) return there;
      return [...there, [named(name, variableName, nameIn(instance, INSTANCES) ?? asText(instance)), value] as const];
    }),
  );
