// What the cars of each site really draw, at every instant, against the site's limit: the meter that no message of the network can fool.
// It listens to the stations' copper alone.
import type { Fleet } from '#apps/simulator';

interface Change {
  readonly at: number;
  readonly siteId: string;
  readonly outlet: string;
  readonly currentsMa: Readonly<Record<string, number>>;
}

export class DrawWatch {
  #changes: Change[] = [];

  constructor(fleet: Fleet, siteOf: (stationId: string) => string) {
    for (const station of fleet.stations)
      station.listen((event) => {
        if (event.type !== 'Drawing') return;
        const { at, evseId, currentsMa } = event;
        this.#changes.push({ at, siteId: siteOf(station.stationId), outlet: `${station.stationId}/${evseId}`, currentsMa });
      });
  }

  /** Highest current seen on any phase of any site [mA]: a watch that saw nothing proves nothing. */
  highestMa(): number {
    let highest = 0;
    for (const { sumMa } of this.#steps()) highest = Math.max(highest, sumMa);
    return highest;
  }

  /** Every instant at which a phase of a site carried more than `limitMa`. */
  above(limitMa: number): readonly string[] {
    return [...this.#steps()]
      .filter(({ sumMa }) => sumMa > limitMa)
      .map(({ at, siteId, phase, sumMa }) => `${new Date(at).toISOString()} ${siteId} ${phase}: ${sumMa} mA of ${limitMa} mA`);
  }

  /** Sums per site and phase after all changes of one instant. */
  *#steps(): Generator<{ readonly at: number; readonly siteId: string; readonly phase: string; readonly sumMa: number }> {
    const changes = this.#changes.toSorted((a, b) => a.at - b.at);
    const drawn = new Map<string, Readonly<Record<string, number>>>();
    const sums = new Map<string, number>();
    for (const [index, { at, siteId, outlet, currentsMa }] of changes.entries()) {
      const before = drawn.get(outlet) ?? {};
      drawn.set(outlet, currentsMa);
      for (const phase of new Set([...Object.keys(before), ...Object.keys(currentsMa)])) {
        const place = `${siteId} ${phase}`;
        sums.set(place, (sums.get(place) ?? 0) + (currentsMa[phase] ?? 0) - (before[phase] ?? 0));
      }
      if (changes[index + 1]?.at === at) continue;
      for (const [place, sumMa] of sums) {
        const [site = '', phase = ''] = place.split(' ');
        yield { at, siteId: site, phase, sumMa };
      }
    }
  }
}
