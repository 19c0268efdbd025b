// What a transaction costs in words for stations of 1.6, which has none of its own: DataTransfer as the Open Charge Alliance has it (OCPP & California
// Pricing Requirements: RunningCost, FinalCost). Which station is told, and when, is part.ts.
import type { SessionCostKnown } from '#contracts';
import { asObject, type Json } from '../json.js';

const VENDOR = 'org.openchargealliance.costmsg';

export function costWords16({ transactionId, totalCost: cost, running }: SessionCostKnown): object {
  const [messageId, more] =
    running === undefined
      ? ['FinalCost', {}]
      : ['RunningCost', { timestamp: running.at, meterValue: running.registerWh, state: running.isCharging ? 'Charging' : 'Idle' }];
  return { vendorId: VENDOR, messageId, data: JSON.stringify({ transactionId: Number(transactionId), cost, ...more }) };
}

/** Of a DataTransfer, whoever sent it; undefined where it is about something else. */
export function costToldIn16({ vendorId, messageId, data }: Json) {
  if (vendorId !== VENDOR || typeof data !== 'string') return undefined;
  const { transactionId, cost } = asObject(parsed(data));
  return typeof transactionId === 'number' && typeof cost === 'number'
    ? { transactionId: String(transactionId), totalCost: cost, isFinal: messageId === 'FinalCost' }
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
