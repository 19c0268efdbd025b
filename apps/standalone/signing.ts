// `npm run signing -- key`: a new pair of keys for a process that writes to the log. `npm run signing -- heads`: where each partition ends now, as EVENT_SIGNERS
// wants it in `required` and in `until` of a key that is retired (docs/signing.md).
import { generateKeyPairSync } from 'node:crypto';
import { commandLine } from '#command-line';
import { ConfigError, readConfig } from '#config';
import { LIMIT_TOPICS, TOPICS } from '#contracts';
import { PortError, type World } from '#ports';
import { openWorld } from '#world';

const say = (value: object): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);

async function headsOf({ log }: World): Promise<Readonly<Record<string, readonly number[]>>> {
  const heads: Record<string, readonly number[]> = {};
  await log.open([LIMIT_TOPICS.asked]);
  for (const topic of [...TOPICS, LIMIT_TOPICS.asked])
    heads[topic] = await Promise.all(Array.from({ length: log.partitionCount(topic) }, (_, partition) => log.head(topic, partition)));
  return heads;
}

const { words, refuse } = commandLine({
  usage: 'npm run signing -- key | heads',
  about:
    'What signing the log needs (docs/signing.md). key: a new pair of keys for a process that writes to it; heads: where each partition ends now.',
  options: {},
  words: { about: 'One of', oneOf: ['key', 'heads'] },
});
const [asked, ...more] = words;
if (asked === undefined || more.length > 0) refuse('key or heads?');

try {
  if (asked === 'key') {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    say({
      EVENT_SIGNING_KEY: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    });
  } else {
    const world = await openWorld(readConfig(process.env));
    say(await headsOf(world));
    await world.close();
  }
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof PortError)) throw error;
  process.stderr.write(`signing: ${error.message}\n`);
  process.exit(1);
}
