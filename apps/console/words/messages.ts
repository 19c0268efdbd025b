// Every word the console says, in English and German: an area of it per file in texts/. `{name}` is filled in; a key ending in .one/.other is chosen by
// number. Numbers, money and times are formatted in format.ts.
import { actions } from './texts/actions.js';
import { alerts } from './texts/alerts.js';
import { audit } from './texts/audit.js';
import { charts } from './texts/charts.js';
import { connect } from './texts/connect.js';
import { devices } from './texts/devices.js';
import { frame } from './texts/frame.js';
import { grid } from './texts/grid.js';
import { imports } from './texts/import.js';
import { overview } from './texts/overview.js';
import { partners } from './texts/partners.js';
import { revenue } from './texts/revenue.js';
import { sessions } from './texts/sessions.js';
import { sites } from './texts/sites.js';
import { tariffs } from './texts/tariffs.js';
import { uptime } from './texts/uptime.js';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

const en = {
  ...frame.en,
  ...overview.en,
  ...charts.en,
  ...alerts.en,
  ...sites.en,
  ...grid.en,
  ...sessions.en,
  ...revenue.en,
  ...tariffs.en,
  ...uptime.en,
  ...devices.en,
  ...actions.en,
  ...partners.en,
  ...audit.en,
  ...imports.en,
  ...connect.en,
};
export type MessageKey = keyof typeof en;
type PluralKey<K> = K extends `${infer Stem}.other` ? Stem : never;
export type PluralMessageKey = PluralKey<MessageKey>;

const de: Record<MessageKey, string> = {
  ...frame.de,
  ...overview.de,
  ...charts.de,
  ...alerts.de,
  ...sites.de,
  ...grid.de,
  ...sessions.de,
  ...revenue.de,
  ...tariffs.de,
  ...uptime.de,
  ...devices.de,
  ...actions.de,
  ...partners.de,
  ...audit.de,
  ...imports.de,
  ...connect.de,
};

export const MESSAGES: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = { en, de };
