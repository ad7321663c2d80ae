import { badRequest } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { DeviceSpec } from '../resources/device-spec.ts';
import { clientProblems, specProblems } from '../resources/spec-rules.ts';
import { listProblems, type DocumentProblem } from '../resources/zod-problem.ts';
import { imageTemplates } from '../templates/map-templates.ts';
import { checkTemplates } from '../templates/template-renderer.ts';

/**
 * Refuses a well-formed spec that Flight Control also refuses or that an agent could not apply, and templates that cannot
 * be filled in for any device.
 *
 * @param spec that has passed the schema of the request
 * @param where name of the document around it, such as `the fleet`
 * @param at place of the spec in that document
 * @throws MusterError 400 that names the places, and says what was expected there
 */
export function assertWritable(
  spec: JsonObject,
  where: string,
  at: readonly string[],
  { templated }: { templated: boolean },
): void {
  const checked = spec as DeviceSpec;
  const problems = [
    ...clientProblems(checked),
    ...specProblems(checked, { templated }),
    ...(templated ? templateProblems(spec) : misplacedTemplates(spec)),
  ];
  if (problems.length === 0) return;
  throw badRequest(
    listProblems(
      problems.map(({ path, text }) => ({ path: [...at, ...path], text })),
      where,
    ),
  );
}

function templateProblems(spec: JsonObject): DocumentProblem[] {
  return checkTemplates(spec).map(({ steps, line, column, reason }) => ({
    path: steps,
    text: line === undefined ? reason : `line ${line}, column ${column}: ${reason}`,
  }));
}

/**
 * Finds templates in image references of a device's own spec: no fleet fills them in. Braces in files may be meant as they
 * are.
 */
function misplacedTemplates(spec: JsonObject): DocumentProblem[] {
  const text = "expected an OCI image reference: templates are filled in only in a fleet's template";
  return imageTemplates(spec).map((path) => ({ path, text }));
}
