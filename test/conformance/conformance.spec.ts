// The certification cases and the requirements of a CSMS, block by block, on one network: a file beside this one per functional block.
// Cases about the door, boot and TLS stand in test/scenario, which has an edge of its own for each; docs/ocpp-obligations.md knows where each case is.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { type Block, stage } from './support/stage.js';

const open = stage();
const names = readdirSync(join(process.cwd(), 'test/conformance'))
  .filter((file) => /^(16|201)-.*\.ts$/.test(file))
  .map((file) => file.replace('.ts', ''));
for (const name of names) {
  const { default: block } = (await import(`./${name}.js`)) as { readonly default: Block };
  describe(name, () => block(open));
}
