import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { loggableText } from '../logging/log-secrets.ts';
import { version } from '../version.ts';
import type { RequestSpan, Tracing } from '../usecases/tracing.ts';

/**
 * Traces by OpenTelemetry, exported over OTLP/HTTP in protobuf. Where to, how often, which share and under which service
 * name its own code reads from its standard environment variables. One a process: the API that hands on the current span
 * knows but one provider.
 */
export function startOpenTelemetry(): Tracing {
  const named = resourceFromAttributes({ 'service.name': 'muster', 'service.version': version });
  const provider = new NodeTracerProvider({
    // The environment is asked last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const tracer = provider.getTracer('muster', version);

  return {
    isOn: true,
    span: (name, facts, work) =>
      tracer.startActiveSpan(name, { attributes: { ...facts } }, (span) => carryOut(span, work)),
    ownSpan: (name, facts, work) =>
      tracer.startActiveSpan(name, { root: true, attributes: { ...facts } }, (span) => carryOut(span, work)),
    request(method, path, headers): RequestSpan {
      const caller = propagation.extract(ROOT_CONTEXT, headers);
      const attributes = { 'http.request.method': method, 'url.path': path };
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, caller);
      const around = trace.setSpan(caller, span);
      return {
        run: (work) => context.with(around, work),
        end({ route, status }) {
          span.setAttribute('http.response.status_code', status);
          if (route !== undefined) {
            span.setAttribute('http.route', route);
            span.updateName(`${method} ${route}`);
          }
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    async close() {
      // A collector that is away must not keep a stopping process from stopping in order.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

async function carryOut<Result>(span: Span, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    span.recordException(exceptionOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/** Text of an error for a trace, without the values that a failed query ran with, which its message lists at the end. */
function exceptionOf(error: unknown): { name: string; message: string } {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { name, message: loggableText(message.split('\nparams:', 1)[0] ?? '') };
}
