// A real API server on an etcd of its own, below a scratch directory. Nothing runs pods there: what a node or a controller would report, a test reports.
import { type ChildProcess, spawn } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import type { Document } from './chart.js';

const TOKEN = 'a-token-for-tests-only';
const READY_MS = 120_000;

export interface ApiServer {
  readonly kubeconfig: string;
  /** JSON in, JSON out. Rejects with the server's message. */
  call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Document>;
  /** Makes a kind known by its CustomResourceDefinition, and waits until it is served. */
  define(definition: Document): Promise<void>;
  /** Tells each object below `path` that is made from now on. */
  onMade(path: string, made: (document: Document) => void): Promise<() => void>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startApiServer(programs: { readonly etcd: string; readonly apiServer: string }, dir: string): Promise<ApiServer> {
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const key = join(dir, 'accounts.pem');
  await mkdir(join(dir, 'etcd'), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await writeFile(key, createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(dir, 'tokens.csv'), `${TOKEN},test,test,"system:masters"\n`);
  const started: ChildProcess[] = [];
  const start = (name: string, program: string, args: readonly string[]): void => {
    const child = spawn(program, args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = createWriteStream(join(dir, `${name}.log`));
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    started.push(child);
  };
  const etcd = `http://127.0.0.1:${client}`;
  start('etcd', programs.etcd, [
    ...['--data-dir', join(dir, 'etcd'), '--listen-client-urls', etcd, '--advertise-client-urls', etcd, '--unsafe-no-fsync'],
    ...['--listen-peer-urls', `http://127.0.0.1:${peer}`, '--initial-advertise-peer-urls', `http://127.0.0.1:${peer}`],
    ...['--initial-cluster', `default=http://127.0.0.1:${peer}`],
  ]);
  start('apiserver', programs.apiServer, [
    ...[`--etcd-servers=${etcd}`, '--bind-address=127.0.0.1', `--secure-port=${port}`, `--cert-dir=${dir}`],
    ...[`--token-auth-file=${join(dir, 'tokens.csv')}`, '--authorization-mode=RBAC', '--service-cluster-ip-range=10.0.0.0/24'],
    ...['--service-account-issuer=https://test.invalid', `--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`],
    // Its accounts are made by a controller that is not there.
    '--disable-admission-plugins=ServiceAccount',
  ]);

  const ask = (method: string, path: string, body?: unknown): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': type, accept: 'application/json' };
      request({ host: '127.0.0.1', port, path, method, headers, rejectUnauthorized: false }, resolve)
        .on('error', reject)
        .end(body === undefined ? undefined : JSON.stringify(body));
    });
  const textOf = async (response: IncomingMessage): Promise<string> => {
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return text;
  };
  const stop = async (): Promise<void> => {
    for (const child of started.reverse()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill()) await ended;
    }
  };

  const endMs = Date.now() + READY_MS;
  for (let last = 'no answer'; ; await setTimeout(200)) {
    const failed = started.find(({ exitCode }) => exitCode !== null);
    const answer = await ask('GET', '/readyz').then(
      async (response) => ({ ok: response.statusCode === 200, text: await textOf(response) }),
      (error: Error) => ({ ok: false, text: error.message }),
    );
    if (answer.ok) break;
    last = answer.text;
    if (failed === undefined && Date.now() < endMs) continue;
    await stop();
    throw new Error(`the API server did not get ready: ${last}; its logs are in ${dir}`);
  }

  const kubeconfig = join(dir, 'kubeconfig.json');
  const named = <T>(kind: string, value: T): readonly object[] => [{ name: 'test', [kind]: value }];
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: named('cluster', { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true }),
      users: named('user', { token: TOKEN }),
      contexts: named('context', { cluster: 'test', user: 'test' }),
    }),
  );
  const call: ApiServer['call'] = async (method, path, body) => {
    const answer = JSON.parse(await textOf(await ask(method, path, body)));
    if (answer.kind === 'Status' && answer.status === 'Failure') throw new Error(`${method} ${path}: ${answer.message}`);
    return answer;
  };
  return {
    kubeconfig,
    stop,
    call,
    async define(definition) {
      await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
      const { group, versions, names } = definition.spec;
      for (const { name, served } of versions)
        while (served && (await ask('GET', `/apis/${group}/${name}/${names.plural}`)).resume().statusCode !== 200) await setTimeout(50);
    },
    async onMade(path, made) {
      const { metadata } = JSON.parse(await textOf(await ask('GET', path)));
      const response = await ask('GET', `${path}?watch=true&resourceVersion=${metadata.resourceVersion}`);
      createInterface({ input: response }).on('line', (line) => {
        const { type, object } = JSON.parse(line);
        if (type === 'ADDED') made(object);
      });
      return () => void response.destroy();
    },
  };
}
