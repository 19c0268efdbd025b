// Settings and named bounds of an edge, with the values it runs on when nobody says otherwise.
// Reading the environment is the business of libs/config.

export interface EdgeConfig {
  /** Unique among running edges; commands find their way by it. */
  readonly edgeId: string;
  readonly bindAddress: string;
  /** 0 picks a free port. */
  readonly ocppPort: number;
  readonly unknownStations: 'reject' | 'pending' | 'accept';
  readonly allowSecurityProfile0: boolean;
  /** TLS ends at a proxy in front of us: every connection counts as encrypted. */
  readonly isTlsTerminated: boolean;
  readonly defaultTenantId: string;
  readonly heartbeatIntervalS: number;
  /** When a station that is pending or rejected may boot again. */
  readonly bootRetryIntervalS: number;
  readonly pingIntervalS: number;
  /** Nothing is sent to a station that does not boot for so long after it connected; reconnecting without a boot is legal (OCPP-J part 4, 5.4). */
  readonly bootGraceMs: number;
  /** An append unanswered for so long costs its socket (1013). */
  readonly appendTimeoutMs: number;
  /** A partition that failed or kept silent for so long is unhealthy: its stations get 503. */
  readonly unhealthyAfterMs: number;
  /** Largest part of the open sockets closed in one second by drain or by a failing log; at least one. */
  readonly closeFractionPerS: number;
  /** How often deadlines and presence of every connection are looked at; the resolution of the times above. */
  readonly sweepIntervalMs: number;
  /** How often the directory is asked whether it still knows us. */
  readonly announceIntervalMs: number;
}

/** Everything but the edge's own name, which is made up anew for each process. */
export const DEFAULT_EDGE_CONFIG: Omit<EdgeConfig, 'edgeId'> = {
  bindAddress: '127.0.0.1',
  ocppPort: 9220,
  unknownStations: 'reject',
  allowSecurityProfile0: false,
  isTlsTerminated: false,
  defaultTenantId: 'default',
  heartbeatIntervalS: 300,
  bootRetryIntervalS: 60,
  pingIntervalS: 30,
  bootGraceMs: 10_000,
  appendTimeoutMs: 15_000,
  unhealthyAfterMs: 5_000,
  closeFractionPerS: 0.05,
  sweepIntervalMs: 1_000,
  announceIntervalMs: 2_000,
};

/** Largest frame, before and after decompression [bytes]; a larger one closes its socket with 1009. */
export const LARGEST_FRAME = 1 << 20;
/** CALLs a station may send ahead of our answers; the protocol allows one. Beyond: 1008. */
export const INBOX_LIMIT = 16;
/** Commands waiting for one station. */
export const COMMAND_QUEUE_LIMIT = 16;
/** Frames read and not yet answered, over all sockets [bytes]; beyond, the socket that sends more is closed with 1013. */
export const IN_FLIGHT_BYTES_LIMIT = 64 << 20;
/** A station that does not read what we sent is cut off beyond this [bytes]. */
export const UNREAD_LIMIT = 1 << 20;

/** WebSocket close codes (RFC 6455, IANA registry) by what they mean here. */
export const CLOSE = { superseded: 1000, policy: 1008, broken: 1011, restart: 1012, tryLater: 1013 } as const;
