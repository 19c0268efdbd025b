// The exact currents of lines and pods for what cars draw, by complex sums; knows nothing of polygons, plans or allocators.
// A period is a violation when any of the eight is above its limit.
import { EVSES, lineLimitsA, PODS, TURNS_RATIO } from './garage.js';

/** Rounding of floating-point sums, far below any meter [A]. */
const NOISE_A = 1e-6;
const DIRECTION = [30, -90, 150].map((degrees) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)] as const);

type Complex = readonly [re: number, im: number];
const minus = ([a, b]: Complex, [c, d]: Complex): Complex => [a - c, b - d];
const size = ([re, im]: Complex): number => Math.hypot(re, im);

/** How far the worst of all limits is exceeded [A of that limit's side]; 0 or less = none is. `drawnA` per EVSE of the garage. */
export function excessA(drawnA: ArrayLike<number>, kW: number): number {
  const pairs = [0, 0, 0];
  const pods = new Map(PODS.map(({ name }) => [name, 0]));
  for (const [index, { pair, pod }] of EVSES.entries()) {
    const current = drawnA[index] ?? 0;
    pairs[pair] = (pairs[pair] as number) + current;
    if (pod !== undefined) pods.set(pod, (pods.get(pod) ?? 0) + current);
  }
  const [ab, bc, ca] = pairs.map((amps, pair): Complex => [amps * (DIRECTION[pair]?.[0] ?? 0), amps * (DIRECTION[pair]?.[1] ?? 0)]) as [
    Complex,
    Complex,
    Complex,
  ];
  const { secondaryA, primaryA } = lineLimitsA(kW);
  const secondary = [minus(ab, ca), minus(bc, ab), minus(ca, bc)] as [Complex, Complex, Complex];
  const [a, b, c] = secondary;
  const primary = [minus(a, c), minus(b, a), minus(c, b)];
  return (
    Math.max(
      ...secondary.map((line) => size(line) - secondaryA),
      ...primary.map((line) => size(line) / TURNS_RATIO - primaryA),
      ...PODS.map(({ name, limitA }) => (pods.get(name) ?? 0) - limitA),
    ) - NOISE_A
  );
}
