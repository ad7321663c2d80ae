import { expect, test } from 'vitest';
import { answerProblems } from '../support/answer-problems.ts';
import { ApiDocument } from '../support/api-documents.ts';

const document = ApiDocument.of('openapi');
const operation = document.operations.find(({ operationId }) => operationId === 'getVersion');
const headers = { 'content-type': 'application/json; charset=utf-8' };
const text = JSON.stringify({ version: '1' });

const problemsOf = (answer: { status?: number; headers?: object; text?: string }) => {
  if (operation === undefined) throw new Error('the document has no operation getVersion');
  return answerProblems(document, operation, {
    status: 200,
    text,
    ...answer,
    headers: { ...headers, ...answer.headers },
  });
};

test('an answer as the document describes it has no problem', () => {
  expect(problemsOf({})).toEqual([]);
});

test.each([
  ['a status', { status: 418 }, 'the status 418 is not described'],
  ['a content type', { headers: { 'content-type': 'text/csv' } }, 'the content type text/csv is not described'],
  ['a header', { headers: { 'x-other': '1' } }, 'the header x-other is not described'],
  ['a missing body', { text: '' }, 'a body is described, and there is none'],
  ['a body', { text: '{"version":7}' }, 'body/version must be string {"type":"string"}'],
])('%s that is not described is one', (_what, answer, problem) => {
  expect(problemsOf(answer)).toEqual([problem]);
});
