// Every page of the console, in the order of the navigation, each a file of its own that is asked for when it is first wanted. To add one: a folder here,
// a line below, its words in words/texts/, what the api tells of it in api/.
import type { ComponentType } from 'preact';
import type { LiveNetwork } from '../model/live-network.js';
import type { MessageKey } from '../words/messages.js';

export interface PageProps {
  readonly live: LiveNetwork;
  /** The address after the page's own name. */
  readonly rest: readonly string[];
}

export interface Page {
  /** First part of the address; '' is where the console begins. */
  readonly name: string;
  readonly title: MessageKey;
  /** Rejects where its file cannot be had: offline, or replaced by a newer one. */
  readonly load: () => Promise<ComponentType<PageProps>>;
}

export const PAGES: readonly Page[] = [
  { name: '', title: 'nav.live', load: async () => (await import('./live/live-page.js')).LivePage },
  { name: 'alerts', title: 'nav.alerts', load: async () => (await import('./alerts/alerts-page.js')).AlertsPage },
  { name: 'sites', title: 'nav.sites', load: async () => (await import('./sites/sites-page.js')).SitesPage },
  { name: 'grid', title: 'nav.grid', load: async () => (await import('./grid/grid-page.js')).GridPage },
  { name: 'sessions', title: 'nav.sessions', load: async () => (await import('./sessions/sessions-page.js')).SessionsPage },
  { name: 'revenue', title: 'nav.revenue', load: async () => (await import('./revenue/revenue-page.js')).RevenuePage },
  { name: 'tariffs', title: 'nav.tariffs', load: async () => (await import('./tariffs/tariffs-page.js')).TariffsPage },
  { name: 'uptime', title: 'nav.uptime', load: async () => (await import('./uptime/uptime-page.js')).UptimePage },
  { name: 'devices', title: 'nav.devices', load: async () => (await import('./devices/devices-page.js')).DevicesPage },
  {
    name: 'certificates',
    title: 'nav.certificates',
    load: async () => (await import('./certificates/certificates-page.js')).CertificatesPage,
  },
  { name: 'holdings', title: 'nav.holdings', load: async () => (await import('./holdings/holdings-page.js')).HoldingsPage },
  { name: 'partners', title: 'nav.partners', load: async () => (await import('./partners/partners-page.js')).PartnersPage },
  { name: 'audit', title: 'nav.audit', load: async () => (await import('./audit/audit-page.js')).AuditPage },
  { name: 'import', title: 'nav.import', load: async () => (await import('./import/import-page.js')).ImportPage },
  { name: 'connect', title: 'nav.connect', load: async () => (await import('./connect/connect-page.js')).ConnectPage },
];
