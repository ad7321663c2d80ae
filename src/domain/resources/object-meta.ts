import { z } from 'zod';
import { limits } from './limits.ts';
import { atMostEntries } from './object-rules.ts';
import { timestampSchema } from './timestamp.ts';

const dnsLabel = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const dnsSubdomain = String.raw`${dnsLabel}(?:\.${dnsLabel})*`;
const qualifiedName = `[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,${limits.labelKeyNameLength - 2}}[A-Za-z0-9])?`;
const maxKey = limits.labelKeyPrefixLength + 1 + limits.labelKeyNameLength;

/** A resource's name: an RFC 1123 subdomain, the rule of Kubernetes. */
export const resourceNameSchema = z
  .string()
  .min(1, { abort: true })
  .max(limits.nameLength, { abort: true })
  .regex(
    new RegExp(`^${dnsSubdomain}$`),
    'expected lower-case letters, digits, "-" and ".", with a letter or digit at the start and end of each part',
  );

const hasShortPrefix = (key: string): boolean => key.lastIndexOf('/') <= limits.labelKeyPrefixLength;
const keyRule =
  'expected an optional DNS prefix and "/", then at most 63 letters, digits, "-", "_" and ".", alphanumeric at both ends';

/** A label's key, after Kubernetes' rule. */
export const labelKeySchema = z
  .string()
  .max(maxKey, { abort: true })
  .regex(new RegExp(`^(?:${dnsSubdomain}/)?${qualifiedName}$`), keyRule)
  .refine(hasShortPrefix, { error: `expected a prefix of at most ${limits.labelKeyPrefixLength} characters` });

/** A label's value: empty, or of the same form as the name part of a key. */
export const labelValueSchema = z
  .string()
  .max(limits.labelValueLength, { abort: true })
  .regex(
    /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
    'expected nothing, or letters, digits, "-", "_" and "." with a letter or digit at both ends',
  );

export const labelsSchema = z
  .record(labelKeySchema, labelValueSchema)
  .superRefine(atMostEntries(limits.labelCount))
  .meta({
    description: 'Keys and values by which objects are grouped and selected.',
    maxProperties: limits.labelCount,
  });
export type Labels = z.infer<typeof labelsSchema>;

/** Labels of a fleet's template: a value may hold a template, and must be a valid label only after it is filled in. */
const templatedLabelsSchema = z
  .record(
    labelKeySchema,
    z.union([labelValueSchema, z.string().max(limits.templatedLabelValueLength).regex(/\{\{/, 'expected a template')]),
  )
  .superRefine(atMostEntries(limits.labelCount))
  .meta({ description: 'Labels, whose values may hold templates.', maxProperties: limits.labelCount });

/** As label keys, but the prefix may have capitals: Kubernetes lowers them before it checks. */
const annotationKeySchema = z
  .string()
  .max(maxKey, { abort: true })
  .regex(new RegExp(`^(?:${dnsSubdomain.replaceAll('a-z', 'A-Za-z')}/)?${qualifiedName}$`), keyRule)
  .refine(hasShortPrefix, { error: `expected a prefix of at most ${limits.labelKeyPrefixLength} characters` });

export const annotationsSchema = z
  .record(annotationKeySchema, z.string())
  .superRefine((annotations, context) => {
    const bytes = Object.entries(annotations).reduce((sum, [key, value]) => sum + utf8Bytes(key) + utf8Bytes(value), 0);
    if (bytes > limits.annotationsBytes) {
      context.addIssue({
        code: 'custom',
        message: `expected at most ${limits.annotationsBytes} bytes, found ${bytes}`,
      });
    }
  })
  .meta({ description: 'Further properties; those of the service begin with its prefixes.' });

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

const metaFields = {
  name: resourceNameSchema.optional(),
  creationTimestamp: timestampSchema.optional().meta({ description: 'Time at which the object was created.' }),
  deletionTimestamp: timestampSchema.optional().meta({ description: 'Time at which the object will be deleted.' }),
  generation: z.int().optional().meta({ description: 'Grows whenever the desired state changes. Set by the service.' }),
  owner: z
    .string()
    .max(limits.textLength)
    .optional()
    .meta({ description: 'The resource that this one belongs to, as kind/name.' }),
  annotations: annotationsSchema.optional(),
  resourceVersion: z
    .string()
    .max(limits.textLength)
    .optional()
    .meta({ description: 'Differs between any two versions of the object; it has no other meaning.' }),
};

export const objectMetaSchema = z.looseObject({ ...metaFields, labels: labelsSchema.optional() }).meta({
  id: 'ObjectMeta',
  description: 'The metadata of every stored object: its name, its labels, its time of creation.',
});

/** The metadata in a fleet's template: as of any object, but labels may hold templates. */
export const templateMetaSchema = z
  .looseObject({ ...metaFields, labels: templatedLabelsSchema.optional() })
  .meta({ id: 'TemplateMeta', description: 'Metadata that the devices of a fleet get from its template.' });
