import { resourceNameSchema } from '../domain/resources/object-meta.ts';
import { UsageError } from '../client/failures.ts';

/** Names that a person gave, as names of devices. @throws UsageError for one that is none */
export function deviceNames(names: readonly string[]): string[] {
  return [...new Set(names.map(deviceName))];
}

/** As {@link deviceNames}, for one. */
export function deviceName(text: string): string {
  const name = resourceNameSchema.safeParse(text);
  if (name.success) return name.data;
  const why = name.error.issues.map(({ message }) => message).join('; ');
  throw new UsageError(`${JSON.stringify(text)} is no name of a device: ${why}`);
}
