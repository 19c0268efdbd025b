// What models of stations get wrong in a way that only their name tells, as data; and what is done about it.
// What can be seen in a message itself is put right for every model alike, in libs/domain/metering and libs/domain/session.
export {
  type Corrections,
  correctionsFor,
  type Identity,
  type Inquiries,
  identityIn,
  isAsked,
  type ModelQuirk,
  quirksOf,
} from './model-quirks.js';
export { withoutEnding } from './token-ending.js';
