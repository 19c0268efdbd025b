// What stations say they can keep, in either version.
import { describe, expect, it } from '@jest/globals';
import { declaredBy, itemsPerMessage } from './index.js';

const variable = (component: string, name: string, value?: string, maxLimit?: number) => ({
  component: { name: component },
  variable: { name },
  variableAttribute: [{ ...(value !== undefined && { value }) }],
  ...(maxLimit !== undefined && { variableCharacteristics: { dataType: 'integer', maxLimit } }),
});

describe('what a station can keep', () => {
  it('is read from its device model', () => {
    const reportData = [
      variable('LocalAuthListCtrlr', 'Enabled', 'true'),
      variable('LocalAuthListCtrlr', 'ItemsPerMessage', '50'),
      variable('LocalAuthListCtrlr', 'BytesPerMessage', '3000'),
      variable('LocalAuthListCtrlr', 'Entries', '0', 200),
      variable('AuthCacheCtrlr', 'Enabled', 'true'),
    ];
    const declared = declaredBy({}, { reportData });
    expect(declared).toMatchObject({ isListEnabled: true, maxEntries: 200, isCacheEnabled: true });
    expect(itemsPerMessage(declared)).toBe(10);
    expect(declaredBy(declared, { reportData })).toBe(declared);
  });
  it('is read from its configuration keys', () => {
    const configurationKey = [
      { key: 'LocalAuthListEnabled', readonly: false, value: 'true' },
      { key: 'SendLocalListMaxLength', readonly: true, value: '5' },
      { key: 'LocalAuthListMaxLength', readonly: true, value: '30' },
      { key: 'AuthorizationCacheEnabled', readonly: false, value: 'false' },
    ];
    expect(declaredBy({}, { configurationKey })).toEqual({
      isListEnabled: true,
      itemsPerMessage: 5,
      maxEntries: 30,
      isCacheEnabled: false,
    });
  });
  it('is small where nothing was said', () => expect(itemsPerMessage({})).toBe(20));
});
