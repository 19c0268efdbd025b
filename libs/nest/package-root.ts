// Where the package's files (migrations, built console) are, from sources as well as from dist.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MARK = 'nest-cli.json';

/** The nearest directory at or above `below` that has nest-cli.json. Throws where there is none, which is a broken installation. */
export function packageRoot(below = dirname(fileURLToPath(import.meta.url))): string {
  for (let directory = below; ; directory = dirname(directory)) {
    if (existsSync(join(directory, MARK))) return directory;
    if (directory === dirname(directory)) throw new Error(`no ${MARK} in ${below} or above: files of the package are missing`);
  }
}
