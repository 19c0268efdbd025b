// A program on a client generated from our own description, as a partner would write it: it compiles against the types and drives the network, from the list of stations to
// the invoice and the reasons behind it.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientTypes } from './support/client-types.js';
import { API_KEY, NetworkWorld } from './support/network-world.js';

/** Compiled against what is generated, so by itself (tsconfig.json leaves it out). */
interface Program {
  makeStation(api: unknown, stationId: string, idToken: string): Promise<string>;
  chargeOnce(api: unknown, stationId: string, idToken: string, plugIn: () => void): Promise<Readonly<Record<string, unknown>>>;
}
const PROGRAM = join(import.meta.dirname, 'partner');
const MODULES = join(import.meta.dirname, '../../node_modules');

describe('a generated client', () => {
  let network: NetworkWorld;
  let scratch: string;

  beforeAll(async () => {
    network = await NetworkWorld.open();
    scratch = await mkdtemp(join(tmpdir(), 'partner-'));
  }, 60_000);
  afterAll(async () => {
    await network?.close();
    await rm(scratch, { recursive: true, force: true });
  }, 60_000);

  it('has types by which a program compiles, and a wrong one does not', async () => {
    await writeFile(join(scratch, 'operations.d.ts'), await clientTypes(await network.must('GET', '/openapi.json')));
    for (const file of ['client.ts', 'charge-once.ts']) await copyFile(join(PROGRAM, file), join(scratch, file));
    const compilerOptions = {
      ...{ strict: true, noEmit: true, target: 'es2024', module: 'nodenext', verbatimModuleSyntax: true },
      ...{ types: ['node'], typeRoots: [join(MODULES, '@types')] },
    };
    await writeFile(join(scratch, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    await writeFile(join(scratch, 'package.json'), JSON.stringify({ type: 'module' }));
    const compiling = promisify(execFile)(process.execPath, [join(MODULES, 'typescript/bin/tsc'), '-p', scratch]);
    await expect(compiling.catch(({ stdout }: { readonly stdout: string }) => ({ stdout }))).resolves.toMatchObject({ stdout: '' });
  }, 60_000);

  it('drives a session from afar, and reads what it cost and why', async () => {
    const { clientAt } = (await import(join(PROGRAM, 'client.ts'))) as { clientAt: (origin: string, key: string) => unknown };
    const { makeStation, chargeOnce } = (await import(join(PROGRAM, 'charge-once.ts'))) as Program;
    const api = clientAt(`http://127.0.0.1:${network.http.port}`, API_KEY);
    const password = await makeStation(api, 'AFAR', 'partners-card');
    const fleet = await network.fleet({
      stations: [{ stationId: 'AFAR', ocppVersion: 'ocpp2.0.1', password, evses: [{ evseId: 1, maxA: 32 }] }],
      arrivals: 'none',
      sampleIntervalS: 1,
    });
    const car = { batteryWh: 60_000, soc: 0.2, maxA: 16, phases: 3 } as const;
    const told = await chargeOnce(api, 'AFAR', 'partners-card', () => {
      fleet.station('AFAR').charging.arrive(1, car, { idToken: 'nobody', type: 'ISO14443' });
    });
    const { sessionId } = told.session as { sessionId: string };
    const { id } = told.cdr as { id: string };
    expect(told).toMatchObject({
      session: { stationId: 'AFAR', status: 'ended', reason: 'Remote', cost: { currency: 'EUR' } },
      cdr: { session_id: sessionId, currency: 'EUR' },
      invoice: { kind: 'invoice', lines: [{ cdrId: id, sessionId }] },
      why: { session: { sessionId }, tariff: { id: 'flat' }, running: null },
      whyCharged: { cdrId: id, lines: [{ dimension: 'ENERGY', unitPrice: '0.400000' }] },
    });
    const types = (await network.records('session-events')).map(({ type }) => type);
    expect(types.filter((type) => type === 'SessionStarted' || type === 'SessionEnded')).toEqual(['SessionStarted', 'SessionEnded']);
  }, 60_000);
});
