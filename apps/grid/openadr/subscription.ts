// Webhooks: a subscription at the server that has it tell us by itself when events or the program change; made, put right and made again as needed.
// What a notification says is not believed, it only makes us ask.
import { z } from 'zod';
import { read, ServerSilent } from '../http.js';
import type { ServerCall, VtnSession } from './session.js';

export interface Callback {
  readonly url: string;
  readonly token: string;
}

const Operation = z.looseObject({ objects: z.array(z.string()), operations: z.array(z.string()), callbackUrl: z.string() });
const Subscription = z.looseObject({ id: z.string(), programID: z.string().nullish(), objectOperations: z.array(Operation) });

/** The one for this program and callback is there, says what we want, and no other of ours tells the same. */
export async function subscribed(session: VtnSession, call: ServerCall, programID: string, callback: Callback): Promise<void> {
  const { send } = session;
  const wanted = subscriptionOf(call, programID, callback);
  const [kept, ...others] = await ownOf(session, call, programID, callback.url);
  for (const { id } of others) await send(call, 'DELETE', placeOf(id));
  if (kept !== undefined && isAsWanted(kept, wanted)) return;
  const answer = kept === undefined ? await send(call, 'POST', 'subscriptions', wanted) : await send(call, 'PUT', placeOf(kept.id), wanted);
  const made = Subscription.safeParse(read(answer));
  if (!made.success || !isAsWanted(made.data, wanted)) throw new ServerSilent('the subscription it made is not the one that was asked for');
}

/** None of ours tells that callback of the program any more. */
export async function unsubscribed(session: VtnSession, call: ServerCall, programID: string, callbackUrl: string): Promise<void> {
  for (const { id } of await ownOf(session, call, programID, callbackUrl)) read(await session.send(call, 'DELETE', placeOf(id)));
}

async function ownOf(
  { pages }: VtnSession,
  call: ServerCall,
  programID: string,
  callbackUrl: string,
): Promise<readonly z.infer<typeof Subscription>[]> {
  const own: z.infer<typeof Subscription>[] = [];
  for await (const page of pages(call, 'subscriptions', [
    ['programID', programID],
    ['clientName', call.server.venName],
  ]))
    for (const each of page) {
      const known = Subscription.safeParse(each);
      if (
        known.success &&
        known.data.programID === programID &&
        known.data.objectOperations.some(({ callbackUrl: url }) => url === callbackUrl)
      )
        own.push(known.data);
    }
  return own;
}

const placeOf = (id: string): string => `subscriptions/${encodeURIComponent(id)}`;

const subscriptionOf = ({ server: { venName, version }, names }: ServerCall, programID: string, { url, token }: Callback) => ({
  clientName: venName,
  programID,
  objectOperations: [{ objects: ['PROGRAM', 'EVENT'], operations: ['CREATE', 'UPDATE', 'DELETE'], callbackUrl: url, bearerToken: token }],
  // What is targeted at a connection is told under 3.1 to who names it.
  ...(version === '3.1' && names.length > 0 && { targets: names }),
});

function isAsWanted({ objectOperations, targets }: z.infer<typeof Subscription>, wanted: ReturnType<typeof subscriptionOf>): boolean {
  const [told, asked] = [objectOperations[0], wanted.objectOperations[0]];
  const has = (all: readonly unknown[], each: readonly string[] = []): boolean => each.every((one) => all.includes(one));
  return (
    objectOperations.length === 1 &&
    told !== undefined &&
    told.callbackUrl === asked?.callbackUrl &&
    has(told.objects, asked.objects) &&
    has(told.operations, asked.operations) &&
    // A server that keeps no targets of subscriptions (openleadr-rs) tells by those it granted.
    (targets == null || has(Array.isArray(targets) ? targets : [], wanted.targets))
  );
}
