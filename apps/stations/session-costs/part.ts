// What drivers were told that their transactions cost, in answers (the edge's) and by CostUpdated, in 1.6 by DataTransfer: sent where a station has a
// display for it and was told something else than billing knows by now (I02). What it costs is billing's; numbers are never made here.

import { isNamed } from '#ocpp';
import type { Heard } from '../heard.js';
import { asList, asObject, asText, type Json } from '../json.js';
import type { Part } from '../part.js';
import { ASKS_OR_SETS, toldValues } from '../told-values.js';
import { TOLD_COSTS } from './tables.js';
import { costToldIn16, costWords16 } from './words-16.js';

interface Cost {
  /** What the station was told last, and by what. */
  readonly told?: number;
  readonly by?: 'answer' | 'message';
  /** What billing knows. */
  readonly known?: number;
  /** On its way. */
  readonly sent?: number;
  /** 1.6: sent as the cost it ended with. */
  readonly isFinalSent?: true;
}

export interface Costs {
  /** It says that it shows costs (TariffCostCtrlr). */
  readonly isShown?: boolean;
  /** 1.6: it does not know the words for it, since its last boot. */
  readonly isRefused?: true;
  /** By transaction, the latest ones. */
  readonly costs: Readonly<Record<string, Cost>>;
}

const MOST_KEPT = 40;

export const sessionCosts: Part<Costs> = {
  name: 'session-costs',
  tables: [TOLD_COSTS],
  calls: ['BootNotification', 'NotifyReport', 'TransactionEvent'],
  callsWith: { TransactionEvent: 'totalCost' },
  commands: ['CostUpdated', 'DataTransfer', ...ASKS_OR_SETS],
  facts: ['SessionCostKnown'],
  initial: { costs: {} },
  decide(before, heard, { isOnline, bootStatus, ocppVersion }) {
    if (heard.kind !== 'fact' || heard.input.type !== 'SessionCostKnown') return [];
    const { transactionId, totalCost, isFinal } = heard.input.data;
    const cost = before.costs[transactionId];
    const is16 = ocppVersion === 'ocpp1.6';
    const isNews = (cost?.told !== totalCost && cost?.sent !== totalCost) || (is16 && isFinal && cost?.isFinalSent !== true);
    // Of 1.6, only what is shown is told here at all.
    const isShown = is16 ? before.isRefused !== true : before.isShown === true;
    if (!isNews || !isShown || !isOnline || bootStatus !== 'Accepted') return [];
    const words = is16
      ? { action: 'DataTransfer', payload: costWords16(heard.input.data) }
      : { action: 'CostUpdated', payload: { totalCost, transactionId } };
    return [{ ...words, notAfterMs: 60_000 }];
  },
  evolve(before, heard, _station, { commands }) {
    const after = afterHeard(before, heard);
    return commands.reduce((state, command) => {
      const cost = costIn(command);
      if (cost === undefined) return state;
      const { transactionId, totalCost: sent, isFinal } = cost;
      return withCost(state, transactionId, { sent, ...(isFinal && { isFinalSent: true }) });
    }, after);
  },
  rows: ({ before, after, heard, place }) =>
    Object.entries(after.costs).flatMap(([transactionId, { told, by }]) => {
      const was = before.costs[transactionId];
      if (told === undefined || (was?.told === told && was.by === by)) return [];
      const row = { ...place, transaction_id: transactionId, total_cost: told, told_by: by, told_at: heard.input.time };
      return [{ table: TOLD_COSTS, row }];
    }),
};

function withCost(state: Costs, transactionId: string, cost: Cost): Costs {
  if (transactionId === '') return state;
  const others = Object.entries(state.costs).filter(([id]) => id !== transactionId);
  const entry = [transactionId, { ...state.costs[transactionId], ...cost }] as const;
  return { ...state, costs: Object.fromEntries([...others.slice(1 - MOST_KEPT), entry]) };
}

function afterHeard(state: Costs, heard: Heard): Costs {
  switch (heard.kind) {
    case 'call':
      if (heard.action === 'BootNotification') return heard.isOld ? state : withoutRefusal(state);
      return heard.action === 'NotifyReport' ? declared(state, asList(heard.payload.reportData)) : answered(state, heard);
    case 'fact':
      if (heard.input.type !== 'SessionCostKnown') return state;
      return withCost(state, heard.input.data.transactionId, { known: heard.input.data.totalCost });
    case 'outcome':
      return outcome(state, heard);
    default:
      return state;
  }
}

function answered(state: Costs, { payload, answer }: Extract<Heard, { kind: 'call' }>): Costs {
  const { totalCost } = answer;
  const transactionId = asText(asObject(payload.transactionInfo).transactionId);
  if (typeof totalCost !== 'number' || state.costs[transactionId]?.told === totalCost) return state;
  return withCost(state, transactionId, { told: totalCost, by: 'answer' });
}

function outcome(state: Costs, heard: Extract<Heard, { kind: 'outcome' }>): Costs {
  const { command, outcome: word } = heard;
  if (ASKS_OR_SETS.includes(command.action)) return declared(state, asList(toldValues(heard).getVariableResult));
  const cost = costIn(command);
  if (cost === undefined || (word.kind !== 'answered' && word.kind !== 'errored')) return state;
  if (command.action === 'DataTransfer') {
    const status = word.kind === 'errored' ? 'UnknownVendorId' : asText(word.payload.status);
    if (status.startsWith('Unknown')) return { ...state, isRefused: true };
    if (status !== 'Accepted') return state;
  } else if (word.kind === 'errored') return state;
  return withCost(state, cost.transactionId, { told: cost.totalCost, by: 'message' });
}

/** What a message told, whoever sent it; undefined where it is about something else. */
function costIn({ action, payload }: { readonly action: string; readonly payload: unknown }) {
  const words = asObject(payload);
  if (action === 'DataTransfer') return costToldIn16(words);
  const { transactionId, totalCost } = words;
  return action === 'CostUpdated' && typeof totalCost === 'number'
    ? { transactionId: asText(transactionId), totalCost, isFinal: false }
    : undefined;
}

function withoutRefusal(state: Costs): Costs {
  if (state.isRefused === undefined) return state;
  const { isRefused: _, ...rest } = state;
  return rest;
}

/** `Enabled`, of costs in particular or of the component as such; from a report or a question. */
function declared(state: Costs, items: readonly Json[]): Costs {
  const said = items.flatMap(({ component, variable, variableAttribute, attributeValue }) => {
    const { name, instance = 'Cost' } = asObject(variable);
    if (!isNamed(asObject(component).name, 'TariffCostCtrlr') || !isNamed(name, 'Enabled') || !isNamed(instance, 'Cost')) return [];
    return [asList(variableAttribute)[0]?.value ?? attributeValue];
  });
  const isShown = said.length === 0 ? state.isShown : said.at(-1) === 'true';
  return isShown === state.isShown ? state : { ...state, isShown: isShown === true };
}
