import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { authConfigSchema } from '../../src/domain/resources/auth-config.ts';
import { statusSchema } from '../../src/domain/resources/status.ts';
import { deviceRequest, documentOf, refusalOf } from '../support/documents.ts';
import { useApi } from '../support/use-fleet.ts';

const { api } = await useApi();

beforeAll(async () => {
  await api.post('/devices', deviceRequest('one', { labels: { site: 'north', rack: '7', 'example.com/a': '' } }));
  await api.post('/devices', deviceRequest('two', { labels: { site: 'south', rack: '7', Zone: 'z' } }));
});

describe('labels', () => {
  const list = async (query: string) => documentOf(await api.get(`/labels?${query}`), 200, z.array(z.string()));

  test('of devices are listed once each, in byte order', async () => {
    expect(await list('kind=Device')).toEqual(['Zone=z', 'example.com/a=', 'rack=7', 'site=north', 'site=south']);
    expect(await list('kind=Device&limit=2')).toEqual(['Zone=z', 'example.com/a=']);
    expect(await list('kind=Device&limit=0')).toHaveLength(5);
  });

  test('can be those of selected devices', async () => {
    expect(await list('kind=Device&labelSelector=site%3Dsouth')).toEqual(['Zone=z', 'rack=7', 'site=south']);
    expect(await list('kind=Device&fieldSelector=metadata.name%3Done&limit=1')).toEqual(['example.com/a=']);
    expect(await list('kind=Device&fieldSelector=metadata.name%3Dnobody')).toEqual([]);
  });

  test.each(['', 'kind=Fleet', 'kind=Device&limit=1001', 'kind=Device&labelSelector==', 'kind=Device&fieldSelector=x'])(
    'are refused with 400 for "%s"',
    async (query) => {
      refusalOf(await api.get(`/labels?${query}`), 400);
    },
  );
});

test('the version is that of the package', async () => {
  const { version } = documentOf(await api.get('/version'), 200, z.object({ version: z.string() }));
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
});

test('without authentication there is a way to log in all the same: with any token', async () => {
  expect(documentOf(await api.get('/auth/config'), 200, authConfigSchema)).toMatchObject({
    authenticationRequired: false,
    defaultProvider: 'none',
    providers: [{ metadata: { name: 'none' }, spec: { providerType: 'k8s' } }],
  });
  expect(documentOf(await api.get('/auth/validate'), 200, statusSchema)).toMatchObject({ status: 'Success' });
});

test('there is one organization', async () => {
  const list = z.object({ kind: z.literal('OrganizationList'), items: z.array(z.looseObject({ kind: z.string() })) });
  expect(documentOf(await api.get('/organizations'), 200, list).items).toMatchObject([
    { kind: 'Organization', spec: { displayName: 'Default', externalId: 'default' } },
  ]);
  const other = await api.get('/organizations?fieldSelector=metadata.name%3Dother');
  expect(documentOf(other, 200, list).items).toEqual([]);
  refusalOf(await api.get('/organizations?fieldSelector=x'), 400);
});

describe('what Flight Control has and Muster has not', () => {
  test.each<[string, RegExp]>([
    ['/repositories', /no repositories: .* MUSTER_REPOSITORIES/],
    ['/repositories/one?x=y', /^there is nothing at GET \/api\/v1\/repositories\/one: Muster stores no/],
    ['/resourcesyncs', /let a pipeline apply them/],
    ['/fleets/one/templateversions', /no template versions/],
    ['/catalogs/one/items', /no catalogs/],
    ['/catalogitems', /no catalogs/],
    ['/authproviders', /auth\/config lists them/],
    ['/auth/permissions', /auth\/whoami/],
    ['/vulnerabilities/devices/one', /no vulnerabilities/],
    ['/devices/one/applications/web/actions/stop', /change the spec/],
    ['/imagebuilds', /builds no images/],
  ])('is refused with 404 at %s, and what to use instead', async (path, instead) => {
    expect(refusalOf(await api.get(path), 404)).toMatch(instead);
  });

  test('is not mixed up with what nobody has', async () => {
    expect(refusalOf(await api.get('/repositoriesx'), 404)).toBe('there is nothing at GET /api/v1/repositoriesx');
  });
});
