import { describe, expect, it } from '@jest/globals';
import { isTimeZone } from './time-zone.js';

describe('a time zone', () => {
  it('is one the runtime knows, asked once or again', () => {
    for (const name of ['Europe/Amsterdam', 'UTC', 'Europe/Amsterdam', 'america/new_york']) expect(isTimeZone(name)).toBe(true);
  });

  it('is not any other text', () => {
    for (const name of ['', 'Mars/Olympus', 'Europe', 'Europe/Amsterdam ', 'Mars/Olympus', '+01:00', '-0500'])
      expect(isTimeZone(name)).toBe(false);
  });
});
