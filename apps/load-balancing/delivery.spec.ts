// Who hands commands to edges, and when not: an owner that is behind raises nothing.
import { describe, expect, it } from '@jest/globals';
import { type CommandRequested, decode, type Recorded, type SiteEvent } from '#contracts';
import type { World } from '#ports';
import { ownerEffects } from './delivery.js';
import { newSite, type SiteState } from './state.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const silent = { info() {}, warn() {}, error() {}, debug() {} } as never;

/** The owner, and what it appends and hands over. */
function owner() {
  const appended: { type: string; data: unknown }[] = [];
  const handed: string[] = [];
  const log = { next: 10, isDown: false };
  /** Stations that are looked up no sooner than this. */
  const found = new Map<string, Promise<void>>();
  let next = 0;
  const world = {
    ids: { next: () => `id-${next++}` },
    clock: { now: () => NOW },
    log: {
      append: (_topic: string, records: readonly never[]) => {
        appended.push(
          ...records.map((record) => decode({ ...(record as object), partition: 0, offset: 0, topic: 'site-events' } as never)),
        );
        return log.isDown
          ? Promise.reject(new Error('no log'))
          : Promise.resolve([{ topic: 'site-events', partition: 0, offset: log.next++ }]);
      },
    },
    directory: {
      lookup: async (_tenant: string, stationId: string) => found.get(stationId)?.then(() => ({ edgeId: 'e' })) ?? { edgeId: 'e' },
    },
    router: {
      send: (_edge: string, { command }: { command: { commandId: string } }) => {
        handed.push(command.commandId);
        return Promise.resolve(true);
      },
    },
  } as unknown as World;
  const effects = ownerEffects(world, silent, 'me');
  const readAll = async (
    state: SiteState,
    commands: readonly Partial<CommandRequested>[],
    ageMs = 0,
    commandsFrom = state.ownerEpoch - commands.length,
  ): Promise<void> => {
    let offset = commandsFrom;
    const partition = { isLive: true, lease: { isHeld: () => true }, states: new Map([['t/s', state]]) };
    const changes = commands.map((command) => {
      const at = { offset: offset++ };
      const input = { type: 'CommandRequested', at, time: new Date(NOW - ageMs).toISOString(), data: { stationId: 'A', ...command } };
      return { aggregate: 't/s', before: state, after: state, outputs: [], input: input as unknown as Recorded<SiteEvent> };
    });
    await effects.onCommitted?.(partition as never, changes);
  };
  const read = (state: SiteState, command: Partial<CommandRequested>, ageMs: number): Promise<void> => readAll(state, [command], ageMs);
  return { appended, handed, log, found, read, readAll, state: { ...newSite('t/s'), ownerId: 'me', ownerEpoch: 7 } };
}

const grant = (raises: boolean) => ({ ownerEpoch: 7, grantSeq: 1, slot: 'plan', evseId: 1, steps: [], raises }) as const;

describe('delivery', () => {
  it('hands over a fresh raise', async () => {
    const { read, state, handed } = owner();
    await read(state, { commandId: 'c', grant: grant(true) }, 5_000);
    expect(handed).toEqual(['c']);
  });

  it('refuses a raise that rests on something older than five seconds, and says why', async () => {
    const { read, state, handed, appended } = owner();
    await read(state, { commandId: 'c', grant: grant(true) }, 5_001);
    expect(handed).toEqual([]);
    expect(appended).toMatchObject([{ type: 'CommandRefused', data: { commandId: 'c', reason: 'PastNotAfter', detail: /behind/ } }]);
  });

  it('hands over a reduction however late it is: the edge knows until when it makes sense', async () => {
    const { read, state, handed } = owner();
    await read(state, { commandId: 'c', grant: grant(false) }, 15_000);
    expect(handed).toEqual(['c']);
  });

  it('lets no station wait for another, and keeps the order to each', async () => {
    const { readAll, state, handed, found } = owner();
    const late = Promise.withResolvers<void>();
    found.set('A', late.promise);
    const commands = ['A', 'B', 'A', 'B'].map((stationId, index) => ({
      stationId,
      commandId: `${stationId}${index}`,
      grant: grant(false),
    }));
    const all = readAll(state, commands);
    await new Promise(setImmediate);
    expect(handed).toEqual(['B1', 'B3']);
    late.resolve();
    await all;
    expect(handed).toEqual(['B1', 'B3', 'A0', 'A2']);
  });

  it('takes a site once until that is read back, again after another owner, and again when the log took nothing', async () => {
    const { read, state, appended, log } = owner();
    const orphan = { ...state, ownerId: '', ownerEpoch: -1, config: {} as never };
    const taken = (): number => appended.filter(({ type }) => type === 'SiteTaken').length;
    await read(orphan, { commandId: 'a' }, 0);
    await read(orphan, { commandId: 'b' }, 0);
    expect(taken()).toBe(1);
    await read({ ...state, ownerEpoch: 10 }, { commandId: 'c' }, 0);
    expect(taken()).toBe(1);
    log.isDown = true;
    await read({ ...orphan, ownerId: 'other', ownerEpoch: 11 }, { commandId: 'd' }, 0);
    log.isDown = false;
    await read({ ...orphan, ownerId: 'other', ownerEpoch: 11 }, { commandId: 'e' }, 0);
    expect(taken()).toBe(3);
  });

  it('hands over nothing of an earlier owner, and questions only of its own', async () => {
    const { read, state, handed } = owner();
    await read(state, { commandId: 'old', grant: { ...grant(false), ownerEpoch: 6 } }, 0);
    await read(state, { commandId: 'api', requestedBy: 'api:1' }, 0);
    await read(state, { commandId: 'question', requestedBy: 'load-balancing' }, 0);
    await read({ ...state, ownerId: 'other' }, { commandId: 'mine-no-more', grant: grant(false) }, 0);
    expect(handed).toEqual(['question']);
  });

  it('refuses what an earlier owner said after it took the site: nobody sends that any more', async () => {
    const { readAll, state, handed, appended } = owner();
    const old = { commandId: 'old', grant: { ...grant(true), ownerEpoch: 6 } };
    await readAll(state, [old], 0, state.ownerEpoch - 1);
    expect(appended).toEqual([]); // said in time: its owner may have handed it over
    await readAll(state, [old], 0, state.ownerEpoch + 1);
    expect(appended).toMatchObject([{ type: 'CommandRefused', data: { commandId: 'old', reason: 'OlderGrant' } }]);
    expect(handed).toEqual([]);
  });
});
