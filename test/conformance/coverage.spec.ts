// The pages of coverage and obligations cannot claim what no code and no test has.
// That the committed pages are what the code gives is checked by `npm run check`.
import { expect, it } from '@jest/globals';
import { complaints, coverage } from '../../scripts/coverage.mjs';

it('every message with a behaviour is named by a spec, and every obligation by its test', () => expect(complaints()).toEqual([]));

it('a behaviour that no spec names is refused, and so is one its file does not name', () => {
  const rows = coverage().map((row) =>
    row.action === 'Heartbeat' ? { ...row, specs: [], behaviours: [{ part: 'edge', in: 'package.json', does: 'anything' }] } : row,
  );
  expect(complaints(rows)).toEqual([
    'Heartbeat: is told to do something, and no spec names it',
    'edge, Heartbeat: package.json does not name it',
  ]);
});

it('an obligation whose test is not there is refused', () => {
  const proofs = [['test/conformance/nowhere.ts', 'is proven']] as const;
  expect(complaints(coverage(), [{ ids: 'X', proofs }])).toEqual(['X: test/conformance/nowhere.ts has no test "is proven"']);
});
