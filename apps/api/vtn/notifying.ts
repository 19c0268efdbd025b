// Tells subscribers of our OpenADR 3 server what was made, changed and removed, by webhooks; a few times where nobody takes it, and then no more: they ask at their interval as well.
// Whether something counts is directory.ts'.
import type { NetworkEvent, VtnObjectType } from '#contracts';
import type { Logger } from '#observability';
import { readable, type World } from '#ports';
import type { Change, Effects } from '#service';
import { rowsOf } from '../rows.js';
import type { Post } from '../webhooks/post.js';
import { grantedTargets, isTargeted } from './access.js';
import type { Directory, KnownObject, Operation } from './directory.js';
import { shown, tokenSubject } from './objects.js';

const AGAIN_AFTER_MS = [1_000, 5_000, 30_000];
/** Notifications on their way; what is more is left out. */
const MOST_ON_THE_WAY = 1_000;
const ROW = `select object_id as "objectId", object_type as "objectType", client_id as "clientId", content, created_at as "createdAt", changed_at as "changedAt"
  from vtn_objects where tenant_id = $1 and object_id = any($2::text[])`;

export interface News {
  readonly objectId: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
}
export interface Telling {
  readonly news: News;
  readonly to: Operation;
  /** Targets that its subscriber may know of; absent = all. */
  readonly visible?: readonly string[];
}

export function vtnNotifying(
  world: Pick<World, 'keys' | 'database' | 'clock'>,
  post: Post,
  logger: Logger,
): Effects<Directory, NetworkEvent> & { stop(): void } {
  const { keys, clock } = world;
  let isStopped = false;
  let onTheWay = 0;

  const send = async ({ callbackUrl, bearerToken }: Operation, body: string, attempt = 0): Promise<void> => {
    try {
      const token = bearerToken == null ? undefined : await readable(keys, bearerToken);
      // It ended meanwhile, and its token with it.
      if (bearerToken != null && token === undefined) return;
      const status = await post(callbackUrl, token === undefined ? {} : { authorization: `Bearer ${token}` }, body);
      if (status < 200 || status > 299) throw new Error(`it answered ${status}`);
    } catch (error) {
      const inMs = AGAIN_AFTER_MS[attempt];
      if (isStopped) return;
      if (inMs === undefined) return logger.warn({ err: error }, 'a subscriber of the OpenADR server takes nothing');
      await new Promise<void>((resolve) => clock.after(inMs, () => resolve()));
      await send({ objects: [], operations: [], callbackUrl, ...(bearerToken != null && { bearerToken }) }, body, attempt + 1);
    }
  };

  const tell = async (tenantId: string, tellings: readonly Telling[]): Promise<void> => {
    const rows = await rowsOf<Parameters<typeof shown>[0]>(world, tenantId, ROW, [...new Set(tellings.map(({ news }) => news.objectId))]);
    for (const { news, to, visible } of tellings) {
      const row = rows.find(({ objectId }) => objectId === news.objectId);
      if (row === undefined) continue;
      if (onTheWay >= MOST_ON_THE_WAY)
        return logger.warn('too many notifications of the OpenADR server are on their way: some are left out');
      onTheWay++;
      const object = shown(row, visible);
      void send(to, JSON.stringify({ objectType: row.objectType, operation: news.operation, object })).finally(() => onTheWay--);
    }
  };

  return {
    onCommitted(partition, changes) {
      if (!partition.isLive) return;
      for (const change of changes) {
        for (const objectId of endedSubscriptions(change))
          void keys.destroy(tokenSubject(change.input.tenantId, objectId)).catch(() => undefined);
        const tellings = tellingsOf(change);
        if (tellings.length > 0)
          void tell(change.input.tenantId, tellings).catch((error: unknown) =>
            logger.warn({ err: error }, 'subscribers of the OpenADR server could not be told'),
          );
      }
    },
    stop() {
      isStopped = true;
    },
  };
}

const endedSubscriptions = ({ before, after }: Pick<Change<Directory>, 'before' | 'after'>): readonly string[] =>
  Object.keys(before.objects).filter((id) => before.objects[id]?.type === 'SUBSCRIPTION' && after.objects[id] === undefined);

/** Whom a change is told. */
export function tellingsOf({
  before,
  after,
  input,
}: Pick<Change<Directory, NetworkEvent>, 'before' | 'after' | 'input'>): readonly Telling[] {
  const ids = Object.keys(before.objects).filter((id) => after.objects[id] === undefined);
  const written = input.type === 'VtnObjectWritten' && before !== after ? [input.data] : [];
  const news: readonly News[] = [
    ...ids.map((objectId) => ({ objectId, operation: 'DELETE' as const })),
    ...written.map(({ objectId, isNew }) => ({ objectId, operation: isNew ? ('CREATE' as const) : ('UPDATE' as const) })),
  ];
  if (news.length === 0) return [];
  const subscriptions = Object.values(after.objects).filter(({ type }) => type === 'SUBSCRIPTION');
  return news.flatMap((each) => {
    const object = after.objects[each.objectId] ?? before.objects[each.objectId];
    if (object === undefined) return [];
    return subscriptions.flatMap((subscription) => {
      const visible = visibleTo(after, subscription, object, each.objectId);
      if (visible === undefined) return [];
      const wants = ({ objects, operations }: Operation): boolean => objects.includes(object.type) && operations.includes(each.operation);
      return (subscription.operations ?? []).filter(wants).map((to) => ({ news: each, to, ...(visible !== 'all' && { visible }) }));
    });
  });
}

/** Undefined: its subscriber is not told of it; otherwise the targets of it that he may know of. */
function visibleTo(
  { clients, objects }: Directory,
  { clientId = '', programID, targets }: KnownObject,
  object: KnownObject,
  objectId: string,
): 'all' | readonly string[] | undefined {
  const about = object.type === 'PROGRAM' ? objectId : object.programID;
  if (programID !== undefined && programID !== about) return undefined;
  const wanted = (each: string): boolean => targets.length === 0 || targets.includes(each);
  if (clients[clientId] === 'businessLogic')
    return targets.length === 0 || object.targets.length === 0 || object.targets.some(wanted) ? 'all' : undefined;
  if (!isTargeted(object.type as VtnObjectType)) return object.clientId === clientId ? 'all' : undefined;
  const granted = grantedTargets(Object.values(objects), clientId).filter(wanted);
  const shared = object.targets.filter((each) => granted.includes(each));
  return object.targets.length === 0 || shared.length > 0 ? shared : undefined;
}
