// Every page of the console, in the order of the navigation. To add one: a folder here, a line below, its words in words/texts/, what the api tells of it in api/.
import type { ComponentType } from 'preact';
import type { LiveNetwork } from '../model/live-network.js';
import type { MessageKey } from '../words/messages.js';
import { AlertsPage } from './alerts/alerts-page.js';
import { AuditPage } from './audit/audit-page.js';
import { CertificatesPage } from './certificates/certificates-page.js';
import { ConnectPage } from './connect/connect-page.js';
import { DevicesPage } from './devices/devices-page.js';
import { GridPage } from './grid/grid-page.js';
import { HoldingsPage } from './holdings/holdings-page.js';
import { ImportPage } from './import/import-page.js';
import { LivePage } from './live/live-page.js';
import { PartnersPage } from './partners/partners-page.js';
import { RevenuePage } from './revenue/revenue-page.js';
import { SessionsPage } from './sessions/sessions-page.js';
import { SitesPage } from './sites/sites-page.js';
import { TariffsPage } from './tariffs/tariffs-page.js';
import { UptimePage } from './uptime/uptime-page.js';

export interface PageProps {
  readonly live: LiveNetwork;
  /** The address after the page's own name. */
  readonly rest: readonly string[];
}

export interface Page {
  /** First part of the address; '' is where the console begins. */
  readonly name: string;
  readonly title: MessageKey;
  readonly View: ComponentType<PageProps>;
}

export const PAGES: readonly Page[] = [
  { name: '', title: 'nav.live', View: LivePage },
  { name: 'alerts', title: 'nav.alerts', View: AlertsPage },
  { name: 'sites', title: 'nav.sites', View: SitesPage },
  { name: 'grid', title: 'nav.grid', View: GridPage },
  { name: 'sessions', title: 'nav.sessions', View: SessionsPage },
  { name: 'revenue', title: 'nav.revenue', View: RevenuePage },
  { name: 'tariffs', title: 'nav.tariffs', View: TariffsPage },
  { name: 'uptime', title: 'nav.uptime', View: UptimePage },
  { name: 'devices', title: 'nav.devices', View: DevicesPage },
  { name: 'certificates', title: 'nav.certificates', View: CertificatesPage },
  { name: 'holdings', title: 'nav.holdings', View: HoldingsPage },
  { name: 'partners', title: 'nav.partners', View: PartnersPage },
  { name: 'audit', title: 'nav.audit', View: AuditPage },
  { name: 'import', title: 'nav.import', View: ImportPage },
  { name: 'connect', title: 'nav.connect', View: ConnectPage },
];
