// Asks the service that hands out contract certificates to cars (a certificate pool as in VDE-AR-E 2802-100-1): one POST of JSON, in OCPP's own words.
// What car and pool say to each other is theirs.
import type { ContractAnswer, ContractPool } from '#ports';

const TIMEOUT_MS = 5_000;
const LARGEST_ANSWER = 64 << 10;
const MOST_ASKING = 50;

/** `url`: absent = there is none, and nobody gets a contract here. */
export function contractPool(url: string | undefined, timeoutMs = TIMEOUT_MS): ContractPool {
  let asking = 0;
  return {
    async ask(question) {
      if (url === undefined || asking >= MOST_ASKING) return undefined;
      asking++;
      try {
        const headers = { 'Content-Type': 'application/json' };
        const signal = AbortSignal.timeout(timeoutMs);
        const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(question), redirect: 'error', signal });
        const text = await response.text();
        return response.ok && text.length <= LARGEST_ANSWER ? answerIn(JSON.parse(text)) : undefined;
      } catch {
        return undefined;
      } finally {
        asking--;
      }
    },
  };
}

function answerIn(answer: Partial<ContractAnswer & { readonly status: unknown }> | null): ContractAnswer | undefined {
  const { status, exiResponse, remainingContracts } = answer ?? {};
  if (status !== 'Accepted' || typeof exiResponse !== 'string') return undefined;
  return { exiResponse, ...(Number.isInteger(remainingContracts) && { remainingContracts: Number(remainingContracts) }) };
}
