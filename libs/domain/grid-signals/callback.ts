// The token with which a grid operator's server says that there is something new: it names the program it is for, and opens nothing else.
// Who may do what with it is the api's.
import { timingSafeEqual } from 'node:crypto';

export interface CallbackPlace {
  readonly tenantId: string;
  readonly programId: string;
}
/** A keyed hash that nobody else can make. */
type Hmac = (purpose: 'callback', text: string) => string;

const FORM = /^gn_([A-Za-z0-9_-]+)\.([0-9a-f]{64})$/;

/** The same forever, so that nobody has to keep it. */
export function callbackToken(hmac: Hmac, { tenantId, programId }: CallbackPlace): string {
  const place = Buffer.from(JSON.stringify([tenantId, programId])).toString('base64url');
  return `gn_${place}.${hmac('callback', place)}`;
}

/** Undefined: no such token, or not made by us. */
export function callbackPlace(hmac: Hmac, token: string): CallbackPlace | undefined {
  const [, place, given] = FORM.exec(token) ?? [];
  if (place === undefined || given === undefined || !timingSafeEqual(Buffer.from(hmac('callback', place)), Buffer.from(given)))
    return undefined;
  const [tenantId, programId] = JSON.parse(Buffer.from(place, 'base64url').toString()) as readonly [string, string];
  return { tenantId, programId };
}
