import type { JsonObject, JsonValue } from '../json.ts';

/** Parts of a rollout policy that ask for something, in the order in which messages list them. */
const parts = ['deviceSelection', 'disruptionBudget', 'successThreshold', 'defaultUpdateTimeout'] as const;

/**
 * A sentence that says which parts of a fleet's rollout policy are kept but not followed; undefined for a policy that asks
 * for nothing. People rely on a policy that they write, so every answer that shows or stores the policy has this sentence.
 */
export function unfollowedPolicy({ rolloutPolicy }: JsonObject): string | undefined {
  if (!isObject(rolloutPolicy)) return undefined;
  const asked = parts.filter((part) => saysSomething(rolloutPolicy[part]));
  if (asked.length === 0) return undefined;
  return `The rollout policy (${asked.join(', ')}) is kept but not followed: a change of the template goes to all devices of the fleet at once.`;
}

function saysSomething(part: JsonValue | undefined): boolean {
  return isObject(part) ? Object.keys(part).length > 0 : part !== undefined && part !== null;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
