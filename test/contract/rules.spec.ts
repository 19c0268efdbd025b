// Objectives and alerts that mean something: each rule can be read, asks for what is measured, and each alert says what to do.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { measured, namesIn } from './support/measured.js';
import { asked } from './support/promql.js';
import { ruleFiles, rules } from './support/rules.js';

const ROOT = join(import.meta.dirname, '../..');
const recorded = rules.flatMap(({ record }) => record ?? []);
const alerts = rules.filter(({ alert }) => alert !== undefined);

describe('the rules of the chart', () => {
  let text = '';
  beforeAll(async () => {
    text = await measured();
  });

  it('are there for what is answered, what limits take, lag and loss', () => {
    expect(ruleFiles.map(([name]) => name)).toEqual(expect.arrayContaining(['loss.yaml', 'objectives.yaml']));
    const names = ruleFiles.flatMap(([, { groups }]) => groups.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    for (const objective of ['answers', 'limits', 'lag'])
      for (const window of ['5m', '30m', '1h', '2h', '6h', '1d', '3d'])
        expect(recorded).toContain(`csms:${objective}_missed:ratio_rate${window}`);
  });

  it.each(rules)('$record$alert can be read, and asks for what is measured or recorded', ({ expr }) => {
    const { faults, metrics } = asked(expr);
    expect(faults).toEqual([]);
    const known = new Set([...namesIn(text), ...recorded]);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((name) => !known.has(name))).toEqual([]);
  });

  it('count by buckets that are there', () => {
    const bounds = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/(csms_\w+_bucket)\{le=~"(\d+)\|\2\.0"\}/g)].map(([, name, le]) => `${name}/${le}`),
    );
    expect(bounds).toHaveLength(rules.filter(({ expr }) => expr.includes('_bucket')).length);
    for (const [name, le] of bounds.map((bound) => bound.split('/'))) expect(text).toMatch(new RegExp(`^${name}\\{.*le="${le}"`, 'm'));
  });

  it.each(alerts)(
    '$alert says how bad it is, what it is about, and leads to a page that says what to do',
    ({ alert = '', labels, annotations }) => {
      expect(['critical', 'warning']).toContain(labels?.severity);
      expect(annotations?.summary).toMatch(/\w/);
      const page = annotations?.runbook_url ?? 'none';
      expect(existsSync(join(ROOT, page))).toBe(true);
      expect(readFileSync(join(ROOT, page), 'utf8')).toContain(`\`${alert}\``);
    },
  );

  it('have names of their own', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    expect(new Set(recorded).size).toBe(recorded.length);
  });

  it('burn as fast as they say: a long window with a short one, the long one first', () => {
    for (const { expr } of alerts.filter(({ alert }) => alert?.includes('Burn'))) {
      const windows = asked(expr).metrics.map((name) => name.replace(/.*rate/, ''));
      expect([
        ['1h', '5m', '6h', '30m'],
        ['1d', '2h', '3d', '6h'],
      ]).toContainEqual(windows);
    }
  });
});
