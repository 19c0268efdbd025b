// Messages on displays of stations: what is wanted there, and what the station says of it.
export {
  afterClear,
  afterEnds,
  afterReport,
  afterSet,
  afterTransactionEnd,
  type Board,
  type DisplayMessage,
  type DisplayState,
  nextEnd,
  type Wanted,
  withAsked,
  withMessage,
  withState,
} from './display-message.js';
