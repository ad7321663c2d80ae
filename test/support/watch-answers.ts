import { subscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { afterAll, afterEach } from 'vitest';
import { answerProblems } from './answer-problems.ts';
import { ApiDocument } from './api-documents.ts';

// Holds every answer that any listener gives in any test against the OpenAPI documents. Listeners are watched from the moment
// that Fastify makes them, so that no test can forget it.

const problems = new Set<string>();

subscribe('fastify.initialization', (message) => {
  const { fastify: app } = message as { fastify: FastifyInstance };
  app.addHook('onSend', (request, reply, payload, done) => {
    noteProblems(request, reply, payload);
    done(null, payload);
  });
});

afterEach(tellProblems);
afterAll(tellProblems);

function tellProblems(): void {
  const found = [...problems];
  problems.clear();
  if (found.length > 0) throw new Error(`answers that the OpenAPI documents do not describe:\n${found.join('\n')}`);
}

function noteProblems(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
  const { url = '', schema, method } = request.routeOptions;
  // What has no operation is a page, a document or made by a test.
  if (request.is404 || schema?.operationId === undefined || schema.hide === true) return;
  const document = ApiDocument.of(schema.tags?.includes('agent') === true ? 'agent' : 'openapi');
  const operation = document.find(method === 'HEAD' ? 'GET' : String(method), url);
  const what = `${request.method} ${url} (${reply.statusCode})`;
  if (operation === undefined) {
    problems.add(`${what}: there is no such operation`);
    return;
  }
  const isText = typeof payload === 'string' || payload === null || payload === undefined;
  const answer = { status: reply.statusCode, headers: reply.getHeaders(), text: isText ? (payload ?? '') : undefined };
  for (const problem of answerProblems(document, operation, answer)) problems.add(`${what}: ${problem}`);
}
