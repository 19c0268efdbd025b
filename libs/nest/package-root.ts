// Where the package's files (migrations, built console) are, from sources as well as from dist.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'nest-cli.json'))) directory = dirname(directory);
  return directory;
}
