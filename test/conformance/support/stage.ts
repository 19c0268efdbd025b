// What every conformance case needs: one running network, stations that say exactly what a case says, and a look at the wire, the log and the rows.
// A case is a message or two with what must come of them; the checks all cases share are made here, once each.
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type CallReceived, decode, type Recorded } from '#contracts';
import { Charger, openNetwork, type SessionRow, TOKEN } from '../../quirks/support/charger.js';
import type { NetworkWorld } from '../../scenario/support/network-world.js';

export { TOKEN };
export type Json = Readonly<Record<string, unknown>>;
type Version = 'ocpp1.6' | 'ocpp2.0.1';

/** An answer to a command: a result, or the code of a CALLERROR. */
export type Reply = Json | string;
/** `action`, its payload, what the station answers, and how the operator sees it end. */
export type Asked = readonly [id: string, action: string, payload: Json, reply?: Reply, state?: 'accepted' | 'rejected' | 'failed'];

interface CommandRow {
  readonly commandId: string;
  readonly state: string;
  readonly answer: unknown;
  readonly reason: string | null;
}

/** A step of a 2.0.1 transaction. `state`: chargingState; `wh`: the register. */
export interface Step {
  readonly type: 'Started' | 'Updated' | 'Ended';
  readonly trigger: string;
  readonly state?: string;
  readonly token?: string;
  readonly wh?: number;
  readonly info?: Json;
  readonly more?: Json;
}

/** The site's stream, read on from where it was read to last. */
class Stream {
  readonly #records: Recorded[] = [];
  readonly #heads = new Map<number, number>();

  constructor(private readonly network: NetworkWorld) {}

  async all(): Promise<readonly Recorded[]> {
    const { log } = this.network.world;
    for (let partition = 0; partition < log.partitionCount('site-events'); partition++) {
      const head = await log.head('site-events', partition);
      for await (const batch of log.read('site-events', partition, this.#heads.get(partition) ?? 0, head))
        this.#records.push(...batch.map(decode));
      this.#heads.set(partition, head);
    }
    return this.#records;
  }
}

export class Station {
  /** What it said in this case, with what it heard. */
  readonly #said: { readonly messageId: string; readonly action: string; readonly answer: readonly unknown[] }[] = [];
  #ids = 0;

  constructor(
    readonly charger: Charger,
    readonly network: NetworkWorld,
    private readonly stream: Stream,
  ) {}

  get id(): string {
    return this.charger.stationId;
  }

  /** The payload of the answer; a CALLERROR as its code. */
  async call(action: string, payload: Json = {}): Promise<Json | string> {
    const messageId = `${this.id}:${++this.#ids}`;
    const answer = await this.charger.call(action, payload, messageId);
    this.#said.push({ messageId, action, answer });
    return answer[0] === 3 ? (answer[2] as Json) : String(answer[2]);
  }

  /** Everything it said in this case stands in the log once, in its order, with the answer it got; groups alone are sealed there. */
  async isRecorded(): Promise<void> {
    const said = this.#said.splice(0);
    if (said.length === 0) return;
    const ids = new Set(said.map(({ messageId }) => messageId));
    const calls = (await this.calls()).map(({ data }) => data).filter(({ messageId }) => ids.has(messageId));
    expect(calls.map(({ messageId, action, answer }) => [messageId, action, asLogged(answer)])).toEqual(
      said.map(({ messageId, action, answer }) => [messageId, action, asHeard(answer)]),
    );
  }

  /** What it said as recorded, oldest first. */
  async calls(action?: string): Promise<readonly { readonly data: CallReceived }[]> {
    const records = (await this.stream.all()).filter(({ type, stationId }) => type === 'CallReceived' && stationId === this.id);
    return records.map(({ data }) => ({ data: data as CallReceived })).filter(({ data }) => action === undefined || data.action === action);
  }

  /** What it was said to show of prices, latest first. */
  async shown(): Promise<readonly unknown[]> {
    const records = await this.stream.all();
    const own = records.filter(
      ({ type, data }) => type === 'PriceDisplayReported' && (data as { stationId?: string }).stationId === this.id,
    );
    return own.map(({ data }) => data).reverse();
  }

  /** Every record about a command, in its order. */
  async outcomes(commandId: string): Promise<readonly Recorded[]> {
    return (await this.stream.all()).filter(({ data }) => (data as { commandId?: string }).commandId === commandId);
  }

  /** An operator asks for it and the station answers so: what went over the wire, what the operator sees. */
  async asked(
    action: string,
    payload: Json,
    reply: Reply = { status: 'Accepted' },
  ): Promise<CommandRow & { readonly wire: readonly unknown[] }> {
    const { charger } = this;
    const otherwise = charger.answer;
    charger.answer = (frame) => {
      if (frame[2] !== action) return otherwise(frame);
      return typeof reply === 'string' ? [4, frame[1], reply, 'no', {}] : [3, frame[1], reply];
    };
    const body = { action, payload, timeoutMs: 15_000 };
    const row = await this.network.must<CommandRow>('POST', `/v1/stations/${this.id}/commands?wait=true`, body);
    charger.answer = otherwise;
    return { ...row, wire: charger.commands.find(([, id]) => id === row.commandId) ?? [] };
  }

  /** What is refused with 400 never leaves; answers the fields and what is wrong with them. */
  async refused(action: string, payload: Json): Promise<readonly { readonly path: string; readonly message: string }[]> {
    const before = this.charger.commands.length;
    const reply = await this.network.call<{ errors: never[] }>('POST', `/v1/stations/${this.id}/commands`, { action, payload });
    expect([reply.status, this.charger.commands.length]).toEqual([400, before]);
    return reply.body.errors;
  }

  /** A 2.0.1 transaction in these steps at EVSE 1, seconds apart; answers what it heard to each. */
  async transact(transactionId: string, steps: readonly Step[], evseId = 1): Promise<readonly (Json | string)[]> {
    const heard: (Json | string)[] = [];
    const begunMs = Date.now() - 10_000 * (steps.length + 1);
    for (const [seqNo, { type, trigger, state, token, wh, info, more }] of steps.entries()) {
      const timestamp = new Date(begunMs + 10_000 * seqNo).toISOString();
      const payload = {
        eventType: type,
        timestamp,
        triggerReason: trigger,
        seqNo,
        transactionInfo: { transactionId, ...(state !== undefined && { chargingState: state }), ...info },
        ...(seqNo === 0 && { evse: { id: evseId, connectorId: 1 } }),
        ...(token !== undefined && { idToken: { idToken: token, type: 'ISO14443' } }),
        ...(wh !== undefined && { meterValue: [{ timestamp, sampledValue: [{ value: wh }] }] }),
        ...more,
      };
      heard.push(await this.call('TransactionEvent', payload));
    }
    return heard;
  }

  /** The row of a transaction once it `is` so. */
  session(transactionId: string | number, is: (row: SessionRow) => boolean = ({ status }) => status === 'ended'): Promise<SessionRow> {
    return this.network.until(`the session ${transactionId} of ${this.id}`, async () => {
      const { items } = await this.network.must<{ items: readonly SessionRow[] }>('GET', `/v1/sessions?stationId=${this.id}&limit=100`);
      const row = items.find((each) => each.transactionId === String(transactionId));
      return row !== undefined && is(row) && row;
    });
  }
}

/** What a token was said to be worth; undefined where nothing was said of it. */
export const idTokenInfoOf = (heard: Json | string): unknown => (typeof heard === 'string' ? heard : heard.idTokenInfo);

const withoutGroup = (payload: unknown): unknown =>
  JSON.parse(JSON.stringify(payload, (key, value: unknown) => (key === 'groupIdToken' || key === 'parentIdTag' ? undefined : value)));
const asLogged = (answer: CallReceived['answer']) => (answer.kind === 'result' ? [3, withoutGroup(answer.payload)] : [4, answer.code]);
const asHeard = ([type, , body]: readonly unknown[]) => (type === 3 ? [3, withoutGroup(body)] : [4, body]);

/** Each station is there from its first use on. */
export interface Stage {
  readonly network: NetworkWorld;
  readonly station: (
    stationId: string,
    version: Version,
    place?: { readonly outlets?: number; readonly siteId?: string },
  ) => Promise<Station>;
}

/** The cases of one functional block; the network is there when they run. */
export type Block = (open: () => Stage) => void;

/** One network for the cases of all blocks. After each case everything its stations said is looked for in the log. */
export function stage(): () => Stage {
  const stations = new Map<string, Promise<Station>>();
  let network: NetworkWorld | undefined;
  let stream: Stream;
  beforeAll(async () => {
    network = await openNetwork();
    stream = new Stream(network);
  }, 120_000);
  afterEach(async () => {
    for (const station of stations.values()) await (await station).isRecorded();
  });
  afterAll(() => network?.close(), 60_000);
  return () => {
    if (network === undefined) throw new Error('the network did not start');
    const here = network;
    const station: Stage['station'] = (stationId, version, { outlets = 2, siteId = 's' } = {}) => {
      const arrive = async (): Promise<Station> => {
        const charger = await Charger.at(here, stationId, { version, outlets, siteId });
        await here.until(
          'the operator sees it speak',
          async () => (await here.must<{ ocppVersion: string | null }>('GET', `/v1/stations/${stationId}`)).ocppVersion !== null,
        );
        return new Station(charger, here, stream);
      };
      const known = stations.get(stationId) ?? arrive();
      stations.set(stationId, known);
      return known;
    };
    return { network: here, station };
  };
}

/** Cases in which an operator asks and a station answers: the frame, the row, and the three records of the command. */
export function operatorAsks(station: () => Promise<Station>, cases: readonly Asked[]): void {
  it.each(cases.map((each) => [each[0], each] as const))(
    '%s',
    async (_, [, action, payload, reply = { status: 'Accepted' }, state = 'accepted']) => {
      const here = await station();
      const { commandId, wire, ...row } = await here.asked(action, payload, reply);
      expect([row.reason, wire]).toEqual([
        typeof reply === 'string' ? expect.stringContaining(reply) : null,
        [2, commandId, action, payload],
      ]);
      expect(row.state).toBe(state);
      if (typeof reply !== 'string') expect(row.answer).toMatchObject(reply);
      const records = await here.outcomes(commandId);
      const outcome = typeof reply === 'string' ? 'CommandErrored' : 'CommandAnswered';
      expect(records.map(({ type }) => type).filter((type) => type !== 'ProfileRequested')).toEqual([
        'CommandRequested',
        'CommandSent',
        outcome,
      ]);
    },
  );
}
