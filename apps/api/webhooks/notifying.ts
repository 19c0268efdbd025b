// Keeps telling, while this process holds the first partition of network-events: alerts to the log, and the feed to webhooks.
import type { Logger } from '#observability';
import type { World } from '#ports';
import type { Effects, HeldPartition } from '#service';
import type { ApiInput } from '../definition.js';
import { tellAlerts } from './alert-teller.js';
import type { WebhookSender } from './sender.js';

const LOOK_EVERY_MS = 500;
const FORGET_EVERY_MS = 3_600_000;

export interface Notifying extends Effects<null, ApiInput> {
  /** Resolves when nothing is on its way any more. */
  stop(): Promise<void>;
}

export function notifying(world: World, sender: WebhookSender, alertIntervalS: number, logger: Logger): Notifying {
  let isStopped = false;
  let isHeld: (() => boolean) | undefined;
  const works: Promise<void>[] = [];

  function every(ms: number, isHeld: () => boolean, work: () => Promise<void>): void {
    const again = (): void => {
      if (isStopped || !isHeld()) return;
      const done = work()
        .catch((error: unknown) => logger.warn({ err: error }, 'telling webhooks waits'))
        .finally(() => {
          works.splice(works.indexOf(done), 1);
          world.clock.after(ms, again);
        });
      works.push(done);
    };
    again();
  }

  return {
    onLive({ ref, lease }: HeldPartition<null>) {
      if (ref.topic !== 'network-events' || ref.partition !== 0) return;
      const holds = () => lease.isHeld();
      isHeld = holds;
      every(LOOK_EVERY_MS, holds, () => sender.look());
      every(alertIntervalS * 1000, holds, () => tellAlerts(world));
      every(FORGET_EVERY_MS, holds, () => sender.forget());
    },
    async stop() {
      isStopped = true;
      await Promise.all(works);
      await sender.idle();
      if (isHeld?.() === true)
        await sender.noteAll().catch((error: unknown) => logger.warn({ err: error }, 'how far webhooks were told is not noted'));
    },
  };
}
