// Waits for something to become true, and says what it waited for when it never does.
// What it means is the test's business.

const LOOK_AGAIN_MS = 50;

/** Looks again and again until `look` gives something other than undefined or false. `tell` adds what there is to know when it is in vain. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 120_000, tell = () => '' }: { readonly withinMs?: number; readonly tell?: () => string } = {},
): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > giveUpAt) throw new Error(`waited ${withinMs} ms in vain for: ${what}\n${tell()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
