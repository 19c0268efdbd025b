// What a session cost, line by line: quantity times price, the tax, what rounding up added, and what came of it.
// Amounts are shown as they were recorded; nothing is computed here.
import type { SessionStory } from '../../api/session-shapes.js';
import { addressOf } from '../../ui/router.js';
import { isNothing } from '../../words/format.js';
import { useWords } from '../../words/language.js';
import type { MessageKey } from '../../words/messages.js';

const DIMENSIONS: ReadonlySet<string> = new Set([
  'ENERGY',
  'TIME',
  'PARKING_TIME',
  'FLAT',
  'RESERVATION_TIME',
  'RESERVATION_FLAT',
  'MIN_PRICE',
  'MAX_PRICE',
]);

export function CostTable({ story, zone }: { story: SessionStory; zone: string }) {
  const { t, price, money, quantity, time } = useWords();
  const { lines, session, net, tariffId, cdrId } = story;
  const currency = story.currency ?? session.cost?.currency ?? 'XXX';
  const nameOf = (dimension: string) => (DIMENSIONS.has(dimension) ? t(`cost.${dimension}` as MessageKey) : dimension);
  const unitOf = (unit: string) => t(unit === 'kWh' ? 'unit.kWh' : unit === 'h' ? 'unit.h' : 'unit.session');
  return (
    <section class="card sessions" aria-labelledby="cost">
      <h2 id="cost">
        {t(session.active ? 'cost.soFar' : 'cost.title')}{' '}
        {tariffId !== null && (
          <a class="beside" href={addressOf('tariffs', tariffId)}>
            {t('cost.tariff', { tariff: tariffId })}
          </a>
        )}
      </h2>
      {lines.length === 0 ? (
        <p class="muted">{t(tariffId === null ? 'session.costFree' : 'cost.none')}</p>
      ) : (
        <table class="cost">
          <thead>
            <tr>
              <th scope="col">{t('cost.for')}</th>
              <th scope="col">{t('cost.when')}</th>
              <th scope="col" class="number">
                {t('cost.quantity')}
              </th>
              <th scope="col" class="number">
                {t('cost.price')}
              </th>
              <th scope="col" class="number">
                {t('cost.net')}
              </th>
              <th scope="col" class="number">
                {t('cost.vat')}
              </th>
              <th scope="col" class="number">
                {t('cost.gross')}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              <tr key={index}>
                <th scope="row">{nameOf(line.dimension)}</th>
                <td data-label={t('cost.when')}>
                  {line.fromMs === null || line.toMs === null ? '–' : `${time(line.fromMs, zone)} – ${time(line.toMs, zone)}`}
                </td>
                <td class="number" data-label={t('cost.quantity')}>
                  {quantity(line.quantity, unitOf(line.unit))}
                  {!isNothing(line.stepAdded) && (
                    <span class="muted second">{t('cost.step', { quantity: quantity(line.stepAdded, unitOf(line.unit)) })}</span>
                  )}
                </td>
                <td class="number" data-label={t('cost.price')}>
                  {price({ amount: line.unitPrice, currency })}
                  <span class="muted second">{t('cost.per', { unit: unitOf(line.unit) })}</span>
                </td>
                <td class="number" data-label={t('cost.net')}>
                  {price({ amount: line.net, currency })}
                </td>
                <td class="number" data-label={t('cost.vat')}>
                  {line.vatPercent === null ? '–' : quantity(line.vatPercent, '%')}
                </td>
                <td class="number" data-label={t('cost.gross')}>
                  {price({ amount: line.gross, currency })}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={4}>
                {t(session.active ? 'cost.sumSoFar' : 'cost.sum')}
              </th>
              <td class="number" data-label={t('cost.net')}>
                {net === null ? '–' : price(net)}
              </td>
              <td />
              <td class="number" data-label={t('cost.gross')}>
                <strong>{session.cost === null ? '–' : price(session.cost)}</strong>
              </td>
            </tr>
          </tfoot>
        </table>
      )}
      <p class="muted small">
        {t('cost.rule')} {session.cost !== null && t('cost.toPay', { amount: money(session.cost) })}{' '}
        {cdrId !== null && t('cost.record', { id: cdrId })}
      </p>
    </section>
  );
}
