import { describe, expect, test } from 'vitest';
import { unfollowedPolicy } from '../../../src/domain/fleets/unfollowed-policy.ts';

const batches = { strategy: 'BatchSequence', sequence: [{ limit: 1 }] };

describe('a rollout policy', () => {
  test.each([
    [{}],
    [{ rolloutPolicy: {} }],
    [{ rolloutPolicy: null }],
    [{ rolloutPolicy: { disruptionBudget: {} } }],
    [{ rolloutPolicy: { other: 1 } }],
  ])('that asks for nothing is not worth a word: %j', (spec) => {
    expect(unfollowedPolicy(spec)).toBeUndefined();
  });

  test.each([
    [{ deviceSelection: batches }, '(deviceSelection)'],
    [{ disruptionBudget: { maxUnavailable: 1 } }, '(disruptionBudget)'],
    [{ successThreshold: '90%', deviceSelection: batches }, '(deviceSelection, successThreshold)'],
    [{ defaultUpdateTimeout: '10m' }, '(defaultUpdateTimeout)'],
  ])('that is not followed is named by its parts: %j', (rolloutPolicy, named) => {
    expect(unfollowedPolicy({ rolloutPolicy })).toContain(`The rollout policy ${named} is kept but not followed`);
  });
});
