import { z } from 'zod';
import { flag, url } from './setting-forms.ts';

/** The settings about traces, which are OpenTelemetry's: part of the table of all settings (config.ts). */
export const tracingSettings = {
  otlpEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    about:
      'Base URL of an OpenTelemetry collector; with it traces are sent to `/v1/traces` below it. OpenTelemetry’s other variables (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, …) mean what its specification says.',
    schema: url('http', 'https').optional(),
  },
  otlpTracesEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    about: 'The whole URL that traces are sent to, instead of one below `OTEL_EXPORTER_OTLP_ENDPOINT`.',
    schema: url('http', 'https').optional(),
  },
  tracesExporter: {
    env: 'OTEL_TRACES_EXPORTER',
    about: '`otlp` sends traces also without an endpoint that is set (to `http://localhost:4318`); `none` sends none.',
    schema: z.enum(['otlp', 'none'], { error: 'expected otlp or none' }).optional(),
  },
  otlpProtocol: {
    env: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    about: 'Protocol for sending traces: only `http/protobuf` is known here.',
    schema: z.literal('http/protobuf', { error: 'expected http/protobuf' }).default('http/protobuf'),
  },
  openTelemetryOff: {
    env: 'OTEL_SDK_DISABLED',
    about: '`true` sends no traces, whatever else is set.',
    schema: flag(false),
  },
} as const;
