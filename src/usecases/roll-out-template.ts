import type { Executor } from '../db/client.ts';
import { readTemplates } from '../db/rollout-store.ts';
import {
  rollOutTo,
  type TemplateOutcome,
  type TemplateReader,
  type TemplateTarget,
} from '../domain/fleets/template-rollout.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';

/** Fills the template of its owner in for one device that enters or was edited. The fleets must be held. */
export async function rollOutTemplate(
  tx: Executor,
  before: TemplateTarget,
  after: TemplateReader,
  templates: TemplateRenderer,
): Promise<TemplateOutcome> {
  const found = await readTemplates(tx, [after.owner]);
  return rollOutTo(before, after, found.get(after.owner), templates);
}
