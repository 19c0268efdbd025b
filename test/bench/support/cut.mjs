// A fleet of simulated stations, and how long after something is said each of them has accepted a limit that fits.
// What is said, and by whom, is the bench's business.
import { setTimeout as after } from 'node:timers/promises';

const SETTLE_MS = 600_000;

export async function fleetOf(port, stationIds, versions, { sampleIntervalS = 60, ...more } = {}) {
  const { startFleet } = await import('#apps/simulator');
  return startFleet({
    url: `ws://127.0.0.1:${port}/ocpp`,
    stations: stationIds.map((stationId, index) => ({
      stationId,
      ocppVersion: versions[index % versions.length],
      evses: [{ evseId: 1, maxA: 32 }],
    })),
    arrivals: 'none',
    sampleIntervalS,
    dialWithinMs: 5_000,
    kept: 10,
    ...more,
  });
}

/** What a profile gives a car now; a default, or the maximum of a station, says nothing of that. */
function limitOf(payload) {
  const text = JSON.stringify(payload);
  return text.includes('"TxProfile"') ? Number(/"limit":([\d.]+)/.exec(text)?.[1]) : Number.NaN;
}

/** Calls `what` and resolves to the milliseconds until each station accepted a profile whose first limit `fits`. */
export async function accepted(fleet, fits, what) {
  const stations = fleet.stations.length;
  const at = new Map();
  const all = Promise.withResolvers();
  const heard = fleet.stations.map((station) =>
    station.listen((event) => {
      if (event.type !== 'Called' || event.action !== 'SetChargingProfile' || event.reply.status !== 'Accepted') return;
      if (!fits(limitOf(event.payload)) || at.has(station.stationId)) return;
      if (at.set(station.stationId, performance.now()).size === stations) all.resolve();
    }),
  );
  const began = performance.now();
  await what();
  const answered = performance.now() - began;
  await Promise.race([
    all.promise,
    after(SETTLE_MS, undefined, { ref: false }).then(() => Promise.reject(new Error(`only ${at.size} of ${stations} accepted`))),
  ]);
  for (const stop of heard) stop();
  const took = [...at.values()].map((each) => each - began).sort((a, b) => a - b);
  return { answered, first: took[0], p50: took[took.length >> 1], p99: took[Math.ceil(0.99 * took.length) - 1], last: took.at(-1) };
}

export async function until(what, look) {
  for (const giveUpAt = Date.now() + SETTLE_MS; !(await look()); await after(200))
    if (Date.now() > giveUpAt) throw new Error(`waited in vain for: ${what}`);
}

/** What all cars draw together on one line [mA]. */
export const drawnMa = (fleet) =>
  fleet
    .draws()
    .filter(({ phase }) => phase === 'L1')
    .reduce((sum, { currentMa }) => sum + currentMa, 0);
