// Every page that needs no id: it opens by its address, has one heading, raises no error, and is fit for both themes
// and for a narrow screen.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { close, page, shot } from './support.mjs';

const PAGES = {
  overview: '/',
  packages: '/packages',
  'new-service': '/new',
  offerings: '/offerings',
  orders: '/orders',
  services: '/services',
  volumes: '/volumes',
  domains: '/domains',
  'add-cluster': '/domains/new',
  access: '/access',
  audit: '/audit',
  settings: '/settings',
  help: '/help',
  'help-error': '/help/error/HYP-3105',
};

after(close);

test('the sign-in page is all that a stranger sees', async () => {
  const it = await page({ signedIn: false });
  for (const address of ['/', '/orders', '/access']) {
    await it.goto(address);
    await it.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    assert.equal(await it.getByRole('navigation').count(), 0, address);
  }
  await shot(it, 'sign-in-light');
  it.expectClean();
});

test('a wrong password is refused in words', async () => {
  const it = await page({ signedIn: false });
  await it.goto('/');
  await it.getByLabel('Name').fill('admin');
  await it.getByLabel('Password').fill('not the password');
  await it.getByRole('button', { name: 'Sign in' }).click();
  await it.getByText('HYP-5003').first().waitFor();
});

for (const theme of ['light', 'dark']) {
  for (const [name, address] of Object.entries(PAGES)) {
    test(`${name}, ${theme}`, async () => {
      const it = await page({ theme });
      await it.goto(address);
      await it.getByRole('heading', { level: 1 }).first().waitFor();
      await it.waitForLoadState('networkidle');
      assert.equal(await it.getByRole('heading', { level: 1 }).count(), 1, 'one main heading');
      const bright = await it.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number));
      assert.ok(theme === 'dark' ? bright[0] < 0.5 || bright[0] < 100 : bright[0] > 0.5, `background ${bright}`);
      await shot(it, `${name}-${theme}`);
      it.expectClean();
      await it.context().close();
    });
  }
}

test('no page scrolls sideways at 360 pixels', async () => {
  const it = await page({ width: 360, height: 740 });
  for (const [name, address] of Object.entries(PAGES)) {
    await it.goto(address);
    await it.getByRole('heading', { level: 1 }).first().waitFor();
    const [wide, seen] = await it.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= seen, `${name} is ${wide} wide on a screen of ${seen}`);
    await shot(it, `${name}-narrow`);
  }
  it.expectClean();
});
