// What a webhook is told of, to tick.
import { WEBHOOK_KINDS, type WebhookKind } from '../../../api/webhooks/kinds.js';
import { useWords } from '../../words/language.js';

export function KindsChoice({ chosen }: { readonly chosen: (kind: WebhookKind) => boolean }) {
  const { t } = useWords();
  return (
    <fieldset>
      <legend>{t('partners.kinds')}</legend>
      {WEBHOOK_KINDS.map((kind) => (
        <label key={kind} class="check">
          <input type="checkbox" name={kind} defaultChecked={chosen(kind)} /> {kind}
        </label>
      ))}
    </fieldset>
  );
}

export const kindsIn = (data: FormData): readonly WebhookKind[] => WEBHOOK_KINDS.filter((kind) => data.has(kind));
