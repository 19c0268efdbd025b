// Jest in ESM: sources are transpiled by swc, `#lib` imports resolve to sources through the "source" condition.
const base = {
  testEnvironment: '<rootDir>/scripts/jest-environment.mjs',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true } },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
};

/** Faults that `npm run chaos` and `npm run drill` alone bring: `npm test` has half an hour. */
const { CHAOS_STATIONS, DRILL } = process.env;
const LEFT_TO_CHAOS = [
  '/brokers/',
  ...(CHAOS_STATIONS === undefined && DRILL === undefined ? ['/cut-network', '/silent-kafka', '/full-disk', '/restore'] : []),
];

export default {
  // Against hanging only: a loaded machine is slow, and no test is about how long it takes.
  testTimeout: 120_000,
  // Modules of a spec that was run are not let go: a worker that has come to hold so many begins anew.
  workerIdleMemoryLimit: '2GB',
  testSequencer: '<rootDir>/scripts/jest-sequencer.mjs',
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    { ...base, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.spec.ts'] },
    { ...base, displayName: 'scenario', testMatch: ['<rootDir>/test/{scenario,conformance,quirks,security}/**/*.spec.ts'] },
    { ...base, displayName: 'simulation', testMatch: ['<rootDir>/test/simulation/**/*.spec.ts'] },
    { ...base, displayName: 'cluster', testMatch: ['<rootDir>/test/{cluster,chaos}/**/*.spec.ts'], testPathIgnorePatterns: LEFT_TO_CHAOS },
    { ...base, displayName: 'helm', testMatch: ['<rootDir>/test/helm/**/*.spec.ts'] },
    // Needs three brokers: `npm run chaos` alone has them.
    { ...base, displayName: 'brokers', testMatch: ['<rootDir>/test/chaos/brokers/**/*.spec.ts'] },
    { ...base, displayName: 'interop', testMatch: ['<rootDir>/test/interop/**/*.spec.ts'] },
  ],
};
