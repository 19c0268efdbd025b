// What is followed, what it costs nobody, and what arrives where it is sent.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type OtlpReceiver, otlpReceiver, pathTo } from '#testing';
import { activeTrace, during, newTrace, startTracing, type Tracer, tracer } from './tracing.js';

const FRAME = { kind: 'server', name: 'Heartbeat' } as const;

let collector: OtlpReceiver;
let stop: () => Promise<void> = async () => undefined;
beforeAll(async () => {
  collector = await otlpReceiver();
});
afterEach(() => stop());
afterAll(() => collector.close());

async function following(ratio: number): Promise<Tracer> {
  const troubles: string[] = [];
  const started = await startTracing({
    service: 'edge',
    instance: 'e1',
    endpoint: `${collector.endpoint}/`,
    ratio,
    onTrouble: (detail) => void troubles.push(detail),
  });
  stop = async () => {
    stop = async () => undefined;
    await started.stop();
    expect(troubles).toEqual([]);
  };
  return tracer() as Tracer;
}

describe('a call of a station', () => {
  it('is followed by nobody while traces are off, and not even described', () => {
    const describe = (): never => {
      throw new Error('nobody asked');
    };
    expect(tracer()?.begin(describe())).toBeUndefined();
    expect(newTrace()?.begin(describe())).toBeUndefined();
    expect(activeTrace()).toEqual({});
  });

  it('is followed as often as is asked for, and what follows from it as it is', async () => {
    const { begin } = await following(0);
    expect(newTrace()).toBeUndefined();
    const from = `00-${'a'.repeat(32)}-${'b'.repeat(16)}`;
    const follows = { kind: 'internal', name: 'session decides' } as const;
    expect(begin({ ...follows, from: `${from}-01` })?.traceparent).toMatch(`00-${'a'.repeat(32)}-`);
    expect(begin({ ...follows, from: `${from}-00` })).toBeUndefined();
    expect(begin({ ...follows, from: 'what somebody else wrote there' })).toBeUndefined();
    expect(begin({ kind: 'consumer', name: 'session site-events', links: [`${from}-01`] })).toBeDefined();
    expect(begin({ kind: 'consumer', name: 'session site-events', links: [`${from}-00`] })).toBeUndefined();
  });

  it('is followed always where all are', async () => {
    await following(1);
    for (let n = 0; n < 100; n++) expect(newTrace()).toBeDefined();
  });

  it('arrives at the collector with what follows from it', async () => {
    const { begin } = await following(1);
    const frame = begin({ ...FRAME, attributes: { 'ocpp.action': 'Heartbeat' } });
    const decision = begin({ kind: 'internal', name: 'session decides', ...(frame && { from: frame.traceparent }) });
    decision?.set('csms.outputs', 2);
    decision?.end();
    frame?.end();
    await stop();
    const [sent] = collector.spans.filter(({ name }) => name === 'session decides');
    expect(sent && pathTo(sent, collector.spans)).toMatchObject([
      { name: 'Heartbeat', attributes: { 'ocpp.action': 'Heartbeat' } },
      { name: 'session decides', attributes: { 'csms.outputs': 2 } },
    ]);
  });

  it('names its trace in what is logged for it, and its kind of failure, never its words', async () => {
    const { begin } = await following(1);
    const span = begin({ ...FRAME, name: 'Authorize' });
    class LogUnavailable extends Error {
      override readonly name = 'LogUnavailable';
    }
    const failing = during(span, async () => {
      await Promise.resolve();
      expect(`00-${activeTrace().trace_id}-${activeTrace().span_id}-01`).toBe(span?.traceparent);
      throw new LogUnavailable('the card 04A1B2C3');
    });
    await expect(failing).rejects.toThrow('the card');
    expect(activeTrace()).toEqual({});
    await stop();
    expect(collector.spans.find(({ name }) => name === 'Authorize')?.status).toMatchObject({ code: 2, message: 'LogUnavailable' });
  });
});
