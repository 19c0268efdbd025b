// Who moves money: a bank's or processor's service behind its own tokens. Card numbers never come near us.

/** Done under the provider's own `reference`, or refused for good with its reason. */
export type PaymentAnswer = { readonly isDone: true; readonly reference: string } | { readonly isDone: false; readonly reason: string };

export interface PaymentCall {
  /** Idempotency key: the same key is the same order, done once, and has the same answer however often it is asked. */
  readonly key: string;
  /** Our own id; a hold begins it, everything else names it. */
  readonly paymentId: string;
  /** Decimal string in the currency's minor unit, above zero. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** Each rejects with PortError (retriable) where nobody knows whether it was done: ask again with the same key. */
export interface PaymentProvider {
  /** Reserves the amount. `method` is the provider's token for how it is paid. */
  hold(call: PaymentCall & { readonly method: string }): Promise<PaymentAnswer>;
  /** Takes at most what is held, once; what is left of the hold is free again. */
  capture(call: PaymentCall): Promise<PaymentAnswer>;
  /** Lets the whole hold go. */
  release(call: PaymentCall): Promise<PaymentAnswer>;
  /** Gives back of what was captured, in parts where need be. */
  refund(call: PaymentCall): Promise<PaymentAnswer>;
}
