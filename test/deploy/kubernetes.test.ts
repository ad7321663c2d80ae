import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig, settings } from '../../src/config/config.ts';
import { kustomizations, objectsIn, ownManifests, shortName, validate, type Manifest } from './manifests.ts';
import {
  autoscalerSchema,
  budgetSchema,
  configMapSchema,
  deploymentSchema,
  jobSchema,
  networkPolicySchema,
  podSpecs,
  secretRefs,
  secretSchema,
  serviceSchema,
  type PodSpec,
} from './workloads.ts';

const all = kustomizations();
const manifests = all.flatMap(ownManifests);

function ofKind(kind: string): Manifest[] {
  return manifests.filter(({ object }) => object.kind === kind);
}

function named(kind: string, name: string, among = manifests): unknown {
  const found = among.filter(({ object }) => object.kind === kind && object.metadata.name === name);
  expect(found.map(({ file }) => file)).toHaveLength(1);
  return found[0]?.object;
}

const deployments = ofKind('Deployment').map(({ object }) => deploymentSchema.parse(object));
const services = ofKind('Service').map(({ object }) => serviceSchema.parse(object));
const policies = ofKind('NetworkPolicy').map(({ object }) => networkPolicySchema.parse(object));
const baseSettings = configMapSchema.parse(named('ConfigMap', 'muster')).data;
const passwords = { DB_PASSWORD: 'x', KV_PASSWORD: 'x' };
const config = readConfig({ ...baseSettings, ...passwords });

describe('objects', () => {
  test.each(manifests.map((manifest) => [manifest.object.kind, manifest.object.metadata.name, manifest] as const))(
    '%s %s is as its schema says, and has no field that Kubernetes does not know',
    (_kind, _name, manifest) => expect(() => validate(manifest)).not.toThrow(),
  );

  test('a wrong type and a field that does not exist are found', () => {
    const service = (port: object) => ({
      file: '',
      object: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { ports: [port] } },
    });
    expect(() => validate(service({ port: 3443 }))).not.toThrow();
    expect(() => validate(service({ port: '3443' }))).toThrow('/spec/ports/0/port');
    expect(() => validate(service({ port: 3443, targetport: 'api' }))).toThrow('/spec/ports/0/targetport');
  });

  test
    .runIf(spawnSync('kubectl', ['kustomize', '--help']).status === 0)
    .each(all.filter(({ kind }) => kind === 'Kustomization').map(({ directory }) => [shortName(directory), directory]))(
    'kustomize builds %s, and what comes out is valid',
    (_name, directory) => {
      const built = objectsIn(execFileSync('kubectl', ['kustomize', directory], { encoding: 'utf8' }), directory);
      for (const manifest of built) expect(() => validate(manifest)).not.toThrow();
      expect(built.length).toBeGreaterThan(0);
    },
  );
});

describe('kustomizations', () => {
  test.each(all.map((kustomization) => [shortName(kustomization.directory), kustomization] as const))(
    '%s lists what exists, and all of it',
    (_name, { directory, resources, components, patches }) => {
      const listed = [...resources, ...components, ...patches.map(({ path }) => path)];
      expect(listed.filter((path) => !existsSync(join(directory, path)))).toEqual([]);
      for (const path of listed.filter((path) => statSync(join(directory, path)).isDirectory()))
        expect(existsSync(join(directory, path, 'kustomization.yaml'))).toBe(true);
      const there = readdirSync(directory).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
      expect(listed.filter((path) => !path.includes('/')).toSorted()).toEqual(there.toSorted());
    },
  );

  test('patches are of objects that exist', () => {
    const targets = all.flatMap(({ directory, patches }) =>
      patches.flatMap(({ path }) => objectsIn(readFileSync(join(directory, path), 'utf8'), path)),
    );
    expect(targets.length).toBeGreaterThan(0);
    for (const { object } of targets) named(object.kind, object.metadata.name);
  });
});

describe('configuration', () => {
  test.each(all.flatMap(({ directory, patches }) => patches.map(({ path }) => join(directory, path))))(
    'the settings of the base, changed by %s, can be used',
    (file) => {
      const [patch] = objectsIn(readFileSync(file, 'utf8'), file);
      const changed = patch?.object.kind === 'ConfigMap' ? configMapSchema.parse(patch.object).data : {};
      const env = { ...baseSettings, ...changed };
      expect(() => readConfig({ ...env, ...passwords })).not.toThrow();
      const known = new Set<string>(Object.values(settings).map((setting) => setting.env));
      expect(Object.keys(env).filter((name) => !known.has(name))).toEqual([]);
    },
  );

  test('every variable of a container is a setting, or is used in its arguments', () => {
    const known = new Set<string>(Object.values(settings).map((setting) => setting.env));
    for (const { containers } of pods()) {
      for (const { env, args } of containers) {
        const names = env.map(({ name }) => name);
        expect(names.filter((name) => !known.has(name) && !args.includes(`$(${name})`))).toEqual([]);
        const used = args.flatMap((arg) => [...arg.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name));
        expect(used.filter((name) => name === undefined || !names.includes(name))).toEqual([]);
      }
    }
  });

  test('every secret and key that is asked for is defined, and none that is not', () => {
    const defined = ofKind('Secret').flatMap(({ object }) => {
      const { metadata, stringData } = secretSchema.parse(object);
      return Object.keys(stringData).map((key) => `${metadata.name}/${key}`);
    });
    const asked = new Set(manifests.flatMap(({ object }) => secretRefs(object)));
    expect([...asked].toSorted()).toEqual(defined.toSorted());
    const values = ofKind('Secret').flatMap(({ object }) => Object.values(secretSchema.parse(object).stringData));
    expect(values.filter((value) => !value.includes('replace-me'))).toEqual([]);
  });

  test('every file that a setting names is mounted', () => {
    const files = Object.values(baseSettings).filter((value) => value.startsWith('/'));
    expect(files.length).toBeGreaterThan(4);
    for (const { spec } of deployments) {
      const { containers, volumes } = spec.template.spec;
      const mounted = (containers[0]?.volumeMounts ?? []).flatMap(({ name, mountPath }) =>
        (volumes.find((volume) => volume.name === name)?.secret?.items ?? []).map(({ path }) => `${mountPath}/${path}`),
      );
      expect(mounted.toSorted()).toEqual(expect.arrayContaining(files));
    }
  });

  test('pods are given more time to stop than Muster takes for it', () => {
    for (const { spec } of deployments) {
      const { terminationGracePeriodSeconds, containers } = spec.template.spec;
      const [, preStopSeconds] = containers[0]?.lifecycle?.preStop.exec.command ?? [];
      expect(terminationGracePeriodSeconds).toBeGreaterThan(Number(preStopSeconds) + config.shutdownTimeoutMs / 1_000);
    }
  });
});

describe('the two listeners', () => {
  const ports = { api: config.apiListen.port, agent: config.agentListen.port };

  test('pods that answer stay ready without Redis; pods that are there to render do not', () => {
    const readiness = deployments.map(({ metadata, spec }) => [
      metadata.name,
      spec.template.spec.containers[0]?.readinessProbe?.httpGet.path,
    ]);
    expect(Object.fromEntries(readiness)).toEqual({ muster: '/readyz', 'muster-worker': '/readyz?needs=queue' });
  });

  test('containers and services have the ports that are listened on, one service for each', () => {
    for (const { spec } of deployments) {
      const [container] = spec.template.spec.containers;
      expect(Object.fromEntries((container?.ports ?? []).map((port) => [port.name, port.containerPort]))).toEqual(
        ports,
      );
      for (const probe of [container?.startupProbe, container?.livenessProbe, container?.readinessProbe])
        expect(probe?.httpGet).toMatchObject({ port: 'api', scheme: 'HTTPS' });
    }
    for (const { spec } of services) {
      expect(spec.ports).toHaveLength(1);
      for (const { name, port, targetPort } of spec.ports) expect([targetPort, ports[name]]).toEqual([name, port]);
    }
    expect(services.map(({ metadata, spec }) => [metadata.name, spec.ports[0]?.name])).toEqual(
      expect.arrayContaining([
        ['muster-api', 'api'],
        ['muster-agent', 'agent'],
      ]),
    );
  });

  test('devices reach theirs from anywhere and nothing else; the admin API is reached only from where is named', () => {
    const openings = policies.flatMap(({ spec }) => spec.ingress);
    const allowed = openings.map(({ from, ports }) => ({
      anywhere: from.length === 0,
      ports: ports.map(({ port }) => port),
    }));
    expect(allowed.filter(({ anywhere }) => anywhere)).toEqual([{ anywhere: true, ports: [ports.agent] }]);
    expect(allowed.filter(({ anywhere }) => !anywhere).map(({ ports }) => ports)).toEqual([[ports.api], [ports.api]]);
    expect(
      policies.filter(({ spec }) => spec.ingress.length + spec.egress.length === 0).map(({ spec }) => spec),
    ).toEqual([
      expect.objectContaining({
        policyTypes: ['Ingress', 'Egress'],
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'muster' } },
      }),
    ]);
  });

  test('what is chosen by labels is there: by services, policies, budgets and the autoscaler', () => {
    const labelled = deployments.map(({ spec }) => spec.template.metadata.labels);
    const chosen = (labels: Record<string, string>) =>
      labelled.filter((there) => Object.entries(labels).every(([name, value]) => there[name] === value)).length;
    for (const { spec } of services) expect(chosen(spec.selector)).toBeGreaterThan(0);
    for (const { spec } of policies) expect(chosen(spec.podSelector.matchLabels)).toBeGreaterThan(0);
    for (const { spec } of deployments) expect(chosen(spec.selector.matchLabels)).toBe(1);
    const budgets = ofKind('PodDisruptionBudget').map(
      ({ object }) => budgetSchema.parse(object).spec.selector.matchLabels,
    );
    expect(budgets.map(chosen)).toEqual([1, 1]);
    const names = deployments.map(({ metadata }) => metadata.name);
    expect(names).toContain(
      autoscalerSchema.parse(ofKind('HorizontalPodAutoscaler')[0]?.object).spec.scaleTargetRef.name,
    );
  });
});

function pods(): PodSpec[] {
  return podSpecs([...deployments, ...ofKind('Job').map(({ object }) => jobSchema.parse(object))]);
}

test('every pod meets the restricted pod security standard, and writes to no file system', () => {
  expect(pods().length).toBe(3);
  for (const pod of pods()) {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    for (const { securityContext } of pod.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  }
});

test('with the journal every pod mounts its volume where the setting says, and the restore job too', () => {
  const patchesOf = (name: string) =>
    all
      .filter(({ directory }) => directory.endsWith(`components/${name}`))
      .flatMap(({ directory, patches }) =>
        patches.flatMap(({ path }) => objectsIn(readFileSync(join(directory, path), 'utf8'), path)),
      )
      .map(({ object }) => object);
  const [config, ...workloads] = patchesOf('journal');
  const journal = configMapSchema.parse(config).data['MUSTER_JOURNAL'];
  expect(journal).toMatch(/^\//);
  expect(workloads.map(({ metadata }) => metadata.name)).toEqual(deployments.map(({ metadata }) => metadata.name));
  for (const workload of [...workloads, ...patchesOf('restore-journal')]) {
    expect(JSON.stringify(workload)).toContain(`"mountPath":"${journal}"`);
    expect(JSON.stringify(workload)).toContain('"claimName":"muster-journal"');
  }
  expect(JSON.stringify(patchesOf('restore-journal'))).toContain(`"name":"MUSTER_JOURNAL","value":"${journal}"`);
});

test('the restore is declared on the database, with a key that is the same for every attempt', () => {
  const [container] = jobSchema.parse(named('Job', 'muster-restore')).spec.template.spec.containers;
  expect(container?.args.slice(0, 3)).toEqual(['restore', 'declare', '--database']);
  expect(container?.env.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['DATABASE_URL', 'REDIS_URL', 'DB_PASSWORD', 'KV_PASSWORD']),
  );
  expect(container?.env.find(({ name }) => name === 'RESTORE_KEY')?.valueFrom?.fieldRef?.fieldPath).toContain(
    'controller-uid',
  );
});
