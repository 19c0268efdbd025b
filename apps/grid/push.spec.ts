// Servers that tell by themselves: subscriptions kept as they are wanted, topics of a broker heard, and what is done about those that are not.
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Aedes } from 'aedes';
import type { GridProgramConfigured, GridPush } from '#contracts';
import { openAdrServer } from './openadr/server.js';
import { type Pushes, pushes } from './push.js';
import { startVtn, type Vtn } from './vtn.fixture.js';

const CALLBACK = 'https://cpo.test/v1/grid/programs/dso/notifications';
let vtn: Vtn;
let nowMs: number;
let push: Pushes;
let news: number;
beforeEach(async () => {
  vtn = await startVtn();
  nowMs = 0;
  news = 0;
  push = pushes(
    { keys: { hmac: () => 'f'.repeat(64) }, clock: { now: () => nowMs } } as never,
    openAdrServer(Date.now, { mayBePrivate: false, mayBeOwn: true }),
  );
});
afterEach(async () => {
  push.stop();
  await vtn.close();
});
const kept = (how?: GridPush) => {
  const server = { url: vtn.url, version: '3.1', programName: 'GAC', venName: 'NL-ABC', clientId: 'abc', clientSecret: 'sealed' } as const;
  const config = { programId: 'dso', server, pollS: 60, validForS: 3600, sites: [], requestedBy: 'test' };
  const call = { server, secret: 'secret', names: ['EAN'] };
  return push.kept(
    {
      aggregate: 'default/dso',
      tenantId: 'default',
      config: { ...config, ...(how && { push: how }) } as GridProgramConfigured,
      call,
      programID: 'p',
    },
    () => news++,
  );
};

describe('a webhook', () => {
  const webhook = { kind: 'webhook', callbackUrl: CALLBACK } as const;
  const operation = { callbackUrl: CALLBACK, objects: ['PROGRAM', 'EVENT'], operations: ['CREATE', 'UPDATE', 'DELETE'] };

  it('is subscribed to once, with a token for its program', async () => {
    expect([await kept(webhook), await kept(webhook)]).toEqual([{ kind: 'webhook' }, { kind: 'webhook' }]);
    expect(news).toBe(1);
    expect(vtn.objects.subscriptions).toEqual([
      expect.objectContaining({
        programID: 'p',
        targets: ['EAN'],
        objectOperations: [{ ...operation, bearerToken: expect.stringMatching(/^gn_/) }],
      }),
    ]);
  });
  it('is subscribed to again where the server lost it, put right where it says something else, and had once', async () => {
    await kept(webhook);
    vtn.objects.subscriptions = [];
    nowMs += 1_000_000;
    await kept(webhook);
    const [made] = vtn.objects.subscriptions;
    vtn.objects.subscriptions = [
      { ...made, id: 'a', objectOperations: [{ ...operation, operations: ['DELETE'] }] },
      { ...made, id: 'b' },
      { ...made, id: 'theirs', objectOperations: [{ ...operation, callbackUrl: 'https://other.test' }] },
    ];
    nowMs += 1_000_000;
    await kept(webhook);
    expect(vtn.objects.subscriptions.map(({ id }) => id)).toEqual(['a', 'theirs']);
    expect(vtn.objects.subscriptions[0]?.objectOperations).toEqual([expect.objectContaining(operation)]);
  });
  it('is ended with its program, or where it is not wanted any more, and not where somebody else goes on with it', async () => {
    await kept(webhook);
    push.end('default/dso');
    expect(vtn.objects.subscriptions).toHaveLength(1);
    await kept(webhook);
    await kept();
    expect(vtn.objects.subscriptions).toEqual([]);
    await kept(webhook);
    await kept({ ...webhook, callbackUrl: `${CALLBACK}?` });
    expect(vtn.objects.subscriptions).toHaveLength(1);
    await push.over('default/dso');
    expect(vtn.objects.subscriptions).toEqual([]);
    await kept(webhook);
    vtn.failure = { status: 503, body: '' };
    await expect(push.over('default/dso')).rejects.toThrow('it answered 503');
  });
  it('is the one that is wanted also at a server that keeps no targets of it, and not where it keeps others', async () => {
    await kept(webhook);
    const [{ targets: _, ...made } = { id: '' }] = vtn.objects.subscriptions ?? [];
    for (const [found, targets] of [
      [made, undefined],
      [{ ...made, targets: ['theirs'] }, ['EAN']],
    ] as const) {
      vtn.objects.subscriptions = [found];
      nowMs += 1_000_000;
      expect(await kept(webhook)).toEqual({ kind: 'webhook' });
      expect(vtn.objects.subscriptions.map((each) => each.targets)).toEqual([targets]);
    }
  });
  it('says why there is none', async () => {
    vtn.failure = { status: 501, body: '' };
    expect(await kept(webhook)).toEqual({ kind: 'webhook', trouble: 'it answered 501' });
    expect(await kept()).toBeUndefined();
  });
});

describe('a broker', () => {
  const listener = createServer();
  let broker: Aedes;
  let mayHear = true;
  beforeAll(async () => {
    broker = await Aedes.createBroker();
    broker.authenticate = (_, username, password, done) => done(null, username === 'abc' && String(password).startsWith('t'));
    broker.authorizeSubscribe = (_, subscription, done) => done(null, mayHear ? subscription : null);
    listener.on('connection', (socket) => broker.handle(socket as never));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise<void>((resolve) => broker.close(resolve));
    await new Promise<void>((resolve) => listener.close(() => resolve()));
  });
  beforeEach(() => {
    vtn.broker = `mqtt://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    vtn.objects.vens = [{ id: 'v', venName: 'NL-ABC' }];
    mayHear = true;
  });
  const until = async (look: () => boolean | Promise<boolean>) => {
    for (let turn = 0; !(await look()); turn++) {
      if (turn > 20_000) throw new Error('in vain');
      await new Promise((resolve) => setTimeout(resolve, 1)); // turns of the loop alone may be over before the kernel has had one
    }
  };
  const published = async (topic: string) => {
    const before = news;
    broker.publish({ cmd: 'publish', topic, payload: 'anything', qos: 0, dup: false, retain: false }, () => undefined);
    await until(() => news > before);
  };

  it('tells what is new for everybody in the program and for us, over one connection', async () => {
    expect([await kept({ kind: 'mqtt' }), await kept({ kind: 'mqtt' })]).toEqual([{ kind: 'mqtt' }, { kind: 'mqtt' }]);
    await published('programs/p/events/update');
    await published('vens/v/events/delete');
    expect([news, broker.connectedClients]).toEqual([3, 1]); // the first: from now on it is told
  });
  it('is connected to again where it was lost', async () => {
    await kept({ kind: 'mqtt' });
    const [client] = Object.values((broker as unknown as { clients: Record<string, { conn: Socket }> }).clients);
    client?.conn.destroy();
    await until(() => broker.connectedClients === 0);
    await until(async () => {
      await kept({ kind: 'mqtt' });
      return broker.connectedClients === 1;
    });
    await published('programs/p/events/update');
    expect(news).toBe(2); // its server is asked when it begins, and not again by a broker that comes and goes
    nowMs += 60_000;
    await kept();
    await kept({ kind: 'mqtt' });
    expect(news).toBe(3);
  });
  it.each<[string, () => void, RegExp]>([
    ['there is none', () => Object.assign(vtn, { broker: undefined }), /names no broker/],
    ['nobody is there', () => Object.assign(vtn, { broker: 'mqtt://127.0.0.1:1' }), /does not let us in/],
    [
      'it refuses topics',
      () => {
        mayHear = false;
      },
      /does not let us hear/,
    ],
  ])('says why it is not heard: %s', async (_, arrange, trouble) => {
    arrange();
    expect(await kept({ kind: 'mqtt' })).toEqual({ kind: 'mqtt', trouble: expect.stringMatching(trouble) });
  });
});
