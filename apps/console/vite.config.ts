// How the console is built (to dist/console) and served while someone works on it.
// The finished page is served by the api; nothing in dev/ reaches the bundle.
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import { fakeApi } from './dev/fake-api-plugin.js';

const port = Number(process.env.CONSOLE_DEV_PORT ?? 5173);
/** Set to the address of a running api (e.g. http://127.0.0.1:8080) to work against real data instead of the fake network. */
const apiUrl = process.env.CONSOLE_API_URL;
const proxy = apiUrl === undefined ? {} : { '/v1': apiUrl, '/console/session': apiUrl };

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [preact({ devToolsEnabled: false }), ...(apiUrl === undefined ? [fakeApi()] : [])],
  server: { host: '127.0.0.1', port, strictPort: true, proxy },
  preview: { host: '127.0.0.1', port, strictPort: true, proxy },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    // What pages share comes with the first file: a dozen small ones would each cost a phone a round trip.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'shared', test: /console\/(ui|words|api|model|feed)\/|devices\/ago|live\/evse-grid|live\/state-mark/ }],
        },
      },
    },
  },
});
