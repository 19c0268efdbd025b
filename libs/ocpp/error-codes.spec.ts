// Error codes in the spelling of each version.
import { describe, expect, it } from '@jest/globals';
import { errorCodeFor, errorCodeIn, errorCodes, SUBPROTOCOLS, validate } from './index.js';

describe('error codes', () => {
  it('are misspelt in 1.6 and correct in 2.x, whatever was given', () => {
    for (const code of ['OccurenceConstraintViolation', 'OccurrenceConstraintViolation']) {
      expect(errorCodeIn('ocpp1.6', code)).toBe('OccurenceConstraintViolation');
      expect(errorCodeIn('ocpp2.0.1', code)).toBe('OccurrenceConstraintViolation');
    }
    for (const code of ['FormationViolation', 'FormatViolation']) {
      expect(errorCodeIn('ocpp1.6', code)).toBe('FormationViolation');
      expect(errorCodeIn('ocpp2.0.1', code)).toBe('FormatViolation');
    }
  });

  it('exist in the version they are spelt for, also when a station invents one', () => {
    const given = [...SUBPROTOCOLS.flatMap(errorCodes), 'Whatever', ''];
    for (const version of SUBPROTOCOLS) for (const code of given) expect(errorCodes(version)).toContain(errorCodeIn(version, code));
    expect(errorCodeIn('ocpp1.6', 'Whatever')).toBe('GenericError');
  });

  it.each([
    ['an unknown action', 'Dance', {}, 'NotImplemented', 'NotImplemented'],
    ['an invented field', 'Heartbeat', { now: 1 }, 'FormationViolation', 'FormatViolation'],
    ['a missing field', 'DataTransfer', {}, 'OccurenceConstraintViolation', 'OccurrenceConstraintViolation'],
    ['a number for a string', 'DataTransfer', { vendorId: 12 }, 'TypeConstraintViolation', 'TypeConstraintViolation'],
    ['a string too long', 'DataTransfer', { vendorId: 'v'.repeat(256) }, 'PropertyConstraintViolation', 'PropertyConstraintViolation'],
  ])('name %s', (_, action, payload, in16, in2x) => {
    expect(errorCodeFor('ocpp1.6', validate('ocpp1.6', action, 'request', payload))).toBe(in16);
    for (const version of ['ocpp2.0.1', 'ocpp2.1'] as const)
      expect(errorCodeFor(version, validate(version, action, 'request', payload))).toBe(in2x);
  });
});
