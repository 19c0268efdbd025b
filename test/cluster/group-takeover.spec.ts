// A member that is stopped and later woken: another has taken over, and the woken one knows before it does anything.
import { afterEach, describe, expect, it } from '@jest/globals';
import { kafkaLog } from '#cluster';
import type { EventLog } from '#ports';
import { consume, record } from '#testing';
import { Process } from './support/process.js';
import { brokers, unique } from './support/servers.js';

const SESSION_MS = 6_000; // the least a broker grants

describe('a stopped member of a group', () => {
  let log: EventLog | undefined;
  let member: Process | undefined;
  afterEach(async () => {
    await member?.kill();
    await log?.close();
  });

  it('loses its partitions to another, and when it wakes up holds none of its old leases', async () => {
    const [prefix, group, topic] = [`${unique('takeover')}.`, 'group', 'topic'];
    log = kafkaLog({ brokers: brokers(), partitions: 4, prefix, times: { sessionMs: SESSION_MS }, onTrouble: () => undefined });
    await log.open([topic]);
    member = new Process('group-member.ts', [brokers().join(), prefix, group, topic, String(SESSION_MS)]);
    await member.until((lines) => lines.includes('holds 4'));
    await log.append(topic, [record('default/a', 'before')]);
    await member.until((lines) => lines.some((line) => line.includes(' before held=true')));

    member.signal('SIGSTOP');
    const successor = await consume(log, group, [topic]);
    await successor.until(({ holds }) => holds.length === 4);
    await log.append(topic, [record('default/a', 'after')]);
    await successor.until(({ values }) => values.includes('after'));
    const [told, seen] = [member.lines.length, successor.leases.length];

    member.signal('SIGCONT');
    await member.until((lines) => lines.length > told && lines.slice(told).some((line) => line.startsWith('holds')));
    const sinceWaking = member.lines.slice(told);
    expect(
      sinceWaking.slice(0, sinceWaking.findIndex((line) => line.startsWith('holds')) + 1).filter((line) => !line.startsWith('revoked')),
    ).toEqual(['holds 0']);
    // Back in the group it shares with its successor, under new leases.
    await member.until((lines) => lines.slice(told).some((line) => line.startsWith('assigned')));
    await successor.until(({ holds }) => holds.length < 4 && holds.length > 0);
    expect(successor.leases.length).toBeGreaterThanOrEqual(seen);
    const handledAfter = member.lines.slice(told).filter((line) => line.includes(' after '));
    for (const line of handledAfter) expect(line).toContain('held=true');
  }, 60_000);

  it('is replaced within its session when it is killed', async () => {
    const [prefix, group, topic] = [`${unique('takeover')}.`, 'group', 'topic'];
    log = kafkaLog({ brokers: brokers(), partitions: 4, prefix, times: { sessionMs: SESSION_MS }, onTrouble: () => undefined });
    await log.open([topic]);
    member = new Process('group-member.ts', [brokers().join(), prefix, group, topic, String(SESSION_MS)]);
    await member.until((lines) => lines.includes('holds 4'));
    const killedAt = performance.now();
    await member.kill();
    const successor = await consume(log, group, [topic]);
    await successor.until(({ holds }) => holds.length === 4);
    expect(performance.now() - killedAt).toBeLessThan(2 * SESSION_MS);
  }, 60_000);
});
