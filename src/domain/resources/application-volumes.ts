import { z } from 'zod';
import { catalogItemRefSchema } from './catalog-item.ts';
import { imageReferenceSchema } from './image-reference.ts';
import { limits } from './limits.ts';
import { atLeastOneOf, exactlyOneOf, requiring, uniqueBy } from './object-rules.ts';

const sources = ['reference', 'catalogItemRef'] as const;

const imageVolumeSourceSchema = z
  .looseObject({
    reference: imageReferenceSchema.optional().meta({ description: 'The image or artifact in its registry.' }),
    catalogItemRef: catalogItemRefSchema.optional(),
    pullPolicy: z
      .enum(['Always', 'IfNotPresent', 'Never'])
      .optional()
      .meta({ description: 'Condition for pulling; IfNotPresent if not given.' }),
  })
  .superRefine(exactlyOneOf(sources))
  .meta({
    id: 'ImageVolumeSource',
    description: 'The OCI image or artifact that fills a volume.',
    oneOf: requiring(sources),
  });

const volumeMountSchema = z
  .looseObject({
    path: z
      .string()
      .min(1)
      .max(limits.pathLength)
      .meta({ description: 'Path in the container, with options after a colon.', example: '/var/lib/data:ro' }),
  })
  .meta({ id: 'VolumeMount', description: 'The place of a volume in the container.' });

const contents = ['image', 'mount'] as const;

const applicationVolumeSchema = z
  .looseObject({
    name: z
      .string()
      .min(1)
      .max(limits.itemNameLength)
      .meta({ description: 'Names the volume within its application.' }),
    reclaimPolicy: z
      .enum(['Retain'])
      .optional()
      .meta({ description: 'The fate of the volume when its application is removed.' }),
    image: imageVolumeSourceSchema.optional(),
    mount: volumeMountSchema.optional(),
  })
  .superRefine(atLeastOneOf(contents))
  .meta({
    id: 'ApplicationVolume',
    description: 'A volume of an application: filled from an image, mounted at a path, or both.',
    allOf: [{ anyOf: requiring(contents) }],
  });

export const applicationVolumesSchema = z
  .array(applicationVolumeSchema)
  .max(limits.volumeCount)
  .superRefine(uniqueBy('name'));
