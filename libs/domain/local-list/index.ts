// Tokens that stations keep a copy of: the list of a tenant with its changes, the messages that tell it, and what stations say they can keep.
// Who is let in is authorization's; when a station is told, the stations service's.
export { type DeclaredTokens, declaredBy, itemsPerMessage } from './declared.js';
export {
  EMPTY_LIST,
  type ListBook,
  type ListedToken,
  type ListOffer,
  type ListQuestion,
  MOST_LISTED,
  offerFor,
  type RemovedToken,
  withoutToken,
  withToken,
} from './list-book.js';
export { listVersionIn, sendLocalList } from './messages.js';
