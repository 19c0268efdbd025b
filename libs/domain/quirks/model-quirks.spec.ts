// The table of models: whom each row is about, and whom not.
import { describe, expect, it } from '@jest/globals';
import { correctionsFor, identityIn, isAsked, quirksOf, withoutEnding } from './index.js';
import { MODEL_QUIRKS } from './model-quirks.js';

const named = (vendor: string, model = 'M', firmware = '1.0', serialNumber = 'S1') => ({ vendor, model, firmware, serialNumber });
const ids = (identity: ReturnType<typeof named>) => quirksOf(identity).map(({ id }) => id);

describe('models', () => {
  it.each([
    [
      named('OpenEVSE', 'Advanced Series', '4.2.2'),
      'energy-in-kwh-labelled-wh',
      { unitOverrides: { 'Energy.Active.Import.Register': 'kWh' } },
    ],
    [named('Huawei Technologies'), 'limits-in-watts-only', { onlyUnit: 'W' }],
    [named('NEcharge'), 'five-current-levels', { levelsA: [6, 8, 10, 13, 16] }],
    [named('Keba AG', 'KC-P30', '1.1', '12345'), 'serial-behind-the-token', { tokenEnding: '_12345' }],
    [named('ABB', 'Terra AC W22', '1.6.6'), 'goes-down-over-its-configuration', { inquiries: 'none' }],
  ])('%j: %s', (identity, id, corrections) => {
    expect(ids(identity)).toEqual([id]);
    expect(correctionsFor(identity)).toEqual(corrections);
  });

  it.each([named('OpenEVSE', 'M', '5.0.1'), named('ABB'), named(''), named('Not KEBA')])('%j is as all others', (identity) =>
    expect([ids(identity), correctionsFor(identity)]).toEqual([[], undefined]),
  );

  it.each([
    [undefined, undefined, true],
    [undefined, 'none', false],
    ['usual', 'none', true],
    ['none', undefined, false],
  ] as const)('configured %s, known for %s: asked is %s', (configured, inquiries, asked) =>
    expect(isAsked(configured, inquiries && { inquiries })).toBe(asked),
  );

  it('has an id and a sentence for each row', () => {
    expect(new Set(MODEL_QUIRKS.map(({ id }) => id)).size).toBe(MODEL_QUIRKS.length);
    for (const { id, does } of MODEL_QUIRKS)
      expect([id, does]).toEqual([expect.stringMatching(/^[a-z0-9-]+$/), expect.stringMatching(/.{20}/)]);
  });
});

describe('identities', () => {
  it('reads the boot of each version, whatever is missing', () => {
    expect(
      identityIn({ chargePointVendor: ' KEBA ', chargePointModel: 'P30', chargePointSerialNumber: '7', firmwareVersion: '1' }),
    ).toEqual(named('KEBA', 'P30', '1', '7'));
    expect(identityIn({ reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } })).toEqual(named('V', 'M', '', ''));
    for (const payload of [null, 'x', [], { chargingStation: 7, chargePointVendor: {} }]) expect(identityIn(payload).vendor).toBe('');
  });
});

describe('endings of tokens', () => {
  it.each([
    ['04AB_12345', '_12345', '04AB'],
    ['04AB_X1', '_x1', '04AB'],
    ['04AB', '_12345', '04AB'],
    ['_12345', '_12345', '_12345'],
    ['04AB_12345', undefined, '04AB_12345'],
  ])('%s without %s is %s', (token, ending, bare) => expect(withoutEnding(token, ending)).toBe(bare));
});
