// What /metrics shows to whoever asks, without a key.
import { expect, it } from '@jest/globals';
import { meter, renderMetrics, startMetrics } from './index.js';

it('shows what was measured, and no paths of this machine', async () => {
  startMetrics();
  meter().createCounter('csms_test_things_total').add(2);
  const text = await renderMetrics();
  expect(text).toMatch(/^csms_test_things_total(\{[^}]*\})? 2$/m);
  expect(text).not.toContain('target_info'); // has the path that the process was started by
});
