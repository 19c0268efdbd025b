// The audit as the page shows it: paths with their ids, and of a configuration the leaves that changed.
import { expect, it } from '@jest/globals';
import { differencesOf, readAudit } from './audit-shapes.js';
import type { Ask } from './http-api.js';

it('shows of two configurations the leaves that are not the same', () => {
  const before = { name: 'Depot', root: { limitA: 100, children: [{ nodeId: 'a' }] } };
  const after = { name: 'Depot', root: { limitA: 80, children: [] }, leaseSeconds: 300 };
  expect(differencesOf(before, after)).toEqual([
    { path: 'leaseSeconds', before: null, after: '300' },
    { path: 'root.children.0.nodeId', before: 'a', after: null },
    { path: 'root.limitA', before: '100', after: '80' },
  ]);
  expect(differencesOf(null, null)).toEqual([]);
});

it('names what was changed by its path, and nothing as changed that was refused', async () => {
  const row = { seq: 3, at: '2026-01-01T00:00:00Z', actor: { name: 'desk' }, role: 'operator', method: 'PUT', route: '/v1/sites/{siteId}' };
  const asked: string[] = [];
  const ask = {
    readAllowed: async (path: string) => {
      asked.push(path);
      return {
        items: [
          { ...row, subject: { siteId: 'depot' }, outcome: 'done', before: { name: 'A' }, after: { name: 'B' } },
          { ...row, subject: {}, outcome: 'refused', problem: 'forbidden', before: null, after: { name: 'C' } },
        ],
        nextCursor: 'more',
      };
    },
  } as unknown as Ask;
  expect(await readAudit(ask, { outcome: 'done', subject: 'depot' }, null)).toMatchObject({
    items: [
      { what: 'PUT /v1/sites/depot', differences: [{ path: 'name', before: 'A', after: 'B' }] },
      { what: 'PUT /v1/sites/{siteId}', outcome: 'refused', problem: 'forbidden', differences: [] },
    ],
    nextCursor: 'more',
  });
  expect(asked).toEqual(['/v1/audit?limit=50&outcome=done&subject=depot']);
});
