// Waits for something to become true, and says what it waited for when it never does.
// What it means is the test's business.

const LOOK_AGAIN_MS = 50;
/** Who sleeps so much longer was stopped, and what it waits for maybe with it: that is no time waited [ms]. */
const STOPPED_MS = 1_000;
/** As often it goes on waiting where something moved meanwhile. */
const MOST_WAITS = 3;

/**
 * Looks again and again until `look` gives something other than undefined or false. In vain is what has not come within `withinMs` while `tell`, which is what
 * there is to know then, said the same; a busy machine is slow, but moves.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 120_000, tell = () => '' }: { readonly withinMs?: number; readonly tell?: () => string } = {},
): Promise<T> {
  let [told, waits] = [tell(), 1];
  let giveUpAt = Date.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > giveUpAt) {
      const now = tell();
      if (now === told || waits === MOST_WAITS) throw new Error(`waited ${waits * withinMs} ms in vain for: ${what}\n${now}`);
      [told, waits, giveUpAt] = [now, waits + 1, Date.now() + withinMs];
    }
    const lookedAt = Date.now();
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    const sleptMs = Date.now() - lookedAt;
    if (sleptMs > STOPPED_MS) giveUpAt += sleptMs;
  }
}
