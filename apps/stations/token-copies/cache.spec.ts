// A cache that may let in who is not accepted any more is emptied, now or when the station is back.
import { describe, expect, it } from '@jest/globals';
import { StationStream } from '../stream.fixture.js';

const configurationKey = [{ key: 'AuthorizationCacheEnabled', readonly: false, value: 'true' }];
const stale = (stream: StationStream, minute: number) => stream.add('TokenCopiesStale', minute, { stationId: 'CP1', what: 'cache' });
const caching = (): StationStream => {
  const stream = StationStream.ready('ocpp1.6').boots(1);
  const [inventory] = stream.commands();
  return stream.askedAs(1, inventory as never).answered(1, inventory?.commandId ?? '', { configurationKey });
};
const clears = (stream: StationStream) => stream.commands().filter(({ action }) => action === 'ClearCache');

describe('a cache with a revoked token', () => {
  it('is emptied once, and what the station said is shown', () => {
    const stream = stale(caching(), 2);
    const [clear] = clears(stream);
    expect(clears(stream)).toHaveLength(1);
    stream.askedAs(3, clear as never).answered(3, clear?.commandId ?? '', { status: 'Accepted' });
    expect(stream.rows('token_caches').at(-1)).toMatchObject({ is_kept: true, is_stale: false, answer: 'Accepted' });
    expect(clears(stale(stream, 5))).toHaveLength(2);
  });
  it('of a station that is away is emptied when it is back', () => {
    const stream = stale(caching(), 2);
    const [clear] = clears(stream);
    stream.askedAs(2, clear as never).refused(2, clear?.commandId ?? '');
    expect(clears(stream)).toHaveLength(1);
    expect(stream.rows('token_caches').at(-1)).toMatchObject({ is_stale: true });
    expect(clears(stream.connected(4))).toHaveLength(2);
  });
  it('that an operator turned on, or off, is as he set it once the station took that', () => {
    const enabled = (value: string) => ({
      component: { name: 'AuthCacheCtrlr' },
      variable: { name: 'Enabled' },
      attributeValue: value,
    });
    const sets = (stream: StationStream, minute: number, value: string, attributeStatus: string) => {
      const { attributeValue: _, ...result } = enabled(value);
      return stream
        .asked(minute, `s${minute}`, 'SetVariables', { setVariableData: [enabled(value)] })
        .answered(minute, `s${minute}`, { setVariableResult: [{ ...result, attributeStatus }] });
    };
    const ready = () => StationStream.ready().boots(1);
    expect(clears(stale(sets(ready(), 2, 'true', 'Rejected'), 3))).toHaveLength(0);
    expect(clears(stale(sets(ready(), 2, 'true', 'Accepted'), 3))).toHaveLength(1);
    expect(clears(stale(sets(sets(ready(), 2, 'true', 'Accepted'), 3, 'false', 'Accepted'), 4))).toHaveLength(0);
    const key = { key: 'AuthorizationCacheEnabled', value: 'false' };
    const off = caching().asked(2, 'k', 'ChangeConfiguration', key).answered(2, 'k', { status: 'Accepted' });
    expect(off.rows('token_caches').at(-1)).toMatchObject({ is_kept: false });
    expect(clears(stale(off, 3))).toHaveLength(0);
  });
  it('is not asked for where there is none', () => expect(clears(stale(StationStream.ready().boots(1), 2))).toEqual([]));
});
