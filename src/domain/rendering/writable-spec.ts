import { badRequest } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { DeviceSpec } from '../resources/device-spec.ts';
import { clientProblems, specProblems } from '../resources/spec-rules.ts';
import { listProblems, type DocumentProblem } from '../resources/zod-problem.ts';
import { imageTemplates } from '../templates/map-templates.ts';
import { checkTemplates } from '../templates/template-renderer.ts';

/**
 * Refuses a spec that has the right form and that no client may write: what Flight Control refuses too, and what an agent
 * could not apply. Of templates, what could be filled in for no device.
 *
 * @param spec as the schema of the request let it through
 * @param where the document that it stands in, such as `the fleet`
 * @param at where in that document
 * @throws MusterError 400 that names the places and says what was expected there
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

/** Braces may be meant in a file; in the name of an image they are a template, which no fleet would fill in. */
function misplacedTemplates(spec: JsonObject): DocumentProblem[] {
  const text = "expected an OCI image reference: templates are filled in only in a fleet's template";
  return imageTemplates(spec).map((path) => ({ path, text }));
}
