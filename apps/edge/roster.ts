// Which stations this edge holds, and that the directory says so: claimed on entry, released on leaving, announced again when forgotten.
// The newest generation wins everywhere; what happens to an older socket is the caller's.
import type { Logger } from '#observability';
import { type CommandRouter, type DirectoryEntry, isNewer, RouterUnavailable, type StationDirectory } from '#ports';
import type { Connection, ConnectionIdentity } from './connection.js';

/** Claims under way at once while announcing. */
const CLAIMS_AT_ONCE = 64;

export class Roster {
  readonly #connections = new Map<string, Connection>();
  readonly #directory: StationDirectory;
  readonly #router: CommandRouter;
  readonly #edgeId: string;
  readonly #logger: Logger;
  /** Connections admitted and not open yet: nobody may take their directory entry for a stale one. */
  readonly #opening = new Set<string>();
  #isAnnouncing = false;
  #nextWitness = 0;

  constructor(directory: StationDirectory, router: CommandRouter, edgeId: string, logger: Logger) {
    this.#directory = directory;
    this.#router = router;
    this.#edgeId = edgeId;
    this.#logger = logger;
  }

  get size(): number {
    return this.#connections.size;
  }

  connections(): readonly Connection[] {
    return [...this.#connections.values()];
  }

  of(tenantId: string, stationId: string): Connection | undefined {
    return this.#connections.get(`${tenantId}/${stationId}`);
  }

  add(connection: Connection): void {
    this.#opening.delete(connection.identity.connectionId);
    this.#connections.set(keyOf(connection.identity), connection);
  }

  /** Only if it is still this one: an old socket's end never harms the new one. */
  remove(connection: Connection): void {
    const key = keyOf(connection.identity);
    if (this.#connections.get(key) === connection) this.#connections.delete(key);
    this.forget(connection.identity);
  }

  forget(identity: ConnectionIdentity): void {
    this.#opening.delete(identity.connectionId);
    this.#directory.release(this.#entryOf(identity)).catch((error: unknown) => {
      // A stale entry does no harm: commands sent here find nobody, and the next connection is newer.
      this.#logger.debug({ stationId: identity.path.stationId, err: error }, 'a directory entry was left behind');
    });
  }

  /** False when a newer connection exists. Tells the edge that held the station before. Rejects with RouterUnavailable. */
  async claim(identity: ConnectionIdentity): Promise<boolean> {
    const entry = this.#entryOf(identity);
    this.#opening.add(entry.connectionId);
    let { holder, replaced } = await this.#directory.claim(entry);
    if (holder.connectionId !== entry.connectionId && (await this.#isStale(holder))) {
      await this.#directory.release(holder);
      ({ holder, replaced } = await this.#directory.claim(entry));
    }
    if (holder.connectionId !== entry.connectionId) return false;
    if (replaced !== undefined && replaced.edgeId !== this.#edgeId) await this.#tell(replaced);
    return true;
  }

  /** A key of ours that no connection stands behind, or of an edge that no longer listens, refuses nobody. */
  async #isStale(holder: DirectoryEntry): Promise<boolean> {
    const { tenantId, stationId, connectionId, edgeId } = holder;
    if (edgeId === this.#edgeId)
      return !this.#opening.has(connectionId) && this.of(tenantId, stationId)?.identity.connectionId !== connectionId;
    // Names no connection: only whether anybody there listens is of interest.
    return !(await this.#router.send(edgeId, { kind: 'superseded', tenantId, stationId, connectionId: '' }));
  }

  async #tell({ edgeId, tenantId, stationId, connectionId }: DirectoryEntry): Promise<void> {
    await this.#router.send(edgeId, { kind: 'superseded', tenantId, stationId, connectionId });
  }

  /** Asks for one connection in turn; when it is forgotten, all are claimed again: the directory was lost. */
  async announce(onOlder: (connection: Connection) => void): Promise<void> {
    if (this.#isAnnouncing || this.size === 0) return;
    this.#isAnnouncing = true;
    try {
      const connections = this.connections();
      const witness = connections[this.#nextWitness++ % connections.length];
      if (witness === undefined) return;
      const { tenantId, stationId } = witness.identity.path;
      const holder = await this.#directory.lookup(tenantId, stationId);
      if (holder?.connectionId === witness.identity.connectionId) return;
      this.#logger.warn({ connections: connections.length }, 'the directory forgot us: announcing all stations again');
      for (let at = 0; at < connections.length; at += CLAIMS_AT_ONCE)
        await Promise.all(connections.slice(at, at + CLAIMS_AT_ONCE).map((connection) => this.#reclaim(connection, onOlder)));
    } catch (error) {
      if (!(error instanceof RouterUnavailable)) this.#logger.error({ err: error }, 'announcing failed');
    } finally {
      this.#isAnnouncing = false;
    }
  }

  async #reclaim(connection: Connection, onOlder: (connection: Connection) => void): Promise<void> {
    if (connection.state === 'Closed') return;
    const { holder } = await this.#directory.claim(connection.directoryEntry);
    if (isNewer(holder.generation, connection.identity.generation)) onOlder(connection);
    else if ((connection.state as string) === 'Closed') await this.#directory.release(connection.directoryEntry);
  }

  #entryOf({ path, connectionId, generation }: ConnectionIdentity): DirectoryEntry {
    return { ...path, edgeId: this.#edgeId, connectionId, generation };
  }
}

const keyOf = ({ path }: ConnectionIdentity): string => `${path.tenantId}/${path.stationId}`;
