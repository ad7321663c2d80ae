import postgres from 'postgres';
import { copyOut } from '../driver/copy-out.ts';

/** One line of JSON of each row: it holds no control character unescaped, so that COPY writes it as it is. */
const asLines = String.raw`TO STDOUT WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')`;

const utc = (column: string) => String.raw`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** @param spec SQL of what stands behind the metadata */
const document = (kind: string, spec: string) => `
  '{"fact":"wanted","at":"' || ${utc('now()')} || '","kind":"${kind}","name":"' || r.name || '","document":{"apiVersion":"flightctl.io/v1beta1","kind":"${kind}","metadata":{"name":"'
    || r.name || '","labels":' || r.labels::text || ',"annotations":' || r.annotations::text || '}' || ${spec}
    || '},"by":"service:muster","createdAt":"' || ${utc('r.created_at')} || '","resourceVersion":' || r.resource_version || '}'`;

/** Queries of the facts of a snapshot: specs first, so that each position finds the one that it names. */
const queries = [
  `SELECT '{"fact":"spec","at":"' || ${utc('now()')} || '","hash":"' || hash || '","spec":' || spec::text || '}' FROM rendered_specs`,
  `SELECT '{"fact":"rendered","at":"' || ${utc('now()')} || '","device":"' || name || '","timeline":"' || timeline || '","version":' || version
     || ',"hash":"' || spec_hash || '"}'
   FROM device_positions WHERE version > 0 AND spec_hash IS NOT NULL`,
  `SELECT ${document('Device', `CASE WHEN r.owner IS NULL OR r.spec_adopted THEN ',"spec":' || r.spec::text ELSE '' END`)} FROM devices r`,
  `SELECT ${document('Fleet', `',"spec":' || r.spec::text`)} FROM fleets r WHERE r.deleting_since IS NULL`,
  `SELECT ${document(
    'EnrollmentRequest',
    `',"spec":' || r.spec::text || ',"status":' || jsonb_strip_nulls(jsonb_build_object('conditions', '[]'::jsonb,
      'certificate', r.certificate, 'approval', r.approval))::text`,
  )} FROM enrollment_requests r WHERE r.approval ->> 'approved' = 'true'`,
];

/**
 * Positions and documents of everything, as lines of the journal. PostgreSQL makes the lines. They need not be of one moment, because
 * each is looked at by itself.
 *
 * @param url of the database
 */
export async function* snapshotFacts(url: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const client = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    connect_timeout: 5,
    connection: { application_name: 'muster journal', statement_timeout: 0 },
  });
  try {
    for (const query of queries) {
      for await (const chunk of copyOut(client.unsafe(`COPY (${query}) ${asLines}`))) {
        signal.throwIfAborted();
        yield chunk;
      }
    }
  } finally {
    await client.end({ timeout: 5 });
  }
}
