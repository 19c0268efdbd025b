// Who says little is heard at once, who says much in turn, who says it wrongly not at all for a while; nobody loses a word.
import { describe, expect, it } from '@jest/globals';
import { Purse, type Rate } from '#kernel';
import { HeldClock } from '../../../test/scenario/support/held-clock.js';
import { Intake } from './intake.js';
import { RoundRobin } from './round-robin.js';

const PLENTY: Rate = { burst: 1_000, perS: 1_000 };

/** An event loop whose turns the test takes; `heard` is what was read, by all stations, in order. */
function edge() {
  const [clock, due, heard]: [HeldClock, (() => void)[], string[]] = [new HeldClock(), [], []];
  const roundRobin = new RoundRobin((task) => void due.push(task));
  const turn = (): void => {
    for (const task of due.splice(0)) task();
  };
  /** Hears `wrong…` as wrong. */
  const station = ({ prompt = PLENTY, calls = PLENTY, wrong = PLENTY }) => {
    const [flow, pings]: [string[], number[]] = [[], []];
    const socket = {
      pause: () => void flow.push('paused'),
      resume: () => void flow.push('resumed'),
      ping: () => void pings.push(clock.now()),
      bufferedAmount: 0,
    };
    const intake: Intake = new Intake({
      socket,
      clock,
      roundRobin,
      prompt: new Purse(prompt),
      calls: new Purse(calls),
      wrong: new Purse(wrong),
      read: (data) => {
        heard.push(data.subarray(0, 8).toString());
        if (heard.at(-1)?.startsWith('wrong')) intake.wasWrong(data.length);
        else if (heard.at(-1) !== 'SEND') intake.answered();
      },
      held: () => void flow.push('held'),
    });
    const say = (...texts: string[]): void => {
      for (const text of texts) intake.heard(Buffer.from(text));
    };
    return { say, intake, flow, pings, socket };
  };
  return { clock, heard, turn, station };
}
const many = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${name}${index}`);

describe('what a station says', () => {
  it('is heard at once while it says little', () => {
    const { heard, station } = edge();
    const { say, flow } = station({ prompt: { burst: 3, perS: 1 } });
    say('a', 'b', 'c');
    expect([heard, flow]).toEqual([['a', 'b', 'c'], []]);
  });

  it('is heard in turn where it says much, each of a crowd once before anybody twice, and whoever says little before them all', () => {
    const { heard, turn, station } = edge();
    const [one, two, quiet] = [station({ prompt: { burst: 1, perS: 0 } }), station({ prompt: { burst: 1, perS: 0 } }), station({})];
    one.say(...many('a', 20));
    two.say(...many('b', 20));
    quiet.say('hello');
    expect(heard).toEqual(['a0', 'b0', 'hello']);
    turn();
    expect(heard.slice(3)).toEqual(['a1', 'b1']);
    for (let left = 19; left > 0; left--) turn();
    expect(heard).toHaveLength(41);
    expect(heard.filter((text) => text.startsWith('a'))).toEqual(many('a', 20));
  });

  it('keeps everybody else waiting for a handful of calls at most, or for one large frame', () => {
    const { heard, turn, station } = edge();
    const crowd = Array.from({ length: 20 }, () => station({ prompt: { burst: 0, perS: 0 } }));
    for (const { say } of crowd) say('x');
    turn();
    expect(heard).toHaveLength(8);
    for (const { say } of crowd) say('y'.repeat(1 << 20));
    turn();
    expect(heard).toHaveLength(16);
    turn();
    expect(heard).toHaveLength(21);
  });

  it('is read from its socket no further than it is heard', () => {
    const { heard, turn, station } = edge();
    const { say, flow, intake } = station({ prompt: { burst: 0, perS: 0 } });
    say('a');
    expect([flow, intake.isUnread]).toEqual([[], false]);
    say(...many('b', 19));
    expect([flow, intake.isUnread]).toEqual([['paused'], true]);
    for (let left = 20; left > 0; left--) turn();
    expect([heard.length, flow, intake.isUnread]).toEqual([20, ['paused', 'resumed'], false]);
  });

  it('of large frames leaves one and a packet with us, and the rest where it is', () => {
    const { turn, station } = edge();
    const { say, flow, intake } = station({ prompt: { burst: 0, perS: 0 } });
    say('y'.repeat(1 << 20));
    expect([flow, intake.waitingBytes]).toEqual([['paused'], 1 << 20]);
    turn();
    expect([flow, intake.waitingBytes]).toEqual([['paused', 'resumed'], 0]);
  });

  it('is not read further while it is told to wait, as often as it is told so', () => {
    const { heard, station } = edge();
    const { say, intake } = station({});
    intake.wait();
    intake.wait();
    say('a', 'b');
    intake.goOn();
    expect([heard, intake.isUnread]).toEqual([[], true]);
    intake.goOn();
    expect([heard, intake.isUnread]).toEqual([['a', 'b'], false]);
  });

  it('is not heard while it does not read our answers', () => {
    const { clock, heard, station } = edge();
    const { say, socket } = station({});
    socket.bufferedAmount = 1 << 17;
    say('a', 'b');
    clock.advance(10_000);
    expect(heard).toEqual([]);
    socket.bufferedAmount = 0;
    clock.advance(1_000);
    expect(heard).toEqual(['a', 'b']);
  });

  it('is ended by the end of its connection', () => {
    const { heard, turn, station } = edge();
    const { say, intake } = station({ prompt: { burst: 0, perS: 0 } });
    say('a', 'b');
    intake.close();
    turn();
    say('c');
    expect(heard).toEqual([]);
  });
});

describe('a station that says much', () => {
  const quiet = { prompt: { burst: 10, perS: 1 } };

  it('is heard as often as a quiet one after twenty more answers without its pong', () => {
    const { clock, heard, turn, station } = edge();
    const { say, pings } = station(quiet);
    const saysOn = (): void => {
      for (let left = 10; left > 0; left--) {
        say('x');
        turn();
      }
    };
    for (let left = 3; left > 0; left--) saysOn();
    expect([heard.length, pings.length]).toEqual([30, 1]);
    saysOn();
    expect(heard).toHaveLength(30);
    for (let passed = 0; passed < 5_000; passed += 100) {
      clock.advance(100);
      turn();
    }
    expect([heard.length, pings.length]).toEqual([35, 1]);
  });

  it('is heard on with each pong, and asked for the next one', () => {
    const { heard, turn, station } = edge();
    const { say, pings, intake } = station(quiet);
    for (let left = 500; left > 0; left--) {
      say('x');
      turn();
      if (heard.length % 20 === 0) intake.pong();
    }
    expect([heard.length, pings.length]).toEqual([500, 25]);
  });

  it('owes nothing for what has no answer', () => {
    const { heard, turn, station } = edge();
    const { say } = station(quiet);
    for (let left = 500; left > 0; left--) {
      say('SEND');
      turn();
    }
    expect(heard).toHaveLength(500);
  });

  it('goes on where it was when its pong comes late, and its pong is read meanwhile', () => {
    const { heard, turn, station } = edge();
    const { say, flow, intake } = station({ prompt: { burst: 0, perS: 0.001 } });
    for (let left = 36; left > 0; left--) {
      say('x');
      turn();
    }
    expect([heard.length, flow, intake.isUnread]).toEqual([20, [], false]);
    intake.pong();
    for (let left = 16; left > 0; left--) turn();
    expect(heard).toHaveLength(36);
  });
});

describe('beyond a budget', () => {
  it.each([
    ['of wrong frames', { wrong: { burst: 2, perS: 0.5 } }],
    ['of calls', { calls: { burst: 2, perS: 0.5 } }],
  ])('%s nothing is read until there is room again, in the order it was said', (_, budget) => {
    const { clock, heard, turn, station } = edge();
    const { say, flow, intake } = station(budget);
    const turnsIn = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 1_000) {
        turn();
        clock.advance(1_000);
        turn();
      }
    };
    say('wrong0', 'wrong1', 'wrong2', 'right3', 'wrong4');
    for (let left = 3; left > 0; left--) turn();
    expect([heard.length, flow, intake.isUnread]).toEqual([3, ['held', 'paused'], true]);
    clock.advance(1_999);
    turn();
    expect(heard).toHaveLength(3);
    turnsIn(60_000);
    expect(heard).toEqual(['wrong0', 'wrong1', 'wrong2', 'right3', 'wrong4']);
    expect([flow.at(-1), intake.isUnread]).toEqual(['resumed', false]);
  });

  it.each([
    ['wrong frames', 'wrong', 2, { wrong: { burst: 2, perS: 2 } }],
    ['calls', 'right', 2, { calls: { burst: 2, perS: 2 } }],
    ['large frames', 'y'.repeat(1 << 20), 1, { calls: { burst: 257, perS: 257 } }],
  ])('%s are heard as often as comes back', (_, text, aSecond, budget) => {
    const { clock, heard, turn, station } = edge();
    station(budget).say(...Array.from({ length: 40 }, () => text));
    for (let left = 3; left > 0; left--) turn();
    const atOnce = heard.length;
    for (let passed = 0; passed < 10_000; passed += 100) {
      clock.advance(100);
      turn();
    }
    expect(heard.length - atOnce).toBe(10 * aSecond);
  });

  it.each([
    [4 << 10, 2],
    [1 << 20, 10],
  ])('a wrong frame of %i bytes is %i', (bytes, count) => {
    const { clock, station } = edge();
    const { intake } = station({ wrong: { burst: 10, perS: 1 } });
    intake.wasWrong(bytes);
    for (let left = 10 - count; left > 0; left--) intake.wasWrong(1);
    expect(intake.isUnread).toBe(false);
    intake.wasWrong(1);
    expect(intake.isUnread).toBe(true);
    clock.advance(1_000);
    expect(intake.isUnread).toBe(false);
  });

  it('what was on its way when the budget was spent is paid for, too', () => {
    const { clock, station } = edge();
    const { intake, flow } = station({ wrong: { burst: 1, perS: 1 } });
    for (let left = 4; left > 0; left--) intake.wasWrong(1);
    clock.advance(2_999);
    expect([intake.isUnread, flow]).toEqual([true, ['held', 'paused']]);
    clock.advance(1);
    expect([intake.isUnread, flow.at(-1)]).toEqual([false, 'resumed']);
  });

  it('the end of its connection is read all the same, whatever is found wrong after it', () => {
    const { clock, heard, station } = edge();
    const { say, intake, flow } = station({ wrong: { burst: 2, perS: 1 } });
    for (let left = 3; left > 0; left--) intake.wasWrong(1);
    intake.close();
    expect(flow).toEqual(['held', 'paused', 'resumed']);
    intake.wasWrong(1);
    say('right');
    clock.advance(10_000);
    expect([heard, flow.at(-1), intake.isUnread]).toEqual([[], 'resumed', false]);
  });
});
