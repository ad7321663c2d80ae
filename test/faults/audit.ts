import type postgres from 'postgres';

/**
 * Writes down, inside the database and in the transaction that does it, whatever happens to a device's position and to
 * the current restore. It travels with a copy, so each database holds the whole history that led to it, told by
 * PostgreSQL and not by the service.
 */
const ddl = `
  CREATE TABLE rig_audit (
    seq bigserial PRIMARY KEY, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), began timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL, name text, current uuid, before jsonb, after jsonb);

  CREATE FUNCTION rig_audit_position() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - 'last_seen' - 'answered_at') = (to_jsonb(NEW) - 'last_seen' - 'answered_at') THEN
      RETURN NULL;
    END IF;
    INSERT INTO rig_audit (kind, name, current, before, after)
    SELECT 'position', CASE WHEN TG_OP = 'DELETE' THEN OLD.name ELSE NEW.name END, s.current_restore,
      CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END
    FROM service_state s;
    RETURN NULL;
  END $$;
  CREATE TRIGGER rig_audit_position AFTER INSERT OR UPDATE OR DELETE ON device_positions
    FOR EACH ROW EXECUTE FUNCTION rig_audit_position();

  CREATE FUNCTION rig_audit_restore() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' OR OLD.current_restore <> NEW.current_restore THEN
      INSERT INTO rig_audit (kind, current) VALUES ('restore', NEW.current_restore);
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER rig_audit_restore AFTER INSERT OR UPDATE ON service_state
    FOR EACH ROW EXECUTE FUNCTION rig_audit_restore();`;

export async function installAudit(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(ddl);
}

/** A row of device_positions, as JSON. */
export type PositionJson = {
  readonly mustered: boolean;
  readonly timeline: string;
  readonly version: number;
  readonly spec_hash: string | null;
  readonly lineage: Readonly<Record<string, number>>;
  readonly wanted_generation: number;
  readonly rendered_generation: number;
  readonly reported_timeline: string | null;
  readonly reported_version: number | null;
  readonly reported_hash: string | null;
  readonly answered_restore_id: string;
  readonly conflict_verdict: string | null;
};

export type AuditRow = {
  readonly seq: number;
  readonly xid: string;
  /** Milliseconds since 1970: when the transaction began, and when it committed. */
  readonly began: number;
  readonly committed: number;
  readonly kind: 'position' | 'restore';
  readonly name: string;
  readonly current: string;
  readonly before: PositionJson | null;
  readonly after: PositionJson | null;
};

export type EventRow = {
  readonly id: number;
  readonly xid: string;
  readonly reason: string;
  readonly kind: string;
  readonly name: string;
  readonly actor: string;
  readonly restore: string;
  readonly details: Readonly<Record<string, unknown>> | null;
};

type RestoreRow = {
  readonly id: string;
  readonly genesis: boolean;
  readonly declaredBy: string;
  readonly key: string | null;
  readonly total: number;
  readonly awaiting: number;
  readonly paused: number;
  readonly settled: boolean;
};

/** A device as it is wanted: what it should run once all is done. */
type WantedRow = { readonly name: string; readonly image: string | null };

/** All that the checker wants to know of one database. */
export type DatabaseDump = {
  readonly database: string;
  readonly audit: readonly AuditRow[];
  readonly events: readonly EventRow[];
  readonly restores: readonly RestoreRow[];
  readonly current: string;
  readonly wanted: readonly WantedRow[];
};

/** Reads all that the checker wants to know of the database of a connection. */
export async function dumpDatabase(sql: postgres.Sql, database: string): Promise<DatabaseDump> {
  const audit = await sql<AuditRow[]>`
    SELECT seq::float8 AS seq, xid::text, extract(epoch FROM began)::float8 * 1000 AS began,
      extract(epoch FROM pg_xact_commit_timestamp(xid::xid))::float8 * 1000 AS committed, kind, coalesce(name, '') AS name, current, before, after
    FROM rig_audit ORDER BY pg_xact_commit_timestamp(xid::xid), seq`;
  const events = await sql<EventRow[]>`
    SELECT id::float8 AS id, xmin::text AS xid, reason, involved_kind AS kind, involved_name AS name, actor, restore, details FROM events ORDER BY id`;
  const restores = await sql<RestoreRow[]>`
    SELECT id, genesis, declared_by AS "declaredBy", idempotency_key AS key, total::float8 AS total, awaiting::float8 AS awaiting,
      conflict_paused::float8 AS paused, settled_at IS NOT NULL AS settled FROM restores`;
  const [state] = await sql<Array<{ current: string }>>`SELECT current_restore AS current FROM service_state`;
  const wanted = await sql<WantedRow[]>`
    SELECT d.name, CASE WHEN f.name IS NULL OR d.spec_adopted THEN d.spec #>> '{os,image}' ELSE f.spec #>> '{template,spec,os,image}' END AS image
    FROM devices d LEFT JOIN fleets f ON d.owner = 'Fleet/' || f.name WHERE d.lifecycle IS NULL`;
  return {
    database,
    audit: [...audit],
    events: [...events],
    restores: [...restores],
    current: state?.current ?? '',
    wanted: [...wanted],
  };
}
