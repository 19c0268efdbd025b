// What every quirk needs: a whole network with one site, and a charger that says exactly what the test says and agrees to every command.
// What is odd about it is told in each file; the records and rows it must lead to as well.
import type { CallReceived, Envelope } from '#contracts';
import { NetworkWorld } from '../../scenario/support/network-world.js';
import { RawStation } from '../../scenario/support/raw-station.js';

export const TOKEN = 'TAG-1';
export const PRICE_PER_KWH = 0.4;
const PASSWORD = 'a-long-password-of-a-station';

export interface SessionRow {
  readonly sessionId: string;
  readonly transactionId: string;
  readonly evseId: number;
  readonly status: 'active' | 'ended';
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly energyWh: number;
  readonly reason: string | null;
  readonly provisional: boolean;
  readonly flags: readonly string[];
}
export interface CdrRow {
  readonly credit?: boolean;
  readonly id: string;
  readonly session_id: string;
  readonly total_energy: number;
  readonly total_cost: { readonly excl_vat: number };
}
interface Page<T> {
  readonly items: readonly T[];
}

/** A site of one tariff in euro per kWh and one known token. */
export async function openNetwork(): Promise<NetworkWorld> {
  const network = await NetworkWorld.open();
  await network.must('PUT', '/v1/tariffs/flat', {
    country_code: 'NL',
    party_id: 'TST',
    id: 'flat',
    currency: 'EUR',
    last_updated: '2026-01-01T00:00:00Z',
    elements: [{ price_components: [{ type: 'ENERGY', price: PRICE_PER_KWH, vat: 21, step_size: 1 }] }],
  });
  const root = { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 };
  await network.must('PUT', '/v1/sites/s', { name: 'S', timeZone: 'Europe/Amsterdam', voltageV: 230, root });
  await network.must('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' });
  await network.must('PUT', `/v1/tokens/ISO14443/${TOKEN}`, { status: 'Accepted' });
  return network;
}

/** Declares the tests of one quirk; the network is there when they run. */
export type Quirk = (network: () => NetworkWorld) => void;

export type Answer = readonly [type: 3 | 4, messageId: string, ...rest: unknown[]];

/** `secondsAgo` before now, as stations write it. */
export const at = (secondsAgo: number): string => new Date(Date.now() - secondsAgo * 1000).toISOString();

export class Charger {
  #socket: RawStation | undefined;
  #ids = 0;
  /** Commands received, all agreed to unless the test answers them itself. */
  readonly commands: (readonly unknown[])[] = [];
  answer: (command: readonly unknown[]) => readonly unknown[] = ([, id]) => [3, id, { status: 'Accepted' }];

  private constructor(
    readonly network: NetworkWorld,
    readonly stationId: string,
    /** Of the next connection. */
    public version: 'ocpp1.6' | 'ocpp2.0.1',
  ) {}

  static async at(
    network: NetworkWorld,
    stationId: string,
    { version = 'ocpp1.6' as 'ocpp1.6' | 'ocpp2.0.1', outlets = 1, boots = true, siteId = 's' } = {},
  ): Promise<Charger> {
    await network.must('PUT', `/v1/stations/${stationId}`, {
      siteId,
      nodeId: 'grid',
      securityProfile: 1,
      password: PASSWORD,
      evses: Array.from({ length: outlets }, (_, index) => ({ evseId: index + 1, phases: 3, minA: 6, maxA: 32, safeA: 0 })),
    });
    const charger = new Charger(network, stationId, version);
    await charger.connect();
    if (boots) await charger.boot();
    return charger;
  }

  /** A new socket; the one before stays as it is. */
  async connect(): Promise<void> {
    const { port } = this.network.network.edge;
    const path = `/ocpp/${this.stationId}`;
    const socket = await RawStation.connect({ port, path, user: this.stationId, password: PASSWORD, protocols: this.version });
    this.#socket = socket;
    socket.socket.on('message', () => {
      for (const frame of socket.received.filter(([type]) => type === 2)) {
        socket.received.splice(socket.received.indexOf(frame), 1);
        this.commands.push(frame);
        socket.send(this.answer(frame));
      }
    });
  }

  /** The link is lost: nobody says goodbye. */
  async loseLink(): Promise<void> {
    this.#socket?.socket.terminate();
    await this.#socket?.closed;
  }

  async boot(): Promise<Answer> {
    const v16 = { chargePointVendor: 'v', chargePointModel: 'm' };
    const v201 = { reason: 'PowerUp', chargingStation: { vendorName: 'v', model: 'm' } };
    return this.call('BootNotification', this.version === 'ocpp1.6' ? v16 : v201);
  }

  /** The answer to this call; commands in between are dealt with. */
  async call(action: string, payload: unknown, messageId = `${this.stationId}-${++this.#ids}`): Promise<Answer> {
    return this.say([2, messageId, action, payload]);
  }

  /** A frame word for word; the next answer that comes. */
  async say(frame: unknown): Promise<Answer> {
    const socket = this.#socket;
    if (socket === undefined) throw new Error('not connected');
    socket.send(frame);
    return (await socket.next()) as unknown as Answer;
  }

  /** All of them before the first answer; answers in the order of the calls. */
  async callsAtOnce(calls: readonly (readonly [action: string, payload: unknown])[]): Promise<readonly Answer[]> {
    const socket = this.#socket;
    if (socket === undefined) throw new Error('not connected');
    const ids = calls.map(() => `${this.stationId}-${++this.#ids}`);
    for (const [index, [action, payload]] of calls.entries()) socket.send([2, ids[index], action, payload]);
    const answers = new Map<unknown, Answer>();
    for (const _ of calls) {
      const answer = (await socket.next()) as unknown as Answer;
      answers.set(answer[1], answer);
    }
    return ids.map((id) => answers.get(id)).filter((answer) => answer !== undefined);
  }

  async start(more: Readonly<Record<string, unknown>> = {}): Promise<number> {
    const answer = await this.call('StartTransaction', { connectorId: 1, idTag: TOKEN, meterStart: 1000, timestamp: at(60), ...more });
    return (answer[2] as { readonly transactionId: number }).transactionId;
  }

  stop(transactionId: number, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.call('StopTransaction', { transactionId, meterStop: 1500, timestamp: at(0), ...more });
  }

  meter(transactionId: number | undefined, sampledValue: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const meterValue = [{ timestamp: at(30), sampledValue }];
    return this.call('MeterValues', { connectorId: 1, ...(transactionId !== undefined && { transactionId }), meterValue, ...more });
  }

  status(status: string, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status, timestamp: at(0), ...more });
  }

  /** 2.0.1 */
  event(eventType: 'Started' | 'Updated' | 'Ended', transactionId: string, seqNo: number, registerWh: number | undefined, more = {}) {
    const sampledValue = [{ value: registerWh }];
    return this.call('TransactionEvent', {
      eventType,
      timestamp: at(60 - 10 * seqNo),
      triggerReason: 'Trigger',
      seqNo,
      transactionInfo: { transactionId },
      ...(registerWh !== undefined && { meterValue: [{ timestamp: at(60 - 10 * seqNo), sampledValue }] }),
      ...(eventType === 'Started' && { evse: { id: 1, connectorId: 1 }, idToken: { idToken: TOKEN, type: 'ISO14443' } }),
      ...more,
    });
  }

  /** Its sessions, oldest first, once they are `count` and all of them are as `is` wants. */
  sessions(count: number, is: (session: SessionRow) => boolean = () => true): Promise<readonly SessionRow[]> {
    return this.network.until(`${count} such sessions of ${this.stationId}`, async () => {
      await this.#settled();
      const { items } = await this.network.must<Page<SessionRow>>('GET', `/v1/sessions?stationId=${this.stationId}`);
      return items.length === count && items.every(is) && items.toReversed();
    });
  }

  /** The only session it ever had, ended. */
  async session(): Promise<SessionRow> {
    const [session] = await this.sessions(1, ({ status }) => status === 'ended');
    if (session === undefined) throw new Error('no session');
    return session;
  }

  /** The charge records of a session once there are `count`. */
  cdrs({ sessionId }: SessionRow, count = 1): Promise<readonly CdrRow[]> {
    return this.network.until(`${count} bills of ${sessionId}`, async () => {
      const { items } = await this.network.must<Page<CdrRow>>('GET', `/v1/cdrs?sessionId=${sessionId}`);
      return items.length === count && items;
    });
  }

  /** Everything this station said, as recorded, oldest first. */
  async calls(action?: string): Promise<readonly Envelope<'CallReceived', CallReceived>[]> {
    const records = await this.network.records('site-events');
    const calls = records.filter((record): record is (typeof records)[number] & Envelope<'CallReceived', CallReceived> => {
      const isOwn = record.type === 'CallReceived' && record.stationId === this.stationId;
      return isOwn && (action === undefined || (record.data as CallReceived).action === action);
    });
    return calls;
  }

  /** What was decided about a session, in order: `SessionStarted`, …, `SessionEnded`, `SessionAmended`. */
  async decisions({ sessionId }: SessionRow): Promise<readonly string[]> {
    await this.#settled();
    const { timeline } = await this.network.must<{ timeline: readonly { readonly kind: string }[] }>('GET', `/v1/sessions/${sessionId}`);
    return timeline.map(({ kind }) => kind).filter((kind) => /^Session/.test(kind));
  }

  /** What it said of transactions that belongs to none, as kept for whoever reconciles. */
  async unmatched(): Promise<readonly { readonly action: string; readonly transaction_id: string; readonly reason: string }[]> {
    await this.#settled();
    const text = 'select action, transaction_id, reason from unmatched_facts where station_id = $1 order by record_offset';
    return (await this.network.world.database.query<never>(text, [this.stationId])).rows;
  }

  /** Everything recorded so far has reached the sessions: a command goes through the same stream, and its outcome comes behind it. Nobody can send one before the boot is known. */
  async #settled(): Promise<void> {
    await this.network.until(`${this.stationId} being known`, async () => {
      const path = `/v1/stations/${this.stationId}/commands?wait=true`;
      const { status, body } = await this.network.call('POST', path, { action: 'ClearCache', timeoutMs: 20_000 });
      if (status >= 300 && status !== 409) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
      return status < 300;
    });
  }
}
