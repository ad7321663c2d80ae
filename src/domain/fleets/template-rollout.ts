import { saysNothing } from '../rendering/absence.ts';
import type { DeviceRecord } from '../devices/device-record.ts';
import { byService, type NewEvent } from '../event.ts';
import type { JsonObject } from '../json.ts';
import { problemText } from '../rendering/spec-renderer.ts';
import type { TemplateRenderer } from '../templates/template-renderer.ts';

/** The template of a fleet, and the generation of the fleet that it belongs to. */
export type FleetTemplate = { readonly spec: JsonObject; readonly generation: number };

/** A device before the template of its owner is rolled out to it. */
export type TemplateTarget = Pick<
  DeviceRecord,
  'name' | 'owner' | 'specAdopted' | 'templateGeneration' | 'rolloutProblem'
> & {
  /** Decommissioning and decommissioned devices are left as they are. */
  readonly mustered: boolean;
};

/** The facts of a device that decide its spec: its owner, and the labels that fill in the template. */
export type TemplateReader = Pick<DeviceRecord, 'owner' | 'labels'>;

/**
 * The result of a fleet's template for one device: nothing changes, the device keeps its own spec without a template, it
 * gets this spec, or the template cannot be filled in for it.
 */
export type TemplateOutcome =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'own' }
  | { readonly kind: 'filled'; readonly spec: JsonObject; readonly generation: number }
  | { readonly kind: 'failed'; readonly problem: string };

/**
 * Fills the template of a device's owner in for the device. An adopted spec stays until the template changes
 * (`templateGeneration` is null from then on) or the device gets another owner.
 *
 * @param template of the device's owner; undefined if the device has no owner
 */
export function rollOutTo(
  before: TemplateTarget,
  { owner, labels }: TemplateReader,
  template: FleetTemplate | undefined,
  templates: TemplateRenderer,
): TemplateOutcome {
  if (!before.mustered) return { kind: 'untouched' };
  if (template === undefined) return { kind: 'own' };
  const decided = before.specAdopted && before.templateGeneration !== null && before.owner === owner;
  if (decided) return { kind: 'untouched' };
  if (saysNothing(template.spec)) return { kind: 'own' };
  const outcome = templates.render(template.spec, { name: before.name, labels });
  if (outcome.ok) return { kind: 'filled', spec: outcome.spec, generation: template.generation };
  return { kind: 'failed', problem: problemText(outcome.problems) };
}

/** The problem that a device has after a rollout. */
export function problemAfter(
  { rolloutProblem }: Pick<TemplateTarget, 'rolloutProblem'>,
  outcome: TemplateOutcome,
): string | null {
  switch (outcome.kind) {
    case 'untouched':
      return rolloutProblem;
    case 'own':
    case 'filled':
      return null;
    case 'failed':
      return outcome.problem;
    default:
      return outcome satisfies never;
  }
}

/** The spec of a device after a rollout, and the columns that belong to it. */
export function rolledOut(
  before: TemplateTarget,
  { owner }: Pick<TemplateReader, 'owner'>,
  ownSpec: JsonObject,
  outcome: TemplateOutcome,
): Pick<DeviceRecord, 'spec' | 'templateGeneration' | 'rolloutProblem'> {
  const rolloutProblem = problemAfter(before, outcome);
  switch (outcome.kind) {
    case 'untouched':
      return { spec: ownSpec, templateGeneration: before.templateGeneration, rolloutProblem };
    case 'own':
      return { spec: ownSpec, templateGeneration: null, rolloutProblem };
    case 'filled':
      return { spec: outcome.spec, templateGeneration: outcome.generation, rolloutProblem };
    case 'failed':
      return {
        spec: ownSpec,
        templateGeneration: owner === before.owner ? before.templateGeneration : null,
        rolloutProblem,
      };
    default:
      return outcome satisfies never;
  }
}

/**
 * The event of a template that cannot be filled in for a device, or that can be again: one each time the reason changes.
 */
export function rolloutProblemEvents(name: string, before: string | null, after: string | null): NewEvent[] {
  if (before === after) return [];
  return [
    {
      type: after === null ? 'Normal' : 'Warning',
      reason: after === null ? 'DeviceSpecValid' : 'DeviceSpecInvalid',
      involved: { kind: 'Device', name },
      message:
        after === null
          ? 'The template of the fleet can be filled in for this device again, or no longer applies to it.'
          : `The template of the fleet cannot be filled in for this device, so it keeps its spec: ${after}`,
      by: byService,
    },
  ];
}
