// What a program comes to for its sites, told as records of the log.
import { describe, expect, it } from '@jest/globals';
import type { EnergySeriesReceived, GridLimitReceived, GridProgramConfigured, NetworkEventData } from '#contracts';
import type { Output } from '#service';
import { gridDefinition, programIn } from './definition.js';
import { NO_PROGRAM, type Program, type ProgramFact } from './program.js';

const START = Date.parse('2026-07-01T06:00:00Z');
const EAN = '871687120000000001';
const CONFIG: GridProgramConfigured = {
  programId: 'dso',
  server: { url: 'https://vtn.test', version: '3.1', programName: 'GAC', venName: 'NL-ABC', clientId: 'abc', clientSecret: 'sealed' },
  pollS: 60,
  validForS: 3600,
  sites: [
    { siteId: 'north', names: [EAN], fallbackW: 20_000 },
    { siteId: 'south', nodeId: 'feeder', names: ['871687120000000002'], fallbackW: 10_000 },
  ],
  requestedBy: 'test',
};
const limitEvent = (kw: number | string, targets = [EAN], more: object = {}) => ({
  programID: 'p',
  createdDateTime: '2026-07-01T05:00:00Z',
  targets,
  payloadDescriptors: [{ payloadType: 'IMPORT_CAPACITY_LIMIT', units: 'KW' }],
  intervalPeriod: { start: '2026-07-01T07:00:00Z', duration: 'PT1H' },
  intervals: [{ id: 0, payloads: [{ type: 'IMPORT_CAPACITY_LIMIT', values: [kw] }] }],
  ...more,
});

/** A program that hears facts, one a minute apart unless told. */
function program() {
  let state: Program = NO_PROGRAM;
  let minute = 0;
  let offset = 0;
  const hear = <Type extends ProgramFact['type']>(type: Type, data: NetworkEventData[Type], atMinute = minute + 1): readonly string[] => {
    minute = atMinute;
    const time = new Date(START + minute * 60_000).toISOString();
    const at = { topic: 'network-events', partition: 0, offset: offset++ };
    const input = { id: `i${offset}`, type, source: '/test', time, tenantId: 'default', data, at } as ProgramFact;
    const outputs = gridDefinition.fold.decide(state, input);
    state = programIn(gridDefinition.fold.evolve(state, input, outputs)) ?? NO_PROGRAM;
    return outputs.map(inWords);
  };
  return {
    hear,
    says: (...events: readonly (readonly [string, unknown])[]) => {
      for (const [eventId, event] of events) hear('GridEventsHeard', { programId: 'dso', events: [{ eventId, event }] }, minute);
      return hear('GridProgramHeard', { programId: 'dso', refusals: [] });
    },
    get state() {
      return state;
    },
  };
}

function inWords({ type, siteId, data }: Output): string {
  if (type === 'EnergySeriesReceived') {
    const { series } = data as EnergySeriesReceived;
    return `${siteId}: ${series.map(({ startsAt, endsAt, pricePerKwh }) => `${startsAt.slice(11, 16)}-${endsAt.slice(11, 16)} ${pricePerKwh}`).join(', ')}`;
  }
  if (type === 'GridLimitWithdrawn') return `${siteId}: withdrawn`;
  const { nodeId, schedule, expiresAt, fallback } = data as GridLimitReceived;
  const steps = schedule.map(
    ({ startsAt, limitW }) => `${startsAt.slice(11, 16)} ${limitW === undefined ? 'free' : `${Number(limitW) / 1000} kW`}`,
  );
  return `${siteId}${nodeId === undefined ? '' : `/${nodeId}`}: ${steps.join(', ')} until ${expiresAt.slice(11, 16)}, then ${Number(fallback?.limitW) / 1000} kW`;
}

describe('a program of a grid operator', () => {
  it('tells each site what is meant for it, and what holds once nothing is heard', () => {
    const { hear, says } = program();
    expect(hear('GridProgramConfigured', CONFIG)).toEqual([]);
    expect(says(['e', limitEvent(50)])).toEqual([
      'north: 07:00 50 kW, 08:00 free until 08:00, then 20 kW',
      'south/feeder: 06:02 free until 07:02, then 10 kW',
    ]);
  });
  it('says nothing twice, and renews what would run out', () => {
    const { hear, says } = program();
    hear('GridProgramConfigured', CONFIG);
    says(['e', limitEvent(50)]);
    expect(says(['e', limitEvent(50)])).toEqual([]);
    expect(hear('GridProgramHeard', { programId: 'dso', refusals: [] }, 32)).toEqual(['south/feeder: 06:32 free until 07:32, then 10 kW']);
    expect(hear('GridProgramHeard', { programId: 'dso', refusals: [] }, 100)).toEqual([
      'north: 07:40 50 kW, 08:00 free until 08:40, then 20 kW',
      'south/feeder: 07:40 free until 08:40, then 10 kW',
    ]);
  });
  it('keeps the id of a limit that is only renewed, and gives a changed one another', () => {
    const heard = program();
    const { hear, says } = heard;
    hear('GridProgramConfigured', CONFIG);
    const idOf = () => heard.state.told['south/feeder/import']?.limitId;
    says();
    const first = idOf();
    hear('GridProgramHeard', { programId: 'dso', refusals: [] }, 32);
    expect(idOf()).toBe(first);
    says(['e', limitEvent(50, ['871687120000000002'])]);
    expect(idOf()).not.toBe(first);
  });
  it('follows a change and the end of an event at once', () => {
    const { hear, says } = program();
    hear('GridProgramConfigured', { ...CONFIG, sites: CONFIG.sites.slice(0, 1) });
    says(['e', limitEvent(50)]);
    expect(says(['e', limitEvent(30)])).toEqual(['north: 07:00 30 kW, 08:00 free until 08:00, then 20 kW']);
    hear('GridEventsGone', { programId: 'dso', eventIds: ['e'] });
    expect(hear('GridProgramHeard', { programId: 'dso', refusals: [] })).toEqual(['north: 06:05 free until 07:05, then 20 kW']);
  });
  it.each([7, null, ['dso']])('that a broken record calls %j is parked, before its tenant is read out of a name', (programId) => {
    const input = { type: 'GridProgramConfigured', tenantId: 't', data: { ...CONFIG, programId } };
    expect(() => gridDefinition.fold.aggregateOf(input as never)).toThrow('GridProgramConfigured names nothing');
  });
  it('holds sites at their fallback where the server was never heard, and at what they were told where it was', () => {
    const never = program();
    never.hear('GridProgramConfigured', CONFIG);
    expect(never.hear('GridProgramUnheard', { programId: 'dso', reason: 'no connection' })).toEqual([
      'north: 06:02 20 kW until 07:02, then 20 kW',
      'south/feeder: 06:02 10 kW until 07:02, then 10 kW',
    ]);
    expect(never.says()).toEqual(['north: 06:03 free until 07:03, then 20 kW', 'south/feeder: 06:03 free until 07:03, then 10 kW']);
    const once = program();
    once.hear('GridProgramConfigured', CONFIG);
    once.says(['e', limitEvent(50)]);
    expect(once.hear('GridProgramUnheard', { programId: 'dso', reason: 'it answered 500' })).toEqual([]);
    expect(once.state.trouble).toBe('it answered 500');
    once.says();
    expect(once.state.trouble).toBeUndefined();
  });
  it('loosens nothing for an event that cannot be read, and only for those it is meant for', () => {
    const heard = program();
    const { hear, says } = heard;
    hear('GridProgramConfigured', CONFIG);
    says(['e', limitEvent(50, [EAN], { intervalPeriod: { start: '2026-07-01T06:00:00Z', duration: 'PT2H' } })]);
    expect(says(['e', limitEvent('much')])).toEqual([]);
    expect(heard.state.refusals).toEqual([
      { eventId: 'e', path: 'intervals[id=0].payloads', message: expect.stringContaining('a number') },
    ]);
    expect(says(['e', { targets: [EAN], intervals: 'none' }])).toEqual([]);
    expect(heard.state.refusals).toEqual([{ eventId: 'e', path: 'intervals', message: expect.any(String) }]);
    // Whom it is for is unknown: everybody keeps to the tighter.
    expect(says(['f', { targets: 'all', intervals: [] }])).toEqual(['south/feeder: 06:05 10 kW until 07:05, then 10 kW']);
  });
  it('gives sites back that are taken out, and all of them when it is removed', () => {
    const { hear, says } = program();
    hear('GridProgramConfigured', CONFIG);
    says(['e', limitEvent(50)]);
    expect(hear('GridProgramConfigured', { ...CONFIG, sites: CONFIG.sites.slice(0, 1) })).toEqual(['south: withdrawn']);
    expect(hear('GridProgramRemoved', { programId: 'dso', requestedBy: 'test' })).toEqual(['north: withdrawn']);
    expect(hear('GridProgramHeard', { programId: 'dso', refusals: [] })).toEqual([]);
  });
  it('demands the Dutch profile where it was agreed, and names what is missing', () => {
    const heard = program();
    const { hear, says } = heard;
    hear('GridProgramConfigured', { ...CONFIG, profile: 'gac', sites: CONFIG.sites.slice(0, 1) });
    expect(says(['e', limitEvent(50, [EAN], { priority: 1 })])).toEqual(['north: 06:02 20 kW until 07:02, then 20 kW']);
    expect(heard.state.refusals.map(({ path }) => path)).toEqual(['priority', 'events']);
    const safeMode = limitEvent(5, [EAN], { intervalPeriod: { start: '0001-01-01', duration: 'P9999Y' } });
    expect(says(['e', limitEvent(50)], ['safe', safeMode])).toEqual(['north: 06:03 5 kW until 07:03, then 20 kW']);
    expect(heard.state.refusals).toEqual([]);
  });
  it('tells prices once, and again where they change', () => {
    const { hear, says } = program();
    hear('GridProgramConfigured', { ...CONFIG, sites: CONFIG.sites.slice(0, 1) });
    const prices = (...values: readonly number[]) => ({
      targets: [],
      payloadDescriptors: [{ payloadType: 'PRICE', units: 'KWH', currency: 'EUR' }],
      intervalPeriod: { start: '2026-07-01T07:00:00Z', duration: 'PT2H' },
      intervals: [{ id: 0, payloads: [{ type: 'PRICE', values }] }],
    });
    const free = (minute: number) => `north: 06:0${minute} free until 07:0${minute}, then 20 kW`;
    expect(says(['p', prices(0.2, 0.3)])).toEqual([free(2), 'north: 07:00-08:00 0.2, 08:00-09:00 0.3']);
    expect(says(['p', prices(0.2, 0.3)])).toEqual([]);
    expect(says(['p', prices(0.2, 0.4)])).toEqual(['north: 07:00-08:00 0.2, 08:00-09:00 0.4']);
  });
  it('leaves a row that says how it stands, and no secret in it', () => {
    const config = { ...CONFIG, sites: CONFIG.sites.slice(0, 1) };
    const input = (type: string, data: object, minute: number) =>
      ({
        id: 'i',
        type,
        source: '',
        time: new Date(START + minute * 60_000).toISOString(),
        tenantId: 'default',
        data,
        at: { topic: 'network-events', partition: 0, offset: minute },
      }) as ProgramFact;
    let state: Program = NO_PROGRAM;
    const rows = [
      input('GridProgramConfigured', config, 0),
      input('GridEventsHeard', { programId: 'dso', events: [{ eventId: 'e', event: limitEvent(50) }] }, 1),
      input('GridProgramHeard', { programId: 'dso', refusals: [] }, 1),
      input('GridEventsHeard', { programId: 'dso', events: [{ eventId: 'e', event: limitEvent(30) }] }, 2),
      input('GridProgramHeard', { programId: 'dso', refusals: [] }, 2),
    ].flatMap((each) => {
      const before = state;
      state = programIn(gridDefinition.fold.evolve(before, each, [])) ?? NO_PROGRAM;
      return gridDefinition.fold.project?.({ aggregate: 'default/dso', before, after: state, input: each, outputs: [] }) ?? [];
    });
    const program = rows.at(-1)?.row;
    expect(program).toMatchObject({ program_id: 'dso', events: 1, trouble: null, refusals: [], heard_at: new Date(START + 120_000) });
    expect(JSON.stringify(program)).not.toContain('sealed');
  });
});
