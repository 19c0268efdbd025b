// Who is told of what happens: webhooks and addresses of mail, how each stands, and to make one. One of them, by its address, with what it was told.
// Signing, trying again and giving up are the api's.
import { readWebhooks, type Webhook } from '../../api/partner-shapes.js';
import { addressOf } from '../../ui/router.js';
import { Table } from '../../ui/table.js';
import { useRead } from '../../ui/use-read.js';
import { useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { NewWebhook } from './new-webhook.js';
import { OneWebhook } from './one-webhook.js';

const EVERY_MS = 10_000;

export function PartnersPage({ live, rest: [webhookId] }: PageProps) {
  const { t } = useWords();
  const { told, problem, readAgain } = useRead<{ readonly webhooks: readonly Webhook[] | null }>(
    async () => ({ webhooks: await readWebhooks(live.ask) }),
    EVERY_MS,
    [live],
  );
  const nowMs = useTick(live.nowMs, 10_000);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  if (told.webhooks === null) return <p class="card muted">{t('partners.forbidden')}</p>;
  const one = told.webhooks.find((each) => each.webhookId === webhookId);
  return (
    <div class="live">
      <h1>{t('nav.partners')}</h1>
      {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      {one !== undefined && <OneWebhook key={one.webhookId} live={live} webhook={one} onChanged={readAgain} />}
      <Webhooks webhooks={told.webhooks} nowMs={nowMs} />
      <NewWebhook live={live} onMade={readAgain} />
    </div>
  );
}

function Webhooks({ webhooks, nowMs }: { webhooks: readonly Webhook[]; nowMs: number }) {
  const { t } = useWords();
  return (
    <Table
      id="webhooks"
      title={t('partners.webhooks')}
      none={t('partners.none')}
      columns={[t('partners.address'), t('partners.kinds'), t('partners.state')]}
      rows={webhooks.map((webhook) => ({
        key: webhook.webhookId,
        isBad: webhook.disabledReason !== null || webhook.failingSinceMs !== null,
        cells: [
          <>
            <a class="address" href={addressOf('partners', webhook.webhookId)}>
              {webhook.url}
            </a>
            {webhook.description !== null && <span class="muted second">{webhook.description}</span>}
          </>,
          webhook.kinds.join(', '),
          <State webhook={webhook} nowMs={nowMs} />,
        ],
      }))}
    />
  );
}

function State({ webhook, nowMs }: { webhook: Webhook; nowMs: number }) {
  const { t, duration } = useWords();
  const { isEnabled, disabledReason, failingSinceMs, nextAttemptMs, lastError } = webhook;
  if (disabledReason !== null) return <span class="problem">{t('partners.disabled', { reason: disabledReason })}</span>;
  if (!isEnabled) return <span class="muted">{t('partners.off')}</span>;
  if (failingSinceMs === null) return `● ${t('partners.following')}`;
  return (
    <>
      <span class="warning">{t('partners.failing', { age: duration(nowMs - failingSinceMs), reason: lastError ?? '–' })}</span>
      {nextAttemptMs !== null && nextAttemptMs > nowMs && (
        <span class="muted second">{t('partners.next', { time: duration(nextAttemptMs - nowMs) })}</span>
      )}
    </>
  );
}
