// A limit that several sites share: what all of them might use stays within it, whatever comes late and whoever is down.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shareOut } from './share-level.js';
import { limitAt, nextShareLook, planShares, SHARE_LEASE_MS, type SharedLimit } from './shared-limit.js';
import { type ShareGrant, type SiteShare, shareAt, shareConfirmed, shareGranted } from './site-share.js';

const sharer = fc.record({
  floor: fc.nat(20_000),
  demand: fc.nat(100_000),
  weight: fc.constantFrom(1, 2, 0.5, 3.7),
});
const columnsOf = (sites: readonly { readonly floor: number; readonly demand: number; readonly weight: number }[]) => ({
  floor: Float64Array.from(sites, ({ floor }) => floor),
  demand: Float64Array.from(sites, ({ demand }) => demand),
  weight: Float64Array.from(sites, ({ weight }) => weight),
});

describe('one budget between sites', () => {
  it('is given away whole, in whole units, with the level as certificate', () => {
    fc.assert(
      fc.property(fc.array(sharer, { minLength: 1, maxLength: 40 }), fc.nat(2_000_000), (sites, budget) => {
        const { amounts, level, isShort } = shareOut(budget, columnsOf(sites));
        const sum = amounts.reduce((total, amount) => total + amount, 0);
        const asked = sites.reduce((total, { floor, demand }) => total + Math.max(floor, demand), 0);
        expect(amounts.every(Number.isInteger)).toBe(true);
        expect(isShort).toBe(sites.reduce((total, { floor }) => total + floor, 0) > budget);
        if (isShort) {
          expect(sum).toBeLessThanOrEqual(budget);
          expect(budget - sum).toBeLessThan(sites.length);
          return;
        }
        expect(sum).toBe(Math.min(asked, budget));
        for (const [site, { floor, demand, weight }] of sites.entries()) {
          const amount = amounts[site] ?? Number.NaN;
          expect(amount).toBeGreaterThanOrEqual(floor);
          expect(amount).toBeLessThanOrEqual(Math.max(floor, demand));
          if (amount < Math.max(floor, demand)) expect(amount).toBeGreaterThanOrEqual(level * weight - 1);
          if (amount > floor) expect(amount).toBeLessThanOrEqual(level * weight + 1);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what sites are told of a limit', () => {
  it('is the same whatever was asked before', () => {
    const report = fc.record({
      site: fc.nat(),
      floor: fc.nat(5_000),
      demand: fc.nat(60_000),
      passMs: fc.nat(900_000),
      isSettled: fc.boolean(),
    });
    const steps = [0, 2_000_000].map((fromMs) => ({ fromMs, amounts: [100_000 - fromMs / 50] }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(report, { maxLength: 12 }), (count, reports) => {
        const limit: SharedLimit = { steps, expiresMs: 5_000_000, fallback: [30_000] };
        let sites = Array.from({ length: count }, (_, index): SiteShare => ({ siteId: `s${index}`, weight: 1 + (index % 2), granted: [] }));
        let [nowMs, seq] = [0, 0];
        for (const { site, floor, demand, passMs, isSettled } of reports) {
          nowMs += passMs;
          const said = (share: SiteShare): SiteShare => ({
            ...shareConfirmed(share, seq, isSettled),
            needs: { floor: [floor], demand: [demand] },
          });
          sites = sites.map((share, index) => (index === site % count ? said(share) : share));
          const told = planShares(limit, sites, nowMs);
          expect(told).toEqual(planShares({ ...limit }, sites, nowMs));
          for (const share of told)
            sites = sites.map((each) =>
              each.siteId === share.siteId ? shareGranted(each, { seq: ++seq, steps: share.steps }, nowMs) : each,
            );
          expect(nextShareLook(limit, sites, nowMs)).toBe(nextShareLook({ ...limit }, sites, nowMs));
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const STATION_LEASE_MS = 300_000;
/** How long a site may need to come down when nobody can be reached, and records are late. */
const GRACE_MS = STATION_LEASE_MS + 20_000;

/** Half the stations of a site: they hold what they were told last until their lease ends, then they are at their floor. */
interface Group {
  grant?: ShareGrant;
  untilMs: number;
  isReachable: boolean;
}

interface Site {
  readonly siteId: string;
  readonly floor: number;
  demand: number;
  upFromMs: number;
  readonly inbox: { readonly atMs: number; readonly grant: ShareGrant }[];
  read?: ShareGrant;
  readonly groups: readonly Group[];
  told: string;
}

/** A limit as it was told, and when the owner read it. */
interface Bound {
  readonly fromMs: number;
  readonly limit: SharedLimit;
  heardMs?: number;
}

/** An owner of the limit, sites whose records come late, and an auditor that asks only what their stations may draw. */
class Network {
  now = 0;
  limit: SharedLimit;
  worst = Number.NEGATIVE_INFINITY;
  usedWs = 0;
  readonly sites: Site[];
  #shares: readonly SiteShare[];
  #reports: {
    readonly atMs: number;
    readonly siteId: string;
    readonly seq: number;
    readonly isSettled: boolean;
    readonly demand: number;
  }[] = [];
  #ownerUpMs = 0;
  #lookMs = 0;
  #seq = 0;
  readonly #bounds: Bound[] = [];

  constructor(
    readonly random: () => number,
    readonly faults: number,
    count: number,
    budget: number,
  ) {
    this.limit = { steps: [{ fromMs: 0, amounts: [budget] }], expiresMs: Number.MAX_SAFE_INTEGER };
    this.#bounds.push({ fromMs: 0, limit: this.limit });
    this.sites = Array.from({ length: count }, (_, index) => ({
      siteId: `s${index}`,
      floor: Math.floor(this.random() * 5_000),
      demand: 0,
      upFromMs: 0,
      inbox: [],
      groups: [0, 1].map(() => ({ untilMs: 0, isReachable: true })),
      told: '',
    }));
    this.#shares = this.sites.map(({ siteId }) => ({ siteId, weight: 1, granted: [] }));
  }

  /** Another limit from now on; at once, or announced within its own steps. */
  change(limit: SharedLimit): void {
    this.limit = limit;
    this.#bounds.push({ fromMs: this.now, limit });
    this.#lookMs = this.now;
  }

  #happens(perHour: number): boolean {
    return this.random() < (this.faults * perHour) / 3_600;
  }

  #owner(): void {
    if (this.#happens(1)) this.#ownerUpMs = this.now + this.random() * 3_600_000;
    if (this.now < this.#ownerUpMs) return;
    const due = this.#reports.filter(({ atMs }) => atMs <= this.now);
    if (due.length === 0 && this.now < this.#lookMs) return;
    this.#reports = this.#reports.filter(({ atMs }) => atMs > this.now);
    this.#shares = this.#shares.map((share) =>
      due
        .filter(({ siteId }) => siteId === share.siteId)
        .reduce((changed: SiteShare, { seq, isSettled, demand, siteId }) => {
          const floor = this.sites.find((site) => site.siteId === siteId)?.floor ?? 0;
          return { ...shareConfirmed(changed, seq, isSettled), needs: { floor: [floor], demand: [demand] } };
        }, share),
    );
    const heard = this.#bounds.at(-1);
    if (heard !== undefined) heard.heardMs ??= this.now;
    const told = planShares(this.limit, this.#shares, this.now);
    // What is kept from look to look makes them faster, and never other.
    expect(told).toEqual(planShares({ ...this.limit }, this.#shares, this.now));
    for (const { siteId, steps } of told) {
      const grant = { seq: ++this.#seq, steps };
      this.#shares = this.#shares.map((share) => (share.siteId === siteId ? shareGranted(share, grant, this.now) : share));
      this.sites.find((site) => site.siteId === siteId)?.inbox.push({ atMs: this.now + this.random() * 5_000, grant });
    }
    this.#lookMs = nextShareLook(this.limit, this.#shares, this.now);
    expect(this.#lookMs).toBe(nextShareLook({ ...this.limit }, this.#shares, this.now));
  }

  #live(site: Site): void {
    if (this.#happens(0.5)) site.upFromMs = this.now + this.random() * 5_400_000;
    for (const group of site.groups) if (this.#happens(4)) group.isReachable = !group.isReachable;
    if (this.random() < 0.005) site.demand = Math.floor(this.random() * 60_000);
    if (this.now < site.upFromMs) return;
    while ((site.inbox[0]?.atMs ?? Number.POSITIVE_INFINITY) <= this.now) site.read = site.inbox.shift()?.grant as ShareGrant;
    const { read } = site;
    if (read === undefined) return;
    for (const group of site.groups)
      if (group.isReachable && this.random() < 0.3) Object.assign(group, { grant: read, untilMs: this.now + STATION_LEASE_MS });
    const isSettled = site.groups.every(({ grant, untilMs }) => (grant?.seq ?? 0) >= read.seq || untilMs <= this.now);
    const told = `${read.seq} ${isSettled} ${site.demand}`;
    if (told === site.told) return;
    site.told = told;
    this.#reports.push({ atMs: this.now + this.random() * 3_000, siteId: site.siteId, seq: read.seq, isSettled, demand: site.demand });
    this.#reports.sort((a, b) => a.atMs - b.atMs);
  }

  #drawn = ({ groups, floor }: Site): number =>
    groups.reduce(
      (sum, { grant, untilMs }) => sum + (grant !== undefined && this.now < untilMs ? shareAt(grant, this.now, 0) : floor) / 2,
      0,
    );

  /** What nobody may be above: a cut binds once everybody had time to follow, from when the owner read it; without an owner when shares have lapsed. */
  #bound(): number {
    const followedMs = ({ fromMs, heardMs = Number.POSITIVE_INFINITY }: Bound): number =>
      Math.min(heardMs, fromMs + SHARE_LEASE_MS) + GRACE_MS;
    const running = this.#bounds.filter(({ fromMs }, index) => {
      const next = this.#bounds[index + 1];
      return fromMs <= this.now && (next === undefined || this.now < followedMs(next));
    });
    return Math.max(...running.map(({ limit }) => limitAt(limit, this.now)[0] ?? 0));
  }

  run(ms: number): this {
    for (const end = this.now + ms; this.now < end; this.now += 1_000) {
      this.#owner();
      for (const site of this.sites) this.#live(site);
      const drawn = this.sites.reduce((sum, site) => sum + this.#drawn(site), 0);
      this.usedWs += drawn;
      if (this.now > GRACE_MS) this.worst = Math.max(this.worst, drawn - this.#bound());
    }
    return this;
  }
}

const HOUR_MS = 3_600_000;

describe('sites below one limit', () => {
  it.each([1, 2, 3, 4, 5])('never use more in all, with records late and owners down (seed %i)', (seed) => {
    const it = new Network(randomFrom(seed), 1, 8, 100_000).run(4 * HOUR_MS);
    expect(it.worst).toBeLessThanOrEqual(0);
    expect(it.usedWs / (4 * 3_600)).toBeGreaterThan(30_000);
  });

  it.each([21, 22, 23, 24])('follow a cut within the time that takes when nobody can be reached (seed %i)', (seed) => {
    const it = new Network(randomFrom(seed), 1, 8, 100_000).run(HOUR_MS);
    it.change({ steps: [{ fromMs: it.now, amounts: [60_000] }], expiresMs: Number.MAX_SAFE_INTEGER });
    it.run(2 * HOUR_MS);
    expect(it.worst).toBeLessThanOrEqual(0);
  });

  it.each([31, 32])('follow an announced cut to the second (seed %i)', (seed) => {
    const it = new Network(randomFrom(seed), 1, 8, 100_000).run(2 * HOUR_MS);
    const cutMs = it.now + SHARE_LEASE_MS;
    const steps = [
      { fromMs: it.now, amounts: [100_000] },
      { fromMs: cutMs, amounts: [50_000] },
    ];
    it.change({ steps, expiresMs: Number.MAX_SAFE_INTEGER });
    it.run(2 * HOUR_MS);
    expect(it.worst).toBeLessThanOrEqual(0);
  });

  it('use what there is when nothing goes wrong', () => {
    const it = new Network(randomFrom(7), 0, 8, 100_000).run(HOUR_MS);
    it.usedWs = 0;
    for (const site of it.sites) site.demand = 60_000;
    it.run(HOUR_MS);
    expect(it.worst).toBeLessThanOrEqual(0);
    expect(it.usedWs / 3_600).toBeGreaterThan(95_000);
  });
});
