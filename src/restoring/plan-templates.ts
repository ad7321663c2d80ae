/** Platforms that there is a template of a plan for. */
export const templateNames = ['kubernetes', 'quadlet', 'cnpg', 'velero', 'pitr'] as const;
export type TemplateName = (typeof templateNames)[number];

/** A line of a template, and its comment. */
type Line = readonly [text: string, comment: string];

/** A plan to edit, with a comment on every line. */
export function planTemplate(name: TemplateName): string {
  const lines = templates[name];
  const width = Math.max(...lines.map(([text]) => text.length));
  return [
    `# Plan of a restore of Muster (${titles[name]}). Edit it, try it with: muster restore run PLAN --dry-run`,
    '# This template was never run on a real cluster: rehearse yours before you need it.',
    ...lines.map(([text, comment]) => `${text.padEnd(width)}  # ${comment}`),
    '',
  ].join('\n');
}

const titles: Readonly<Record<TemplateName, string>> = {
  kubernetes: 'Kubernetes, a dump into a PostgreSQL server',
  quadlet: 'systemd and podman',
  cnpg: 'Kubernetes, CloudNativePG: a new cluster from its backups',
  velero: 'Kubernetes, Velero: the volume of the database',
  pitr: 'systemd, point-in-time recovery with pgBackRest',
};

const head = (name: string): Line[] => [
  ['apiVersion: muster/v1', 'version of this format'],
  ['kind: RestorePlan', 'a plan of a restore'],
  [`metadata: { name: ${name} }`, 'name of the plan, for records'],
  ['objectives:', 'what the record measures'],
  ['  rpo: 24h', 'most time whose changes may be lost'],
  ['  rto: 30m', 'most time from the loss until the service is healthy'],
  ['  answered: { percent: 95, within: 4h }', 'share of the devices that has to have answered; step 13 waits for it'],
];

const backups: Line[] = [
  ['backups:', 'backups that muster backup create has made'],
  ['  at: /backups/muster', 'their directory; paths start at the directory of the plan'],
  ['  oldest: 48h', 'greatest age that a backup may have'],
];

const kubernetesSecrets = (namespace: string): Line[] => {
  const get = (secret: string, key: string) =>
    `{ command: [kubectl, -n, ${namespace}, get, secret, ${secret}, -o, "go-template={{.data.${key} | base64decode}}"] }`;
  return [
    ['secrets:', 'where secrets are, never the secrets; commands get them as variables of these names'],
    [`  PGPASSWORD: ${get('muster-db-admin', 'password')}`, 'password of database.admin'],
    [`  KV_PASSWORD: ${get('muster-kv', 'password')}`, 'password of Redis'],
  ];
};

const forwarded: Line[] = [
  ['background:', 'commands that run while the run does'],
  ['  - name: db', 'the port of PostgreSQL on this machine'],
  ['    run: [kubectl, -n, muster, port-forward, service/muster-db, "5432:5432"]', 'ends with the run'],
  ['    ready: [pg_isready, -h, 127.0.0.1]', 'succeeds once it is of use'],
  ['  - name: kv', 'the port of Redis on this machine'],
  ['    run: [kubectl, -n, muster, port-forward, service/muster-kv, "6379:6379"]', 'ends with the run'],
];

const flux: Line[] = [
  ['suspend:', 'what would bring the services back while they are stopped'],
  ['  - name: flux', 'Flux; with Argo CD: argocd app set muster --sync-policy none'],
  ['    run: [flux, suspend, kustomization, muster, -n, flux-system]', 'suspends it'],
  ['    undo: [flux, resume, kustomization, muster, -n, flux-system]', 'resumes it; only what the run has suspended'],
];

const deployment = (name: string, component: string): Line[] => [
  [`  - name: ${component}`, `the deployment ${name}`],
  [
    `    save: { replicas: [kubectl, -n, muster, get, deployment/${name}, -o, "jsonpath={.spec.replicas}"] }`,
    'its count, kept in the journal of the run',
  ],
  [`    run: [kubectl, -n, muster, scale, deployment/${name}, --replicas=0]`, 'an autoscaler leaves 0 alone'],
  [
    `    until: [kubectl, -n, muster, wait, --for=delete, pod, -l, app.kubernetes.io/component=${component}, --timeout=5s]`,
    'succeeds once no pod is left',
  ],
  ['    within: 2m', 'longest wait for that'],
  [
    `    undo: [kubectl, -n, muster, scale, deployment/${name}, "--replicas={{saved.replicas}}"]`,
    'the count from before',
  ],
  [`    healthy: [kubectl, -n, muster, rollout, status, deployment/${name}, --timeout=30s]`, 'succeeds once it serves'],
];

const deployments: Line[] = [
  ['stop:', 'services, in this order; they are started in the opposite one'],
  ...deployment('muster', 'server'),
  ...deployment('muster-worker', 'worker'),
];

const dumpDatabase = (admin: string, tools: string): Line[] => [
  ['database:', 'the database of the services'],
  [`  admin: ${admin}`, 'its server, for one who may create databases; the password is PGPASSWORD above'],
  ['  name: muster', 'name that the services connect to'],
  ['  owner: muster', 'role of the services'],
  [`  tools: ${tools}`, "words before PostgreSQL's programs"],
  ['  restore: { method: dump }', 'a backup of Muster, restored into a database of another name'],
  ['  replaced: keep', 'keep the old database under another name, or drop it at the end'],
];

const smoke: Line[] = [
  ['smoke:', 'queries of the restored database, before it replaces anything'],
  ['  - sql: SELECT count(*) FROM devices', 'its first value'],
  ['    equals: manifest.counts.devices', 'a value, or where the manifest has it'],
];

const health = (url: string): Line[] => [
  ['health:', 'that the service serves'],
  [`  - http: ${url}`, 'asked until it answers so; a certificate of your own: NODE_EXTRA_CA_CERTS=ca.crt'],
  ['    expect: 200', 'status of the answer'],
  ['    within: 3m', 'longest wait for that'],
];

const contacts: Line[] = [
  ['contacts:', 'printed where a step fails'],
  ['  database: "#dba"', 'who is asked about the database'],
];

const externalHead = (admin: string): Line[] => [
  ['database:', 'the database of the services'],
  [`  admin: ${admin}`, 'the server after the restore; the password is PGPASSWORD above'],
  ['  name: muster', 'name that the services connect to'],
  ['  owner: muster', 'role of the services'],
  ['  restore:', 'restored by other means'],
  [
    '    method: external',
    'a command restores the whole server; then the database loses its name until it is declared',
  ],
];

const templates: Readonly<Record<TemplateName, readonly Line[]>> = {
  kubernetes: [
    ...head('lost-primary'),
    ...backups,
    ...kubernetesSecrets('muster'),
    ...forwarded,
    ...flux,
    ...deployments,
    ...dumpDatabase('postgres://postgres@127.0.0.1:5432', '[]'),
    ['redis: redis://127.0.0.1:6379', 'Redis of the services; the password is KV_PASSWORD above'],
    ...smoke,
    ...health('https://muster.example.com:3443/readyz'),
    ...contacts,
  ],
  quadlet: [
    ...head('lost-primary'),
    ...backups,
    ['secrets:', 'where secrets are, never the secrets; commands get them as variables of these names'],
    [
      '  PGPASSWORD: { command: [podman, secret, inspect, --showsecret, --format, "{{.SecretData}}", muster-db-password] }',
      'password of database.admin',
    ],
    [
      '  KV_PASSWORD: { command: [podman, secret, inspect, --showsecret, --format, "{{.SecretData}}", muster-kv-password] }',
      'password of Redis',
    ],
    ['stop:', 'services, in this order; they are started in the opposite one'],
    ['  - name: muster', 'the unit muster.service'],
    ['    run: [systemctl, stop, muster.service]', 'a unit that is stopped is not restarted by Restart='],
    ['    until: [sh, -c, "! systemctl is-active --quiet muster.service"]', 'succeeds once it is stopped'],
    ['    within: 2m', 'longest wait for that'],
    ['    undo: [systemctl, start, muster.service]', 'starts it'],
    ['    healthy: [systemctl, is-active, --quiet, muster.service]', 'succeeds while it runs'],
    ...dumpDatabase('postgres://muster@127.0.0.1:5432', '[podman, exec, -i, --env, PGPASSWORD, muster-db]'),
    ['redis: redis://127.0.0.1:6379', 'Redis of the services; the password is KV_PASSWORD above'],
    ...smoke,
    ...health('https://localhost:3443/readyz'),
    ...contacts,
  ],
  cnpg: [
    ...head('lost-cluster'),
    ...kubernetesSecrets('muster'),
    ['background:', 'commands that run while the run does'],
    ['  - name: db', 'the port of the new cluster; tried again until it is there'],
    [
      '    run: [sh, -c, "while :; do kubectl -n muster port-forward service/muster-db-restored-rw 5432:5432; sleep 1; done"]',
      'ends with the run',
    ],
    ...flux,
    ...deployments,
    ...externalHead('postgres://postgres@127.0.0.1:5432'),
    [
      '    probe: [kubectl, -n, muster, get, backups.postgresql.cnpg.io, muster-db-latest]',
      'succeeds if there is a backup',
    ],
    [
      '    run: [kubectl, -n, muster, apply, -f, cluster-restored.yaml]',
      'a Cluster with bootstrap.recovery; the services have to be given its address (muster-db-restored-rw)',
    ],
    ['    until: [pg_isready, -h, 127.0.0.1]', 'succeeds once the new cluster answers'],
    ['    within: 2h', 'longest wait for that'],
    [
      '    takenAt: [kubectl, -n, muster, get, backups.postgresql.cnpg.io, muster-db-latest, -o, "jsonpath={.status.stoppedAt}"]',
      'the moment that it brings back',
    ],
    ['  replaced: keep', 'the old cluster is another one: it is not touched'],
    ...health('https://muster.example.com:3443/readyz'),
    ...contacts,
  ],
  velero: [
    ...head('lost-volume'),
    ...kubernetesSecrets('muster'),
    ['background:', 'commands that run while the run does'],
    ['  - name: db', 'the port of PostgreSQL; tried again until it is there'],
    [
      '    run: [sh, -c, "while :; do kubectl -n muster port-forward service/muster-db 5432:5432; sleep 1; done"]',
      'ends with the run',
    ],
    ...flux,
    ...deployments,
    ['  - name: database', 'the StatefulSet of PostgreSQL: its volume cannot be replaced while it is in use'],
    [
      '    save: { replicas: [kubectl, -n, muster, get, statefulset/muster-db, -o, "jsonpath={.spec.replicas}"] }',
      'its count, kept in the journal of the run',
    ],
    ['    run: [kubectl, -n, muster, scale, statefulset/muster-db, --replicas=0]', 'stops it; Velero brings it back'],
    ['    until: [kubectl, -n, muster, wait, --for=delete, pod/muster-db-0, --timeout=5s]', 'succeeds once it is gone'],
    [
      '    undo: [kubectl, -n, muster, scale, statefulset/muster-db, "--replicas={{saved.replicas}}"]',
      'the count from before',
    ],
    ...externalHead('postgres://postgres@127.0.0.1:5432'),
    ['    probe: [velero, backup, describe, muster-db-latest]', 'succeeds if there is a backup'],
    [
      '    run: [velero, restore, create, --from-backup, muster-db-latest, --include-resources, "persistentvolumeclaims,persistentvolumes,statefulsets,pods", --wait]',
      'delete the lost volume first: Velero restores nothing that is there',
    ],
    ['    until: [pg_isready, -h, 127.0.0.1]', 'succeeds once PostgreSQL answers'],
    ['    within: 2h', 'longest wait for that'],
    [
      '    takenAt: [kubectl, -n, velero, get, backups.velero.io, muster-db-latest, -o, "jsonpath={.status.startTimestamp}"]',
      'the moment that it brings back',
    ],
    ['  replaced: keep', 'nothing is left of the old database but the lost volume'],
    ...health('https://muster.example.com:3443/readyz'),
    ...contacts,
  ],
  pitr: [
    ...head('point-in-time'),
    ['secrets:', 'where secrets are, never the secrets; commands get them as variables of these names'],
    ['  PGPASSWORD: { file: /etc/muster/pg-admin-password }', 'password of database.admin'],
    ['  KV_PASSWORD: { env: KV_PASSWORD }', 'password of Redis'],
    ['stop:', 'services, in this order; they are started in the opposite one'],
    ['  - name: muster', 'the unit muster.service'],
    ['    run: [systemctl, stop, muster.service]', 'a unit that is stopped is not restarted by Restart='],
    ['    until: [sh, -c, "! systemctl is-active --quiet muster.service"]', 'succeeds once it is stopped'],
    ['    undo: [systemctl, start, muster.service]', 'starts it'],
    ['    healthy: [systemctl, is-active, --quiet, muster.service]', 'succeeds while it runs'],
    ...externalHead('postgres://postgres@127.0.0.1:5432'),
    ['    probe: [pgbackrest, --stanza=muster, check]', 'succeeds if there are backups and WAL'],
    [
      '    run: [sh, -c, "systemctl stop postgresql && pgbackrest --stanza=muster --delta --type=time --target=\'2026-11-20 02:00:00+00\' --target-action=promote restore && systemctl start postgresql"]',
      'a base backup of the whole server and its WAL; made again if the run was killed meanwhile',
    ],
    [
      '    until: [sh, -c, "pg_isready -h 127.0.0.1 && test \\"$(psql -h 127.0.0.1 -U postgres -Atc \'SELECT pg_is_in_recovery()\')\\" = f"]',
      'succeeds once it takes writes',
    ],
    ['    within: 4h', 'longest wait for that'],
    ['    takenAt: 2026-11-20T02:00:00Z', 'the moment that it brings back: the same as in run'],
    ['  replaced: keep', 'nothing is left of the old database: it was restored over'],
    ['redis: redis://127.0.0.1:6379', 'Redis of the services; the password is KV_PASSWORD above'],
    ...health('https://localhost:3443/readyz'),
    ...contacts,
  ],
};
