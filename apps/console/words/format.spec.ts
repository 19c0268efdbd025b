import { describe, expect, it } from '@jest/globals';
import { isNothing, preferredLanguage, UNKNOWN, wordsOf } from './format.js';
import { LANGUAGES, MESSAGES } from './messages.js';

const en = wordsOf('en');
const de = wordsOf('de');
/** Spaces of all widths compare equal. */
const plain = (text: string) => text.replace(/\s/g, ' ');

describe('words', () => {
  it('shows no part of a quantity that its four decimals do not', () => {
    expect(['0', '0.00', '0.00002', '0.0001', '1', '0.5'].filter(isNothing)).toEqual(['0', '0.00', '0.00002']);
  });
  it('gives every number its unit and says when it is not known', () => {
    expect(plain(en.power(11_040))).toBe('11.0 kW');
    expect(plain(de.power(11_040))).toBe('11,0 kW');
    expect(plain(en.power(-0))).toBe('0.0 kW');
    expect(plain(en.power(1_234_500))).toBe('1,235 kW');
    expect(plain(en.current(16))).toBe('16 A');
    expect(plain(en.current(10.4))).toBe('10.4 A');
    expect(plain(en.energy(7_404.333))).toBe('7.40 kWh');
    expect([en.power(null), en.current(null), en.money(null)]).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
  });

  it('never makes money a float', () => {
    expect(plain(en.money({ amount: '9007199254740993.005', currency: 'EUR' }))).toBe('€9,007,199,254,740,993.01');
    expect(plain(de.money({ amount: '1.005', currency: 'EUR' }))).toBe('1,01 €');
    expect(plain(en.money({ amount: '120', currency: 'JPY' }))).toBe('JP¥120');
    expect(plain(en.money({ amount: 'n/a', currency: 'EUR' }))).toBe('n/a EUR');
  });

  it('tells durations and ages as people do', () => {
    expect([4_200, 185_000, 7_500_000, 273_600_000].map((ms) => plain(en.duration(ms)))).toEqual(['4 s', '3 min', '2 h 05 min', '3 d 4 h']);
    expect([3_000, 47_000, 61_000].map((ms) => plain(en.age(ms)))).toEqual(['just now', '40 s ago', '1 min ago']);
    expect(plain(de.age(47_000))).toBe('vor 40 s');
  });

  it('shows times in the zone of the site, across a change of the clocks', () => {
    const beforeChange = Date.UTC(2026, 9, 25, 0, 30);
    expect(en.time(beforeChange, 'Europe/Berlin')).toBe('02:30');
    expect(en.time(beforeChange + 3_600_000, 'Europe/Berlin')).toBe('02:30');
    expect(en.zone('Europe/Berlin', beforeChange)).toBe('Europe/Berlin (CEST)');
    expect(en.zone('UTC', beforeChange)).toBe('UTC');
    expect(en.time(beforeChange, 'Mars/Olympus')).toBe('00:30');
    expect(en.nearMoment(beforeChange, beforeChange)).toBe('25 Oct, 00:30');
    expect(en.nearMoment(beforeChange, Date.UTC(2027, 0, 1))).toBe('25 Oct 2026, 00:30');
  });

  it('chooses the plural by number', () => {
    expect(en.plural('network.sites', 1)).toBe('1 site');
    expect(de.plural('network.sites', 2)).toBe('2 Standorte');
  });

  it('says what goes on as a word of the language, and what it has none for as it came', () => {
    expect([en.state('inStep'), de.state('inStep'), de.state('something new')]).toEqual(['up to date', 'auf dem Stand', 'something new']);
  });

  it('begins in the language chosen before, else in the browser’s, else in English', () => {
    expect(preferredLanguage('de', ['en-US'])).toBe('de');
    expect(preferredLanguage(null, ['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(preferredLanguage('xx', ['fr'])).toBe('en');
  });
});

it.each(LANGUAGES)('fills the same holes in every language: %s', (language) => {
  const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [key, text] of Object.entries(MESSAGES.en)) {
    expect([key, holes(MESSAGES[language][key as keyof typeof MESSAGES.en])]).toEqual([key, holes(text)]);
  }
});
