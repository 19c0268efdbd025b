// `npm start`: the whole network in one process, with simulated stations and the console.
process.argv.splice(2, 0, 'apps/standalone/main');
await import('./run.mjs');
