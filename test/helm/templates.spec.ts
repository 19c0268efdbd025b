// What the chart makes of each value set: as its snapshot says, valid for two versions of Kubernetes and the operators', and understood by the product.
// `npm run test:helm -- --update` writes the snapshots anew.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICES } from '#apps/standalone';
import { readConfig } from '#config';
import { LIMIT_TOPICS, TOPICS } from '#contracts';
import { CHART, type Document, describeWith, documentsOf, helm, ofKind, RELEASE, rendered, run, SET_NAMES, setFile } from './chart.js';
import { KUBERNETES } from './programs.mjs';

const SECRET = {
  DATABASE_URL: 'postgres://postgres/joulestream',
  REDIS_URL: 'redis://redis',
  MASTER_KEY: Buffer.alloc(32).toString('base64'),
  ADMIN_API_KEY: 'a-key-for-tests-only',
};
const snapshotFile = (set: string): string => join(import.meta.dirname, 'snapshots', `${set}.yaml`);
/** Dashboards have a home of their own, and so have comments. */
const told = (text: string): string => text.replace(/^( {2}[\w-]+\.json: )".*$/gm, '$1…').replace(/^ *#(?! Source: ).*\n/gm, '');

const texts = new Map<string, string>();
const documents = (set: string): readonly Document[] => documentsOf(texts.get(set) ?? '');
const containersOf = (document: Document): readonly Document[] => (document.spec.template?.spec ?? document.spec).containers;
const pods = (set: string): readonly Document[] => documents(set).filter(({ kind }) => ['Deployment', 'Job', 'Pod'].includes(kind));

/** What a container's process finds in its environment. */
function environmentOf(set: string, container: Document, secret: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const config = ofKind(documents(set), 'ConfigMap').find(({ metadata }) => metadata.name === 'js-settings');
  const own = container.env.map(({ name, value, valueFrom }: Document) => [
    name,
    value ?? secret[valueFrom.secretKeyRef?.key] ?? 'js-edge-1',
  ]);
  return { ...(container.envFrom === undefined ? {} : { ...config.data, ...secret }), ...Object.fromEntries(own) };
}

describeWith('TEST_HELM')('the chart', () => {
  beforeAll(async () => {
    for (const set of SET_NAMES) texts.set(set, await rendered(set));
  });

  describe.each(SET_NAMES)('with the values "%s"', (set) => {
    it('is rendered as before', () => {
      const text = told(texts.get(set) ?? '');
      if (process.env.TEST_UPDATE_SNAPSHOTS !== undefined) writeFileSync(snapshotFile(set), text);
      expect(text).toBe(readFileSync(snapshotFile(set), 'utf8'));
    });

    it('passes the linter', async () => {
      const { out } = await helm('lint', '--strict', CHART, '-f', setFile(set));
      expect(out).toContain('0 chart(s) failed');
    });

    it('gives every process an environment that it understands', () => {
      for (const deployment of ofKind(documents(set), 'Deployment'))
        for (const container of containersOf(deployment))
          expect(readConfig(environmentOf(set, container, SECRET)).cluster).toMatchObject({
            redisUrl: 'redis://redis',
            partitions: expect.any(Number),
          });
    });

    it('lets a process without its Secret, or without a key of it, say in a line what is missing', () => {
      const [container] = containersOf(ofKind(documents(set), 'Deployment')[0]);
      const problemWith =
        (secret: Readonly<Record<string, string>>): (() => unknown) =>
        () =>
          readConfig(environmentOf(set, container, secret));
      expect(problemWith({})).toThrow(/^REDIS_URL and DATABASE_URL missing: .*$/);
      const { MASTER_KEY: _, ...others } = SECRET;
      expect(problemWith(others)).toThrow(/^MASTER_KEY missing: .*$/);
    });

    it('runs everything as nobody in particular, on a root that cannot be written', () => {
      for (const document of pods(set)) {
        const pod = document.spec.template?.spec ?? document.spec;
        expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 1000 } });
        for (const { securityContext } of containersOf(document))
          expect(securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
      }
    });

    it('leaves an edge time for its waves', () => {
      const edge = ofKind(documents(set), 'Deployment').find(({ metadata }) => metadata.name === 'js-edge');
      const { terminationGracePeriodSeconds, containers } = edge.spec.template.spec;
      const wavesS = 20 + 5; // a twentieth of the sockets a second, then the last records
      expect(terminationGracePeriodSeconds).toBeGreaterThan(containers[0].lifecycle.preStop.sleep.seconds + wavesS);
    });
  });

  it('scales consumers by the groups that their services are', () => {
    const groups = ofKind(documents('everything'), 'ScaledObject').flatMap(({ spec }) =>
      spec.triggers.map((each: Document) => each.metadata.consumerGroup),
    );
    // The api, which keeps the audit and the OpenADR server as well, is scaled by its callers.
    expect(groups.toSorted()).toEqual(
      SERVICES.flatMap(({ name }) => (name === 'api' || name === 'audit' || name === 'vtn' ? [] : [`north.${name}`])).toSorted(),
    );
  });

  it('makes the topics that the log has', () => {
    const topics = ofKind(documents('everything'), 'KafkaTopic').map(({ spec }) => [spec.topicName, spec.partitions, spec.replicas]);
    expect(topics).toEqual([...TOPICS, LIMIT_TOPICS.asked, LIMIT_TOPICS.outcomes].map((topic) => [`north.${topic}`, 32, 3]));
  });

  it.each([
    [['existingSecret='], 'existingSecret: name a Secret with DATABASE_URL'],
    [['kafka.brokers=null'], "at '/kafka': missing property 'brokers'"],
    [['edge.replicas=two'], '/edge/replicas'],
    [['edge.repliques=2'], "additional properties 'repliques' not allowed"],
    [['keda.enabled=true', 'keda.maxReplicas=80'], 'keda.maxReplicas: 80 is more than kafka.partitions (64)'],
    [['kafka.strimzi.enabled=true'], 'kafka.brokers: leave it empty'],
    [['kafka.strimzi.topics=true'], 'kafka.strimzi.cluster'],
    [['ingress.enabled=true', 'ingress.ocppHost=a.b', 'ingress.tlsPassthrough=true'], 'edge.tls.secretName'],
    [['ingress.enabled=true'], 'ingress.ocppHost'],
    [['gateway.enabled=true', 'gateway.apiHost=a.b'], 'gateway.parentRefs'],
    [['edge.tls.clientCaSecretName=ca'], 'edge.tls.organization'],
    [['proxy.clientCertificateHeader=Client-Cert'], 'proxy.trusted'],
    [['proxy.clientCertificateHeader=Client-Cert', 'proxy.trusted={10.0.0.1}'], 'edge.tls.clientCaSecretName'],
  ])('is not installed with %j', async (wrong, complaint) => {
    const { ok, err } = await helm('template', ...RELEASE, '-f', setFile('small'), ...wrong.flatMap((each) => ['--set', each]));
    expect({ ok, err }).toEqual({ ok: false, err: expect.stringContaining(complaint) });
  });
});

describeWith('TEST_HELM', 'TEST_PROMETHEUS_RULES')('rules and alerts, as Prometheus reads them', () => {
  const judge = async (files: readonly string[]): Promise<string> => {
    const scratch = mkdtempSync(join(tmpdir(), 'rules-'));
    try {
      const written = files.map((text, index) => {
        const file = join(scratch, `${index}.yaml`);
        writeFileSync(file, text);
        return file;
      });
      return (await run(process.env.TEST_PROMETHEUS_RULES ?? '', written)).out;
    } finally {
      rmSync(scratch, { recursive: true });
    }
  };
  let files: readonly string[] = [];
  beforeAll(async () => {
    files = ofKind(documentsOf(await rendered('everything')), 'PrometheusRule').map(({ spec }) => JSON.stringify(spec));
  });

  it('have no fault', async () => {
    expect(files.length).toBeGreaterThan(1);
    expect(await judge(files)).toBe('');
  });

  it('have one with a bracket less, a label nobody may use, a word nobody knows', async () => {
    const [first = ''] = files;
    for (const [right, wrong] of [
      [')', ''],
      ['"severity"', '"__name__"'],
      ['"expr"', '"exper"'],
    ] as const) {
      expect(first).toContain(right);
      expect(await judge([first.replace(right, wrong)])).not.toBe('');
    }
  });
});

describeWith(
  'TEST_HELM',
  'TEST_KUBECONFORM',
  'TEST_KUBERNETES_SCHEMAS',
)('definitions of kinds', () => {
  const schemas = process.env.TEST_KUBERNETES_SCHEMAS ?? '';
  const judge = async (version: string, text: string): Promise<{ readonly summary: Document; readonly wrong: readonly string[] }> => {
    const scratch = mkdtempSync(join(tmpdir(), 'chart-'));
    try {
      writeFileSync(join(scratch, 'all.yaml'), text);
      const places = [`v${version}`, 'crds'].flatMap((dir) => [
        '-schema-location',
        join(schemas, dir, '{{.ResourceKind}}{{.KindSuffix}}.json'),
      ]);
      // Strimzi publishes no Go module and so no definitions that could be had here.
      const strimzi = ['-skip', 'Kafka,KafkaNodePool,KafkaTopic'];
      const { out } = await run(process.env.TEST_KUBECONFORM ?? '', [
        ...['-strict', '-summary', '-output', 'json'],
        ...strimzi,
        ...places,
        join(scratch, 'all.yaml'),
      ]);
      const { resources = [], summary } = JSON.parse(out);
      return { summary, wrong: resources.map(({ kind, name, msg }: Document) => `${kind} ${name}: ${msg}`) };
    } finally {
      rmSync(scratch, { recursive: true });
    }
  };

  it.each(KUBERNETES.flatMap((version) => SET_NAMES.map((set) => [version, set] as const)))(
    'of Kubernetes %s fit what is made of "%s"',
    async (version, set) => {
      const text = await rendered(set);
      const { summary, wrong } = await judge(version, text);
      expect(wrong).toEqual([]);
      const skipped = documentsOf(text).filter(({ apiVersion }) => apiVersion.startsWith('kafka.strimzi.io')).length;
      expect(summary).toEqual({ valid: documentsOf(text).length - skipped, invalid: 0, errors: 0, skipped });
    },
  );

  it.each(['replicas: 2', 'maxUnavailable: 1'])('notice a wrong type and an unknown field at "%s"', async (line) => {
    const text = await rendered('small');
    const name = line.split(':')[0];
    const { wrong } = await judge(KUBERNETES[0], text.replaceAll(line, `${name}: true`));
    expect(wrong.length).toBeGreaterThan(0);
    expect((await judge(KUBERNETES[1], text.replaceAll(line, `${line}\n  ${name}s: 1`))).wrong.length).toBeGreaterThan(0);
  });
});
