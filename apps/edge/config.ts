// Settings and named bounds of an edge, with the values it runs on when nobody says otherwise.
// Reading the environment is the business of libs/config.

import type { CertificatesConfig, OcppTlsConfig } from '#config';
import type { Rate } from '#kernel';
import { type OcppVersion, SUBPROTOCOLS } from '#ocpp';

export interface EdgeConfig {
  /** Unique among running edges; commands find their way by it. */
  readonly edgeId: string;
  readonly bindAddress: string;
  /** 0 picks a free port. */
  readonly ocppPort: number;
  readonly unknownStations: 'reject' | 'pending' | 'accept';
  readonly allowSecurityProfile0: boolean;
  /** Offered to stations; which of them is spoken is their choice. */
  readonly ocppVersions: readonly OcppVersion[];
  /** Files of a TLS listener of ours, and of the authorities that sign stations' certificates; with authorities alone TLS ends at a proxy. */
  readonly ocppTls?: OcppTlsConfig;
  /** Who signs for stations, and what is asked about certificates of cars. */
  readonly certificates: Omit<CertificatesConfig, 'alarmDays'>;
  /** Companies whose VAT numbers are known; absent = nobody is asked. */
  readonly companiesFile?: string;
  /** How often those files are read again: certificates are replaced without a restart. */
  readonly tlsReloadIntervalMs: number;
  /** Organisations that certificates of stations may name (A00.FR.404). */
  readonly stationOrganizations: readonly string[];
  /** Addresses and networks of proxies whose forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Header with the client certificate from such a proxy. */
  readonly clientCertHeader?: string;
  readonly defaultTenantId: string;
  /** Whether a token may charge at several stations at once. */
  readonly concurrentSessions: 'allow' | 'refuse';
  readonly heartbeatIntervalS: number;
  /** When a station that is pending or rejected may boot again. */
  readonly bootRetryIntervalS: number;
  readonly pingIntervalS: number;
  /** Nothing is sent for so long to a station that connected and neither booted nor showed that it goes on without; both are legal (OCPP-J part 4, 5.4). */
  readonly bootGraceMs: number;
  /** An append unanswered for so long costs its socket (1013), in its turn and before `ANSWERED_WITHIN_MS`; one that is answered meanwhile keeps it. */
  readonly appendTimeoutMs: number;
  /** A partition that failed or kept silent for so long is unhealthy: its stations get 503. */
  readonly unhealthyAfterMs: number;
  /** Part of the open sockets closed in one second by drain or by a failing log; at least one, and more where some would be held beyond `ANSWERED_WITHIN_MS`. */
  readonly closeFractionPerS: number;
  /** How often deadlines and presence of every connection are looked at; the resolution of the times above. */
  readonly sweepIntervalMs: number;
  /** A socket that has not asked to be upgraded by then, or not spoken TLS, is closed. */
  readonly handshakeTimeoutMs: number;
  /** Sockets one address may hold at once, and of those, ones that are not a station's yet; proxies we trust are not counted. */
  readonly socketsPerAddress: number;
  readonly strangersPerAddress: number;
  /** Attempts to connect of one address. */
  readonly attemptsPerAddress: Rate;
  /** Connections of one station that are let in, each of them two records; further ones wait outside, for `handshakeTimeoutMs` at most (ADR 0116). */
  readonly entriesPerStation: Rate;
  /** What of one station is heard at once, in calls; beyond, each of its frames waits for its turn among those of others who say much (ADR 0115). */
  readonly promptCallsPerStation: Rate;
  /** What one station may say, in calls; who says more is read more slowly. Its burst has to pay for one `LARGEST_FRAME`. */
  readonly callsPerStation: Rate;
  /** What one station may say that is wrong; beyond, nothing is read of it until it may again. */
  readonly wrongFramesPerStation: Rate;
  /** Tokens one station asks about; further ones wait, so that cards cannot be guessed (attack 13). */
  readonly tokensPerStation: Rate;
  /** Certificates one station asks for. */
  readonly signingsPerStation: Rate;
  /** Refused attempts of one station that become records. */
  readonly refusalsPerStation: Rate;
  /** How often the directory is asked whether it still knows us. */
  readonly announceIntervalMs: number;
}

/** Everything but the edge's own name, which is made up anew for each process. */
export const DEFAULT_EDGE_CONFIG: Omit<EdgeConfig, 'edgeId'> = {
  bindAddress: '127.0.0.1',
  ocppPort: 9220,
  unknownStations: 'reject',
  allowSecurityProfile0: false,
  ocppVersions: SUBPROTOCOLS,
  certificates: { authority: 'none', validityDays: 365, responders: [], iso15118Files: [] },
  tlsReloadIntervalMs: 10_000,
  stationOrganizations: [],
  trustedProxies: [],
  defaultTenantId: 'default',
  concurrentSessions: 'allow',
  heartbeatIntervalS: 300,
  bootRetryIntervalS: 60,
  pingIntervalS: 30,
  bootGraceMs: 10_000,
  appendTimeoutMs: 15_000,
  unhealthyAfterMs: 5_000,
  closeFractionPerS: 0.05,
  sweepIntervalMs: 1_000,
  announceIntervalMs: 2_000,
  handshakeTimeoutMs: 10_000,
  socketsPerAddress: 20_000,
  strangersPerAddress: 2_000,
  attemptsPerAddress: { burst: 20_000, perS: 500 },
  entriesPerStation: { burst: 10, perS: 0.2 },
  promptCallsPerStation: { burst: 20, perS: 1 },
  callsPerStation: { burst: 10_000, perS: 100 },
  wrongFramesPerStation: { burst: 100, perS: 2 },
  tokensPerStation: { burst: 100, perS: 1 },
  signingsPerStation: { burst: 6, perS: 1 / 300 },
  refusalsPerStation: { burst: 5, perS: 1 / 60 },
};

/** Largest frame, before and after decompression [bytes]; a larger one closes its socket with 1009. */
export const LARGEST_FRAME = 1 << 20;
/** A call that was not answered so long after it was read costs its socket: many stations give one up after thirty seconds, and count that as an attempt (ADR 0133) [ms]. */
export const ANSWERED_WITHIN_MS = 28_000;
/** CALLs a station may send ahead of our answers; the protocol allows one. Beyond: 1008. With so many SENDs among them it is not read further for a while. */
export const INBOX_LIMIT = 16;
/** Bytes of a frame that cost as much as a call. */
export const BYTES_A_CALL = 4 << 10;
/** Commands waiting for one station. */
export const COMMAND_QUEUE_LIMIT = 16;
/** Frames read and not yet answered, over all sockets [bytes]; beyond, the socket that sends more is closed with 1013. */
export const IN_FLIGHT_BYTES_LIMIT = 64 << 20;
/** What one packet of a station may become once it is inflated [bytes]; beyond: 1008. Whoever does not compress has half of it at most. */
export const UNHEARD_BYTES_LIMIT = 2 * LARGEST_FRAME;
/** A station that is to be sent more and has not read this much is cut off [bytes]; one message may be larger, a whole local list. */
export const UNREAD_LIMIT = 1 << 20;
/** From this on nothing is read of it until it reads [bytes]; one that does not within `pingIntervalS` is cut off. */
export const UNREAD_HOLD = 64 << 10;

/** WebSocket close codes (RFC 6455, IANA registry) by what they mean here. */
export const CLOSE = { superseded: 1000, policy: 1008, broken: 1011, restart: 1012, tryLater: 1013 } as const;
