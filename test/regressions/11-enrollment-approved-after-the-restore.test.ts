import { expect, onTestFinished, test } from 'vitest';
import { enrollmentRequestRequestSchema } from '../../src/domain/resources/enrollment-request.ts';
import { approveEnrollmentRequest } from '../../src/usecases/approve-enrollment-request.ts';
import { createEnrollmentRequest } from '../../src/usecases/create-enrollment-request.ts';
import { enrollmentRequest } from '../support/enrollment.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { keptCounts } from '../support/restore-rows.ts';
import { createTestContext } from '../support/test-context.ts';

// Fails if a device is entered with its gate open whenever it is approved: one that was approved before the backup was
// lost runs specs already.
test.each([
  ['whose request came with the backup', { before: true, knownRenderedVersion: undefined }],
  ['that says it runs a spec', { before: false, knownRenderedVersion: '7' }],
])('a device approved after the restore %s is awaited and judged', async (_name, { before, knownRenderedVersion }) => {
  const here = await createTestContext();
  onTestFinished(() => here.close());
  const { context } = here;
  const fleet = new FleetFixture(here);
  const said = knownRenderedVersion === undefined ? {} : { knownRenderedVersion };
  const request = enrollmentRequestRequestSchema.parse(enrollmentRequest('a', said));
  const enroll = () => createEnrollmentRequest(context, { request, by: { actor: 'user:ada' } });
  if (before) await enroll();
  await fleet.declareRestore();
  if (!before) await enroll();
  await approveEnrollmentRequest(context, { name: 'a', approval: { approved: true }, by: { actor: 'user:ada' } });

  expect(await keptCounts(context)).toMatchObject({ total: 1, awaiting: 1 });
  await fleet.edit('a', 'quay.io/acme/a:1');
  expect(await fleet.render()).toBe(0);
  expect((await fleet.report('a', 7)).gate).toBe('ConflictPaused');
  expect(await fleet.render()).toBe(0);
});
