import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../src/restoring/read-plan.ts';

const whole = `apiVersion: muster/v1
kind: RestorePlan
metadata: { name: lost-primary }
objectives: { rpo: 24h, rto: 30m, answered: { percent: 95, within: 4h } }
backups: { at: /backups/muster, oldest: 48h }
secrets: { DB_PASSWORD: { command: [kubectl, get, secret, db] }, KV_PASSWORD: { env: KV_PASSWORD } }
background: [{ name: db, run: [kubectl, port-forward, svc/muster-db, "5432:5432"], ready: [pg_isready, -h, 127.0.0.1] }]
suspend: [{ name: flux, run: [flux, suspend, kustomization, muster], undo: [flux, resume, kustomization, muster] }]
stop:
  - { name: server, save: { replicas: [kubectl, get, deployment/muster, -o, "jsonpath={.spec.replicas}"] },
      run: [kubectl, scale, deployment/muster, --replicas=0], until: [test-that-no-pod-is-left], within: 2m,
      undo: [kubectl, scale, deployment/muster, "--replicas={{saved.replicas}}"], healthy: [kubectl, rollout, status, deployment/muster] }
database: { admin: "postgres://postgres@127.0.0.1:5432", name: muster, owner: muster, tools: [], restore: { method: dump, jobs: 2 }, replaced: keep }
smoke: [{ sql: "SELECT count(*) FROM devices", equals: manifest.counts.devices }]
health: [{ http: "https://muster/readyz", expect: 200, within: 3m }, { run: [muster, doctor] }]
contacts: { database: "#dba" }
`;

function complaintAbout(text: string): string {
  try {
    parsePlan('plan.yaml', text);
  } catch (error) {
    return String(error);
  }
  return 'none';
}

describe('a plan', () => {
  it('is read as recovery.md shows it, with its times in milliseconds', () => {
    const plan = parsePlan('plan.yaml', whole);
    expect(plan.objectives).toEqual({
      rpo: 86_400_000,
      rto: 1_800_000,
      answered: { percent: 95, within: 14_400_000 },
    });
    expect(plan.stop[0]?.save).toEqual({
      replicas: ['kubectl', 'get', 'deployment/muster', '-o', 'jsonpath={.spec.replicas}'],
    });
    expect(plan.database.restore).toEqual({ method: 'dump', jobs: 2 });
  });

  it('names line, column and the nearest key where a key is not known', () => {
    expect(complaintAbout(whole.replace('contacts:', 'contact:'))).toContain(
      'line 16, column 1: contact: there is no such key; is contacts meant?',
    );
    expect(complaintAbout(whole.replace('replaced: keep', 'replace: keep'))).toMatch(
      /line 13, column \d+: database\.replace: there is no such key; is replaced meant\?/,
    );
    expect(complaintAbout(whole.replace('until: [test', 'untill: [test'))).toMatch(
      /line 11, column \d+: stop\.0\.untill: there is no such key; is until meant\?/,
    );
    expect(complaintAbout(whole.replace('expect: 200', 'expcet: 200'))).toMatch(
      /health\.0\.expcet: there is no such key; is expect meant\?/,
    );
    expect(complaintAbout(whole.replace('jobs: 2', 'job: 2'))).toMatch(
      /database\.restore\.job: there is no such key; is jobs meant\?/,
    );
  });

  it('refuses a literal secret, and a password in an address', () => {
    expect(complaintAbout(whole.replace('{ env: KV_PASSWORD }', 'hunter2'))).toMatch(
      /line 6, column \d+: secrets\.KV_PASSWORD: expected where the secret is kept/,
    );
    expect(complaintAbout(whole.replace('postgres@127', 'postgres:hunter2@127'))).toContain(
      'database.admin: a plan never holds a password',
    );
    expect(complaintAbout(`${whole}redis: redis://:hunter2@kv:6379\n`)).toContain(
      'redis: a plan never holds a password',
    );
  });

  it('takes lists of words for commands, and no shell text', () => {
    expect(complaintAbout(whole.replace('[muster, doctor]', 'muster doctor'))).toContain(
      'health.1.run: expected a list',
    );
    expect(complaintAbout(whole.replace('"5432:5432"', '5432'))).toContain('put numbers, true and false in quotes');
  });

  it('refuses placeholders that have no value where they stand', () => {
    expect(complaintAbout(whole.replace('saved.replicas', 'saved.replica'))).toContain(
      '{{saved.replica}} is not saved',
    );
    expect(complaintAbout(whole.replace('[muster, doctor]', '[muster, "{{saved.replicas}}"]'))).toContain(
      '{{saved.replicas}} only means something in undo and healthy',
    );
    expect(complaintAbout(whole.replace('svc/muster-db', '"{{backup.id}}"'))).toContain('is not known here yet');
    expect(complaintAbout(whole.replace('{{saved.replicas}}', '{{secret.DB_PASSWORD}}'))).toContain(
      '{{secret.DB_PASSWORD}} is no placeholder',
    );
  });

  it.each([
    [
      '[kubectl, scale, deployment/muster, "--replicas={{saved.replicas}}"]',
      '[kubectl, scale, deployment/muster, --replicas=2]',
      'a count of its own',
    ],
    ['[muster, doctor]', '[cp, recovery.conf, /var/lib/postgresql]', 'recovery.conf'],
    ['[muster, doctor]', '[kubectl, cp, dump.rdb, "kv-0:/data"]', 'dump.rdb'],
    ['[muster, doctor]', '[pg_restore, -c, -d, muster, db.dump]', 'pg_restore --clean'],
    ['[muster, doctor]', '[sh, -c, "pg_restore -d muster db.dump && cp pg_wal/* wal"]', 'WAL cannot be replayed'],
  ])('refuses a procedure that cannot work: %s → %s', (from, to, complaint) => {
    expect(complaintAbout(whole.replace(from, to))).toContain(complaint);
  });

  it('refuses what is no plan, whatever it is', () => {
    for (const text of ['', '[]', 'a: *b', '{'.repeat(200), 'kind: RestorePlan', '\t'])
      expect(complaintAbout(text)).toContain('cannot be used');
  });
});
