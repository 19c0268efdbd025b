// What a charger has to be told so that it connects: address, user, password.
import { readChargerPorts } from '../../api/offer.js';
import { useRead } from '../../ui/use-read.js';
import { Loading } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import { isLoopback, stationUrl } from './commands.js';
import { CopyBlock } from './copy-block.js';

const EVERY_MS = 3_600_000;

export function Login({ stationId, password }: { readonly stationId: string; readonly password: string }) {
  const { t } = useWords();
  const { told, problem } = useRead(() => readChargerPorts(), EVERY_MS, []);
  if (told === null) return problem === null ? <Loading /> : <p class="problem">{problem}</p>;
  return (
    <>
      <dl class="facts">
        <dt>{t('first.url')}</dt>
        <dd>
          <CopyBlock text={stationUrl(location.origin, stationId, told)} />
        </dd>
        <dt>{t('first.user')}</dt>
        <dd>
          <CopyBlock text={stationId} />
        </dd>
        <dt>{t('first.password')}</dt>
        <dd>
          <CopyBlock text={password} />
        </dd>
      </dl>
      {isLoopback(location.origin) && <p class="hint">{t('first.loopback')}</p>}
    </>
  );
}
