// Addresses of grid operators' servers that may be spoken to.
// Speaking to them is apps/grid's.
import { isOwn, isPublicHost } from '#outbound';
import { badRequest } from './problem.js';

/** https, or a machine of our own; no name or password in it, and nothing that would end its path. What is no address at all is refused as that. */
export const isSafeAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return true;
  const url = new URL(text);
  const isBare = url.username === '' && url.password === '' && !/[?#]/.test(text);
  return isBare && (url.protocol === 'https:' || isOwn(url));
};
/** Where a server sends us on to: no nearer to us than it is itself. */
export const isFitFrom = (text: string, server: string): boolean => {
  const isNear = (url: URL): boolean => isOwn(url) || !isPublicHost(url.hostname);
  return URL.canParse(text) && isSafeAddress(text) && (!isNear(new URL(text)) || isNear(new URL(server)));
};
/** What is kept for one server is told to no other: who may change the address need not know the secret. Throws the 400 problem. `before`: its address until now. */
export function requireOwnSecret(path: string, before: string | undefined, url: string): void {
  if (before !== undefined && new URL(before).origin === new URL(url).origin) return;
  const message = before === undefined ? 'there is none yet' : 'the one there is was given for another server';
  throw badRequest(`${path.split('.').at(-1)} is missing`, [{ path, message }]);
}
