// What is made of orders to stations.
import type { Behaviours } from '#ocpp';

const ORDERS = 'apps/stations/orders/orders.ts';
const kept = 'is kept with what was wanted, the answer, and whether it came about';

export const BEHAVIOURS: Behaviours = {
  ChangeAvailability: { in: ORDERS, does: 'what is wanted of an outlet is kept beside what it tells; scheduled until it says so itself' },
  ExtendedTriggerMessage: { in: ORDERS, does: 'is done when the message has come' },
  GetTransactionStatus: { in: ORDERS, does: 'shows whether the transaction goes on and messages of it wait at the station' },
  Heartbeat: { in: ORDERS, does: 'fulfils a trigger; like every word of a station it says that it is there' },
  NotifyEvent: { in: ORDERS, does: 'shows that an outlet is in or out of use, as was wanted' },
  RemoteStartTransaction: { in: ORDERS, does: 'is done when a transaction starts there; shows which' },
  RemoteStopTransaction: { in: ORDERS, does: 'is done when the transaction has ended' },
  RequestStartTransaction: { in: ORDERS, does: 'is done when a transaction tells its remoteStartId; shows which' },
  RequestStopTransaction: { in: ORDERS, does: 'is done when the transaction has ended' },
  Reset: { in: ORDERS, does: 'is done when the station has booted again' },
  SetNetworkProfile: { in: ORDERS, does: kept },
  TriggerMessage: { in: ORDERS, does: 'is done when the message has come' },
  UnlockConnector: { in: ORDERS, does: kept },
};
