// A line has its own fields and no others.
import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';

describe('a line of the log', () => {
  it('has nothing of the lines before it', () => {
    const lines: string[] = [];
    const logger = createLogger('edge', 'info', { write: (line: string) => void lines.push(line) });
    logger.info({ stationId: 'S1', connectionId: 'c1' }, 'station connected');
    logger.info({ code: 1000 }, 'stopped');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ app: 'edge', stationId: 'S1', msg: 'station connected' }),
      { level: 30, time: expect.any(String), app: 'edge', name: 'edge', code: 1000, msg: 'stopped' },
    ]);
  });
});
