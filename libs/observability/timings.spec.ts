// The way from a bucket to a trace, in the form that Prometheus reads exemplars from (OpenMetrics 1.0).
import { beforeAll, expect, it } from '@jest/globals';
import { meter, openMetrics, renderMetrics, startMetrics, timing } from './index.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

const shown = async (): Promise<readonly string[]> => openMetrics(await renderMetrics()).split('\n');

beforeAll(() => {
  startMetrics();
  const it = timing('csms_test_way_seconds', { description: 'a way', bounds: [0.5, 2], labels: { service: 'test' } });
  it.record(0.25);
  it.record(1.5, `00-${TRACE}-1111111111111111-01`);
  it.record(1.25, `00-${TRACE}-${SPAN}-01`);
  it.record(7, `00-${TRACE}-${SPAN}-01`);
  meter().createCounter('csms_test_cars_total', { description: 'cars' }).add(2);
});

it('names the newest trace that was followed beside its bucket, and none where nobody was', async () => {
  const buckets = (await shown()).filter((line) => line.startsWith('csms_test_way_seconds_bucket'));
  expect(buckets).toEqual([
    'csms_test_way_seconds_bucket{service="test",le="0.5"} 1',
    expect.stringMatching(
      new RegExp(`^csms_test_way_seconds_bucket{service="test",le="2"} 3 # {trace_id="${TRACE}",span_id="${SPAN}"} 1\\.25 \\d+(\\.\\d+)?$`),
    ),
    expect.stringMatching(new RegExp(`^csms_test_way_seconds_bucket{service="test",le="\\+Inf"} 4 # {trace_id="${TRACE}".*} 7 [\\d.]+$`)),
  ]);
});

it('calls a counter by its family, leaves no line empty and says where it ends', async () => {
  const lines = await shown();
  expect(lines).toEqual(expect.arrayContaining(['# TYPE csms_test_cars counter', '# HELP csms_test_cars cars', 'csms_test_cars_total 2']));
  expect(lines.slice(-2)).toEqual(['# EOF', '']);
  expect(lines.slice(0, -1)).not.toContain('');
});

it('says nothing of traces to who reads the older text', async () => {
  expect(await renderMetrics()).not.toContain(TRACE);
});
