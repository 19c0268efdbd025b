// Keys: what the log must not contain. Not replayable, backed up apart from the log.
import { PortError } from './errors.js';

export interface KeyStore {
  /** Keyed hash (HMAC-SHA-256, hex) under the network's key for `purpose`; one value per (purpose, text) forever. */
  hmac(
    purpose: 'token' | 'credential' | 'transaction' | 'apiKey' | 'frame' | 'authority' | 'callback' | 'session' | 'vtn' | 'attestation',
    text: string,
  ): string;
  /** Encrypts personal data under the subject's own key (AES-256-GCM), creating the key at first use. Form: `sealed:v1:<subjectId>:<base64>`. */
  seal(subjectId: string, plaintext: string): Promise<string>;
  /** The plaintext, or undefined once the subject's key was destroyed. Rejects when the text is not a sealed one or was altered. */
  unseal(sealed: string): Promise<string | undefined>;
  /** Whether something was sealed for the subject that can be read. */
  holds(subjectId: string): Promise<boolean>;
  /** Whether a key of the subject was ever destroyed. */
  wasDestroyed(subjectId: string): Promise<boolean>;
  /** Erases a person: the key is gone for good, what was sealed stays unreadable. Idempotent. */
  destroy(subjectId: string): Promise<void>;
  close(): Promise<void>;
}

/** The plaintext, or undefined where nobody can read it any more, or ever could. Rejects where it is only not to be had now. */
export const readable = async (keys: Pick<KeyStore, 'unseal'>, sealed: string): Promise<string | undefined> => {
  if (typeof sealed !== 'string') return undefined; // what stands in a record is whatever was written there
  try {
    return await keys.unseal(sealed);
  } catch (error) {
    if (error instanceof PortError && !error.retriable) return undefined;
    throw error;
  }
};
