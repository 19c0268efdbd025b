// Certificates that run out: an alarm some days before (a station renews its own thirty days before by itself, A03.FR.02), another one when it is too late.
// It ends when the certificate is gone, replaced or renewed.
import type { CertificateAlarmReported } from '#contracts';

export type Alarm = 'expiring' | 'expired';

/** A certificate that is in force at a station, as far as is known. */
export interface Living {
  readonly id: string;
  readonly type: string;
  readonly notAfterMs: number;
}

export type Alarms = Readonly<Record<string, Alarm>>;

const DAY_MS = 86_400_000;
export const ALARM_DAYS = 30;

const alarmOf = ({ notAfterMs }: Living, nowMs: number, days: number): Alarm | undefined =>
  nowMs >= notAfterMs ? 'expired' : nowMs >= notAfterMs - days * DAY_MS ? 'expiring' : undefined;

/** The same object when nothing changed. */
export function alarmsAt(before: Alarms, living: readonly Living[], nowMs: number, days: number): Alarms {
  const now = Object.fromEntries(
    living.flatMap((each): [string, Alarm][] => {
      const alarm = alarmOf(each, nowMs, days);
      return alarm === undefined ? [] : [[each.id, alarm]];
    }),
  );
  const ids = Object.keys(now);
  return ids.length === Object.keys(before).length && ids.every((id) => before[id] === now[id]) ? before : now;
}

export const nextAlarm = (living: readonly Living[], alarms: Alarms, days: number): number | undefined =>
  living
    .flatMap(({ id, notAfterMs }) =>
      alarms[id] === undefined ? [notAfterMs - days * DAY_MS] : alarms[id] === 'expiring' ? [notAfterMs] : [],
    )
    .reduce<number | undefined>((next, dueMs) => (next === undefined ? dueMs : Math.min(next, dueMs)), undefined);

/** What to tell of the change. */
export function alarmNews(
  before: Alarms,
  after: Alarms,
  living: readonly Living[],
): readonly Omit<CertificateAlarmReported, 'stationId'>[] {
  if (before === after) return [];
  const over = Object.entries(before).flatMap(([certificateId, kind]) =>
    certificateId in after ? [] : [{ certificateId, kind, isOver: true }],
  );
  const begun = living.flatMap(({ id: certificateId, type, notAfterMs }) => {
    const kind = after[certificateId];
    if (kind === undefined || kind === before[certificateId]) return [];
    return [{ certificateId, kind, type, notAfter: new Date(notAfterMs).toISOString(), isOver: false }];
  });
  return [...over, ...begun];
}
