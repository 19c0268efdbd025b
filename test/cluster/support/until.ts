// Waits for something to become true, and says what it waited for when it never does.
// What it means is the test's business.

const LOOK_AGAIN_MS = 50;
/** Who sleeps so much longer was stopped, and what it waits for maybe with it: that is no time waited [ms]. */
const STOPPED_MS = 1_000;

/** Looks again and again until `look` gives something other than undefined or false. `tell` adds what there is to know when it is in vain. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 120_000, tell = () => '' }: { readonly withinMs?: number; readonly tell?: () => string } = {},
): Promise<T> {
  let giveUpAt = Date.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > giveUpAt) throw new Error(`waited ${withinMs} ms in vain for: ${what}\n${tell()}`);
    const lookedAt = Date.now();
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    const sleptMs = Date.now() - lookedAt;
    if (sleptMs > STOPPED_MS) giveUpAt += sleptMs;
  }
}
