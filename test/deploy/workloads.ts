import { z } from 'zod';

// As much of Kubernetes' objects as the tests look at; their schemas are checked apart from this.

const metadata = z.looseObject({ name: z.string() });
const labels = z.record(z.string(), z.string());
const matchLabels = z.object({ matchLabels: labels });

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string(), scheme: z.string() }) });

const containerSchema = z.object({
  args: z.array(z.string()).default([]),
  env: z
    .array(
      z.object({
        name: z.string(),
        valueFrom: z.object({ fieldRef: z.object({ fieldPath: z.string() }).optional() }).optional(),
      }),
    )
    .default([]),
  ports: z.array(z.object({ name: z.enum(['api', 'agent']), containerPort: z.number() })).default([]),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  lifecycle: z.object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) }).optional(),
  securityContext: z.unknown(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
});

const podSpecSchema = z.object({
  automountServiceAccountToken: z.boolean().optional(),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z.unknown(),
  containers: z.array(containerSchema),
  volumes: z
    .array(
      z.object({
        name: z.string(),
        secret: z.object({ items: z.array(z.object({ path: z.string() })) }).optional(),
      }),
    )
    .default([]),
});
export type PodSpec = z.infer<typeof podSpecSchema>;

const template = z.object({ metadata: z.object({ labels }), spec: podSpecSchema });

export const deploymentSchema = z.object({ metadata, spec: z.object({ selector: matchLabels, template }) });
export const jobSchema = z.object({ metadata, spec: z.object({ template }) });
export const configMapSchema = z.object({ metadata, data: z.record(z.string(), z.string()) });
export const secretSchema = z.object({ metadata, stringData: z.record(z.string(), z.string()) });
export const budgetSchema = z.object({ spec: z.object({ selector: matchLabels }) });
export const autoscalerSchema = z.object({ spec: z.object({ scaleTargetRef: z.object({ name: z.string() }) }) });
export const serviceSchema = z.object({
  metadata,
  spec: z.object({
    selector: labels,
    ports: z.array(z.object({ name: z.enum(['api', 'agent']), port: z.number(), targetPort: z.string() })),
  }),
});

const policyPorts = z.array(z.object({ port: z.number() }));
export const networkPolicySchema = z.object({
  metadata,
  spec: z.object({
    podSelector: matchLabels,
    policyTypes: z.array(z.string()),
    ingress: z.array(z.object({ from: z.array(z.unknown()).default([]), ports: policyPorts })).default([]),
    egress: z.array(z.object({ ports: policyPorts })).default([]),
  }),
});

export function podSpecs(workloads: readonly { readonly spec: { readonly template: { readonly spec: PodSpec } } }[]) {
  return workloads.map(({ spec }) => spec.template.spec);
}

const keyRefSchema = z.object({ name: z.string(), key: z.string() });
const secretVolumeSchema = z.object({ secretName: z.string(), items: z.array(z.object({ key: z.string() })) });

/** `SECRET/KEY` of every secret that an object refers to, in an environment, in a volume or for Prometheus. */
export function secretRefs(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]: [string, unknown]) => {
    const ref = ['secretKeyRef', 'credentials', 'secret'].includes(field) ? keyRefSchema.safeParse(inner) : undefined;
    if (ref?.success === true) return [`${ref.data.name}/${ref.data.key}`];
    const volume = field === 'secret' ? secretVolumeSchema.safeParse(inner) : undefined;
    if (volume?.success === true) return volume.data.items.map(({ key }) => `${volume.data.secretName}/${key}`);
    return secretRefs(inner);
  });
}
