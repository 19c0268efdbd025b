// Imported by scripts that an older Node would pass over in silence: it has no `import.meta.main`, so nothing is done, and that ends with 0.
const { node: version } = process.versions;
if (Number.parseInt(version, 10) < 24) {
  process.stderr.write(`Node 24 is needed, and this is ${version}: node_modules/.bin/node is one, which npm takes\n`);
  process.exit(1);
}
