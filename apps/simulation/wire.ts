// The network between stations and edges: dials, upgrades and frames, late and in order, and links that break without telling anybody.
// A connection: Dialing → Open → Closed at the station and at the edge, each in its own time; silent = what is sent arrives nowhere.
import { EventEmitter } from 'node:events';
import type { CreateListener, ListenerPorts, StationSocket, UpgradeRequest } from '#apps/edge';
import type { Chance, Dial, Link, LinkHandlers, Target } from '#apps/simulator';
import type { Life } from './process.js';
import type { Timeline } from './timeline.js';
import type { Weather } from './weather.js';

const HANDSHAKE_TIMEOUT_MS = 20_000;
/** How the answer to a call begins. */
const REPLY = '[3,';
/** How long a peer needs to notice a link that was cut without a word, when nothing else tells it. */
const NOTICED_AFTER_MS = 90_000;

interface Door {
  readonly life: Life;
  readonly ports: ListenerPorts;
}

/** A socket between a station and one life of an edge. */
export interface Socket {
  readonly stationId: string;
  readonly door: Life | undefined;
  /** The edge has begun to close it. */
  readonly isClosing: boolean;
}

export interface Tap {
  /** A frame left its edge. */
  left(socket: Socket, text: string): void;
  /** A frame reached its station. */
  toStation(stationId: string, text: string): void;
  /** A frame reached its edge. */
  toEdge(socket: Socket, text: string): void;
  /** It ended at its edge. */
  ended(socket: Socket): void;
  /** Its upgrade was refused by an edge. */
  refused(stationId: string, status: number): void;
}

export class Wire {
  readonly #doors = new Set<Door>();
  readonly #connections = new Set<Connection>();
  tap: Tap = { left: () => {}, toStation: () => {}, toEdge: () => {}, ended: () => {}, refused: () => {} };
  /** Stations far away: frames of theirs take so much longer, each way [ms]. */
  readonly slowLinks = new Map<string, number>();
  /** Stations whose next answer to a call of ours is lost. */
  readonly lostReplies = new Set<string>();

  constructor(
    readonly timeline: Timeline,
    readonly weather: Weather,
    private readonly chance: Chance,
  ) {}

  /** What an edge of this process listens with. */
  listener(life: Life): CreateListener {
    return (ports) => {
      const door: Door = { life, ports };
      life.onDeath(() => this.#died(door));
      return {
        listen: async () => void this.#doors.add(door),
        port: 0,
        close: async () => void this.#doors.delete(door),
      };
    };
  }

  /** What stations dial with. */
  dial: Dial = (target, handlers) => {
    const connection = new Connection(this, target, handlers);
    this.#connections.add(connection);
    this.timeline.after(this.weather.latency(), () => this.#knock(connection, target));
    return connection.link;
  };

  /** Links that go silent now: neither side is told. */
  goSilent(share: number): void {
    for (const connection of this.#connections) if (this.chance.next() < share) connection.goSilent();
  }

  /** Sockets at this life of an edge that have stood open at both ends for so long [ms]. */
  standing(life: Life, forMs: number): number {
    const sinceMs = this.timeline.now() - forMs;
    return [...this.#connections].filter((connection) => connection.door === life && connection.isStandingSince(sinceMs)).length;
  }

  forget(connection: Connection): void {
    this.#connections.delete(connection);
  }

  #knock(connection: Connection, target: Target): void {
    const doors = [...this.#doors];
    const door = doors[this.chance.integer(0, Math.max(0, doors.length - 1))];
    if (door === undefined) {
      connection.refused('ECONNREFUSED');
      return;
    }
    connection.door = door.life;
    this.timeline.after(HANDSHAKE_TIMEOUT_MS, () => connection.refused('no answer to the handshake'));
    const url = new URL(target.url);
    const request: UpgradeRequest = {
      url: url.pathname,
      headers: { authorization: target.headers.authorization, 'sec-websocket-protocol': target.subprotocol },
      socket: { remoteAddress: '192.0.2.1' },
    };
    door.life.run(() => void this.#admit(door, request, connection));
  }

  async #admit({ ports, life }: Door, request: UpgradeRequest, connection: Connection): Promise<void> {
    const outcome = await (async () => {
      try {
        return await ports.door.admit(request);
      } catch (error) {
        return ports.failed(error);
      }
    })();
    if ('status' in outcome) {
      ports.refused(outcome, request);
      this.tap.refused(connection.stationId, outcome.status);
      const retryAfter = outcome.headers?.['Retry-After'];
      this.timeline.after(this.weather.latency(), () =>
        connection.refused(`HTTP ${outcome.status}`, retryAfter === undefined ? undefined : Number(retryAfter) * 1000),
      );
    } else if (connection.isGivenUp) ports.vanished(outcome);
    else {
      ports.opened(connection.socketFor(life), outcome);
      connection.opened();
    }
  }

  #died(door: Door): void {
    this.#doors.delete(door);
    const isWordless = this.chance.next() < 0.4;
    for (const connection of this.#connections) if (connection.door === door.life) connection.edgeDied(isWordless);
  }
}

class Connection implements Socket {
  readonly stationId: string;
  door: Life | undefined;
  isClosing = false;
  #station: 'Dialing' | 'Open' | 'Closed' = 'Dialing';
  #isEdgeOpen = false;
  #isSilent = false;
  #openedMs = Number.POSITIVE_INFINITY;
  #emitter = new EventEmitter();
  #lastToEdge = 0;
  #lastToStation = 0;

  constructor(
    private readonly wire: Wire,
    { url }: Target,
    private readonly handlers: LinkHandlers,
  ) {
    this.stationId = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
  }

  isStandingSince(ms: number): boolean {
    return this.#openedMs <= ms && this.#station === 'Open' && this.#isEdgeOpen && !this.#isSilent && !this.isClosing;
  }

  get isGivenUp(): boolean {
    return this.#station === 'Closed';
  }

  readonly link: Link = {
    send: (text) => {
      if (this.#station !== 'Open') return false;
      if (text.startsWith(REPLY) && this.wire.lostReplies.delete(this.stationId)) return true;
      this.#toEdge(() => {
        this.wire.tap.toEdge(this, text);
        this.#emitter.emit('message', Buffer.from(text));
      });
      return true;
    },
    close: (abrupt) => {
      if (this.#station === 'Closed') return;
      this.#station = 'Closed';
      if (!abrupt || this.wire.weather.chance.next() < 0.5) this.#toEdge(() => this.#closeEdge(abrupt ? 1006 : 1000, ''));
      else this.goSilent();
      this.#release();
    },
  };

  refused(reason: string, retryAfterMs?: number): void {
    if (this.#station !== 'Dialing') return;
    this.#station = 'Closed';
    this.#release();
    this.handlers.closed(reason, retryAfterMs);
  }

  /** The edge's side of it. */
  socketFor(life: Life): StationSocket {
    const emitter = this.#emitter;
    emitter.on('error', () => {});
    this.#isEdgeOpen = true;
    return {
      on: (event: string, heard: (...args: never[]) => void) => emitter.on(event, heard as () => void),
      send: (text: string) => {
        if (!this.#isEdgeOpen) return;
        this.wire.tap.left(this, text);
        this.#toStation(() => {
          this.wire.tap.toStation(this.stationId, text);
          this.handlers.received(text);
        });
      },
      ping: () => this.#toStation(() => this.#toEdge(() => emitter.emit('pong'))),
      close: (code: number, reason: string) => {
        this.isClosing = true;
        this.#toStation(() => this.#closeStation(`closed with ${code}`));
        life.after(this.wire.weather.latency(), () => this.#closeEdge(code, reason));
      },
      terminate: () => {
        this.#toStation(() => this.#closeStation('closed with 1006'));
        this.#endAtEdge();
      },
      bufferedAmount: 0,
    };
  }

  opened(): void {
    this.#toStation(() => {
      if (this.#station !== 'Dialing') return;
      this.#station = 'Open';
      this.#openedMs = this.wire.timeline.now();
      this.handlers.opened();
    }, true);
  }

  goSilent(): void {
    if (this.#isSilent) return;
    this.#isSilent = true;
    const { timeline, weather } = this.wire;
    timeline.after(NOTICED_AFTER_MS + weather.chance.between(0, NOTICED_AFTER_MS), () => {
      this.#closeStation('the link is dead');
      this.door?.run(() => this.#closeEdge(1006, ''));
    });
  }

  edgeDied(isWordless: boolean): void {
    this.#isEdgeOpen = false;
    if (isWordless) this.goSilent();
    else this.wire.timeline.after(this.wire.weather.latency(), () => this.#closeStation('ECONNRESET'));
  }

  #toEdge(event: () => void): void {
    const { timeline } = this.wire;
    this.#lastToEdge = Math.max(this.#lastToEdge, timeline.now() + this.#latency());
    timeline.at(this.#lastToEdge, () => {
      if (this.#isSilent || !this.#isEdgeOpen) return;
      this.door?.run(event);
    });
  }

  #toStation(event: () => void, isOpening = false): void {
    const { timeline } = this.wire;
    this.#lastToStation = Math.max(this.#lastToStation, timeline.now() + this.#latency());
    timeline.at(this.#lastToStation, () => {
      if (!this.#isSilent && (isOpening ? this.#station === 'Dialing' : this.#station === 'Open')) event();
    });
  }

  #latency(): number {
    return this.wire.weather.latency() + (this.wire.slowLinks.get(this.stationId) ?? 0);
  }

  #closeStation(reason: string): void {
    if (this.#station === 'Closed') return;
    this.#station = 'Closed';
    this.#release();
    this.handlers.closed(reason);
  }

  #closeEdge(code: number, reason: string): void {
    if (!this.#isEdgeOpen) return;
    this.#endAtEdge();
    this.#emitter.emit('close', code, Buffer.from(reason));
  }

  #endAtEdge(): void {
    if (this.#isEdgeOpen) this.wire.tap.ended(this);
    this.isClosing = true;
    this.#isEdgeOpen = false;
    this.#release();
  }

  #release(): void {
    if (this.#station === 'Closed' && !this.#isEdgeOpen) this.wire.forget(this);
  }
}
