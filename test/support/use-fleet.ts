import { afterAll, beforeEach } from 'vitest';
import { createApiClient, type ApiClient } from './api-client.ts';
import { emptyDatabase } from './empty-database.ts';
import { FleetFixture } from './fleet-fixture.ts';
import { createTestContext, type TestContext, type TestContextOptions } from './test-context.ts';

/** Gives all tests of a file one context, and closes it after them. */
export async function useContext(options?: TestContextOptions): Promise<TestContext> {
  const here = await createTestContext(options);
  afterAll(() => here.close());
  return here;
}

/** Gives the tests of a file one context, and each of them an empty fleet on it. */
export async function useFleet(options?: TestContextOptions): Promise<{ here: TestContext; fleet: FleetFixture }> {
  const here = await useContext(options);
  beforeEach(() => emptyDatabase(here));
  return { here, fleet: new FleetFixture(here) };
}

/** Gives all tests of a file one context, with a client of its admin API. What one test makes, the next one finds. */
export async function useApi(options?: TestContextOptions): Promise<{ here: TestContext; api: ApiClient }> {
  const here = await useContext(options);
  const api = await createApiClient(here.context);
  afterAll(() => api.close());
  return { here, api };
}
