// A listener is registered in the portal, is told of a change with a signature, and is taken away again. The listener is
// a real HTTP server of this test; the demonstration allows callbacks to its own machine and to no other inside address.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';

import { axe, close, page, shot } from './support.mjs';

after(close);

test('a listener is told of what changes', { timeout: 120_000 }, async (t) => {
  const told = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      told.push({ headers: request.headers, body: JSON.parse(body) });
      answer.writeHead(204).end();
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const callback = `http://127.0.0.1:${server.address().port}/events`;
  t.after(() => server.close());

  const it = await page();
  await it.goto('/listeners');
  await it.getByRole('heading', { level: 1, name: 'Event listeners' }).waitFor();
  await it.getByLabel('API').selectOption('/tmf-api/party/v4');
  await it.getByLabel('Callback').fill('http://169.254.169.254/latest');
  await it.getByRole('button', { name: 'Register' }).click();
  await it.getByText('HYP-6202').first().waitFor();

  await it.getByLabel('Callback').fill(callback);
  await it.getByRole('button', { name: 'Register' }).click();
  await it.getByText(/whsec_/).first().waitFor();
  const row = it.getByRole('row', { name: new RegExp(`^${callback}`) });
  await row.getByText('Listening').waitFor();
  await shot(it, 'listeners-one');
  assert.deepEqual(await axe(it), []);

  const status = await it.evaluate(async () => {
    const body = JSON.stringify({ givenName: 'Lis', familyName: 'Tener' });
    const answer = await fetch('/tmf-api/party/v4/individual', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return answer.status;
  });
  assert.equal(status, 201);
  for (let turn = 0; turn < 100 && told.length === 0; turn += 1) await it.waitForTimeout(100);
  assert.equal(told[0]?.body.eventType, 'IndividualCreateEvent');
  assert.match(told[0].headers['webhook-signature'] ?? '', /^v1,/);

  await it.reload();
  await row.getByRole('cell', { name: '1', exact: true }).first().waitFor();
  await row.getByRole('button', { name: 'Pause' }).click();
  await row.getByText('Paused').waitFor();
  await row.getByRole('button', { name: 'Remove' }).click();
  await it.getByText('Nobody is told of events yet.').waitFor();
});
