// An edge and the unreliable way behind it: one request at a time per station, a fence against older grants, silence after half a minute.
// What a station makes of a request is the world's.
import type { CommandRequested } from '#contracts';
import { type Random, type Range, within } from './chance.fixture.js';
import type { Stage } from './stage.fixture.js';
import type { StagedStation } from './station.fixture.js';

const ANSWER_WITHIN_MS = 30_000;
/** What stations are told at boot, and keep to. */
export const HEARTBEAT_MS = 300_000;

/** How long a message takes each way, and how likely it is lost there. */
export interface Way {
  readonly delayMs: Range;
  readonly loss: number;
}
export interface Ways {
  readonly toStation: Way;
  readonly toEdge: Way;
}

export class Edge {
  constructor(
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly ways: Ways,
    /** What the station answers, once the request is there; undefined = it never does. */
    private readonly answerOf: (command: CommandRequested, station: StagedStation) => unknown,
  ) {}

  take(command: CommandRequested, station: StagedStation): void {
    const { stage } = this;
    const { commandId, stationId, grant, notAfter } = command;
    const [epoch, seq] = station.fence;
    if (grant !== undefined && (grant.ownerEpoch < epoch || (grant.ownerEpoch === epoch && grant.grantSeq < seq))) {
      stage.append('CommandRefused', { commandId, reason: 'OlderGrant' }, stationId);
      return;
    }
    if (grant !== undefined) station.fence = [grant.ownerEpoch, grant.grantSeq];
    const reason =
      stage.now > Date.parse(notAfter)
        ? 'PastNotAfter'
        : station.connection === undefined
          ? 'NotConnected'
          : station.booted
            ? undefined
            : 'NotBooted';
    if (reason !== undefined) stage.append('CommandRefused', { commandId, reason }, stationId);
    else if (stage.now < station.busyUntil) stage.after(station.busyUntil - stage.now + 1, () => this.take(command, station));
    else this.#send(command, station, station.connection ?? -1);
  }

  #send(command: CommandRequested, station: StagedStation, connection: number): void {
    const { stage, random, ways } = this;
    const { commandId, stationId } = command;
    const sent = { commandId, connectionId: 'c', generation: { assignmentSeq: 1, offset: connection } };
    station.busyUntil = stage.now + ANSWER_WITHIN_MS;
    stage.append('CommandSent', sent, stationId);
    let answered = false;
    stage.after(ANSWER_WITHIN_MS, () => {
      if (answered) return;
      station.busyUntil = stage.now;
      stage.append('CommandUnanswered', { ...sent, reason: 'timeout' }, stationId);
    });
    if (random() < ways.toStation.loss) return;
    stage.after(within(random, ways.toStation.delayMs), () => {
      if (station.connection !== connection) return;
      const payload = this.answerOf(command, station);
      if (payload === undefined || random() < ways.toEdge.loss) return;
      stage.after(within(random, ways.toEdge.delayMs), () => {
        answered = true;
        station.busyUntil = stage.now;
        stage.append('CommandAnswered', { ...sent, payload, violations: [] }, stationId);
      });
    });
  }

  /** A request of the station that the edge has taken and answered. */
  call(station: StagedStation, action: string, payload: unknown, answer: unknown = {}): void {
    if (station.connection === undefined) return;
    const data = {
      connectionId: 'c',
      generation: { assignmentSeq: 1, offset: station.connection },
      ocppVersion: station.ocppVersion,
      messageId: 'm',
      action,
      violations: [],
      flags: [],
      answer: { kind: 'result', payload: answer },
      payload,
    } as const;
    this.stage.append('CallReceived', data, station.stationId);
  }

  connect(station: StagedStation, boots: boolean): void {
    const { stage } = this;
    const data = { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: station.ocppVersion, securityProfile: 1 } as const;
    station.connection = stage.append('StationConnected', data, station.stationId);
    station.busyUntil = 0;
    station.booted = true;
    const accepted = { status: 'Accepted', currentTime: '', interval: HEARTBEAT_MS / 1000 };
    if (boots) station.bootedAt = stage.now;
    if (boots) this.call(station, 'BootNotification', station.boot, accepted);
    this.#beat(station, station.connection);
  }

  #beat(station: StagedStation, connection: number): void {
    this.stage.after(HEARTBEAT_MS, () => {
      if (station.connection !== connection) return;
      this.call(station, 'Heartbeat', {});
      this.#beat(station, connection);
    });
  }

  /** The link breaks; the edge finds out within `noticedMs`. */
  disconnect(station: StagedStation, noticedMs: number): void {
    const offset = station.connection;
    if (offset === undefined) return;
    station.connection = undefined;
    const data = { connectionId: 'c', edgeId: 'e', generation: { assignmentSeq: 1, offset }, closeCode: 1006, reason: '' };
    this.stage.after(noticedMs, () => void this.stage.append('StationDisconnected', data, station.stationId));
  }
}
