// The meter values of a message as readings of a session: one per instant, with what the register's place in the transaction is.
// Units, phases, spellings and clocks are normalised by the metering domain.
import { type EvseContext, type MeterMessage, netPowerW, normalise, powerReadings, type Sample } from '#domain/metering';
import type { Reading } from './commands.js';

const REGISTER = 'Energy.Active.Import.Register';
/** Readings of a message belong to one session; where that is gets decided later. EVSE 0 would mean the station's own meter. */
const SOMEWHERE = -1;

type Message = Pick<MeterMessage, 'ocppVersion' | 'action' | 'payload' | 'receivedAt'> & {
  readonly isQueued: boolean;
  readonly unitOverrides?: EvseContext['unitOverrides'];
};

/** In order of time. `whole` tells that the message starts or ends the transaction: its first or last register then counts as that. */
export function readingsOf({ isQueued, unitOverrides, ...message }: Message, whole: 'begin' | 'end' | 'none'): readonly Reading[] {
  // `queued` is said only when it is so: 2.x messages tell it themselves.
  const { samples } = normalise({
    ...message,
    evse: { evseId: SOMEWHERE, ...(isQueued && { queued: true }), ...(unitOverrides && { unitOverrides }) },
  });
  const kinds = kindsOf(samples, whole);
  const doubtful = new Set(samples.filter(({ flags }) => flags.some((flag) => flag.startsWith('clock'))).map(({ at }) => at));
  return powerReadings(samples).map((reading) => {
    const { at, currentA, energyRegisterWh, exportRegisterWh, intervals } = reading;
    const powerW = netPowerW(reading);
    return {
      ms: Date.parse(at),
      ...(energyRegisterWh !== undefined && { registerWh: energyRegisterWh }),
      ...(exportRegisterWh !== undefined && { exportRegisterWh }),
      ...(intervals && { intervals }),
      kind: kinds.get(at) ?? 'sample',
      ...(powerW !== undefined && { powerW }),
      ...(currentA !== undefined && { currentA }),
      isTimeDoubtful: doubtful.has(at),
    };
  });
}

/** Instant → kind; at most one begin, the first, and one end, the last. */
function kindsOf(samples: readonly Sample[], whole: 'begin' | 'end' | 'none'): ReadonlyMap<string, Reading['kind']> {
  const registers = samples.filter(({ measurand }) => measurand === REGISTER).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const begin = registers.find(({ context }) => context === 'Transaction.Begin') ?? (whole === 'begin' ? registers[0] : undefined);
  const end = registers.findLast(({ context }) => context === 'Transaction.End') ?? (whole === 'end' ? registers.at(-1) : undefined);
  const kinds = new Map<string, Reading['kind']>();
  if (begin !== undefined) kinds.set(begin.at, 'begin');
  if (end !== undefined && end !== begin) kinds.set(end.at, 'end');
  return kinds;
}
