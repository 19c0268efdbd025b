// Tables to calls: columns to places, cells to values, lines to what a single PUT would be told; and that one wrong line writes nothing.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { PortError } from '#ports';
import { type Answer, ok, route } from '../http.js';
import { refused } from '../problem.js';
import { SiteBody, StationBody, TokenBody } from '../schemas.js';
import { importRoutes, type RowTold } from './routes.js';
import { linesOf } from './table.js';

const stations = { path: '/v1/stations/{stationId}', params: z.object({ stationId: z.string() }), body: StationBody };
const HEAD = 'stationId,siteId,nodeId,securityProfile,evses.0.evseId,evses.0.phases,evses.0.minA,evses.0.maxA,evses.0.safeA,password';

describe('a table', () => {
  it('is read by its head: places in the body, texts as texts, the rest by what it says, empty cells as nothing', () => {
    const [one, two] = linesOf(
      `\ufeff${HEAD}\r\nCP-1,s,"1",1,1,3,6,32,0,12345678\r\n"CP ""2""",s,grid,2,1,"[""L1""]",6,16,6,\r\n`,
      stations,
    );
    expect(one).toMatchObject({ line: 2, key: 'CP-1', errors: [], params: { stationId: 'CP-1' } });
    expect(one?.body).toEqual({
      ...{ siteId: 's', nodeId: '1', securityProfile: 1, password: '12345678' },
      evses: [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }],
    });
    expect(two).toMatchObject({ line: 3, key: 'CP "2"', body: { evses: [{ phases: ['L1'] }] } });
    expect(two?.body).not.toHaveProperty('password');
  });

  it('of a tree takes any depth, and semicolons as spreadsheets write them', () => {
    const sites = { path: '/v1/sites/{siteId}', params: z.object({ siteId: z.string() }), body: SiteBody };
    const [depot] = linesOf(
      'siteId;name;timeZone;root.nodeId;root.limitA;root.unmanagedMaxA;root.phases;root.children.0.nodeId;root.children.0.limitA\ndepot;Depot;UTC;grid;[20,20,16];0;3;hall;16\n',
      sites,
    );
    expect(depot).toMatchObject({ errors: [], body: { root: { limitA: [20, 20, 16], children: [{ nodeId: 'hall', limitA: 16 }] } } });
  });

  it('tells of each line what the single call would be told, and what is there twice', () => {
    const lines = linesOf(`${HEAD}\nA,s,grid,1,1,3,6,32,0,\nB,s,grid,9,1,3,-6,32,0,\nA,s,grid,1,1,3,6,32,0,\n`, stations);
    expect(lines.map(({ key, errors }) => [key, errors.map(({ path }) => path)])).toEqual([
      ['A', []],
      ['B', ['securityProfile', 'evses.0.minA']],
      ['A', ['stationId']],
    ]);
  });

  it.each([
    ['a column that means nothing', 'type,idToken,status,colour\nCentral,x,Accepted,red\n', ['colour']],
    ['a prototype', 'type,idToken,status,__proto__.x\nCentral,x,Accepted,1\n', ['__proto__.x']],
    ['no name', 'type,status\nCentral,Accepted\n', ['idToken']],
    ['a column twice', 'type,idToken,status,status\nCentral,x,Accepted,Blocked\n', ['status']],
  ])('with %s is refused by its column', (_, text, columns) => {
    const tokens = { path: '/v1/tokens/{type}/{idToken}', params: z.object({ type: z.string(), idToken: z.string() }), body: TokenBody };
    expect(() => linesOf(text, tokens)).toThrow(
      expect.objectContaining({ status: 400, errors: columns.map((path) => expect.objectContaining({ path })) }),
    );
    for (const broken of ['', 'type,idToken,status\n', 'type,idToken,status\na,b\n', 'type,idToken,status\n"a,b,c\n'])
      expect(() => linesOf(broken, tokens)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

it('a table with more columns than anything has is refused before they are looked at', () => {
  const head = Array.from({ length: 501 }, (_, index) => `c${index}`).join(',');
  expect(() => linesOf(`${head}\n${head}\n`, stations)).toThrow(expect.objectContaining({ status: 400, errors: undefined }));
});

describe('an import', () => {
  const SITE = { siteId: 's', voltageV: 230, root: { nodeId: 'grid', limitA: 32, unmanagedMaxA: 0, phases: 3 } };
  const reads = {
    site: async (_: string, siteId: string) => (siteId === 's' ? SITE : undefined),
    stationConfigs: async () => [],
    lastAssignments: async (stations: readonly { stationId: string }[]) =>
      new Map(stations.flatMap((each) => (each.stationId === '-old' ? [[each, 3]] : []))),
  };
  const put: string[] = [];
  const singles = [
    route({
      method: 'put',
      ...stations,
      answer: z.unknown(),
      summary: '',
      handle: async ({ params: { stationId } }) => {
        if (stationId === 'LOST') throw new PortError('Unreachable', 'no answer', true);
        if (stationId === 'LATE') throw refused([{ path: 'evses', message: 'somebody else took the rest' }]);
        put.push(stationId);
        return ok({ password: `secret of ${stationId}` });
      },
    }),
    route({ method: 'put', path: '/v1/sites/{siteId}', answer: z.unknown(), summary: '', handle: async () => ok({}) }),
    route({ method: 'put', path: '/v1/tokens/{type}/{idToken}', answer: z.unknown(), summary: '', handle: async () => ok({}) }),
  ];
  const audited: string[] = [];
  const [, importing] = importRoutes(singles, reads as never, async (_route, { params }, work) => {
    audited.push((params as { stationId: string }).stationId);
    return work();
  });
  const run = async (text: string, dryRun = 'false') => {
    const call = { caller: { tenantId: 't', name: 'n', role: 'admin' }, query: { dryRun }, body: text, params: {}, headers: {} };
    if (importing === undefined) throw new Error('no import');
    const { status, body } = (await importing.handle(call as never)) as Answer & { body: { rows: readonly RowTold[]; counts: object } };
    return { status, counts: body.counts, rows: body.rows };
  };
  const line = (stationId: string, siteId = 's', safeA = 0) => `${stationId},${siteId},grid,1,1,3,6,32,${safeA},`;

  it('says in a dry run what each line would come to, the fuse included, and writes nothing', async () => {
    const { status, counts, rows } = await run(
      [HEAD, line('A', 's', 20), line('B', 's', 20), line('C', 'none'), 'D,s,grid,x,1,3,6,32,0,'].join('\n'),
      'true',
    );
    expect([status, counts, put]).toEqual([200, { valid: 1, refused: 3 }, []]);
    expect(rows.map(({ key, outcome }) => [key, outcome])).toEqual([
      ['A', 'valid'],
      ['B', 'refused'],
      ['C', 'refused'],
      ['D', 'refused'],
    ]);
    expect(rows[2]?.errors).toEqual([{ path: 'siteId', message: 'the site none does not exist yet' }]);
  });

  it('refuses a new station whose id is a formula in files of reports, not one that is there', async () => {
    const { rows } = await run([HEAD, line('=1'), line('-old')].join('\n'), 'true');
    expect(rows).toMatchObject([
      { outcome: 'refused', errors: [{ path: 'stationId' }] },
      { key: '-old', outcome: 'valid' },
    ]);
  });

  it('with a line that is refused writes nothing', async () => {
    const { status, counts } = await run([HEAD, line('A'), line('C', 'none')].join('\n'));
    expect([status, counts, put, audited]).toEqual([422, { valid: 1, refused: 1 }, [], []]);
  });

  it('shows the passwords of the other lines where our own log could not take one', async () => {
    const { counts, rows } = await run([HEAD, line('LOST'), line('E')].join('\n'));
    expect(counts).toEqual({ failed: 1, done: 1 });
    expect(rows).toMatchObject([{ key: 'LOST', errors: [{ message: 'Unreachable: try again' }] }, { password: 'secret of E' }]);
    put.length = audited.length = 0;
  });

  it('writes and audits line by line; one that fails then takes back no other', async () => {
    const { status, counts, rows } = await run([HEAD, line('A'), line('LATE'), line('B')].join('\n'));
    expect([status, counts, put.sort(), audited.sort()]).toEqual([200, { done: 2, failed: 1 }, ['A', 'B'], ['A', 'B', 'LATE']]);
    expect(rows).toEqual([
      { line: 2, key: 'A', outcome: 'done', password: 'secret of A' },
      { line: 3, key: 'LATE', outcome: 'failed', errors: [{ path: 'evses', message: 'somebody else took the rest' }] },
      { line: 4, key: 'B', outcome: 'done', password: 'secret of B' },
    ]);
  });
});
