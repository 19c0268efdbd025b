// Keys of a network that keeps no secrets: hashes and seals that are equal for an equal seed.
// Real cryptography is the adapters' and has its own contract suite.
import { createHmac } from 'node:crypto';
import type { KeyStore } from '#ports';

export function simulatedKeys(): KeyStore {
  const destroyed = new Set<string>();
  const known = new Map<string, string>();
  return {
    hmac(purpose, text) {
      const key = `${purpose}|${text}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const made = createHmac('sha256', 'a simulated network').update(key).digest('hex');
      if (known.size > 50_000) known.clear();
      known.set(key, made);
      return made;
    },
    seal: async (subjectId, plaintext) => `sealed:v1:${subjectId}:${Buffer.from(plaintext).toString('base64')}`,
    unseal: async (sealed) => {
      const [, , ...rest] = sealed.split(':');
      const text = rest.pop() ?? '';
      return destroyed.has(rest.join(':')) ? undefined : Buffer.from(text, 'base64').toString();
    },
    holds: async (subjectId) => !destroyed.has(subjectId),
    wasDestroyed: async (subjectId) => destroyed.has(subjectId),
    destroy: async (subjectId) => void destroyed.add(subjectId),
    close: async () => {},
  };
}
