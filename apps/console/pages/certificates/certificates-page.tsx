// Certificates of stations that run out within ninety days, the next one first, read again every minute.
// What is signed, sent and renewed goes on without anybody looking.
import type { Certificate } from '../../api/holding-shapes.js';
import { addressOf } from '../../ui/router.js';
import { useRead } from '../../ui/use-read.js';
import { useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';

const WITHIN_DAYS = 90;
const EVERY_MS = 60_000;

export function CertificatesPage({ live }: PageProps) {
  const { t, count } = useWords();
  const nowMs = useTick(live.nowMs);
  const { told: certificates, problem, readAgain } = useRead(() => live.certificates(WITHIN_DAYS), EVERY_MS, [live]);
  if (certificates === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  return (
    <div class="live">
      <h1>{t('nav.certificates')}</h1>
      <section class="card sessions" aria-labelledby="certificates">
        <h2 id="certificates">
          {t('certificates.title')} <span class="muted">{count(certificates.length)}</span>
        </h2>
        {problem !== null && <p class="warning">{problem}</p>}
        {certificates.length === 0 ? (
          <p class="muted">{t('certificates.none', { days: WITHIN_DAYS })}</p>
        ) : (
          <table>
            <thead>
              <tr>
                <th scope="col">{t('sessions.station')}</th>
                <th scope="col">{t('certificates.type')}</th>
                <th scope="col">{t('certificates.subject')}</th>
                <th scope="col" class="number">
                  {t('certificates.end')}
                </th>
              </tr>
            </thead>
            <tbody>
              {certificates.map((certificate) => (
                <Row key={`${certificate.stationId} ${certificate.certificateId}`} certificate={certificate} nowMs={nowMs} />
              ))}
            </tbody>
          </table>
        )}
      </section>
    </div>
  );
}

function Row({ certificate, nowMs }: { certificate: Certificate; nowMs: number }) {
  const { t, duration } = useWords();
  const { stationId, type, subject, serialNumber, notAfterMs, alarm } = certificate;
  const leftMs = notAfterMs - nowMs;
  return (
    <tr>
      <th scope="row">
        <a href={addressOf('devices', stationId)}>{stationId}</a>
      </th>
      <td data-label={t('certificates.type')}>{type}</td>
      <td data-label={t('certificates.subject')}>{subject ?? serialNumber ?? '–'}</td>
      <td class="number" data-label={t('certificates.end')}>
        <time dateTime={new Date(notAfterMs).toISOString()}>{new Date(notAfterMs).toISOString().slice(0, 10)}</time>{' '}
        <span class={leftMs <= 0 ? 'problem' : alarm === null ? 'muted' : 'warning'}>
          {leftMs <= 0 ? `▲ ${t('certificates.over')}` : t('certificates.left', { time: duration(leftMs) })}
        </span>
      </td>
    </tr>
  );
}
