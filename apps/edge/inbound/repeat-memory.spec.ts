// What counts as a repeat, and what is forgotten.
import { describe, expect, it } from '@jest/globals';
import { contentOf, type RepeatKey, RepeatMemory } from './repeat-memory.js';

const key = (more: Partial<RepeatKey> = {}): RepeatKey => ({
  ...{ messageId: '1', action: 'MeterValues', content: 'h', connectionId: 'c1', told: 'Accepted' },
  ...more,
});
const remembering = (first: Partial<RepeatKey>): RepeatMemory => {
  const memory = new RepeatMemory();
  memory.remember('s', key(first), Promise.resolve('answer'));
  return memory;
};

describe('a repeat', () => {
  it('has the id, the action and the content of the first', async () => {
    const memory = remembering({});
    expect(await memory.find('s', key())).toBe('answer');
    for (const other of [{ messageId: '2' }, { action: 'StopTransaction' }, { content: 'g' }])
      expect(memory.find('s', key(other))).toBeUndefined();
    expect(memory.find('other station', key())).toBeUndefined();
  });
  it('of a billing message is one on a later connection too, of any other only on the same', async () => {
    expect(await remembering({}).find('s', key({ connectionId: 'c2' }))).toBe('answer');
    const heartbeat = remembering({ action: 'Heartbeat' });
    expect(await heartbeat.find('s', key({ action: 'Heartbeat' }))).toBe('answer');
    expect(heartbeat.find('s', key({ action: 'Heartbeat', connectionId: 'c2' }))).toBeUndefined();
  });
  it('is none of what was said before the station was accepted', () => {
    expect(remembering({ told: 'Pending' }).find('s', key())).toBeUndefined();
  });
  it('is what was taken, also of a station that is not accepted any more', async () => {
    expect(await remembering({}).find('s', key({ told: 'Pending' }))).toBe('answer');
  });
  it('is no status that comes back, from a station that has one id for everything', () => {
    const memory = new RepeatMemory();
    const status = (content: string) => key({ action: 'StatusNotification', content });
    for (const word of ['Available', 'Preparing']) memory.remember('s', status(word), Promise.resolve(word));
    expect(memory.find('s', status('Preparing'))).toBeDefined();
    expect(memory.find('s', status('Available'))).toBeUndefined();
  });
  it('of a call that could not be recorded is a first one', () => {
    const memory = new RepeatMemory();
    const answer = Promise.resolve('never durable');
    memory.remember('s', key(), answer);
    memory.forget('s', answer);
    expect(memory.find('s', key())).toBeUndefined();
  });
  it('is told by its content, long or short', () => {
    expect(contentOf('x'.repeat(5_000))).not.toBe(contentOf('x'.repeat(5_001)));
    expect(contentOf('x'.repeat(5_000)).length).toBeLessThan(100);
  });
  it('is recognised among the latest calls only: memory is bounded', () => {
    const memory = remembering({});
    for (let i = 2; i < 12; i++) memory.remember('s', key({ messageId: String(i) }), Promise.resolve('later'));
    expect(memory.find('s', key())).toBeUndefined();
    expect(memory.find('s', key({ messageId: '11' }))).toBeDefined();
  });
});
