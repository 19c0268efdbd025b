import { expect, it, jest } from '@jest/globals';
import { warnProcess } from './process-warning.js';

it('warns in text, so that an error of another realm is no trouble of its own', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  try {
    warnProcess(new Error('vacuum failed'));
    warnProcess('out of memory', 'a handler rejected');
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^Error: vacuum failed\n/)], ["a handler rejected: 'out of memory'"]]);
  } finally {
    warn.mockRestore();
  }
});
