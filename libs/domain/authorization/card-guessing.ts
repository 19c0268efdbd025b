// When a station asks about so many cards nobody knows that somebody guesses them. Its questions wait already (attack 13); this is for people to hear of.
// What is told, and to whom, is the stations service's.

/** A station of two outlets has no hundred drivers in a day, and few of them come with a card nobody knows. */
const MOST_UNKNOWN = 50;
const DAY_MS = 86_400_000;

/** Cards nobody knew that a station asked about within the last day, oldest first, by pseudonym. */
export interface UnknownCards {
  readonly asked: readonly (readonly [tokenHash: string, atMs: number])[];
  readonly toldMs?: number;
}

/** After one more; the same card again is nothing new, as a driver tries and a reader repeats. */
export function withUnknownCard(before: UnknownCards | null, tokenHash: string, atMs: number): UnknownCards {
  const recent = (before?.asked ?? []).filter(([hash, ms]) => hash !== tokenHash && ms > atMs - DAY_MS);
  const asked = [...recent, [tokenHash, atMs] as const].slice(-MOST_UNKNOWN);
  const isOld = before?.toldMs === undefined || before.toldMs <= atMs - DAY_MS;
  const toldMs = isOld && asked.length >= MOST_UNKNOWN ? atMs : before?.toldMs;
  return { asked, ...(toldMs !== undefined && { toldMs }) };
}

/** How many cards an alarm is about; undefined where there is none, once a day at most. */
export const guessedCards = (before: UnknownCards | null, after: UnknownCards | null): number | undefined =>
  after?.toldMs !== undefined && after.toldMs !== before?.toldMs ? after.asked.length : undefined;
