// Time and chance, so that a simulation can own both.
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs `task` once after `delayMs`, or after 24 days where that is longer. Does not keep the process alive. */
  after(delayMs: number, task: () => void): Cancel;
}

export interface Ids {
  /** A new random UUID. */
  next(): string;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}
