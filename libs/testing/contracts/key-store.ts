// What every KeyStore keeps to. Keys are the one thing no log can rebuild.
// Which texts are sealed, and for whom, is tested with those who seal.
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { KeyStore } from '#ports';

export interface KeyStoreUnderTest {
  readonly keys: KeyStore;
  /** Closes it and opens the same keys again. */
  readonly reopen: () => Promise<KeyStore>;
  readonly dispose: () => Promise<void>;
}

export function keyStoreContract(name: string, create: () => Promise<KeyStoreUnderTest>): void {
  describe(`KeyStore: ${name}`, () => {
    let dispose: (() => Promise<void>) | undefined;
    const start = async (): Promise<KeyStoreUnderTest & { subject: string }> => {
      const made = await create();
      dispose = made.dispose;
      return { ...made, subject: `subject-${randomUUID()}` };
    };
    afterEach(async () => {
      await dispose?.();
      dispose = undefined;
    });

    it('hashes one text under one purpose to one value for ever', async () => {
      const { keys, reopen } = await start();
      const before = keys.hmac('token', 'DEADBEEF');
      expect(before).toMatch(/^[0-9a-f]{64}$/);
      expect(keys.hmac('credential', 'DEADBEEF')).not.toBe(before);
      expect(keys.hmac('token', 'DEADBEE0')).not.toBe(before);
      expect((await reopen()).hmac('token', 'DEADBEEF')).toBe(before);
    });

    it('seals and unseals, also after it was opened again, and never says the same twice', async () => {
      const { keys, reopen, subject } = await start();
      const [one, two] = await Promise.all([keys.seal(subject, 'Ada Łovelace ⚡'), keys.seal(subject, 'Ada Łovelace ⚡')]);
      expect(one.startsWith(`sealed:v1:${subject}:`)).toBe(true);
      expect(one).not.toContain('Ada');
      expect(one).not.toBe(two);
      const again = await reopen();
      expect(await Promise.all([one, two].map((text) => again.unseal(text)))).toEqual(['Ada Łovelace ⚡', 'Ada Łovelace ⚡']);
      expect(await again.unseal(await again.seal(`${subject}:with:colons`, ''))).toBe('');
    });

    it('rejects what is not sealed, was altered, or names another subject', async () => {
      const { keys, subject } = await start();
      const sealed = await keys.seal(subject, 'secret');
      await keys.seal(`${subject}-2`, 'other');
      const [last, ...rest] = [...sealed.slice(0, -4)].reverse();
      const altered = rest.reverse().join('') + (last === 'A' ? 'B' : 'A') + sealed.slice(-4);
      for (const text of ['secret', 'sealed:v1:', altered, sealed.replace(subject, `${subject}-2`)])
        await expect(keys.unseal(text)).rejects.toThrow();
    });

    it('destroys for good: nothing sealed before is readable, here or after it was opened again', async () => {
      const { keys, reopen, subject } = await start();
      const sealed = await keys.seal(subject, 'secret');
      const other = await keys.seal(`${subject}-2`, 'stays');
      expect(await keys.holds(subject)).toBe(true);
      await keys.destroy(subject);
      await keys.destroy(subject);
      expect([await keys.holds(subject), await keys.holds(`${subject}-2`)]).toEqual([false, true]);
      expect([await keys.wasDestroyed(subject), await keys.wasDestroyed(`${subject}-2`)]).toEqual([true, false]);
      expect(await keys.unseal(sealed)).toBeUndefined();
      const again = await reopen();
      expect(await again.unseal(sealed)).toBeUndefined();
      expect(await again.unseal(other)).toBe('stays');
    });

    it('gives a subject that returns a new key; the erased text stays erased', async () => {
      const { keys, reopen, subject } = await start();
      const before = await keys.seal(subject, 'before');
      await keys.destroy(subject);
      const after = await keys.seal(subject, 'after');
      const again = await reopen();
      expect(await again.unseal(before)).toBeUndefined();
      expect(await again.unseal(after)).toBe('after');
      expect([await again.holds(subject), await again.wasDestroyed(subject)]).toEqual([true, true]);
    });

    it('destroys a subject it never sealed for', async () => {
      const { keys, subject } = await start();
      await expect(keys.destroy(subject)).resolves.toBeUndefined();
    });
  });
}
