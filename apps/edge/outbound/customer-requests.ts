// Whose information a station was asked for on this connection: what it tells is sealed under that driver's key, and forgotten with him (N09).
import { subjectOf } from '#domain/privacy';

/** Questions whose answer may still come. */
const MOST_KEPT = 50;

type Json = Readonly<Record<string, unknown>>;

export class CustomerRequests {
  readonly #subjects = new Map<unknown, string>();

  sent({ action, payload }: { readonly action: string; readonly payload: unknown }, tokenHash: (value: string) => string): void {
    if (action !== 'CustomerInformation') return;
    const { requestId, idToken, report } = payload as Json;
    const text = (idToken as Json | undefined)?.idToken;
    // Of a driver who is forgotten nothing is asked to be told: a new key would outlive him.
    if (typeof text !== 'string' || report !== true) return;
    this.#subjects.set(requestId, subjectOf(text) ?? tokenHash(text));
    for (const oldest of this.#subjects.keys()) {
      if (this.#subjects.size <= MOST_KEPT) break;
      this.#subjects.delete(oldest);
    }
  }

  /** Undefined = nobody who could be named. */
  subjectFor(action: string, payload: Json): string | undefined {
    return action === 'NotifyCustomerInformation' ? this.#subjects.get(payload.requestId) : undefined;
  }
}
