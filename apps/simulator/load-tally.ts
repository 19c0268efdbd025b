// What a load run counts: answers and their latencies in a histogram of bounded size, errors by kind, links.
// It prints nothing by itself.
/** Upper bounds grow by 5 %: percentiles are good to 5 %, in a few hundred counters. */
const GROWTH = Math.log(1.05);
const LEAST_MS = 0.05;

export class Tally {
  open = 0;
  answered = 0;
  errors = 0;
  unanswered = 0;
  openings = 0;
  /** Boots that were. */
  accepted = 0;
  losses = 0;
  lastLoss?: string;
  slowestMs = 0;
  /** For how long calls had waited that had no answer in the end [ms]. */
  waitedMs: readonly number[] = [];
  readonly byAction = new Map<string, number>();
  readonly byError = new Map<string, number>();
  readonly #buckets: number[] = [];
  #measured = 0;
  #beganAt: number | undefined;
  #endedAt: number | undefined;

  begin(): void {
    this.#beganAt = performance.now();
  }

  end(waitedMs: readonly number[] = []): void {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = performance.now();
    this.waitedMs = waitedMs;
  }

  /** Seconds measured so far, ramp excluded. */
  seconds(): number {
    return this.#beganAt === undefined ? 0 : ((this.#endedAt ?? performance.now()) - this.#beganAt) / 1000;
  }

  /** Answers within the measured time. */
  get measured(): number {
    return this.#measured;
  }

  answer(action: string, latencyMs: number): void {
    this.answered++;
    if (this.#beganAt === undefined || this.#endedAt !== undefined) return;
    this.#measured++;
    this.byAction.set(action, (this.byAction.get(action) ?? 0) + 1);
    this.slowestMs = Math.max(this.slowestMs, latencyMs);
    const bucket = Math.max(0, Math.ceil(Math.log(Math.max(latencyMs, LEAST_MS) / LEAST_MS) / GROWTH));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }

  error(code: string): void {
    this.errors++;
    this.byError.set(code, (this.byError.get(code) ?? 0) + 1);
  }

  /** Latency [ms] that `share` of the measured answers did not exceed, to 5 %. */
  percentileMs(share: number): number {
    let left = Math.ceil(this.#measured * share);
    for (const [bucket, count] of this.#buckets.entries()) {
      left -= count ?? 0;
      if (left <= 0) return Math.min(this.slowestMs, LEAST_MS * Math.exp(bucket * GROWTH));
    }
    return this.slowestMs;
  }

  failures(): string {
    const parts = [`${this.errors} errors`, `${this.unanswered} unanswered`, `${this.losses} links lost or refused`];
    if (this.lastLoss !== undefined) parts.push(`last: ${this.lastLoss}`);
    return parts.join(', ');
  }
}

const list = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** With a server that is quick this is what was under way; with one that never answers, everything. */
const stillWaiting = (waitedMs: readonly number[]): string =>
  waitedMs.length === 0
    ? ''
    : `; ${waitedMs.length} without an answer in the end, the oldest for ${(Math.max(...waitedMs) / 1000).toFixed(1)} s`;

export function summary(tally: Tally, stations: number): string {
  const seconds = tally.seconds();
  const rate = seconds === 0 ? 0 : Math.round(tally.measured / seconds);
  const ms = (share: number) => tally.percentileMs(share).toFixed(1);
  const latency = `p50 ${ms(0.5)} ms, p90 ${ms(0.9)} ms, p99 ${ms(0.99)} ms, p99.9 ${ms(0.999)} ms, most ${tally.slowestMs.toFixed(1)} ms`;
  return [
    `load: ${tally.measured} calls answered in ${seconds.toFixed(1)} s by ${stations} stations: ${rate} calls/s`,
    `  latency   ${tally.measured === 0 ? 'none' : latency}`,
    `  actions   ${list(tally.byAction) || 'none'}`,
    `  errors    ${tally.errors === 0 ? 'none' : list(tally.byError)}; unanswered ${tally.unanswered}${stillWaiting(tally.waitedMs)}`,
    `  links     ${tally.openings} opened, ${Math.max(0, tally.openings - stations)} of them again, ${tally.losses} lost or refused${tally.lastLoss === undefined ? '' : ` (last: ${tally.lastLoss})`}`,
  ].join('\n');
}

/** As Node names what is wrong with a certificate. */
const UNTRUSTED = /CERT|SIGNATURE/;

/** Why nothing was measured; undefined where something was. */
export function complaint(tally: Tally, url: string): string | undefined {
  const { lastLoss, openings, accepted, measured } = tally;
  if (accepted > 0 && measured > 0) return undefined;
  const loss = lastLoss === undefined ? '' : ` (${lastLoss})`;
  if (openings === 0 && lastLoss !== undefined && UNTRUSTED.test(lastLoss))
    return `the certificate of ${url} is not trusted${loss}: NODE_EXTRA_CA_CERTS=FILE names its authority`;
  if (openings === 0) return `no link was opened${loss}: is an OCPP system listening at ${url}, and does it know these stations?`;
  if (accepted === 0) return `no station was accepted${loss}: what listens at ${url} has to answer BootNotification with Accepted`;
  return `no call was answered while it was measured${loss}`;
}
