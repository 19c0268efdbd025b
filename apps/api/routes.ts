// Every call of the HTTP interface, one file per resource: validated by its schemas, answered from rows or by a request to whoever decides.
import type { NotificationsConfig } from '#config';
import type { World } from '#ports';
import { alertRoutes } from './alerts.js';
import { apiKeyRoutes } from './api-keys.js';
import { auditing } from './audit/recording.js';
import { auditRoutes } from './audit/routes.js';
import { batteryRoutes } from './batteries.js';
import { calculatorRoutes } from './calculators.js';
import { campaignRoutes } from './campaigns.js';
import { cdrExplanationRoutes } from './cdr-explanation.js';
import { certificateRoutes } from './certificates.js';
import { customerRoutes } from './customers.js';
import { derRoutes } from './der.js';
import { deviceRoutes } from './device.js';
import { deviceReads } from './device-reads.js';
import { displayMessageRoutes } from './display-messages.js';
import { energyPriceRoutes } from './energy-prices.js';
import { evChartRoutes } from './ev-chart.js';
import { eventStreamRoutes } from './event-streams.js';
import { exportRoutes } from './exports.js';
import { type FeedHub, STREAMS_OF_KEY } from './feed.js';
import { gridDimmingRoutes } from './grid-dimming.js';
import { gridLimitRoutes } from './grid-limits.js';
import { gridOscpRoutes } from './grid-oscp.js';
import { gridProgramRoutes } from './grid-programs.js';
import { gridSignalRoutes } from './grid-signals.js';
import { holdingRoutes } from './holdings.js';
import { type Route, route } from './http.js';
import { importRoutes } from './imports/routes.js';
import { invoiceReconciliationRoutes } from './invoice-reconciliation.js';
import { invoiceRoutes } from './invoices.js';
import { tooMany } from './limits.js';
import { lookups } from './lookups.js';
import { withTags } from './matching.js';
import { meRoutes } from './me.js';
import { meterKeyRoutes } from './meter-keys.js';
import { nightlyRoutes } from './nightly-reconciliation.js';
import { outageRoutes } from './outages.js';
import { partyRoutes } from './parties.js';
import { paymentReconciliationRoutes } from './payment-reconciliation.js';
import { paymentRoutes } from './payments.js';
import { quirkRoutes } from './quirks.js';
import type { Reads } from './reads.js';
import { reconciliationRoutes } from './reconciliation.js';
import { reportedProfileRoutes } from './reported-profiles.js';
import { reservationRoutes } from './reservations.js';
import { revenueRoutes } from './revenue.js';
import { sessionRoutes } from './sessions.js';
import { signedReadingRoutes } from './signed-readings.js';
import { siteLoadRoutes } from './site-load.js';
import { siteRoutes } from './sites.js';
import { stationLogRoutes } from './station-log.js';
import { stationMessageRoutes } from './station-messages.js';
import { stationPaymentRoutes } from './station-payments.js';
import { stationTariffRoutes } from './station-tariffs.js';
import { stationRoutes } from './stations.js';
import { tariffSimulationRoutes } from './tariff-simulations.js';
import { tariffRoutes } from './tariffs.js';
import { tokenCopyRoutes } from './token-copies.js';
import { tokenRoutes } from './tokens.js';
import { uptimeRoutes } from './uptime.js';
import { uptimeQuestions } from './uptime-questions.js';
import { vtnClientRoutes } from './vtn/routes.js';
import type { Deliver } from './webhooks/deliver.js';
import { webhookRoutes } from './webhooks/routes.js';

interface Telling {
  readonly notifications: NotificationsConfig;
  readonly deliver: Deliver;
}

export function routes(world: World, reads: Reads, feed: FeedHub, { notifications, deliver }: Telling): readonly Route[] {
  const known = lookups(world, reads);
  const questions = uptimeQuestions(world);
  const device = deviceReads(world);
  const singles = [...siteRoutes(world, reads, known), ...stationRoutes(world, reads, known), ...tokenRoutes(world)];
  return withTags([
    ...singles,
    ...importRoutes(singles, reads, auditing(world)),
    ...certificateRoutes(world, reads, known),
    ...stationMessageRoutes(world, reads, known),
    ...stationLogRoutes(world, known),
    ...deviceRoutes(world, reads, device, known),
    ...campaignRoutes(world, reads, device, known),
    ...quirkRoutes(world, known),
    ...tokenCopyRoutes(world, known),
    ...reportedProfileRoutes(world, reads, known),
    ...reservationRoutes(world, reads, known),
    ...displayMessageRoutes(world, reads, known),
    ...customerRoutes(world, reads, known),
    ...holdingRoutes(world),
    ...tariffRoutes(world, reads, known),
    ...tariffSimulationRoutes(world, reads),
    ...sessionRoutes(world, reads),
    ...calculatorRoutes(),
    ...signedReadingRoutes(),
    ...meterKeyRoutes(world, reads),
    ...siteLoadRoutes(world, reads, known),
    ...gridLimitRoutes(world, reads, known),
    ...gridDimmingRoutes(world, reads, known),
    ...gridOscpRoutes(world, reads, known),
    ...gridProgramRoutes(world, reads, known),
    ...gridSignalRoutes(world, reads),
    ...vtnClientRoutes(world),
    ...energyPriceRoutes(world, known),
    ...cdrExplanationRoutes(world),
    ...invoiceRoutes(world),
    ...reconciliationRoutes(world, reads),
    ...invoiceReconciliationRoutes(world),
    ...revenueRoutes(world),
    ...partyRoutes(world),
    ...paymentRoutes(world, reads),
    ...paymentReconciliationRoutes(world),
    ...nightlyRoutes(world),
    ...uptimeRoutes(world, questions),
    ...outageRoutes(world, questions),
    ...evChartRoutes(world),
    ...exportRoutes(world, known),
    ...derRoutes(world, reads, known),
    ...stationTariffRoutes(world, reads, known),
    ...eventStreamRoutes(world, reads, known),
    ...stationPaymentRoutes(world, reads, known),
    ...batteryRoutes(world, reads, known),
    ...alertRoutes(world),
    ...meRoutes(),
    ...apiKeyRoutes(world),
    ...auditRoutes(world),
    ...webhookRoutes(world, feed, notifications, deliver),
    route({
      method: 'get',
      path: '/v1/events',
      answer: 'text/event-stream',
      summary: 'Server-sent events; Last-Event-ID resumes on any replica',
      isScoped: true,
      async handle({ caller }) {
        if (!feed.hasRoomFor(caller)) throw tooMany(`this key has ${STREAMS_OF_KEY} streams open`, 10);
        return (request, response) => feed.serve(caller, request, response);
      },
    }),
  ]);
}
