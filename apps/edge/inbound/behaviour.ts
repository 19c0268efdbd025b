// What the edge answers beyond an empty result. A rule that is not told here, or is told and is none, fails behaviour.spec.ts.
import type { Behaviours } from '#ocpp';

const both = 'apps/edge/inbound/answers-v201.ts';
const v21 = 'apps/edge/inbound/answers-v21.ts';

export const EDGE_ANSWERS: Behaviours = {
  Authorize: { in: both, does: 'answers what the token is worth, and of a contract certificate what its chain and its responders say' },
  BootNotification: { in: both, does: 'answers the boot status an operator gave, with the interval that goes with it' },
  DataTransfer: {
    in: both,
    does: 'answers what 1.6 asks of contracts of cars in it (Authorize, GetCertificateStatus, Get15118EVCertificate of the Open Charge Alliance), and declines every other vendor',
  },
  Get15118EVCertificate: { in: both, does: 'asks the contract pool an operator named, and answers in its words; declines without one' },
  GetCertificateChainStatus: { in: v21, does: 'asks responders an operator named; a status nobody vouches for is failed' },
  GetCertificateStatus: {
    in: both,
    does: 'asks the responder where an operator named it, keeps its answer while it holds, and hands it on',
  },
  Heartbeat: { in: both, does: 'answers the time' },
  NotifyEVChargingNeeds: { in: both, does: 'accepts the needs of a car at an EVSE that is there, rejects others' },
  NotifyEVChargingSchedule: { in: both, does: 'rejects a schedule clearly above what the station confirmed' },
  OpenPeriodicEventStream: { in: v21, does: 'accepts a stream that says how many values come together, or how often' },
  PullDynamicScheduleUpdate: {
    in: v21,
    does: 'repeats the limit the station confirmed last on its connection; declines where there is none',
  },
  SignCertificate: {
    in: both,
    does: 'accepts a request with a good key, its own signature and the names of this station, a few at a time; refuses others with the reason',
  },
  StartTransaction: { in: 'apps/edge/inbound/answers-v16.ts', does: 'answers a transactionId, whatever the token is worth' },
  StopTransaction: { in: 'apps/edge/inbound/answers-v16.ts', does: 'takes every stop, and answers what its token is worth' },
  TransactionEvent: {
    in: both,
    does: 'answers what the token is worth in each event that has one, and what it costs by now where that is known',
  },
  VatNumberValidation: { in: v21, does: 'answers whose number it is, by the register an operator named; declines without one' },
};
