// The chart at a real API server: admission, defaults and rules in CEL speak, hooks run in their order, releases go forward and back.
// Nothing runs pods: that a Job ended or a pod succeeded is reported here, as a node would.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ApiServer, startApiServer } from './api-server.js';
import { CHART, type Document, describeWith, documentsOf, type Ran, rendered, run, SET_NAMES, setFile } from './chart.js';

const NAMESPACE = 'charging';
const JOBS = `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`;
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const NOW = new Date().toISOString();

/** Strimzi's definitions cannot be had as a module: here its kinds take anything. */
const anything = (kind: string, plural: string): Document => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.kafka.strimzi.io` },
  spec: {
    group: 'kafka.strimzi.io',
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

describeWith(
  'TEST_HELM',
  'TEST_KUBERNETES_SCHEMAS',
  'TEST_KUBE_APISERVER',
  'TEST_ETCD',
)('at a real API server', () => {
  const dir = mkdtempSync(join(tmpdir(), 'api-server-'));
  let server: ApiServer;
  const helm = (...args: readonly string[]): Promise<Ran> =>
    run(process.env.TEST_HELM ?? '', [...args, '--namespace', NAMESPACE], { ...process.env, KUBECONFIG: server.kubeconfig, HOME: dir });
  const must = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await helm(...args);
    if (!ran.ok) throw new Error(`helm ${args.join(' ')}: ${ran.err}`);
    return ran;
  };
  const names = async (path: string): Promise<readonly string[]> =>
    (await server.call('GET', path)).items.map(({ metadata }: Document) => metadata.name);
  const edge = (): Promise<Document> => server.call('GET', `${DEPLOYMENTS}/js-edge`);

  /** Reports what becomes of every Job that is made while `work` goes on; answers those Jobs and which Deployments there were by then. */
  async function withJobs<T>(
    outcome: 'Complete' | 'Failed',
    work: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly met: readonly string[] }> {
    const met: string[] = [];
    const first = { Complete: 'SuccessCriteriaMet', Failed: 'FailureTarget' }[outcome];
    const condition = (type: string) => ({
      type,
      status: 'True',
      reason: 'Test',
      message: 'as the test says',
      lastTransitionTime: NOW,
      lastProbeTime: NOW,
    });
    const report = async ({ metadata: { name } }: Document): Promise<void> => {
      const image = await edge().then(
        ({ spec }) => spec.template.spec.containers[0].image,
        () => 'nothing',
      );
      met.push(`${name} beside ${image}`);
      const status = { startTime: NOW, conditions: [condition(first), condition(outcome)] };
      const ended = outcome === 'Complete' ? { ...status, completionTime: NOW, succeeded: 1 } : { ...status, failed: 1 };
      await server.call('PATCH', `${JOBS}/${name}/status`, { status: ended });
    };
    const cancel = await server.onMade(JOBS, (job) => void report(job).catch((error: Error) => met.push(error.message)));
    try {
      return { result: await work(), met };
    } finally {
      cancel();
    }
  }

  beforeAll(async () => {
    server = await startApiServer({ etcd: process.env.TEST_ETCD ?? '', apiServer: process.env.TEST_KUBE_APISERVER ?? '' }, dir);
    const folder = join(process.env.TEST_KUBERNETES_SCHEMAS ?? '', 'definitions');
    const files = readdirSync(folder).flatMap((file) => documentsOf(readFileSync(join(folder, file), 'utf8')));
    const strimzi = Object.entries({ Kafka: 'kafkas', KafkaNodePool: 'kafkanodepools', KafkaTopic: 'kafkatopics' });
    const definitions = [...files, ...strimzi.map(([kind, plural]) => anything(kind, plural))];
    await Promise.all(definitions.filter(({ kind }) => kind === 'CustomResourceDefinition').map((each) => server.define(each)));
    const strict = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' };
    await server.call('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE, labels: strict } });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(SET_NAMES)('everything of the values "%s" is admitted, and nothing warned of', async (set) => {
    for (const document of documentsOf(await rendered(set))) expect(document.metadata.name).toMatch(/^js/);
    const { ok, out, err } = await helm('install', set, CHART, '--dry-run=server', '-f', setFile(set));
    expect({ ok, err }).toEqual({ ok: true, err: '' });
    expect(out).toContain(`helm test -n ${NAMESPACE} ${set} --logs`);
  });

  it('tables are brought up to date before anything is made, and again before it is changed', async () => {
    const { result, met } = await withJobs('Complete', () => must('install', 'js', CHART, '-f', setFile('everything')));
    expect(met).toEqual(['js-migrations beside nothing']);
    expect(result.out).toContain('STATUS: deployed');
    expect(result.err).not.toContain('would violate');
    expect(await names(DEPLOYMENTS)).toHaveLength(8);
    expect(await names(JOBS)).toEqual([]);

    const again = await withJobs('Complete', () => must('upgrade', 'js', CHART, '-f', setFile('everything'), '--set', 'image.tag=0.2.0'));
    expect(again.met).toEqual(['js-migrations beside joulestream:0.1.0']);
    expect((await edge()).spec.template.spec.containers[0].image).toBe('joulestream:0.2.0');
  });

  it('where they cannot be, nothing is replaced', async () => {
    const { result, met } = await withJobs('Failed', () =>
      helm('upgrade', 'js', CHART, '-f', setFile('everything'), '--set', 'image.tag=0.3.0'),
    );
    expect(met).toEqual(['js-migrations beside joulestream:0.2.0']);
    expect(result).toMatchObject({ ok: false, err: expect.stringContaining('pre-upgrade hooks failed') });
    expect((await edge()).spec.template.spec.containers[0].image).toBe('joulestream:0.2.0');
  });

  it('a release goes back without touching the tables', async () => {
    const { met } = await withJobs('Complete', () => must('rollback', 'js', '1'));
    expect(met).toEqual([]);
    expect((await edge()).spec.template.spec.containers[0].image).toBe('joulestream:0.1.0');
  });

  it('who scales keeps the number of replicas over an upgrade', async () => {
    await server.call('PATCH', `${DEPLOYMENTS}/js-edge`, { spec: { replicas: 7 } });
    await withJobs('Complete', () => must('upgrade', 'js', CHART, '-f', setFile('everything'), '--set', 'image.tag=0.4.0'));
    expect((await edge()).spec).toMatchObject({ replicas: 7, template: { spec: { containers: [{ image: 'joulestream:0.4.0' }] } } });
  });

  it('the station of `helm test` is let in by the strictest of the pod security standards', async () => {
    const cancel = await server.onMade(
      PODS,
      ({ metadata: { name } }) => void server.call('PATCH', `${PODS}/${name}/status`, { status: { phase: 'Succeeded' } }),
    );
    try {
      expect((await must('test', 'js')).out).toMatch(/TEST SUITE: +js-test[\s\S]*Phase: +Succeeded/);
    } finally {
      cancel();
    }
  });

  it.each([
    [
      'a rule in CEL',
      'gateway.parentRefs=[{"name":"a"},{"name":"a"}]',
      /sectionName .*must be .* when parentRefs includes 2 or more references to the same parent/,
    ],
    [
      'validation',
      'tolerations=[{"key":"a","operator":"Sometimes"}]',
      /tolerations\[0\]\.operator: (Unsupported|Invalid) value: "Sometimes"/,
    ],
    ['validation', 'edge.resources.requests.memory="2Gi"', /requests: Invalid value: "2Gi": must be less than or equal to memory limit/],
  ])('%s refuses what the schema of the values cannot know: %s', async (_, wrong, complaint) => {
    const { result } = await withJobs('Complete', () => helm('upgrade', 'js', CHART, '-f', setFile('everything'), '--set-json', wrong));
    expect({ ok: result.ok, err: result.err }).toEqual({ ok: false, err: expect.stringMatching(complaint) });
  });

  it('what is uninstalled leaves Kafka and its topics', async () => {
    await must('uninstall', 'js');
    expect(await names(DEPLOYMENTS)).toEqual([]);
    expect(await names(`/apis/kafka.strimzi.io/v1/namespaces/${NAMESPACE}/kafkatopics`)).toHaveLength(5);
    expect(await names(`/apis/kafka.strimzi.io/v1/namespaces/${NAMESPACE}/kafkas`)).toEqual(['js']);
  });
});
