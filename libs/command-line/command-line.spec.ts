// What a command line gives, and what is said of a wrong one. How a process ends by it is not tried here.
import { describe, expect, it } from '@jest/globals';
import { help, readArguments } from './index.js';

const PROGRAM = {
  usage: 'npm run boil -- [options] [egg …]',
  about: 'Boils eggs.',
  options: {
    minutes: { about: 'how long', default: '4', number: [0.5, 20] },
    eggs: { about: 'how many', whole: [1, 12], default: '2' },
    size: { about: 'of the pot', oneOf: ['small', 'large'], optional: true },
    cook: { about: 'who does it' },
    salt: { about: 'into the water', flag: true },
  },
  words: { about: 'What eggs:', oneOf: ['brown', 'white'] },
} as const;
const read = (...args: string[]) => readArguments(PROGRAM, ['--cook', 'me', ...args]);

describe('a command line', () => {
  it('gives numbers, names, flags and words, and what stands for what was not said', () => {
    expect(read()?.values).toEqual({ minutes: 4, eggs: 2, size: undefined, cook: 'me', salt: false });
    expect(read('--minutes', '2.5', '--size', 'large', '--salt', 'brown')).toEqual({
      values: { minutes: 2.5, eggs: 2, size: 'large', cook: 'me', salt: true },
      words: ['brown'],
    });
  });
  it.each([
    [['--minute', '3'], /^Unknown option '--minute'$/],
    [['--eggs'], /'--eggs <value>' argument missing$/],
    [['--eggs', '1.5'], /^--eggs is a whole number from 1 to 12, not "1.5"$/],
    [['--eggs', ''], /^--eggs is a whole number/],
    [['--minutes', 'abc'], /^--minutes is a number from 0.5 to 20, not "abc"$/],
    [['--size', 'huge'], /^--size is one of small, large, not "huge"$/],
    [['blue'], /^"blue" is not known$/],
  ])('%j is refused by its name', (args, told) => expect(() => read(...args)).toThrow(told));
  it('that lacks something required says what', () => expect(() => readArguments(PROGRAM, [])).toThrow('--cook is missing: who does it'));
  it('that asks for help gets all there is, whatever is missing', () => {
    expect(readArguments(PROGRAM, ['--help'])).toBeUndefined();
    expect(help(PROGRAM)).toBe(
      [
        'npm run boil -- [options] [egg …]',
        'Boils eggs.',
        '',
        '  --minutes      how long (4)',
        '  --eggs         how many (2)',
        '  --size         of the pot: small, large',
        '  --cook         who does it (required)',
        '  --salt         into the water',
        '',
        'What eggs:',
        '  brown',
        '  white',
        '',
      ].join('\n'),
    );
  });
});
