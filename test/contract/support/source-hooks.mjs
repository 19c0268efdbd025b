// Lets a plain Node process run our sources: `./x.js` in a TypeScript file means `./x.ts`.
// Usage: node --conditions=source --experimental-transform-types --import <this file> <script.ts>
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    const fromSource = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
    return nextResolve(fromSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
