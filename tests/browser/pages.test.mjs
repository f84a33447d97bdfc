// Every page: it opens by its address, has one heading, raises no error, and is fit for both themes and for a narrow
// screen. Pages with an id are those of what this server has: a full run has ordered a service before (keyboard.test).
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { PAGES, close, page, places, shot, themes } from './support.mjs';

after(close);

test('the sign-in page is all that a stranger sees', async () => {
  const it = await page({ signedIn: false });
  for (const address of ['/', '/orders', '/access']) {
    await it.goto(address);
    await it.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    assert.equal(await it.getByRole('navigation').count(), 0, address);
  }
  await themes(it, 'sign-in');
  await it.setViewportSize({ width: 375, height: 740 });
  await shot(it, 'sign-in-narrow');
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

/** Opens a page and waits until it has told what it knows. */
async function visit(it, address) {
  await it.goto(address);
  await it.getByRole('heading', { level: 1 }).first().waitFor();
  await it.waitForLoadState('networkidle');
}

for (const theme of ['light', 'dark']) {
  test(`every page, ${theme}`, { timeout: 900_000 }, async (t) => {
    const it = await page({ theme });
    for (const [name, address] of Object.entries(await places(it))) {
      await t.test(name, async () => {
        await visit(it, address);
        assert.equal(await it.getByRole('heading', { level: 1 }).count(), 1, 'one main heading');
        const bright = await it.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number));
        assert.ok(theme === 'dark' ? bright[0] < 0.5 || bright[0] < 100 : bright[0] > 0.5, `background ${bright}`);
        await shot(it, `${name}-${theme}`);
        it.expectClean();
      });
    }
    await it.context().close();
  });
}

for (const width of [360, 375]) {
  test(`no page scrolls sideways at ${width} pixels`, { timeout: 900_000 }, async () => {
    const it = await page({ width, height: 740 });
    for (const [name, address] of Object.entries(await places(it))) {
      await visit(it, address);
      const [wide, seen] = await it.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(wide <= seen, `${name} is ${wide} wide on a screen of ${seen}`);
      if (width === 375) await shot(it, `${name}-narrow`);
    }
    it.expectClean();
  });
}
