// Whether a station that tells neither current nor power keeps to its limit: by its energy register, which rises no faster than it draws.
// How fast that is at least is the domain's (metering); those that tell a current or a power are samples.ts.
import { committedMa, type EvseConfig, type EvseLedger, isClearlyAbove, phaseIndexes, type StationLedger } from '#domain/load-balancing';
import { isRestarted, type PowerReading, powerByRegister, type RegisterPoint, RISES } from '#domain/metering';

/** Readings that follow each other faster than this are not looked at [ms]. */
const LOOK_EVERY_MS = 15_000;
/** Coarse registers jump: more than so many times what it can draw is no energy. */
const SPIKE = 50;

export interface Registered {
  /** Newest first: what it was allowed then, and at most since the one before, as far as that is known [mA]. */
  readonly points: readonly (RegisterPoint & { readonly allowedMa: number; readonly mostMa: number })[];
  /** The smallest step it was seen to make [Wh]. */
  readonly stepWh?: number;
  /** Its limit changed last then, and may have been any other before [ms]. */
  readonly changedMs: number;
}

interface Looked {
  readonly registered: Registered;
  /** Drawn at least, and about as much as [mA per line], and the most it was allowed meanwhile; absent where nothing new is known. */
  readonly drawn?: { readonly isAbove: boolean; readonly isBelow: boolean; readonly allowedMa: number; readonly reportedMa: number };
}

/** A reading of the register. What it rose by is measured by the most it was allowed since a car had to follow, `obeyWithinMs` before. */
export function looked(
  known: Registered | undefined,
  reading: PowerReading & { readonly energyRegisterWh: number },
  { evse, config, ledger, confirmedMs }: { evse: EvseLedger; config: EvseConfig; ledger: StationLedger; confirmedMs: number },
  nowMs: number,
  voltageV: number,
  obeyWithinMs: number,
): Looked {
  const before = known?.points[0];
  if (known !== undefined && before !== undefined && nowMs - before.heardMs < LOOK_EVERY_MS) return { registered: known };
  const allowedMa = committedMa(ledger, { ...evse, disobedient: false }, nowMs, false);
  const isConfirmed = before === undefined || confirmedMs >= before.heardMs;
  const mostMa = isConfirmed ? allowedMa : Math.max(allowedMa, before.allowedMa);
  // Told again what it was told before, nothing changed.
  const changedMs = isConfirmed && before?.allowedMa !== allowedMa ? confirmedMs : (known?.changedMs ?? confirmedMs);
  const point = { atMs: Date.parse(reading.at), heardMs: nowMs, wh: reading.energyRegisterWh, allowedMa, mostMa };
  const lineW = (voltageV * 1.1 * phaseIndexes(config.phases).length * (config.efficiency ?? 1)) / 1000;
  if (known === undefined || before === undefined || isRestarted(before, point, evse.ratingMa * lineW * SPIKE))
    return { registered: { points: [point], changedMs } };
  const rise = point.wh - before.wh;
  const stepWh = rise > 0 ? Math.min(rise, known.stepWh ?? rise) : known.stepWh;
  const all = [point, ...known.points];
  const followsMs = (all[RISES]?.heardMs ?? 0) - obeyWithinMs;
  const points = all.filter(({ heardMs }, index) => index <= RISES || heardMs > followsMs);
  const registered = { points, changedMs, ...(stepWh !== undefined && { stepWh }) };
  const power = powerByRegister(points, stepWh ?? Number.POSITIVE_INFINITY);
  if (power === undefined || changedMs > followsMs) return { registered };
  const limitMa = Math.max(...points.map((each) => each.mostMa));
  const reportedMa = Math.round(power.atLeastW / lineW);
  const isBelow = !isClearlyAbove(power.aboutW / lineW, limitMa);
  return { registered, drawn: { isAbove: isClearlyAbove(reportedMa, limitMa), isBelow, allowedMa: limitMa, reportedMa } };
}
