// What every browser test needs: a browser, a signed-in page that notices errors, pictures.
// The environment is set by `cargo xtask e2e`, see xtask/src/e2e.rs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const need = (name) => process.env[name] ?? assert.fail(`${name} is not set: start the tests with cargo xtask e2e`);
export const url = need('HYPO_URL');
const shots = need('HYPO_SHOTS');
// Kept between test files: the one-time address works once.
const session = path.join(need('HYPO_STATE'), 'session.json');
const { chromium } = createRequire(import.meta.url)(need('HYPO_PLAYWRIGHT'));

let browser;

/** The browser of this file; closed by `close`. */
export async function open() {
  // Chromium's sandbox does not work for root, which is who CI is.
  const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
  browser ??= await chromium.launch({ executablePath: need('HYPO_CHROMIUM'), args });
  return browser;
}

export async function close() {
  await browser?.close();
  browser = undefined;
}

/**
 * A page whose errors are collected: console errors, exceptions, refusals of the content security policy, answers of
 * 500 and above. `expectClean()` fails on them.
 */
export async function page({ width = 1440, height = 900, theme = 'light', signedIn = true } = {}) {
  const options = { viewport: { width, height }, colorScheme: theme, baseURL: url, reducedMotion: 'reduce' };
  if (signedIn) options.storageState = await signIn();
  const context = await (await open()).newContext(options);
  const it = await context.newPage();
  const errors = [];
  // The browser itself notes every 401; for a stranger that is the answer the portal asks for.
  const expected = (text) => !signedIn && text.includes('status of 401');
  it.on('console', (message) => message.type() === 'error' && !expected(message.text()) && errors.push(`console: ${message.text()}`));
  it.on('pageerror', (error) => errors.push(`exception: ${error.message}`));
  it.on('response', (answer) => answer.status() >= 500 && errors.push(`${answer.status()} ${answer.url()}`));
  it.expectClean = () => assert.deepEqual(errors.splice(0), []);
  return it;
}

/** The cookie of the first administrator, got once per run with the printed one-time address. */
async function signIn() {
  if (existsSync(session)) return session;
  const context = await (await open()).newContext({ baseURL: url });
  const it = await context.newPage();
  await it.goto(need('HYPO_SIGN_IN'));
  await it.getByRole('navigation').first().waitFor({ timeout: 30_000 });
  mkdirSync(path.dirname(session), { recursive: true });
  await context.storageState({ path: session });
  await context.close();
  return session;
}

/** A picture of the whole page, for a person to look at. The window grows: a full-page picture tears what is sticky. */
export async function shot(it, name) {
  mkdirSync(shots, { recursive: true });
  const before = it.viewportSize();
  const height = await it.evaluate(() => document.documentElement.scrollHeight);
  await it.setViewportSize({ width: before.width, height: Math.min(Math.max(height, before.height), 6000) });
  await it.screenshot({ path: path.join(shots, `${name}.png`) });
  await it.setViewportSize(before);
}

/** The page as it is now in both themes: `NAME-light` and `NAME-dark`. Open menus and what was typed stay. */
export async function themes(it, name) {
  for (const colorScheme of ['dark', 'light']) {
    await it.emulateMedia({ colorScheme });
    await shot(it, `${name}-${colorScheme}`);
  }
}

/** Every page that needs no id. */
export const PAGES = {
  overview: '/', packages: '/packages', 'new-service': '/new', offerings: '/offerings', orders: '/orders', services: '/services', volumes: '/volumes',
  domains: '/domains', 'add-cluster': '/domains/new', listeners: '/listeners', access: '/access', audit: '/audit', settings: '/settings', help: '/help',
  'help-error': '/help/error/HYP-3105', 'not-found': '/no/such/page',
  ...Object.fromEntries(['catalogue', 'products', 'resources', 'parties', 'locations', 'events'].map((group) => [`records-${group}`, `/records/${group}`])),
};

/** Pages of this server: those without an id, and one package, order and service where there are any. */
export async function places(it) {
  const all = { ...PAGES };
  const first = async (list, pattern) => {
    await it.goto(list);
    await it.getByRole('heading', { level: 1 }).first().waitFor();
    await it.waitForTimeout(800);
    const links = await it.locator('main a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    return links.find((link) => pattern.test(link));
  };
  const found = {
    package: await first('/packages', /^\/packages\/./),
    order: await first('/orders', /^\/orders\/./),
    service: await first('/services', /^\/services\/[^/]+$/),
    cluster: await first('/domains', /^\/clusters\//),
  };
  for (const [name, address] of Object.entries(found)) if (address) all[name] = address;
  if (found.package) {
    const id = found.package.split('/')[2];
    Object.assign(all, { components: `/new/${id}/components`, placement: `/new/${id}/placement` });
  }
  if (found.service) {
    for (const tab of ['topology', 'charts', 'logs', 'events', 'objects', 'terminate']) all[`service-${tab}`] = `${found.service}/${tab}`;
  }
  return all;
}

/** What axe-core finds at levels A and AA: rule, and the elements. */
export async function axe(it) {
  const source = axeSource();
  // `evaluate` runs outside the page's content security policy; a script element would not.
  await it.evaluate(source);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const answer = await it.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), tags);
  return answer.violations.map((it) => `${it.id}: ${it.nodes.slice(0, 4).map((node) => `${node.target.join(' ')} (${node.any[0]?.message ?? ''})`).join(' | ')}`);
}

/** axe-core stands beside playwright-core and is fetched the same way where it is missing. */
function axeSource() {
  const home = path.resolve(need('HYPO_PLAYWRIGHT'), '..', '..');
  const file = path.join(home, 'node_modules/axe-core/axe.min.js');
  if (!existsSync(file)) {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', home, 'axe-core@4'], { stdio: 'inherit' });
  }
  return readFileSync(file, 'utf8');
}
