// The parts of the service; what one is, and how to add one, is told in part.ts.
import { certificates } from './certificates/part.js';
import { deviceModel } from './device-model/part.js';
import { displayMessages } from './display-messages/part.js';
import type { AnyPart } from './part.js';
import { reservations } from './reservations/part.js';
import { tokenCache } from './token-copies/cache.js';
import { localList } from './token-copies/local-list.js';
import { transactionStatus } from './transaction-status/part.js';

export const PARTS: readonly AnyPart[] = [
  certificates,
  deviceModel,
  localList,
  tokenCache,
  reservations,
  displayMessages,
  transactionStatus,
];
