import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { describeProblems } from '../../../src/domain/resources/zod-problem.ts';

/** Documents as Flight Control's command line, its agent and people write them, and what must not get through. */
type Vectors = {
  readonly schema: z.ZodType;
  readonly valid: readonly unknown[];
  /** Each with what the person who sent it is told. */
  readonly refused: ReadonlyArray<readonly [unknown, string]>;
};

/** Tests that each kind of document stays as it is when it is valid, and is refused with the right words when not. */
export function describeDocuments(kinds: Readonly<Record<string, Vectors>>): void {
  describe.each(Object.entries(kinds))('%s', (_, { schema, valid, refused }) => {
    it.each(valid.map((document) => [JSON.stringify(document).slice(0, 160), document]))(
      'is %s, and stays as it is',
      (__, document) => {
        expect(schema.parse(document)).toEqual(document);
      },
    );

    it.each(refused.map(([document, message]) => [message, document]))('is refused: %s', (message, document) => {
      const result = schema.safeParse(document);
      expect(result.success ? 'accepted' : describeProblems(result.error, 'body')).toBe(
        `body is not valid: ${message}`,
      );
    });
  });
}
