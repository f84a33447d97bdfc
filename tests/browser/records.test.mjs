// TMF documents of any kind: made, found, changed, moved through their states and deleted, by forms that come from the
// registry; places on the map.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { axe, close, page, themes } from './support.mjs';

after(close);

const tag = Date.now().toString(36);

test('a specification with characteristics goes through its life', { timeout: 120_000 }, async () => {
  const it = await page();
  const heading = (name) => it.getByRole('heading', { level: 1, name });
  await it.goto('/records/catalogue/TMF633/serviceSpecification');
  await it.getByRole('link', { name: 'New service specification' }).click();
  await heading('New service specification').waitFor();
  await it.getByLabel('Name (required)').fill(`Camera watch ${tag}`);
  await it.getByLabel('Description').first().fill('Counts who passes.');
  await it.locator('summary', { hasText: /^Spec characteristic/ }).click();
  await it.getByRole('button', { name: 'Add to spec characteristic' }).click();
  const one = it.getByRole('group', { name: 'Spec characteristic 1' });
  await one.getByLabel('Name', { exact: true }).fill('cameras');
  await one.getByLabel('Value type').fill('integer');
  await themes(it, 'records-new');
  await it.getByRole('button', { name: 'Create' }).click();

  await heading(`Camera watch ${tag}`).waitFor();
  await it.getByText('In study').first().waitFor();
  await it.getByText('"valueType": "integer"').first().waitFor();
  await it.getByRole('button', { name: 'To “In design”' }).click();
  await it.getByRole('button', { name: 'To “In test”' }).waitFor();
  await it.getByLabel('Version').first().fill('2');
  await it.getByRole('button', { name: 'Save the changes' }).click();
  await it.getByText('"version": "2"').first().waitFor();
  assert.equal(await it.getByText('"name": "cameras"').count(), 1, 'what was not changed is still there');
  await themes(it, 'records-document');
  assert.deepEqual(await axe(it), []);
  const address = it.url();

  await it.goto('/records/catalogue/TMF633/serviceSpecification');
  await it.getByRole('searchbox', { name: 'Search by name' }).fill(`watch ${tag}`);
  await it.getByText('1 to 1 of 1').waitFor();
  await it.getByLabel('State').selectOption('In Design');
  await it.getByRole('link', { name: `Camera watch ${tag}` }).waitFor();
  await it.getByRole('button', { name: /^Name/ }).click();
  await it.waitForURL((now) => now.searchParams.get('sort') === 'name' && now.searchParams.get('state') === 'In Design');
  assert.deepEqual(await axe(it), []);
  await themes(it, 'records-list');

  await it.goto(address);
  await it.getByRole('button', { name: 'Delete…' }).click();
  await it.getByRole('button', { name: 'Delete it' }).click();
  await it.waitForURL((now) => now.pathname.endsWith('/serviceSpecification'));
  await it.getByRole('searchbox', { name: 'Search by name' }).fill(tag);
  await it.getByText('No document fits.').waitFor();
  it.expectClean();
});

test('a place is on the map', { timeout: 60_000 }, async () => {
  const it = await page({ theme: 'dark' });
  await it.goto('/records/locations/TMF675/geographicLocation/new');
  await it.getByLabel('Name', { exact: true }).fill(`Zürich ${tag}`);
  await it.getByLabel('Type (required)').fill('GeographicLocation');
  await it.getByLabel('Bbox').fill('[8, 47, 9, 48]');
  await it.getByRole('button', { name: 'Create' }).click();
  await it.getByRole('heading', { level: 1, name: `Zürich ${tag}` }).waitFor();
  await it.goto('/records/locations/TMF675/geographicLocation');
  await it.getByRole('link', { name: new RegExp(`^Zürich ${tag}: 47.500° north, 8.500° east`) }).waitFor();
  await themes(it, 'records-map');
  it.expectClean();
});

test('every kind has its list', { timeout: 180_000 }, async () => {
  const it = await page({ width: 375, height: 740 });
  const { tmf } = await (await it.request.get('/nbi/interfaces')).json();
  assert.ok(tmf.length >= 17, `${tmf.length} families`);
  for (const group of ['catalogue', 'products', 'resources', 'parties', 'locations', 'events']) {
    await it.goto(`/records/${group}`);
    await it.getByRole('navigation', { name: 'Kinds of documents' }).waitFor();
    const kinds = await it.getByRole('navigation', { name: 'Kinds of documents' }).getByRole('link').all();
    for (const address of await Promise.all(kinds.map((kind) => kind.getAttribute('href')))) {
      await it.goto(address);
      await it.getByText(/^No document fits\.|^\d+ to \d+ of \d+|^0 in all/).first().waitFor();
      assert.equal(await it.getByRole('alert').count(), 0, address);
      const [wide, seen] = await it.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(wide <= seen, `${address} is ${wide} wide on a screen of ${seen}`);
    }
  }
  it.expectClean();
});
