// What a 2.x station shows and what it knows of its drivers: display messages (O), and customer information told and cleared (N09, N10).
import type { RequestOf } from '#ocpp';
import type { StationControls } from './dialect.js';
import type { Handlers } from './replies.js';

type MessageInfo = RequestOf<'ocpp2.0.1', 'SetDisplayMessage'>['message'];

const MOST_SHOWN = 10;

export function display201(controls: StationControls): Handlers<'ocpp2.0.1'> {
  const shown = new Map<number, MessageInfo>();

  function tell(requestId: number, messages: readonly MessageInfo[]): void {
    messages.forEach((message, index) => {
      const payload = { requestId, messageInfo: [message] as [MessageInfo], tbc: index < messages.length - 1 };
      controls.send({ action: 'NotifyDisplayMessages', kind: 'volatile', triggered: true, payload: () => payload });
    });
  }
  return {
    SetDisplayMessage: ({ message }) => {
      const running = controls.charging.running().map(({ transaction }) => transaction.key);
      if (message.transactionId !== undefined && !running.includes(message.transactionId))
        return { result: { status: 'UnknownTransaction' } };
      if (!shown.has(message.id) && shown.size >= MOST_SHOWN) return { result: { status: 'Rejected' } };
      shown.set(message.id, message);
      return { result: { status: 'Accepted' } };
    },
    GetDisplayMessages: ({ requestId, id, priority, state }) => {
      const found = [...shown.values()].filter(
        (message) =>
          (id === undefined || id.includes(message.id)) &&
          (priority === undefined || message.priority === priority) &&
          (state === undefined || message.state === state),
      );
      if (found.length === 0) return { result: { status: 'Unknown' } };
      return { result: { status: 'Accepted' }, afterwards: () => tell(requestId, found) };
    },
    ClearDisplayMessage: ({ id }) => ({ result: { status: shown.delete(id) ? 'Accepted' : 'Unknown' } }),
  };
}

/** It remembers the drivers who charged here since it was switched on. */
export function customers201(controls: StationControls): Handlers<'ocpp2.0.1'> {
  const cleared = new Set<string>();
  return {
    CustomerInformation: ({ requestId, report, clear, idToken, customerIdentifier }) => {
      const name = idToken?.idToken ?? customerIdentifier;
      if (name === undefined) return { result: { status: 'Invalid' } };
      if (!report && !clear) return { result: { status: 'Rejected' } };
      const known = cleared.has(name) ? [] : controls.sessionsOf(name);
      const told = report && known.length > 0 ? known : [clear && known.length > 0 ? 'cleared' : 'no data found'];
      if (clear) cleared.add(name);
      return {
        result: { status: 'Accepted' },
        afterwards: () =>
          told.forEach((data, seqNo) => {
            const payload = { requestId, seqNo, tbc: seqNo < told.length - 1, generatedAt: new Date(controls.now()).toISOString(), data };
            controls.send({ action: 'NotifyCustomerInformation', kind: 'volatile', triggered: true, payload: () => payload });
          }),
      };
    },
  };
}
