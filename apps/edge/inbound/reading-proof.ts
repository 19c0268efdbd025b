// Whether a station that says much reads what it is answered (ADR 0131). Its buffers and ours take thousands of answers before it shows that nobody reads them; a pong shows at once that somebody does.
// What happens to one that owes its pong is the intake's.

/** Answers it is given while a pong is owed; a station that waits for each of them has sent its pong long before. */
const ANSWERS_ON_TRUST = 20;

export class ReadingProof {
  readonly #ping: () => void;
  #isOwed = false;
  #onTrust = 0;

  constructor(ping: () => void) {
    this.#ping = ping;
  }

  /** Whether more may be heard of it; asks for the next proof whenever the trust in the last one is used up. */
  trusts(): boolean {
    if (this.#onTrust > 0) return true;
    if (this.#isOwed) return false;
    this.#isOwed = true;
    this.#onTrust = ANSWERS_ON_TRUST;
    this.#ping();
    return true;
  }

  answered(): void {
    this.#onTrust--;
  }

  /** Its pong came. */
  given(): void {
    this.#isOwed = false;
  }
}
