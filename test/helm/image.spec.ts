// The image and what is composed around it, by what their files say: no engine is needed to see that what they name is there.
// Whether the image can be built is for whoever has an engine.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Document, load, ROOT } from './chart.js';

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const apps = Object.keys(JSON.parse(text('nest-cli.json')).projects);
/** Instructions of a Dockerfile, continued lines joined. */
const instructions = text('deploy/image/Dockerfile')
  .replace(/\\\n/g, '')
  .split('\n')
  .flatMap((line) => {
    const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name, rest }];
  });
const of = (wanted: string): readonly string[] => instructions.flatMap(({ name, rest }) => (name === wanted ? [rest] : []));
const last = (wanted: string): string => of(wanted).at(-1) ?? '';

describe('the image', () => {
  it('is built from files that are there, on bases that are arguments', () => {
    const sources = of('COPY')
      .filter((each) => !each.startsWith('--from'))
      .flatMap((each) => each.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
    expect(of('FROM').map((each) => each.split(' ')[0])).toEqual(of('ARG').map((each) => `\${${each.split('=')[0]}}`));
  });

  it('needs no shell and no root once it is built', () => {
    const end = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
    expect(end.filter(({ name }) => name === 'RUN')).toEqual([]);
    expect(last('USER')).toBe('1000:1000');
  });

  it('tells Node what programs of the repository tell it', () => {
    const [ofServices = ''] = text('scripts/node-flags.mjs').split('];');
    const flags = [...ofServices.matchAll(/['`](--[^'`]+)['`]/g)].map(([, flag]) => flag?.replace(/\$\{.*\}/, '1'));
    expect(flags).not.toEqual([]);
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual(['/usr/local/bin/node', ...flags]);
  });

  it('can read all that is built, though it is not who built it', () => {
    const built = readdirSync(join(ROOT, 'dist'), { recursive: true, withFileTypes: true });
    expect(built.length).toBeGreaterThan(1_000);
    const closed = built.filter((entry) => {
      const needed = entry.isDirectory() ? 0o005 : 0o004;
      return (statSync(join(entry.parentPath, entry.name)).mode & needed) !== needed;
    });
    expect(closed.map(({ parentPath, name }) => join(parentPath, name))).toEqual([]);
  });

  it('has every app that the chart starts, and the programs of its hooks', () => {
    const templates = readdirSync(join(ROOT, 'helm/joulestream/templates'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(ya?ml|tpl)$/.test(name),
    );
    const chart = templates.map((name) => text(`helm/joulestream/templates/${name}`)).join('\n');
    const services = /define "joulestream\.apps" -}}\n(.*)/.exec(chart)?.[1]?.split(' ') ?? [];
    expect(services.length).toBeGreaterThan(0);
    expect(services.filter((app) => !apps.includes(app))).toEqual([]);
    const programs = [...chart.matchAll(/dist\/(apps\/[\w/-]+)\.js/g)].map(([, program]) => program);
    expect(programs).toHaveLength(2);
    const started = [...programs, ...services.map((app) => `apps/${app}/main`), /dist\/(.*)\.js/.exec(last('CMD'))?.[1]];
    expect(started.filter((program) => !existsSync(join(ROOT, `${program}.ts`)))).toEqual([]);
    const ports = [...chart.matchAll(/containerPort: (\d+)/g)].map(([, port]) => port);
    expect(last('EXPOSE').split(' ').toSorted()).toEqual([...new Set(ports)].toSorted());
  });

  it('carries a list of what is in it', () => expect(of('RUN').join()).toContain('npm sbom --omit=dev --sbom-format=cyclonedx'));
});

describe('the composed servers', () => {
  const { services, volumes }: Document = load(text('deploy/compose/compose.yaml'));
  const mounts = Object.values(services as Record<string, Document>).flatMap(({ volumes: own = [] }) => own as readonly string[]);

  it('are all that a network needs and what watches it, at fixed versions, reachable from this machine alone', () => {
    expect(Object.keys(services).toSorted()).toEqual(['grafana', 'kafka', 'otel-collector', 'postgres', 'prometheus', 'redis', 'tempo']);
    for (const { image, ports = [] } of Object.values(services as Record<string, Document>)) {
      expect(image).toMatch(/:v?\d/);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('mount files that are there, and volumes that are named', () =>
    expect(
      mounts
        .map((each) => each.split(':')[0] ?? '')
        .filter((from) => !(from in volumes) && !existsSync(join(ROOT, 'deploy/compose', from))),
    ).toEqual([]));

  it('hand traces from the collector to the store that Grafana asks', () => {
    const collector = load(text('deploy/telemetry/collector.yaml'));
    const { receivers, exporters } = collector.service.pipelines.traces;
    expect(Object.keys(collector.receivers)).toEqual(receivers);
    expect(Object.keys(collector.exporters)).toEqual(exporters);
    const store = new URL(collector.exporters['otlphttp/tempo'].endpoint);
    expect(Object.keys(services)).toContain(store.hostname);
    const tempo = load(text('deploy/telemetry/tempo.yaml'));
    expect(tempo.distributor.receivers.otlp.protocols.http.endpoint).toBe(`0.0.0.0:${store.port}`);
    expect(services.grafana.environment.TEMPO_URL).toBe(`http://tempo:${tempo.server.http_listen_port}`);
  });
});
