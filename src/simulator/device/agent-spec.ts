import { z } from 'zod';

// The types that an agent reads a spec with (flight-control.md, section 1.5). Unknown keys do not matter; a value of
// another type is an error. As in Go, null and a missing key are the same.

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

const contentSchema = z.object({ path: text, content: text, contentEncoding: text });

const fileSchema = contentSchema.extend({
  /** A JSON number: text such as "0644" does not fit. */
  mode: z.int().nullish(),
  user: text,
  group: text,
});
export type AgentFile = z.infer<typeof fileSchema>;

const applicationSchema = z.looseObject({
  name: text,
  appType: text,
  image: text,
  inline: z.array(contentSchema).nullish(),
  desiredState: text,
  restartGeneration: z.int().nullish(),
});
export type AgentApplication = z.infer<typeof applicationSchema>;

const scheduleSchema = z.object({ at: text, timeZone: text, startGraceDuration: text }).nullish();
export type AgentSchedule = NonNullable<z.infer<typeof scheduleSchema>>;

const specSchema = z.object({
  config: listOf(z.object({ inline: listOf(fileSchema) })),
  applications: listOf(applicationSchema),
  os: z.object({ image: text }).nullish(),
  systemd: z.object({ matchPatterns: listOf(z.string()) }).nullish(),
  resources: listOf(z.looseObject({ monitorType: text })),
  updatePolicy: z.object({ downloadSchedule: scheduleSchema, updateSchedule: scheduleSchema }).nullish(),
  consoles: listOf(z.object({ sessionID: text, sessionMetadata: text })),
  decommissioning: z.object({ target: text }).nullish(),
});
export type AgentSpec = z.infer<typeof specSchema>;

/** A spec as an agent reads it. @throws ZodError if a value is not of the type that it expects */
export function readAgentSpec(spec: unknown): AgentSpec {
  return specSchema.parse(spec);
}

/** The inline files of the first config provider of a spec. The simulated agent reads no others. */
export function filesOf({ config }: AgentSpec): readonly AgentFile[] {
  return config[0]?.inline ?? [];
}

/** An application goes by its name, or by its image if it has none. */
export function identityOf({ name, image }: AgentApplication): string {
  return name === '' ? image : name;
}
