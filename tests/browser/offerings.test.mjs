// A provider publishes a package by a form; a customer of another tenant orders it by the form that made, without
// seeing the package; the provider approves. Two people, two browser contexts.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';

import { axe, close, open, page, themes, url } from './support.mjs';

const CHART = path.resolve('examples/watchpost/chart');

after(close);

/** The customer of the demonstration, signed in by the second one-time address. */
async function customer() {
  const context = await (await open()).newContext({ baseURL: url, viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const it = await context.newPage();
  await it.goto(process.env.HYPO_SIGN_IN_CUSTOMER ?? assert.fail('HYPO_SIGN_IN_CUSTOMER is not set'));
  await it.getByRole('navigation').first().waitFor({ timeout: 30_000 });
  return it;
}

test('published in one tenant, ordered in another', { timeout: 600_000 }, async (t) => {
  const ada = await page();
  const cleo = await customer();
  const heading = (it, name) => it.getByRole('heading', { level: 1, name });
  let offering;

  await t.test('the provider publishes a package, by keyboard where it chooses', async () => {
    await ada.goto('/new');
    await ada.getByLabel('Choose a folder').setInputFiles(CHART);
    await heading(ada, /^Components of watchpost/).waitFor({ timeout: 60_000 });
    await ada.goto('/packages');
    await ada.getByRole('row', { name: /^watchpost/ }).first().getByRole('link', { name: 'watchpost' }).click();
    await ada.getByRole('link', { name: 'Publish…' }).click();
    await heading(ada, 'Publish watchpost').waitFor();
    await ada.getByLabel('Name of the offering').fill('Site watch');
    await ada.getByLabel('Description').fill('Cameras at your site, counted and shown.');
    await ada.getByLabel('Add a choice').selectOption({ label: 'Replicas of detector' });
    const choice = ada.getByRole('group', { name: 'Replicas of detector' });
    await choice.getByLabel('Name').fill('detectors');
    await choice.getByLabel('Allowed values').fill('1, 2');
    await choice.getByRole('checkbox', { name: 'Has to be chosen' }).focus();
    await ada.keyboard.press('Space');
    await ada.getByLabel('Approval').selectOption({ label: 'I approve each order' });
    await themes(ada, 'offer-1-publish');
    assert.deepEqual(await axe(ada), []);
    await ada.getByRole('button', { name: 'Publish it' }).focus();
    await ada.keyboard.press('Enter');
    await heading(ada, 'Site watch').waitFor({ timeout: 60_000 });
    offering = new URL(ada.url()).pathname;
    await ada.getByText('Launched').first().waitFor();
    await ada.getByRole('link', { name: 'Its package' }).waitFor();
    ada.expectClean();
  });

  await t.test('the customer sees the form, not the package', async () => {
    await cleo.goto('/offerings');
    await cleo.getByRole('row', { name: /^Site watch/ }).waitFor();
    assert.equal(await cleo.getByRole('link', { name: 'Publish a package' }).count(), 0);
    await themes(cleo, 'offer-2-list');
    await cleo.getByRole('link', { name: 'Order Site watch' }).click();
    await heading(cleo, 'Site watch').waitFor();
    assert.equal(new URL(cleo.url()).pathname, offering);
    assert.equal(await cleo.getByRole('link', { name: 'Its package' }).count(), 0);
    await themes(cleo, 'offer-3-form');
    assert.deepEqual(await axe(cleo), []);
    await cleo.goto('/packages');
    await cleo.getByText(/No package yet/).waitFor();
  });

  await t.test('the order waits for the provider, who approves it', async () => {
    await cleo.goto(offering);
    await cleo.getByLabel('Name of the service').fill('quay-watch');
    await cleo.getByLabel(/^detectors/).selectOption('2');
    await cleo.getByRole('button', { name: 'Place the order' }).click();
    await heading(cleo, /^Order /).waitFor({ timeout: 60_000 });
    await cleo.getByText('Accepted').first().waitFor();
    await ada.goto('/offerings');
    await ada.getByRole('heading', { name: 'Waiting for your word (1)' }).waitFor();
    await themes(ada, 'offer-4-approve');
    await ada.getByRole('button', { name: 'Approve' }).click();
    await ada.getByText('The order goes on.').first().waitFor();
    await ada.getByRole('heading', { name: /^Waiting for your word/ }).waitFor({ state: 'detached' });
  });

  await t.test('the customer follows it to its end', async () => {
    await cleo.getByText('Completed').first().waitFor({ timeout: 180_000 });
    await themes(cleo, 'offer-5-order');
    await cleo.goto('/records/resources/TMF638/service');
    await cleo.getByText('quay-watch').first().waitFor();
    ada.expectClean();
  });

  await t.test('retired, nobody can order it', async () => {
    await ada.goto(offering);
    await ada.getByRole('button', { name: 'Retire' }).click();
    await ada.getByText('Retired').first().waitFor();
    await ada.getByText('It cannot be ordered in this state.').waitFor();
    await cleo.goto(offering);
    await cleo.getByRole('button', { name: 'Place the order' }).waitFor({ state: 'detached' });
  });
});
