// What a station was asked for on this connection and what it agreed to: in whose light its later messages are read.
// Which answer they get is decided in inbound/.
import type { ConfirmedPlan } from '#domain/load-balancing';
import type { RoutedCommand } from '#ports';
import { askedFor } from './asked-for.js';
import { CustomerRequests } from './customer-requests.js';
import { DynamicSchedules, type ScheduleUpdate } from './dynamic-schedules.js';

export class Agreements {
  readonly #asked = new Set<string>();
  readonly #plans = new Map<number, ConfirmedPlan>();
  readonly #customers = new CustomerRequests();
  readonly #dynamic = new DynamicSchedules();

  /** Messages that it may send before it is accepted. */
  get asked(): ReadonlySet<string> {
    return this.#asked;
  }

  /** What a car may be held to, by evseId. */
  get plans(): ReadonlyMap<number, ConfirmedPlan> {
    return this.#plans;
  }

  dynamicLimits(profileId: number): ScheduleUpdate | undefined {
    return this.#dynamic.confirmed(profileId);
  }

  /** Whom a message without a token tells of; undefined = nobody who could be named. */
  subjectFor(action: string, payload: Readonly<Record<string, unknown>>): string | undefined {
    return this.#customers.subjectFor(action, payload);
  }

  sent(command: RoutedCommand, tokenHash: (value: string) => string): void {
    for (const action of askedFor(command.action, command.payload)) this.#asked.add(action);
    this.#dynamic.sent(command);
    this.#customers.sent(command, tokenHash);
  }

  answered(command: RoutedCommand, payload: unknown): void {
    const { plan } = command.grant ?? {};
    const status = (payload as { readonly status?: unknown } | null)?.status;
    if (plan !== undefined && status === 'Accepted') this.#plans.set(plan.evseId, plan);
    this.#dynamic.answered(command, payload);
  }

  /** After a boot it has to be asked anew. */
  booted(): void {
    this.#asked.clear();
  }
}
