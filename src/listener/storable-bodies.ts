import { assertStorable } from '../domain/resources/storable.ts';
import type { Listener } from './listener.ts';

/** Lets only documents that can be stored, and are not nested too deep, reach what looks into them. */
export function refuseUnstorableBodies(app: Listener): void {
  app.addHook('preValidation', async (request) => {
    if (request.body !== undefined && request.body !== null) assertStorable(request.body);
  });
}
