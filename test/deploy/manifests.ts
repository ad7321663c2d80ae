import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, PersistentVolumeClaim, Secret, Service, ServiceAccount } from 'kubernetes-models/v1';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

const kubernetesDirectory = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url));

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
/** A Kubernetes object, and the file that it stands in. */
export type Manifest = { readonly file: string; readonly object: z.infer<typeof objectSchema> };

const kustomizationSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.enum(['Kustomization', 'Component']),
  namespace: z.string().optional(),
  labels: z.array(z.unknown()).optional(),
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  images: z.array(z.object({ name: z.string() })).default([]),
  patches: z.array(z.strictObject({ path: z.string() })).default([]),
});
type Kustomization = z.infer<typeof kustomizationSchema> & { readonly directory: string };

/** Every kustomization under `deploy/kubernetes`. */
export function kustomizations(): Kustomization[] {
  return readdirSync(kubernetesDirectory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('kustomization.yaml'))
    .map((file) => ({
      ...kustomizationSchema.parse(parse(readFileSync(join(kubernetesDirectory, file), 'utf8'))),
      directory: dirname(join(kubernetesDirectory, file)),
    }));
}

/** The objects in the files of one kustomization: those it adds, not those it takes from another or patches. */
export function ownManifests({ directory, resources }: Kustomization): Manifest[] {
  return resources
    .filter((path) => path.endsWith('.yaml'))
    .flatMap((path) => objectsIn(readFileSync(join(directory, path), 'utf8'), shortName(join(directory, path))));
}

export function objectsIn(text: string, file: string): Manifest[] {
  return parseAllDocuments(text).map((document) => ({ file, object: objectSchema.parse(document.toJS()) }));
}

/** A path as messages of tests show it. */
export function shortName(path: string): string {
  return relative(kubernetesDirectory, path);
}

type Checked = { readonly prototype: { validate(): void } };

const models: Readonly<Record<string, Checked>> = {
  'apps/v1 Deployment': Deployment,
  'autoscaling/v2 HorizontalPodAutoscaler': HorizontalPodAutoscaler,
  'batch/v1 Job': Job,
  'monitoring.coreos.com/v1 ServiceMonitor': ServiceMonitor,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'v1 ConfigMap': ConfigMap,
  'v1 Namespace': Namespace,
  'v1 PersistentVolumeClaim': PersistentVolumeClaim,
  'v1 Secret': Secret,
  'v1 Service': Service,
  'v1 ServiceAccount': ServiceAccount,
};

/**
 * Checks an object against the schema that Kubernetes publishes for its kind, and that it has no field that the schema
 * does not know: one that checking never looked at.
 *
 * @throws Error saying which field is wrong
 */
export function validate({ object }: Manifest): void {
  const model = models[`${object.apiVersion} ${object.kind}`];
  if (model === undefined) throw new Error(`no schema for ${object.apiVersion} ${object.kind}`);
  const unread = new Map<string, true>();
  model.prototype.validate.call(watched(object, '', unread));
  if (unread.size > 0) throw new Error(`unknown fields: ${[...unread.keys()].join(', ')}`);
}

/** A view of a value that strikes a field off when it is read. */
function watched<Value>(value: Value, path: string, unread: Map<string, true>): Value {
  if (typeof value !== 'object' || value === null) return value;
  const pathOf = (key: string) => `${path}/${key}`;
  for (const key of Object.keys(value)) unread.set(pathOf(key), true);
  const views = new Map<string, unknown>();
  return new Proxy(value, {
    get(target, key, receiver): unknown {
      if (typeof key === 'symbol') return Reflect.get(target, key, receiver);
      unread.delete(pathOf(key));
      if (!views.has(key)) views.set(key, watched(Reflect.get(target, key, receiver), pathOf(key), unread));
      return views.get(key);
    },
  });
}
