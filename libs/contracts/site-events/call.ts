// What a station said: its calls with the answer each was given, and frames nobody could read.
import type { OcppVersion, SchemaViolation } from '#ocpp';
import type { Generation } from '#ports';

/** What the edge knew about a token when it answered. The plain token exists only sealed inside the payload. */
export interface TokenFacts {
  /** Keyed hash of (tenant, value in lower case); the pseudonym a driver has inside the product. */
  readonly tokenHash: string;
  /** OCPP 2.0.1 IdTokenEnumType; 1.6 has no type and says 'Central'. */
  readonly tokenType: string;
  /** OCPP AuthorizationStatus as answered. */
  readonly status: string;
  readonly groupHash?: string;
}

/** One CALL of a station with the answer it was given (P1), or a SEND, which is given none. `payload` is as sent, with personal fields sealed and secrets removed. */
export interface CallReceived {
  readonly connectionId: string;
  readonly generation: Generation;
  readonly ocppVersion: OcppVersion;
  readonly messageId: string;
  readonly action: string;
  /** A SEND of 2.1: `answer` is what we make of it, and was told to nobody. */
  readonly isSend?: boolean;
  /** Empty when the payload satisfies its schema. */
  readonly violations: readonly SchemaViolation[];
  /** Why it was accepted although something is off: `schema`, `repeatedSeqNo`, `oldGeneration`, … */
  readonly flags: readonly string[];
  readonly token?: TokenFacts;
  /** 1.6: the id given to a StartTransaction. */
  readonly transactionId?: string;
  /** Somebody replayed a frame that was parked: the id of its FrameParked. */
  readonly replayOf?: string;
  readonly answer:
    | { readonly kind: 'result'; readonly payload: unknown }
    | { readonly kind: 'error'; readonly code: string; readonly description: string };
  readonly payload: unknown;
}

/** A frame of an authenticated station that nobody could read, kept for who looks into it (P3). Texts of the frame are never here in clear. */
export interface FrameParked {
  readonly connectionId: string;
  readonly generation: Generation;
  readonly ocppVersion: OcppVersion;
  /** `unreadable`: answered with CALLERROR; `unsupported`: a message type or answer that cannot be related; `unsolicited`: an answer nobody asked for; `answerRefused` (2.1): the station could not use an answer of ours. */
  readonly kind: 'unreadable' | 'unsupported' | 'unsolicited' | 'answerRefused';
  /** A constant sentence. */
  readonly reason: string;
  /** Length of the whole frame. */
  readonly bytes: number;
  /** Keyed hash of the whole frame: equal frames can be told apart from different ones. */
  readonly frameHash: string;
  /** The beginning of the frame with every word masked that is not OCPP's own. */
  readonly redacted: string;
  /** The frame up to 64 KiB, sealed under the station's own key. */
  readonly sealed: string;
  readonly isTruncated: boolean;
  /** Frames of this station that were only counted since the last one parked: a babbling station cannot fill the disk. */
  readonly unparkedBefore: number;
}
