// The feed behind the console on a real PostgreSQL: two services commit at the same time, and a listener misses neither.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { FeedHub } from '#apps/api';
import { postgresDatabase } from '#cluster';
import type { Database } from '#ports';
import { migrate } from '#service';
import { databaseUrl, unique } from './support/servers.js';

const clock = {
  now: () => Date.now(),
  after: (delayMs: number, task: () => void) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

describe('the feed', () => {
  const name = unique('feed').replaceAll('-', '_');
  let database: Database;
  let hub: FeedHub;
  let server: Server;
  let onLook: () => void = () => undefined;
  const clients: pg.Client[] = [];

  const client = async (): Promise<pg.Client> => {
    const url = new URL(databaseUrl());
    url.pathname = `/${name}`;
    const opened = new pg.Client(url.toString());
    await opened.connect();
    clients.push(opened);
    return opened;
  };
  const entry = (by: pg.Client, offset: number, subject: string, at = '2020-01-01') =>
    by.query(
      `insert into feed (topic, partition, record_offset, tenant_id, kind, subject, at) values ('site-events', 0, $1, 't', 'station', $2, $3)`,
      [offset, subject, at],
    );
  /** Resolves when the hub has looked twice from now on. */
  const lookedTwice = (): Promise<void> =>
    new Promise((resolve) => {
      let looks = 0;
      onLook = () => void (++looks > 2 && resolve());
    });
  /** Subjects in the order told, until one of them is `last`; `heard` has them as they come. */
  async function told(last: string, heard: string[] = []): Promise<readonly string[]> {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'last-event-id': '0.0' } });
    const subjects = heard;
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk);
      subjects.splice(0, subjects.length, ...[...text.matchAll(/"subject":"(.+?)"/g)].map(([, subject]) => subject as string));
      if (subjects.includes(last)) break;
    }
    return subjects;
  }

  beforeAll(async () => {
    const admin = new pg.Client(databaseUrl());
    clients.push(admin);
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = new URL(databaseUrl());
    url.pathname = `/${name}`;
    database = await postgresDatabase({ url: url.toString(), onTrouble: () => undefined });
    await migrate(database, 'api', join(process.cwd(), 'apps/api/migrations'));
    const describeAll = async (_tenant: string, _kind: string, subjects: readonly string[]) =>
      new Map(subjects.map((subject) => [subject, { subject }]));
    const watched: Database = Object.assign(Object.create(database) as Database, {
      query: (text: string, values?: readonly unknown[]) => {
        if (text.includes('isTold')) onLook();
        return database.query(text, values);
      },
    });
    hub = new FeedHub(watched, clock, describeAll, { warn: () => undefined } as never);
    await hub.start();
    server = createServer((request, response) => hub.serve({ tenantId: 't' }, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }, 60_000);

  afterAll(async () => {
    await hub.stop();
    server.closeAllConnections();
    server.close();
    await database.close();
    await Promise.all(clients.map((each) => each.end()));
  });

  it('tells an entry whose transaction began earlier and ended later than another', async () => {
    const [slow, quick] = [await client(), await client()];
    await slow.query('begin');
    await entry(slow, 1, 'SLOW');
    await entry(quick, 2, 'QUICK');
    const listening = told('LAST');
    await slow.query('commit');
    await entry(quick, 3, 'LAST');
    expect([...(await listening)].sort()).toEqual(['LAST', 'QUICK', 'SLOW']);
  });

  it('waits until the service that writes the rows of the subject has got there', async () => {
    const by = await client();
    await by.query(
      `insert into service_positions (service, topic, partition, epoch, next_offset, seen) values ('session', 'site-events', 0, 1, 10, '{}')`,
    );
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    await entry(by, 11, 'NOT-WRITTEN', soon);
    await entry(by, 4, 'BEHIND-IT', soon);
    const heard: string[] = [];
    const listening = told('BEHIND-IT', heard);
    await lookedTwice();
    expect(heard).not.toContain('NOT-WRITTEN');
    await by.query(`update service_positions set next_offset = 12`);
    expect((await listening).slice(-2)).toEqual(['NOT-WRITTEN', 'BEHIND-IT']);
  });
});
