// The people outside: the operator who sets the network up, and the utility that limits it. They write the facts the api would write.
// A record the log did not take is written again under the same id, as the api does for an idempotent request.
import { type AccountCharged, accountStream, type Envelope, encode, type Topic } from '#contracts';
import { credentialText, tokenText } from '#domain/authorization';
import { uuidV5 } from '#kernel';
import type { World } from '#ports';
import { deliverCommand } from '#service';
import { cardOf, REFUND_CENTS } from './bank.js';
import { type Plan, type PlannedCommand, type PlannedLimit, TENANT } from './plan.js';

type Fact = Pick<Envelope, 'type' | 'data'> & { readonly id?: string; readonly siteId?: string; readonly stationId?: string };

const RETRY_MS = 1_000;
const COMMAND_MS = 20_000;
/** Of all charges. */
const REFUNDED = 0.3;

export class Operator {
  /** As in the api's rows. */
  readonly #handedOver = new Set<string>();
  readonly #charged = new Set<string>();
  #invoicing = 0;

  constructor(
    private readonly world: World,
    private readonly plan: Plan,
  ) {}

  async setUp(): Promise<void> {
    const { sites, stations, idTokens, pricePerKwh, taxPercent, cards, startMs } = this.plan;
    const { keys } = this.world;
    const tariff = {
      country_code: 'NL',
      party_id: 'SIM',
      id: 'flat',
      currency: 'EUR',
      elements: [{ price_components: [{ type: 'ENERGY', price: pricePerKwh, vat: taxPercent, step_size: 1 }] }],
      preauthorize_amount: 0.5,
      last_updated: new Date(startMs).toISOString(),
    };
    await this.#append('network-events', { type: 'TariffChanged', data: { tariff } });
    for (const idToken of idTokens) {
      const tokenHash = this.accountOf(idToken);
      const sealed = await keys.seal(tokenHash, idToken);
      await this.#append('network-events', {
        type: 'TokenChanged',
        data: { tokenHash, tokenType: 'ISO14443', idToken: sealed, status: 'Accepted' },
      });
      const method = await keys.seal(tokenHash, cardOf(idToken, cards.get(idToken) ?? 'good'));
      await this.#tell(tokenHash, 'PaymentMethodAttached', { methodId: tokenHash, method });
    }
    for (const config of sites) {
      await this.#configure(config.siteId, { kind: 'site', config });
      await this.#append('network-events', { type: 'SiteTariffAssigned', data: { siteId: config.siteId, tariffId: 'flat' } });
    }
    for (const { config, spec } of stations) {
      const credentialHash = keys.hmac('credential', credentialText(TENANT, config.stationId, spec.password));
      await this.#configure(config.siteId, { kind: 'station', config, credentialHash, assignmentSeq: 1 }, config.stationId);
    }
  }

  async announce({ siteId, announcedMs, untilMs, limitA }: PlannedLimit): Promise<void> {
    const schedule = [{ startsAt: new Date(announcedMs).toISOString(), limitA }];
    const expiresAt = new Date(untilMs).toISOString();
    const data = { limitId: uuidV5('limit', siteId, announcedMs), schedule, expiresAt, source: 'utility' };
    await this.#append('site-events', { type: 'GridLimitReceived', siteId, data });
  }

  /** Whoever was told nothing asks again: the api writes that again under the same id until it has handed the command over, once. */
  async ask({ siteId, stationId, askedMs }: PlannedCommand): Promise<void> {
    const { world } = this;
    const commandId = uuidV5('command', TENANT, stationId, askedMs);
    if (this.#handedOver.has(commandId)) return;
    const notAfter = new Date(world.clock.now() + COMMAND_MS).toISOString();
    const request = {
      commandId,
      stationId,
      action: 'TriggerMessage',
      payload: { requestedMessage: 'Heartbeat' },
      notAfter,
      timeoutMs: COMMAND_MS,
    };
    await this.#append('site-events', {
      id: commandId,
      type: 'CommandRequested',
      siteId,
      stationId,
      data: { ...request, requestedBy: 'operator' },
    });
    if (this.#handedOver.has(commandId)) return;
    this.#handedOver.add(commandId);
    // Whether it was handed over is told by its outcome.
    await deliverCommand(world, '/api', { tenantId: TENANT, siteId, ...request }).catch(() => undefined);
  }

  accountOf(idToken: string): string {
    return this.world.keys.hmac('token', tokenText(TENANT, idToken));
  }

  /** Somebody is charged: now and then he asks for something back, and asks again when he was told nothing. */
  async charged({ accountId, sessionId, creditOf, cdrId }: AccountCharged): Promise<void> {
    const isKnown = this.#charged.has(accountId);
    this.#charged.add(accountId);
    const { random, clock } = this.world;
    if (isKnown && creditOf === undefined && random.next() < REFUNDED)
      for (const waitMs of [random.next() * 60_000, random.next() * 60_000]) {
        await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
        const requestId = uuidV5('refund', TENANT, sessionId, cdrId);
        await this.#tell(accountId, 'RefundRequested', { requestId, sessionId, amount: (REFUND_CENTS / 100).toFixed(2) });
      }
  }

  /** Everybody who was charged something asks for his invoices; half of them ask twice. */
  async invoice(): Promise<void> {
    const until = new Date(this.world.clock.now() + 86_400_000).toISOString();
    const number = ++this.#invoicing;
    for (const accountId of [...this.#charged])
      for (let time = this.world.random.next() < 0.5 ? 1 : 0; time < 2; time++)
        await this.#tell(accountId, 'InvoiceRequested', { requestId: uuidV5('invoices', TENANT, accountId, number), until });
  }

  #tell(accountId: string, type: string, data: object): Promise<void> {
    const whole = { accountId, ...data, requestedBy: 'operator' };
    return this.#append('billing-events', { type, siteId: accountStream(accountId), data: whole });
  }

  #configure(siteId: string, change: object, stationId?: string): Promise<void> {
    const data = { requestId: this.world.ids.next(), requestedBy: 'operator', change };
    return this.#append('site-events', { type: 'ConfigurationRequested', siteId, ...(stationId !== undefined && { stationId }), data });
  }

  async #append(topic: Topic, fact: Fact): Promise<void> {
    const { world } = this;
    const id = fact.id ?? world.ids.next();
    for (;;) {
      const time = new Date(world.clock.now()).toISOString();
      try {
        await world.log.append(topic, [encode({ ...fact, id, source: '/api', time, tenantId: TENANT })]);
        return;
      } catch {
        await new Promise<void>((resolve) => void world.clock.after(RETRY_MS, resolve));
      }
    }
  }
}
