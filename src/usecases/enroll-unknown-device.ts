import { findDevice } from '../db/device-store.ts';
import { findUnknownDevice } from '../db/unknown-device-store.ts';
import { alreadyExists, notFound } from '../domain/errors.ts';
import type { Device } from '../domain/resources/device.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import type { Journal } from '../journal/journal.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';
import { enterDevice } from './steps/enter-device.ts';
import { documentOf } from './read-device.ts';
import { requireRestore } from './read-restores.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, viewAt, type ViewDeps } from './steps/in-restore.ts';

type Deps = ViewDeps & { templates: TemplateRenderer; journal: Journal };

/** Unknown device to let in, and its restore (an id, or `current`). */
type UnknownEnrollment = {
  readonly restore: string;
  readonly device: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly by: Origin;
};

/**
 * Creates a device that spoke although the database did not know it, and takes it off the list of those. It is awaited:
 * what it claimed while it was unknown was not judged, so its next report decides. The current restore counts it, even
 * if that had settled.
 *
 * @throws MusterError 404 if no restore has been declared or the device is not on its list; 409 if it exists by now
 */
export async function enrollUnknownDevice(
  deps: Deps,
  { restore: named, device: name, labels = {}, by }: UnknownEnrollment,
): Promise<Device> {
  const document = await inRestore(deps, async (tx, { restore, now }) => {
    const { id } = await requireRestore(tx, named);
    const unknown = await findUnknownDevice(tx, { name, restore: id });
    if (unknown === undefined) {
      if ((await findDevice(tx, name)) !== undefined) throw alreadyExists('device', name);
      throw notFound(`there is no unknown device ${name} in restore ${id}`);
    }
    const { version } = unknown.claimed;
    const told = {
      message: `Device ${name} was enrolled: it reported version ${version} and was not known.`,
      details: { detailType: 'MusterEnrollment', awaited: true, device: { ...unknown.claimed }, restore: id },
    };
    const device = { name, labels, annotations: {}, spec: {}, lifecycle: 'Enrolled', awaited: true, told } as const;
    if (!(await enterDevice(tx, device, { restore, now, by, templates: deps.templates })))
      throw alreadyExists('device', name);
    return await documentOf(tx, name, viewAt(deps, restore, now));
  });
  deps.journal.wanted(wantedDocument(document, by));
  return document;
}
