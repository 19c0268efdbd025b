// What a CSMS may configure in a station, in neutral words; each version has its own names for them.
export interface Settings {
  heartbeatS: number;
  /** 0: no periodic samples. */
  sampleS: number;
  mostAttempts: number;
  retryS: number;
  answerTimeoutS: number;
  /** How long a remote start waits for a cable. */
  connectionTimeoutS: number;
  stopOnInvalidId: boolean;
  authorizeRemote: boolean;
  password?: string | Uint8Array;
}

export const defaultSettings = (sampleS: number): Settings => ({
  heartbeatS: 300,
  sampleS,
  mostAttempts: 3,
  retryS: 10,
  answerTimeoutS: 30,
  connectionTimeoutS: 60,
  stopOnInvalidId: true,
  authorizeRemote: false,
});

/** One thing that can be read, and perhaps written, by name. */
export interface Setting {
  /** 1.6 configuration key; absent when 1.6 has none. */
  readonly key?: string;
  /** 2.0.1 component and variable; absent when 2.0.1 has none. */
  readonly component?: string;
  readonly variable?: string;
  readonly instance?: string;
  readonly type: 'integer' | 'boolean' | 'string' | 'MemberList' | 'OptionList';
  /** Undefined: write-only. */
  readonly read?: () => string;
  /** Undefined: read-only. False: the value is refused. */
  readonly write?: (value: string) => boolean;
  readonly unit?: string;
}
