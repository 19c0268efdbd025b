// The order of specs: those of whole networks first, by size as jest has them, and the many small ones last, so that no worker is idle at the end.
import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

const LONGEST_FIRST = ['scenario', 'simulation', 'contract', 'helm', 'unit'];

export default class extends Sequencer {
  sort(tests) {
    const rank = ({ context }) => LONGEST_FIRST.indexOf(context.config.displayName?.name);
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
