// Authorization as one pure rule: token, running sessions and time in, verdict out.
// The spelling per protocol version is in wording.ts; whether the rule could be asked at all is the edge's question.

export type VerdictStatus = 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'NoCredit' | 'ConcurrentTx' | 'NotAtThisLocation' | 'Unknown';

/** Where a token may be used: a site, or one of its stations, or some EVSEs of that. */
export interface TokenPlace {
  readonly siteId: string;
  readonly stationId?: string;
  readonly evseIds?: readonly number[];
}

/** What the network knows about a token. */
export interface KnownToken {
  /** As configured; absent = not known. */
  readonly tokenType?: string;
  readonly status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'NoCredit';
  readonly groupHash?: string;
  /** ISO 8601 */
  readonly expiresAt?: string;
  /** Absent = everywhere. */
  readonly onlyAt?: readonly TokenPlace[];
}

export interface TokenVerdict {
  readonly status: VerdictStatus;
  /** Pseudonym of the token's group: tokens with equal ones may end each other's sessions. */
  readonly groupHash?: string;
  /** The group as the network calls it, which a station compares with its MasterPassGroupId and with its local list. */
  readonly groupId?: string;
  /** The EVSEs of the asking station it may use; absent = all of them. */
  readonly evseIds?: readonly number[];
  /** ISO 8601; how long a station may remember the verdict. */
  readonly expiresAt?: string;
}

export interface TokenPolicy {
  /** `allow`: one card may charge several cars at once, as fleets do and as a lost stop would otherwise prevent. */
  readonly concurrentSessions: 'allow' | 'refuse';
}

interface OpenElsewhere {
  readonly stationId: string;
  readonly startedMs?: number;
}

export interface TokenQuestion {
  /** Undefined = the complete book does not know it. */
  readonly token: KnownToken | undefined;
  readonly openSessions: readonly OpenElsewhere[];
  readonly siteId: string;
  readonly stationId: string;
  /** Where a transaction begins or goes on with it; absent = not said, or asked ahead. */
  readonly evseId?: number;
  /** OCPP 2.0.1 IdTokenEnumType. */
  readonly tokenType?: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly policy?: TokenPolicy;
}

/** The number of a payment that a terminal at the station got authorised, new each time: nobody here can know it, and NotifySettlement tells what came of it (2.1 C20, ADR 0108). */
const PAID_THERE = 'DirectPayment';

const DEFAULT_POLICY: TokenPolicy = { concurrentSessions: 'allow' };

/** The same answer for the same question, forever; an own session at the asking station never counts as a concurrent one. */
export function judgeToken({
  token,
  openSessions,
  siteId,
  stationId,
  evseId,
  tokenType,
  nowMs,
  policy = DEFAULT_POLICY,
}: TokenQuestion): TokenVerdict {
  // What somebody types is a code, and no card of that number, which may be printed on it (C01.FR.25: equal in value and type). Of what a reader
  // reads the type is not compared: stations call one card by several names, and 1.6 has none.
  const isTyped = tokenType === 'KeyCode';
  if (token === undefined) return { status: isTyped ? 'Invalid' : tokenType === PAID_THERE ? 'Accepted' : 'Unknown' }; // C04.FR.01
  if (isTyped && (token.tokenType ?? 'KeyCode') !== 'KeyCode') return { status: 'Invalid' };
  const { groupHash, expiresAt } = token;
  const details = { ...(groupHash !== undefined && { groupHash }), ...(expiresAt !== undefined && { expiresAt }) };
  if (token.status !== 'Accepted') return { status: token.status, ...details };
  if (expiresAt !== undefined && Date.parse(expiresAt) <= nowMs) return { status: 'Expired', ...details };
  const places = token.onlyAt?.filter((place) => place.siteId === siteId && (place.stationId ?? stationId) === stationId);
  if (places?.length === 0) return { status: 'NotAtThisLocation', ...details };
  const evseIds = places?.every((place) => place.evseIds !== undefined) ? places.flatMap((place) => place.evseIds ?? []) : undefined;
  const named = evseIds === undefined ? {} : { evseIds: [...new Set(evseIds)] };
  if (evseId !== undefined && evseIds?.includes(evseId) === false) return { status: 'NotAtThisLocation', ...details, ...named };
  const isConcurrent = policy.concurrentSessions === 'refuse' && isSecond(openSessions, stationId);
  return { status: isConcurrent ? 'ConcurrentTx' : 'Accepted', ...details, ...named };
}

/** Who charged first goes on: a start elsewhere that was refused is a session there until it ends, and would else end the one that was let in (ADR 0122). */
function isSecond(openSessions: readonly OpenElsewhere[], stationId: string): boolean {
  const elsewhere = openSessions.filter((session) => session.stationId !== stationId);
  const began = ({ startedMs }: OpenElsewhere, unknown: number): number => startedMs ?? unknown;
  const [own, others] = [
    Math.min(...openSessions.filter((session) => session.stationId === stationId).map((each) => began(each, Number.POSITIVE_INFINITY))),
    Math.min(...elsewhere.map((each) => began(each, Number.NEGATIVE_INFINITY))),
  ];
  return elsewhere.length > 0 && !(own <= others);
}
