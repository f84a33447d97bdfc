// The story of the product, in one browser: bring the untouched example, see who talks to whom, place it on clusters of
// two owners, review the plan, order, follow the timeline, open the application, look at logs and charts, terminate and
// keep the data. Steps depend on each other, so they are one test with named parts.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';

import { close, page, shot, themes } from './support.mjs';

const CHART = path.resolve('examples/watchpost/chart');
const EDGE = 'lakeside-edge';
const CLOUD = 'nimbus-central';
/** Everything at the edge, the dashboard at a second owner's as well: there it needs the store over a link. */
const PLACES = {
  gateway: [EDGE],
  broker: [EDGE],
  detector: [EDGE],
  store: [EDGE],
  dashboard: [EDGE, CLOUD],
};

after(close);

test('the walk', { timeout: 600_000 }, async (t) => {
  const it = await page();
  const heading = (name) => it.getByRole('heading', { level: 1, name });

  await t.test('a package nobody changed is imported and understood', async () => {
    await it.goto('/new');
    await it.getByLabel('Choose a folder').setInputFiles(CHART);
    await heading(/^Components of watchpost/).waitFor({ timeout: 60_000 });
    for (const component of Object.keys(PLACES)) await it.getByText(component, { exact: true }).first().waitFor();
    await themes(it, 'walk-1-components');
  });

  await t.test('a value is changed in the form and the package rendered anew', async () => {
    const before = it.url();
    await it.getByText('Change values').click();
    await it.getByLabel('dashboard.service.type').selectOption('NodePort');
    await it.getByRole('button', { name: 'Render with these values' }).click();
    await it.waitForURL((now) => now.href !== before && now.pathname.endsWith('/components'), { timeout: 60_000 });
    await heading(/^Components of watchpost/).waitFor();
  });

  await t.test('the components are placed on clusters of two owners', async () => {
    await it.getByRole('link', { name: 'Place the components' }).click();
    await heading('Place watchpost').waitFor();
    const column = (name) => it.getByRole('group', { name, exact: true });
    // By keyboard: the first column right of the planner's is the edge.
    const card = column('Place for me').getByRole('listitem').filter({ hasText: 'gateway' });
    await card.focus();
    await it.keyboard.press('ArrowRight');
    await column(EDGE).getByText('gateway', { exact: true }).waitFor();
    // By dragging.
    await column('Place for me').getByRole('listitem').filter({ hasText: 'broker' }).dragTo(column(EDGE));
    await column(EDGE).getByText('broker', { exact: true }).waitFor();
    // By menu.
    for (const component of ['detector', 'store', 'dashboard']) {
      for (const cluster of PLACES[component]) {
        await it.getByRole('button', { name: `Where ${component} runs` }).first().click();
        await it.getByRole('menuitemcheckbox', { name: new RegExp(`^${cluster}`) }).click();
        await it.keyboard.press('Escape');
        await column(cluster).getByText(component, { exact: true }).waitFor();
      }
    }
    await it.getByText('dashboard → store').waitFor();
    await themes(it, 'walk-2-board');
  });

  await t.test('the plan says exactly what will happen', async () => {
    await it.getByRole('button', { name: 'Review the plan' }).click();
    await heading(/^Plan for watchpost/).waitFor({ timeout: 60_000 });
    await it.getByText('Encrypted links (1)').waitFor();
    await it.getByText('Secrets, by digest').waitFor();
    await it.getByRole('button', { name: 'Show as GraphQL' }).last().click();
    const dialog = it.getByRole('dialog', { name: 'Show as GraphQL' });
    await dialog.getByText(/mutation PlaceOrder/).first().waitFor();
    await it.keyboard.press('Escape');
    await themes(it, 'walk-3-plan');
  });

  await t.test('the order is followed live to its end', async () => {
    await it.getByRole('button', { name: 'Place the order' }).click();
    await heading(/^Order /).waitFor({ timeout: 60_000 });
    await it.getByText(/ is done\./).waitFor({ timeout: 180_000 });
    await themes(it, 'walk-4-order');
    it.expectClean();
  });

  let service;
  await t.test('the application opens and counts', async () => {
    await it.getByRole('link', { name: 'Open the service' }).click();
    await it.getByRole('heading', { name: /^Components \(6\)/ }).waitFor({ timeout: 60_000 });
    service = new URL(it.url()).pathname;
    await themes(it, 'walk-5-service');
    const doors = it.getByRole('link', { name: /^Open dashboard/ });
    await doors.first().waitFor({ timeout: 60_000 });
    const edge = (await doors.filter({ hasText: EDGE }).first().getAttribute('href')) ?? assert.fail('the door has no address');
    const door = await it.context().newPage();
    await door.goto(edge);
    await door.getByRole('heading', { name: 'Watchpost' }).waitFor();
    await door.waitForFunction(() => Number(document.getElementById('total').textContent) > 3, undefined, { timeout: 60_000 });
    await shot(door, 'walk-6-application');
    await door.close();
  });

  await t.test('logs come as the pods write them, and can be searched', async () => {
    await it.goto(`${service}/logs`);
    await it.getByRole('log').getByText('listening').first().waitFor({ timeout: 60_000 });
    await it.getByRole('searchbox', { name: 'Search the log' }).fill('listening');
    await it.locator('mark').first().waitFor();
    await themes(it, 'walk-7-logs');
  });

  await t.test('charts, topology, events and objects are there', async () => {
    for (const tab of ['Topology', 'Charts', 'Events', 'Objects']) {
      await it.getByRole('navigation', { name: 'Views of the service' }).getByRole('link', { name: tab }).click();
      await it.waitForURL((now) => now.pathname === `${service}/${tab.toLowerCase()}`);
      await it.waitForTimeout(tab === 'Charts' ? 6000 : 1000);
      await themes(it, `walk-8-${tab.toLowerCase()}`);
    }
    it.expectClean();
  });

  await t.test('scaling names the volume of a replica that goes, and asks for its name to delete it', async () => {
    await it.goto(service);
    await it.getByRole('button', { name: `Actions for store on ${EDGE}` }).click();
    await it.getByRole('button', { name: 'Scale…' }).filter({ visible: true }).click();
    const dialog = it.getByRole('dialog', { name: 'Scale store' });
    const volumes = dialog.getByRole('region', { name: 'Volumes of replicas that go' });
    await dialog.getByLabel('Replicas', { exact: true }).fill('2');
    assert.equal(await volumes.count(), 0, 'nothing goes');
    await dialog.getByLabel('Replicas', { exact: true }).fill('0');
    await volumes.getByText('events-store-0', { exact: true }).waitFor();
    await volumes.getByRole('radio', { name: 'Delete' }).focus();
    await it.keyboard.press('Space');
    const scale = dialog.getByRole('button', { name: 'Scale', exact: true });
    assert.ok(await scale.isDisabled(), 'the name is missing');
    await themes(it, 'walk-12-scale');
    await volumes.getByLabel('Type events-store-0 to delete it').fill('events-store-0');
    assert.ok(await scale.isEnabled());
    await dialog.getByLabel('Replicas', { exact: true }).fill('1');
    await volumes.waitFor({ state: 'detached' });
    await it.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    it.expectClean();
  });

  await t.test('it is terminated and the volume is kept', async () => {
    await it.goto(service);
    await it.getByRole('link', { name: 'Terminate…' }).click();
    await heading(/^Terminate /).waitFor();
    await it.getByText('events-store-0').first().waitFor();
    await themes(it, 'walk-9-terminate');
    await it.getByRole('button', { name: 'Terminate the service' }).click();
    await heading(/^Order /).waitFor({ timeout: 60_000 });
    await it.getByText(/ is done\./).waitFor({ timeout: 180_000 });
    await it.goto('/volumes');
    await it.getByText('events-store-0').first().waitFor();
    await themes(it, 'walk-10-kept');
    it.expectClean();
  });

  await t.test('the next service can take the kept volume up, by keyboard', async () => {
    await it.goto('/packages');
    await it.getByRole('row', { name: /^watchpost/ }).first().getByRole('link', { name: 'Order' }).click();
    await it.getByRole('link', { name: 'Place the components' }).click();
    const volume = it.getByRole('checkbox', { name: /^events-store-0 of store/ }).first();
    await volume.focus();
    await it.keyboard.press('Space');
    await it.getByText(`store starts with this data on ${EDGE}.`).first().waitFor();
    await it.getByRole('group', { name: EDGE, exact: true }).getByText('store', { exact: true }).waitFor();
    await themes(it, 'walk-11-attach');
    await it.keyboard.press('Space');
    await it.getByText(`store starts with this data on ${EDGE}.`).first().waitFor({ state: 'detached' });
    it.expectClean();
  });
});
