// The tariffs of a tenant and the sites they serve: from network-events, told to each site in full through its own stream.
// Which tariff a session is priced by is decided where it starts; prices are the rating's business.
import type { NetworkEvent, Recorded, SiteTariffChanged } from '#contracts';
import { type SiteTariffs, type Tariff, tariffsAhead, tariffsFrom, withTariff } from '#domain/billing';
import { canonicalJson } from '#kernel';
import type { Output } from '#service';

export interface TariffBook {
  readonly kind: 'tariffs';
  /** With what holds until the one published last does. */
  readonly tariffs: Readonly<Record<string, SiteTariffs>>;
  /** Site → tariff, also one that does not exist yet. */
  readonly sites: Readonly<Record<string, string>>;
}

export const EMPTY_BOOK: TariffBook = { kind: 'tariffs', tariffs: {}, sites: {} };

const tellSite = (siteId: string, tariff: Tariff): Output => {
  const data: SiteTariffChanged = { tariff };
  return { topic: 'site-events', type: 'SiteTariffChanged', siteId, data };
};

/**
 * A changed tariff is told to every site it serves; an assignment always, so that assigning again repairs a site that was left behind: what holds now,
 * and what was published to hold later.
 */
export function decideTariffs(book: TariffBook, { type, data, time }: Recorded<NetworkEvent>): readonly Output[] {
  switch (type) {
    case 'TariffChanged': {
      const { tariff } = data;
      const known = book.tariffs[tariff.id]?.tariff;
      if (known !== undefined && canonicalJson(known) === canonicalJson(tariff)) return [];
      const served = Object.keys(book.sites).filter((siteId) => book.sites[siteId] === tariff.id);
      return served.sort().map((siteId) => tellSite(siteId, tariff));
    }
    case 'SiteTariffAssigned': {
      return tariffsFrom(book.tariffs[data.tariffId] ?? {}, Date.parse(time)).map((tariff) => tellSite(data.siteId, tariff));
    }
    default:
      return [];
  }
}

export function evolveTariffs(book: TariffBook, { type, data, time }: Recorded<NetworkEvent>): TariffBook {
  switch (type) {
    case 'TariffChanged': {
      const { tariff } = data;
      const versions = tariffsAhead(withTariff(book.tariffs[tariff.id] ?? {}, tariff, Date.parse(time)));
      return { ...book, tariffs: { ...book.tariffs, [tariff.id]: versions } };
    }
    case 'SiteTariffAssigned':
      return { ...book, sites: { ...book.sites, [data.siteId]: data.tariffId } };
    default:
      return book;
  }
}
