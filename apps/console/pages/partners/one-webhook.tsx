// One webhook: what it was told and how that went, a test, and being told again from a place.
import { useState } from 'preact/hooks';
import { changeWebhook, type Delivery, readDeliveries, replayWebhook, testWebhook, type Webhook } from '../../api/partner-shapes.js';
import type { LiveNetwork } from '../../model/live-network.js';
import { Facts } from '../../ui/facts.js';
import { Paged } from '../../ui/paged.js';
import { useWords } from '../../words/language.js';
import { KindsChoice, kindsIn } from './kinds-choice.js';

const EVERY_MS = 5_000;

interface Props {
  readonly live: LiveNetwork;
  readonly webhook: Webhook;
  readonly onChanged: () => void;
}

export function OneWebhook({ live, webhook, onChanged }: Props) {
  const { t, moment, count } = useWords();
  const [said, setSaid] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const doing = async (work: () => Promise<string>) => {
    setSaid(null);
    setBusy(true);
    try {
      setSaid(await work());
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
    onChanged();
  };
  const test = () =>
    doing(async () => {
      const { isDelivered, reason } = await testWebhook(live.ask, webhook.webhookId);
      return isDelivered ? t('partners.tested') : t('partners.testFailed', { reason: reason ?? '–' });
    });
  const replay = (position: string) =>
    doing(async () => {
      await replayWebhook(live.ask, webhook.webhookId, position);
      return t('partners.replayed', { position });
    });
  const change = (form: HTMLFormElement) =>
    doing(async () => {
      const data = new FormData(form);
      await changeWebhook(live.ask, webhook, {
        url: String(data.get('url') ?? '').trim(),
        kinds: kindsIn(data),
        isEnabled: data.has('isEnabled'),
      });
      return t('partners.saved');
    });
  return (
    <>
      <section class="card" aria-labelledby="webhook">
        <h2 id="webhook" class="address">
          {webhook.url}
        </h2>
        <Facts
          facts={[
            [t('partners.kinds'), webhook.kinds.join(', ')],
            [t('partners.position'), <code class="record">{webhook.position ?? '–'}</code>],
          ]}
        />
        <p class="list-end">
          <button type="button" class="primary" disabled={isBusy} onClick={() => void test()}>
            {t('partners.test')}
          </button>
        </p>
        <details>
          <summary>{t('partners.change')}</summary>
          <form
            class="simulator"
            onSubmit={(event) => {
              event.preventDefault();
              void change(event.currentTarget);
            }}
          >
            <div>
              <label>
                {t('partners.address')}
                <input name="url" type="text" inputMode="url" required defaultValue={webhook.url} autocomplete="off" />
              </label>
              <label class="check">
                <input type="checkbox" name="isEnabled" defaultChecked={webhook.isEnabled} /> {t('partners.enabled')}
              </label>
            </div>
            <KindsChoice chosen={(kind) => webhook.kinds.includes(kind)} />
            <p class="simulator-end">
              <button type="submit" class="primary" disabled={isBusy}>
                {t('partners.save')}
              </button>
            </p>
          </form>
        </details>
        {said !== null && <p role="status">{said}</p>}
      </section>
      <Paged<Delivery>
        id="deliveries"
        title={t('partners.deliveries')}
        none={t('partners.noDeliveries')}
        everyMs={EVERY_MS}
        read={(cursor) => readDeliveries(live.ask, webhook.webhookId, cursor)}
        keyOf={({ deliveryId }) => deliveryId}
        isBad={({ isDelivered }) => !isDelivered}
        columns={[t('partners.message'), t('audit.at'), t('audit.outcome'), t('partners.again')]}
        cells={({ kind, subject, atMs, isDelivered, status, error, attempt, durationMs, position }) => [
          <>
            {kind}
            <span class="muted second">{subject}</span>
          </>,
          atMs === null ? '–' : `${moment(atMs)} UTC`,
          <>
            {isDelivered ? t('partners.delivered', { status: status ?? '✓' }) : (error ?? '–')}
            <span class="muted second">{t('partners.attempt', { count: count(attempt), time: count(durationMs) })}</span>
          </>,
          position === null ? (
            '–'
          ) : (
            <button type="button" class="quiet" disabled={isBusy} onClick={() => void replay(position)} title={position}>
              {t('partners.replay')}
            </button>
          ),
        ]}
      />
    </>
  );
}
