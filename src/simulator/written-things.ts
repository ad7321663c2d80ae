import { z } from 'zod';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { readAgentSpec } from './device/agent-spec.ts';
import { wantedThings, type WantedThings } from './device/wanted-things.ts';

const writtenFile = z.looseObject({
  path: z.string(),
  user: z.string().optional(),
  group: z.string().optional(),
});
const writtenConfig = z.array(z.looseObject({ inline: z.array(writtenFile).optional() }));

/**
 * All that a device should have by a spec as a person wrote it, worked out without the service: the files of all config
 * providers in their order, of which the last of a path counts, are the one provider that an agent reads.
 *
 * @param spec without templates and references: they are filled in and resolved beforehand
 * @returns undefined if the spec says nothing, or has an unresolved reference: then it orders nothing
 */
export function thingsWritten(spec: JsonObject): (WantedThings & { readonly image: string | undefined }) | undefined {
  if (Object.keys(spec).length === 0) return undefined;
  const config = writtenConfig.parse(spec['config'] ?? []);
  if (config.some(({ inline }) => inline === undefined)) return undefined;
  const files = new Map<string, z.infer<typeof writtenFile>>();
  for (const file of config.flatMap(({ inline }) => inline ?? [])) {
    files.set(file.path, { ...ownerThatStays(files.get(file.path)), ...file });
  }
  const merged: JsonValue = [{ inline: [...files.values()] as JsonObject[] }];
  const delivered = readAgentSpec({ ...spec, config: merged });
  return { ...wantedThings(delivered), image: delivered.os?.image || undefined };
}

/** A group, or a user by number, that an earlier file of the path set stays if the later one sets none. */
function ownerThatStays(file: z.infer<typeof writtenFile> | undefined): { user?: string; group?: string } {
  const { user, group } = file ?? {};
  return {
    ...(user !== undefined && /^\d+$/.test(user) && { user }),
    ...(group !== undefined && { group }),
  };
}
