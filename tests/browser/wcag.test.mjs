// axe-core over every page in both themes: WCAG 2.0, 2.1 and 2.2, levels A and AA.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { axe, close, page, places } from './support.mjs';

after(close);

for (const theme of ['light', 'dark']) {
  test(`no page has a barrier axe knows, ${theme}`, { timeout: 900_000 }, async (t) => {
    const it = await page({ theme });
    for (const [name, address] of Object.entries(await places(it))) {
      await t.test(name, async () => {
        await it.goto(address);
        await it.getByRole('heading', { level: 1 }).first().waitFor();
        await it.waitForTimeout(800);
        const found = await axe(it);
        assert.deepEqual(found, []);
      });
    }
    it.expectClean();
  });
}

test('the sign-in page has none either', async () => {
  const it = await page({ signedIn: false });
  await it.goto('/');
  await it.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  assert.deepEqual(await axe(it), []);
});
