// Kafka brokers, each a controller too (KRaft), from jars that Maven fetches once into a cache; one is enough unless brokers shall be lost.
// Topics are the clients' business; none is created by accident.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findJava, which } from './packages.mjs';
import { ask, launch, narrated, run } from './processes.mjs';

const here = import.meta.dirname;
const POM = join(here, 'pom.xml');
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** One directory per content of the pom, shared by all clones of one user. */
function jarDirectory() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const digest = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  return join(cache, 'joulestream', `kafka-${digest}`);
}

export const needsMaven = () => !existsSync(jarDirectory());

async function ensureJars(context) {
  const jars = jarDirectory();
  if (existsSync(jars)) return jars;
  const partial = `${jars}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  const goal = [`${DEPENDENCY_PLUGIN}:copy-dependencies`, '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
  const retries = ['-Dmaven.wagon.http.retryHandler.count=3', '-Daether.connector.http.retryHandler.count=3'];
  try {
    await narrated(context, `kafka: fetching the broker's jars by Maven, once, into ${jars}`, () =>
      run(which('mvn') ?? 'mvn', ['-B', '-q', '-f', POM, ...goal, ...retries], { cwd: partial, signal: context.signal }),
    );
    if (!readdirSync(partial).some((name) => name.startsWith('kafka_'))) throw new Error('Maven brought no broker jar');
    if (!existsSync(jars)) renameSync(partial, jars);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return jars;
}

/** What brokers agree on before the first of them starts; `ports` of each. */
export function newCluster(brokers) {
  const uuid = () => Buffer.concat([Buffer.from([0x10]), randomBytes(15)]).toString('base64url'); // never begins with "-"
  return { clusterId: uuid(), brokers: brokers.map((ports, index) => ({ nodeId: index + 1, directoryId: uuid(), ...ports })) };
}

const properties = (data, { brokers }, { nodeId, port, controllerPort }) => `process.roles=broker,controller
node.id=${nodeId}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=${brokers.map((broker) => `127.0.0.1:${broker.controllerPort}`).join(',')}
log.dirs=${data}
auto.create.topics.enable=false
# As many copies of an internal topic as there are brokers: with more, no group would find its coordinator.
offsets.topic.replication.factor=${brokers.length}
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=${brokers.length}
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=${brokers.length}
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# A killed broker may register again after this, not after nine seconds.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
# The log is the truth: kept whole.
log.retention.ms=-1
log.cleaner.dedupe.buffer.size=4194304
num.network.threads=2
num.io.threads=4
`;

/** Formats the broker's storage at the first start, then starts it under its name. */
export async function startKafka(dir, name, cluster, broker, context) {
  const jars = await ensureJars(context);
  const java = await findJava();
  if (!java) throw new Error('no Java 17 or later');
  const [config, data] = [join(dir, `${name}.properties`), join(dir, `${name}-data`)];
  const classpath = join(jars, '*');
  const jvm = ['-XX:+UseSerialGC', `-Dlog4j2.configurationFile=${join(here, 'log4j2.properties')}`, '-cp', classpath];
  writeFileSync(config, properties(data, cluster, broker));
  if (!existsSync(join(data, 'meta.properties'))) {
    const voters = cluster.brokers.map(({ nodeId, controllerPort, directoryId }) => `${nodeId}@127.0.0.1:${controllerPort}:${directoryId}`);
    const format = ['format', '--initial-controllers', voters.join(','), '-t', cluster.clusterId, '-c', config];
    await narrated(context, `${name}: formatting its storage`, () =>
      run(java, [...jvm, 'kafka.tools.StorageTool', ...format], { signal: context.signal }),
    );
  }
  context.signal?.throwIfAborted();
  launch(dir, name, java, ['-Xms256m', '-Xmx512m', ...jvm, 'kafka.Kafka', config]);
}

/** Asks for metadata (version 1, no topics): ready once a broker and a controller are named. */
export async function isKafkaReady(port) {
  const header = Buffer.from([0, 3, 0, 1, 0, 0, 0, 1, 0, 5, ...Buffer.from('stack'), 0, 0, 0, 0]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(header.length);
  const answer = await ask(port, Buffer.concat([size, header]));
  if (!answer || answer.length < 30 || answer.readInt32BE(8) < 1) return false;
  const hostLength = answer.readInt16BE(16);
  const rack = 18 + hostLength + 4;
  const controllerAt = rack + 2 + Math.max(0, answer.readInt16BE(rack));
  return answer.length >= controllerAt + 4 && answer.readInt32BE(controllerAt) >= 0;
}
