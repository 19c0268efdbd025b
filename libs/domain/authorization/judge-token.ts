// Authorization as one pure rule: token, running sessions and time in, verdict out.
// The spelling per protocol version is in wording.ts; whether the rule could be asked at all is the edge's question.

export type VerdictStatus = 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'NoCredit' | 'ConcurrentTx' | 'Unknown';

/** What the network knows about a token. */
export interface KnownToken {
  readonly status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'NoCredit';
  readonly groupHash?: string;
  /** ISO 8601 */
  readonly expiresAt?: string;
}

export interface TokenVerdict {
  readonly status: VerdictStatus;
  /** Pseudonym of the token's group: tokens with equal ones may end each other's sessions. */
  readonly groupHash?: string;
  /** ISO 8601; how long a station may remember the verdict. */
  readonly expiresAt?: string;
}

export interface TokenPolicy {
  /** `allow`: one card may charge several cars at once, as fleets do and as a lost stop would otherwise prevent. */
  readonly concurrentSessions: 'allow' | 'refuse';
}

export interface TokenQuestion {
  /** Undefined = the complete book does not know it. */
  readonly token: KnownToken | undefined;
  readonly openSessions: readonly { readonly stationId: string }[];
  readonly stationId: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly policy?: TokenPolicy;
}

const DEFAULT_POLICY: TokenPolicy = { concurrentSessions: 'allow' };

/** The same answer for the same question, forever; an own session at the asking station never counts as a concurrent one. */
export function judgeToken({ token, openSessions, stationId, nowMs, policy = DEFAULT_POLICY }: TokenQuestion): TokenVerdict {
  if (token === undefined) return { status: 'Unknown' };
  const { groupHash, expiresAt } = token;
  const details = { ...(groupHash !== undefined && { groupHash }), ...(expiresAt !== undefined && { expiresAt }) };
  if (token.status !== 'Accepted') return { status: token.status, ...details };
  if (expiresAt !== undefined && Date.parse(expiresAt) <= nowMs) return { status: 'Expired', ...details };
  const elsewhere = policy.concurrentSessions === 'refuse' && openSessions.some((session) => session.stationId !== stationId);
  return { status: elsewhere ? 'ConcurrentTx' : 'Accepted', ...details };
}
