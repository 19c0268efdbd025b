// Asks the world outside for what the log has ordered, until it answers: each order once at a time, and by whoever holds its partition.
// What an answer means, and under which key an order may be asked for twice, is the caller's.
import type { Clock, Lease } from '#ports';

const TRY_AGAIN_MS = 10_000;

/** `order` names it; `failed` is told of each time that came to nothing. */
export type AskUntilAnswered = (
  order: string,
  lease: Pick<Lease, 'isHeld'>,
  ask: () => Promise<void>,
  failed: (error: unknown) => void,
) => Promise<void>;

export function untilAnswered(clock: Pick<Clock, 'after'>): AskUntilAnswered {
  /** Of those that are being asked for: under whose hold. A partition may be lost and taken again before there is an answer. */
  const holders = new Map<string, Pick<Lease, 'isHeld'>>();
  const asking: AskUntilAnswered = async (order, lease, ask, failed) => {
    if (!lease.isHeld()) return;
    const isAsked = holders.has(order);
    holders.set(order, lease);
    if (isAsked) return;
    try {
      await ask();
    } catch (error) {
      failed(error);
      const latest = holders.get(order) ?? lease;
      clock.after(TRY_AGAIN_MS, () => void asking(order, latest, ask, failed));
    } finally {
      holders.delete(order);
    }
  };
  return asking;
}
