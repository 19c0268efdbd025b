// Planted bugs: a line of the product changed in memory, so that the auditor can prove it would have noticed (docs/simulation.md).
// A line that is not there any more fails loudly: the list follows the code it bites.
import { registerHooks } from 'node:module';
import type { FaultName } from './faults.js';

export interface Mutant {
  readonly name: string;
  /** Of the built module, below dist/. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** What it breaks. */
  readonly about: string;
  /** A seed that finds it in MUTANT_HOURS with eight stations and these faults; rough ones unless told. */
  readonly seed: string;
  readonly faults?: FaultName;
}

/** Virtual hours of a run that has a bug planted. */
export const MUTANT_HOURS = 0.4;

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'answer-before-append',
    file: 'apps/edge/inbound/recorder.js',
    find: 'await this.#services.siteLog.append(this.#partition, [callRecord(attributes, this.#recordPrefix, head, plan, loggedText)]);',
    replace:
      'this.#services.siteLog.append(this.#partition, [callRecord(attributes, this.#recordPrefix, head, plan, loggedText)]).catch(() => undefined);',
    about: 'a station is answered before its message is durable (P1)',
    seed: '1',
  },
  {
    name: 'answer-what-was-not-stored',
    file: 'apps/edge/connection.js',
    find: 'this.#giveUp(error, waiting);',
    replace: "this.#write(JSON.stringify([4, waiting.frame.messageId, 'InternalError', 'try again', {}]));",
    about: 'a message the log did not take is answered with an error, and the station deletes it (P1)',
    seed: '1',
  },
  {
    name: 'skip-dedupe',
    file: 'apps/edge/inbound/recorder.js',
    find: 'const known = UNREPEATED.has(action) ? undefined : repeats.find(this.#stationKey, key);',
    replace: 'const known = undefined;',
    about: 'a frame repeated letter by letter is stored again (P2)',
    seed: '1',
    faults: 'repeats',
  },
  {
    name: 'count-a-repeat',
    file: 'libs/domain/session/match.js',
    find: "return mayBeAnother ? { kind: 'new' } : { kind: 'repeat' };",
    replace: "return { kind: 'new' };",
    about: 'a start that comes again under a new message id begins another session (P2)',
    seed: '1',
    faults: 'repeats',
  },
  {
    name: 'one-id-for-all',
    file: 'apps/edge/inbound/transaction-id.js',
    find: 'start.connectorId, start.tokenHash, start.timestamp, start.meterStart',
    replace: 'start.connectorId',
    about: 'every 1.6 transaction of a connector gets the same id',
    seed: '1',
    faults: 'repeats',
  },
  {
    name: 'drop-offline-queue',
    file: 'libs/domain/session/translate-201.js',
    find: "if (transactionId === '')",
    replace: "if (transactionId === '' || payload.offline === true)",
    about: 'what a station kept while it was offline is not counted (P3)',
    seed: '1',
    faults: 'repeats',
  },
  {
    name: 'no-amendment',
    file: 'libs/domain/session/decide.js',
    find: 'return [...renamed, ...amend(session, fact)];',
    replace: 'return [];',
    about: 'what comes after a provisional end changes nothing (P3)',
    seed: '2',
  },
  {
    name: 'forget-a-grant-on-silence',
    file: 'libs/domain/load-balancing/ledger.js',
    find: "grant.state === 'accepted' ? grant : { ...grant, state: 'unanswered' });",
    replace: "grant.state === 'accepted' ? grant : undefined);",
    about: 'a limit nobody confirmed counts as never sent (P6)',
    seed: '3',
    faults: 'links',
  },
  {
    name: 'raise-before-lower-confirmed',
    file: 'libs/domain/load-balancing/ledger.js',
    find: 'for (const grant of evse.plans) {',
    replace: 'for (const grant of evse.plans.slice(-1)) {',
    about: 'the head-room of a lower limit is given away before the station confirmed it (P6)',
    seed: '1',
    faults: 'links',
  },
  {
    name: 'endless-lease',
    file: 'libs/domain/load-balancing/profiles.js',
    find: 'const periods = steps.map(',
    replace: 'const periods = steps.slice(0, 1).map(',
    about: 'profiles do not end in the safe level (P6)',
    seed: '7',
    faults: 'links',
  },
  {
    name: 'believe-the-disobedient',
    file: 'libs/domain/load-balancing/ledger.js',
    find: 'if (evse.disobedient)',
    replace: 'if (evse.disobedient && t < 0)',
    about: 'who was found to draw more than it was told counts with what it was told (P6)',
    seed: '1',
    faults: 'rogues',
  },
  {
    name: 'late-command',
    file: 'apps/edge/outbound/station-calls.js',
    find: "return 'PastNotAfter';",
    replace: 'return undefined;',
    about: 'a command leaves after the time it may leave',
    seed: '1',
  },
  {
    name: 'no-fence',
    file: 'apps/edge/outbound/grant-fence.js',
    find: 'map.set(key, value);',
    replace: '',
    about: 'the edge forgets who owns a site, and which limit of a station was the newest (P5)',
    seed: '1',
    faults: 'handovers',
  },
  {
    name: 'deliver-for-others',
    file: 'apps/load-balancing/delivery.js',
    find: "if (input.type !== 'CommandRequested' || state.ownerId !== ownerId)",
    replace: "if (input.type !== 'CommandRequested')",
    about: 'whoever reads a limit hands it out, whether it owns the site or not (P5)',
    seed: '1',
    faults: 'handovers',
  },
  {
    name: 'send-twice',
    file: 'apps/edge/dispatch.js',
    find: "if (fate === 'taken')",
    replace: "if (fate === 'never')",
    about: 'a command routed twice is sent twice',
    seed: '1',
    faults: 'calm',
  },
  {
    name: 'lose-outcomes',
    file: 'apps/edge/outbound/outcome-writer.js',
    find: 'await new Promise((resolve) => void this.#clock.after(RETRY_MS, resolve));',
    replace: 'return;',
    about: 'an outcome the log does not take at once is dropped',
    seed: '1',
  },
  {
    name: 'wait-for-dead-edges',
    file: 'apps/load-balancing/deadlines.js',
    find: '.filter(([, { giveUpMs }]) => giveUpMs <= state.nowMs)',
    replace: '.filter(() => state.nowMs < 0)',
    about: 'a command whose edge died never ends',
    seed: '1',
    faults: 'blackouts',
  },
  {
    name: 'ignore-epoch',
    file: 'libs/service/commit.js',
    find: ' and epoch = $6 and next_offset = $7',
    replace: ' and $6::bigint is not null and $7::bigint is not null',
    about: 'two holders of a partition both commit',
    seed: '1',
    faults: 'handovers',
  },
  {
    name: 'skip-a-record',
    file: 'apps/simulation/holding.js',
    find: 'let offset = start;',
    replace: 'let offset = start + 1;',
    about: 'whoever takes a partition over begins one record late',
    seed: '1',
    faults: 'blackouts',
  },
  {
    name: 'old-socket-harms-new',
    file: 'apps/edge/roster.js',
    find: 'if (this.#connections.get(key) === connection)',
    replace: 'if (this.#connections.has(key))',
    about: 'the end of an old socket takes the new one off the roster (P5)',
    seed: '8',
    faults: 'blackouts',
  },
  {
    name: 'believe-an-incomplete-book',
    file: 'apps/edge/admission/book-gate.js',
    find: 'await book.isComplete()',
    replace: 'await (async () => true)()',
    about: 'a book that is still being written refuses stations it does not know yet (P5)',
    seed: '2',
    faults: 'blackouts',
  },
  {
    name: 'never-announce-again',
    file: 'apps/edge/roster.js',
    find: 'if (holder?.connectionId === witness.identity.connectionId)',
    replace: 'if (witness !== undefined)',
    about: 'an edge does not notice that the directory was emptied',
    seed: '1',
    faults: 'blackouts',
  },
  {
    name: 'never-write-the-book-again',
    file: 'apps/session/book-keeper.js',
    find: 'if (await this.book.isFolded(topic, partition))',
    replace: 'if ((await this.book.isFolded(topic, partition)) || true)',
    about: 'an emptied answer book stays empty',
    seed: '1',
    faults: 'blackouts',
  },
  {
    name: 'limit-ends-early',
    file: 'apps/load-balancing/grid-limits.js',
    find: 'expiresMs: Date.parse(limit.expiresAt),',
    replace: 'expiresMs: Date.parse(limit.expiresAt) - 120_000,',
    about: 'a limit from the grid is over two minutes before its time (P6)',
    seed: '1',
    faults: 'calm',
  },
  {
    name: 'limit-begins-late',
    file: 'apps/load-balancing/grid-limits.js',
    find: 'fromMs: Date.parse(step.startsAt),',
    replace: 'fromMs: Date.parse(step.startsAt) + 40_000,',
    about: 'a limit from the grid begins forty seconds after its time (P6)',
    seed: '1',
    faults: 'calm',
  },
  {
    name: 'two-outcomes',
    file: 'apps/edge/outbound/station-calls.js',
    find: "this.#ports.report(command, frame.kind === 'result'",
    replace:
      "this.#ports.report(command, { type: 'CommandErrored', code: 'InternalError', description: '' }); this.#ports.report(command, frame.kind === 'result'",
    about: 'a command that was answered is told as failed besides',
    seed: '1',
  },
  {
    name: 'another-answer',
    file: 'apps/edge/outcome-record.js',
    find: 'payload: safe',
    replace: "payload: { status: 'Accepted' }",
    about: 'whatever a station answers is told as a yes',
    seed: '1',
  },
  {
    name: 'pay-twice',
    file: 'apps/billing/paying.js',
    find: 'const call = { key, paymentId, amount, currency };',
    replace: 'const call = { key: key + clock.now(), paymentId, amount, currency };',
    about: 'the payment provider is asked again under another key',
    seed: '1',
  },
];

/** Changes the module when it is loaded; call it before the first import of the network. */
export function plant({ name, file, find, replace }: Mutant): void {
  let isPlanted = false;
  process.on('exit', () => {
    if (!isPlanted) process.stderr.write(`the bug ${name} was never planted: ${file} was not loaded\n`);
  });
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/${file}`)) return loaded;
      const parts = String(loaded.source).split(find);
      if (parts.length < 2) throw new Error(`the bug ${name} fits no line of ${file} any more`);
      isPlanted = true;
      return { ...loaded, source: parts.join(replace) };
    },
  });
}
