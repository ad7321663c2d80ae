import { expect, onTestFinished, test } from 'vitest';
import { createApiClient } from '../support/api-client.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { keptCounts } from '../support/restore-rows.ts';
import { createTestContext } from '../support/test-context.ts';

const notSaid = [
  {},
  { labelSelector: '' },
  { fieldSelector: ' \t' },
  { labelSelector: '', fieldSelector: 'metadata.name=a' },
];

// Fails if the rule for lists, where an empty selector selects everything, holds for actions too.
test('a resume or adoption that does not say of whom is refused, and everybody stays paused', async () => {
  const here = await createTestContext();
  const api = await createApiClient(here.context);
  onTestFinished(async () => {
    await api.close();
    await here.close();
  });
  await new FleetFixture(here).paused('a', 'b');
  for (const action of ['resume', 'adopt']) {
    for (const body of notSaid) {
      const { code } = await api.post(`/deviceactions/${action}`, body);
      expect({ action, body, code }).toMatchObject({ code: 400 });
    }
  }
  expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 2, resumed: 0, adopted: 0 });
});
