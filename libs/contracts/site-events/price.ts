// What charging costs at a site, and what its stations show of it.
import type { Tariff } from '#domain/billing';
import type { DisplayMessage } from '#domain/display-message';

/** The tariff sessions of this site are priced by from here on, or from its own start where that is later, in full (ADR 0124). */
export interface SiteTariffChanged {
  readonly tariff: Tariff;
}

/** What a session costs by now, or in the end, where its station is 2.x or shows it. Producer: billing. */
export interface SessionCostKnown {
  readonly stationId: string;
  readonly sessionId: string;
  readonly transactionId: string;
  /** What is paid, taxes included; 0 = free. */
  readonly totalCost: number;
  readonly currency: string;
  readonly isFinal: boolean;
  /** Of 1.6, while it goes on: what its words for it name too. */
  readonly running?: {
    readonly at: string;
    /** Of the meter, by what was metered since its start [Wh]. */
    readonly registerWh: number;
    readonly isCharging: boolean;
  };
}

/** What a station shows of prices by its device model (TariffCostCtrlr, DisplayMessageCtrlr; 1.6: CustomDisplayCostAndPrice), each time that changes. Producer: stations. */
export interface PriceDisplayReported {
  readonly stationId: string;
  /** What a transaction costs (I02, I03). */
  readonly costs: boolean;
  /** A text about prices before one begins (I01). */
  readonly tariffs: boolean;
  /** It takes tariffs in a form it calculates with (2.1 I07). */
  readonly calculates: boolean;
}

/** A station that calculates costs itself is to calculate with the tariff of its site (2.1 I07). Producer: stations. */
export interface DefaultTariffWanted {
  readonly stationId: string;
  readonly tariff: Tariff;
}

/** An operator wants this on the station's display, or not any more (no message). Contents are sealed. Producer: api. */
export interface DisplayMessageWanted {
  readonly stationId: string;
  readonly messageId: number;
  readonly message?: DisplayMessage;
  readonly requestedBy: string;
}
