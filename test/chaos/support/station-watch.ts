// What stations see of a network that is worked on: how long they wait for answers, how long their lines are down, whether a car is left without current.
// It listens to the stations alone; what the log says is compared in audit.ts.
import type { Fleet, Station } from '#apps/simulator';

export class StationWatch {
  /** Dials after a loss that came to nothing: each costs its station another back-off, longer than the one before. */
  readonly vainDials: string[] = [];
  /** Cars that drew, stay, and were left without current: nobody renewed their limit. */
  readonly pauses: string[] = [];
  readonly #answers = new Map<string, number[]>();
  #phase = '';
  readonly #down = new Set<string>();
  readonly #drawing = new Set<string>();
  losses = 0;

  constructor(fleet: Fleet) {
    for (const station of fleet.stations) this.#listen(station);
  }

  /** What comes is counted under this name from now on. */
  begin(phase: string): void {
    this.#phase = phase;
    this.#answers.set(phase, []);
  }

  /** Of the answers within these phases; how many, and the time that 99 of 100 did not exceed [ms]. */
  answers(...phases: readonly string[]): { readonly count: number; readonly p99Ms: number; readonly slowestMs: number } {
    const all = phases.flatMap((phase) => this.#answers.get(phase) ?? []).sort((a, b) => a - b);
    return { count: all.length, p99Ms: all[Math.ceil(all.length * 0.99) - 1] ?? 0, slowestMs: all.at(-1) ?? 0 };
  }

  #listen(station: Station): void {
    const { stationId } = station;
    const at = (): string => `${stationId} at ${new Date().toISOString()} (${this.#phase})`;
    station.listen((event) => {
      switch (event.type) {
        case 'Answered':
          this.#answers.get(this.#phase)?.push(event.latencyMs);
          break;
        case 'Connected':
          this.#down.delete(stationId);
          break;
        case 'Disconnected':
          if (this.#down.has(stationId)) this.vainDials.push(`${at()}: ${event.reason}`);
          else this.losses++;
          this.#down.add(stationId);
          break;
        case 'Drawing': {
          const draws = Object.values(event.currentsMa).some((currentMa) => currentMa > 0);
          const stays = station.charging.running().length > 0 && station.installation.outlets.some(({ car }) => car !== undefined);
          if (!draws && stays && this.#drawing.has(stationId)) this.pauses.push(at());
          if (draws) this.#drawing.add(stationId);
          else this.#drawing.delete(stationId);
        }
      }
    });
  }
}
