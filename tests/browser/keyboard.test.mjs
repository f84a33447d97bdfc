// The order journey without a mouse, and the keys that lead everywhere.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';

import { close, page } from './support.mjs';

const CHART = path.resolve('examples/watchpost/chart');

after(close);

/** Presses Tab until the focused element has the accessible name; fails when the focus has been everywhere. */
async function tabTo(it, name, most = 160) {
  for (let step = 0; step < most; step += 1) {
    await it.keyboard.press('Tab');
    const at = await it.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') || element?.labels?.[0]?.textContent || element?.textContent || '';
    });
    if (typeof name === 'string' ? at.trim() === name : name.test(at.trim())) return;
  }
  assert.fail(`the focus never came to ${name}`);
}

test('a service is ordered by keyboard alone', { timeout: 300_000 }, async () => {
  const it = await page();
  const heading = (name) => it.getByRole('heading', { level: 1, name });
  await it.goto('/');
  await heading('Overview').waitFor();
  // Nobody can pick files by keyboard in a headless browser: the dialog is the browser's own.
  await it.goto('/new');
  await it.getByLabel('Choose a folder').setInputFiles(CHART);
  await heading(/^Components of /).waitFor({ timeout: 60_000 });
  await tabTo(it, 'Place the components');
  await it.keyboard.press('Enter');
  await heading(/^Place /).waitFor();
  await it.getByRole('group', { name: 'Place for me' }).waitFor();
  await tabTo(it, 'Name of the service');
  await it.keyboard.press('Control+A');
  await it.keyboard.type(`by-keyboard-${Date.now() % 100_000}`);
  await tabTo(it, 'Place for me');
  await it.keyboard.press('Enter');
  await it.getByText(/^Placed \d+ components/).waitFor({ timeout: 60_000 });
  await tabTo(it, /^gateway, .*arrow move it/);
  const before = await it.evaluate(() => document.activeElement.dataset.card);
  // There is always a column to the left of a cluster: the planner's.
  await it.keyboard.press('ArrowLeft');
  await it.waitForFunction((old) => document.activeElement.dataset.card !== old, before);
  await it.keyboard.press('ArrowRight');
  await it.waitForFunction((old) => document.activeElement.dataset.card === old, before);
  await tabTo(it, 'Review the plan', 300);
  await it.keyboard.press('Enter');
  await heading(/^Plan for /).waitFor({ timeout: 60_000 });
  await tabTo(it, 'Place the order', 300);
  await it.keyboard.press('Enter');
  await heading(/^Order /).waitFor({ timeout: 60_000 });
  await it.getByText(/ is done\.|What to do/).first().waitFor({ timeout: 180_000 });
  it.expectClean();
});

test('keys lead everywhere', async () => {
  const it = await page();
  await it.goto('/');
  await it.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await it.keyboard.press('Tab');
  assert.equal(await it.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await it.keyboard.press('Enter');
  assert.equal(await it.evaluate(() => document.activeElement.id), 'main');
  await it.keyboard.press('g');
  await it.keyboard.press('o');
  await it.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
  assert.equal(await it.evaluate(() => document.activeElement.tagName), 'H1', 'the focus follows the page');
  await it.keyboard.press('/');
  assert.equal(await it.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Search orders');
  await it.keyboard.press('Control+K');
  await it.getByRole('combobox', { name: /^Find a page/ }).waitFor();
  await it.keyboard.type('audit');
  await it.keyboard.press('Enter');
  await it.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
  await it.keyboard.press('?');
  await it.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await it.keyboard.press('Escape');
  await it.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor({ state: 'hidden' });
  it.expectClean();
});

test('a page keeps what was typed when it is loaded again', async () => {
  const it = await page();
  await it.goto('/orders?q=watch');
  assert.equal(await it.getByRole('searchbox', { name: 'Search orders' }).inputValue(), 'watch');
  await it.goto('/packages');
  await it.getByRole('link', { name: 'Order', exact: true }).first().click();
  await it.getByRole('link', { name: 'Place the components' }).click();
  const card = it.getByRole('group', { name: 'Place for me' }).getByRole('listitem').first();
  const name = await card.locator('.strong').textContent();
  await card.focus();
  await it.keyboard.press('ArrowRight');
  await it.getByRole('status').filter({ hasText: `${name}: now on` }).or(it.getByRole('status').filter({ hasText: name })).first().waitFor();
  await it.reload();
  await it.getByRole('group', { name: 'Place for me' }).waitFor();
  assert.equal(await it.getByRole('group', { name: 'Place for me' }).getByText(name, { exact: true }).count(), 0);
  it.expectClean();
});
