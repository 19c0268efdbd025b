// What a process lets others see of it: logs, metrics, traces. It imports nothing of ours.
export { createLogger, type Logger } from './logger.js';
export { meter, renderMetrics, startMetrics } from './metrics.js';
export { openMetrics, type Timing, timing } from './timings.js';
export { during, failureOf, newTrace, type Span, startTracing, tracer } from './tracing.js';
