// A page in a real Chromium, looked at: pictures of it at every size, axe, and what its scripts threw.
// Without playwright-core or a Chromium (CHROMIUM=path) nothing is tested, and that is said. What a page must say is its test's.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
export const out = new URL('out/', import.meta.url).pathname;
const program = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
const playwright = await import('playwright-core').catch(() => undefined);
export const skip =
  playwright === undefined ? 'playwright-core is not installed' : program === undefined && 'there is no Chromium: set CHROMIUM';

const SIZES = { desktop: [1400, 900], tablet: [820, 1100], phone: [390, 844] };
export const WITHIN_MS = 20_000;

export function emptyOut() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
}

export async function looking(url) {
  const browser = await playwright.chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' });
  page.setDefaultTimeout(WITHIN_MS);
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);

  /** Nothing serious or critical, in light and dark, and no sideways scrolling at any size; leaves the pictures. */
  async function looksRight(name) {
    for (const [size, [width, height]] of Object.entries(SIZES)) {
      await page.setViewportSize({ width, height });
      // Charts take their new width a frame later.
      await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50)))),
      );
      const [inner, scroll] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
      assert.ok(scroll <= inner, `${name} scrolls sideways at ${size}: ${scroll} of ${inner}`);
      await page.screenshot({ path: `${out}${name}-${size}.png`, fullPage: true });
    }
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme });
      if (colorScheme === 'dark') await page.screenshot({ path: `${out}${name}-phone-dark.png`, fullPage: true });
      assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
    }
    await page.setViewportSize({ width: 1400, height: 900 });
  }
  return { page, errors, looksRight, close: () => browser.close() };
}

async function violations(page) {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const found = await page.evaluate(async () => {
    const { violations: all } = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
    return all.map(({ id, impact, nodes }) => ({ id, impact, at: nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)) }));
  });
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
}
