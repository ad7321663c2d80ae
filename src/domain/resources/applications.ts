import { z } from 'zod';
import { applicationVolumesSchema } from './application-volumes.ts';
import { catalogItemRefSchema } from './catalog-item.ts';
import { applicationContentSchema } from './file-content.ts';
import { imageReferenceSchema } from './image-reference.ts';
import { limits } from './limits.ts';
import { atMostEntries, exactlyOneOf, requiring } from './object-rules.ts';
import { plainText } from './templated.ts';

const appTypes = ['compose', 'quadlet', 'container', 'helm', 'vm'] as const;
export const appTypeSchema = z
  .enum(appTypes)
  .meta({ id: 'AppType', description: 'The kind of application, which decides what runs it.' });

const environmentText = z.string().min(1).max(limits.itemNameLength);

const commonFields = {
  name: plainText(
    {
      pattern: /^[A-Za-z0-9]\S*$/,
      expected: 'expected a name that begins with a letter or digit and has no blanks',
    },
    limits.itemNameLength,
  ).optional(),
  annotations: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'Notes of the service for the agent. Set by the service.' }),
  desiredState: z
    .enum(['running', 'stopped'])
    .optional()
    .meta({ description: 'True if it should run. Set by the service.' }),
  restartGeneration: z.int().optional().meta({ description: 'Grows with each restart asked for. Set by the service.' }),
};

const envVars = z
  .record(environmentText, environmentText)
  .superRefine(atMostEntries(limits.environmentVariableCount))
  .optional()
  .meta({ description: 'Environment variables.' });
const runAs = z
  .string()
  .max(limits.textLength)
  .optional()
  .meta({ description: 'The account on the device that runs it; the one of the agent if not given.' });
const volumes = applicationVolumesSchema.optional().meta({ description: 'Volumes, each with its own name.' });
const image = imageReferenceSchema.meta({ description: 'The OCI image or artifact to run.' });
const catalogItemRef = catalogItemRefSchema.optional();
const inline = z
  .array(applicationContentSchema)
  .max(limits.inlineFileCount)
  .optional()
  .meta({ description: 'The files of the application, written out in the spec itself.' });

const imageOrCatalog = ['image', 'catalogItemRef'] as const;
const anySource = ['image', 'catalogItemRef', 'inline'] as const;
const imageOrInline = ['image', 'inline'] as const;

const composeApplicationSchema = z
  .looseObject({
    appType: z.literal('compose'),
    ...commonFields,
    envVars,
    volumes,
    image: image.optional(),
    catalogItemRef,
    inline,
  })
  .superRefine(exactlyOneOf(anySource))
  .meta({
    id: 'ComposeApplication',
    description: 'Containers described by a compose file.',
    oneOf: requiring(anySource),
  });

const quadletApplicationSchema = z
  .looseObject({
    appType: z.literal('quadlet'),
    ...commonFields,
    envVars,
    runAs,
    volumes,
    image: image.optional(),
    catalogItemRef,
    inline,
  })
  .superRefine(exactlyOneOf(anySource))
  .meta({ id: 'QuadletApplication', description: 'Containers run as systemd units.', oneOf: requiring(anySource) });

const applicationPortSchema = plainText(
  { pattern: /^\d+:\d+$/, expected: 'expected hostPort:containerPort, as in 8080:80' },
  limits.itemNameLength,
).meta({ id: 'ApplicationPort', description: 'A port of the host, and the port of the container that it leads to.' });

const applicationResourcesSchema = z
  .looseObject({
    limits: z
      .looseObject({
        cpu: z.string().max(limits.textLength).optional().meta({ description: 'Cores, such as 0.75.' }),
        memory: z.string().max(limits.textLength).optional().meta({ description: 'Memory, such as 256m.' }),
      })
      .optional()
      .meta({ description: 'The maximum that it may use.' }),
  })
  .meta({ id: 'ApplicationResources', description: 'The resources of the device that an application may use.' });

const containerApplicationSchema = z
  .looseObject({
    appType: z.literal('container'),
    ...commonFields,
    envVars,
    runAs,
    volumes,
    image: image.optional(),
    catalogItemRef,
    ports: z.array(applicationPortSchema).max(limits.portCount).optional(),
    resources: applicationResourcesSchema.optional(),
  })
  .superRefine(exactlyOneOf(imageOrCatalog))
  .meta({ id: 'ContainerApplication', description: 'One container.', oneOf: requiring(imageOrCatalog) });

/** The contract demands an image for a chart, and no other source: an item of a catalog cannot replace it. */
const helmApplicationSchema = z
  .looseObject({
    appType: z.literal('helm'),
    ...commonFields,
    image,
    namespace: z
      .string()
      .max(limits.textLength)
      .optional()
      .meta({ description: 'The namespace in which the chart is installed.' }),
    values: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Values for the chart, nested to any depth.' }),
    valuesFiles: z
      .array(z.string().max(limits.pathLength))
      .max(limits.valuesFileCount)
      .optional()
      .meta({ description: 'Files of values, applied in this order and before `values`.' }),
  })
  .superRefine(exactlyOneOf(imageOrCatalog))
  .meta({ id: 'HelmApplication', description: 'A Helm chart.' });

const vmApplicationSchema = z
  .looseObject({
    appType: z.literal('vm'),
    ...commonFields,
    image: image.optional(),
    inline,
    publishPorts: z
      .array(
        plainText(
          {
            pattern: /^[0-9]+:[0-9]+(\/(tcp|udp|sctp))?$/,
            expected: 'expected hostPort:guestPort, with /tcp, /udp or /sctp if needed',
          },
          limits.itemNameLength,
        ),
      )
      .max(limits.portCount)
      .optional()
      .meta({ description: 'Ports of the host, and the ports of the guest that they lead to.' }),
  })
  .superRefine(exactlyOneOf(imageOrInline))
  .meta({ id: 'VmApplication', description: 'A virtual machine.', oneOf: requiring(imageOrInline) });

export const applicationProviderSpecSchema = z
  .discriminatedUnion('appType', [
    composeApplicationSchema,
    quadletApplicationSchema,
    containerApplicationSchema,
    helmApplicationSchema,
    vmApplicationSchema,
  ])
  .meta({
    id: 'ApplicationProviderSpec',
    description: 'An application to run on the device; `appType` says which kind.',
  });
export type ApplicationProviderSpec = z.infer<typeof applicationProviderSpecSchema>;
