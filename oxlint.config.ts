import { defineConfig, type OxlintOverride } from 'oxlint';

/**
 * Rooms of the project from top to bottom, as README.md lists them. A room imports only from the lines below its own; rooms
 * on one line do not know each other. A name that ends in `.ts` is a file of `src/`.
 */
export const layers: readonly (readonly string[])[] = [
  ['bench'],
  ['test'],
  ['scripts'],
  ['cli'],
  ['demo'],
  ['simulator'],
  ['restoring'],
  ['service'],
  ['backups'],
  ['doctor'],
  ['api', 'agent'],
  ['listener'],
  ['context.ts'],
  ['metrics', 'tracing'],
  ['usecases'],
  ['renderer'],
  ['auth'],
  ['queue', 'bus', 'journal'],
  ['db'],
  ['manifests'],
  ['client'],
  ['terminal'],
  ['config', 'logging'],
  ['time', 'version.ts', 'read-bounded.ts'],
  ['domain'],
];

/** Rooms that lie beside `src/`. */
const outside = new Set(['bench', 'test', 'scripts']);

/** Rooms that a room must not import although they stand below it. */
const strangers: Readonly<Record<string, { rooms: readonly string[]; because: string }>> = {
  cli: { rooms: ['usecases', 'db', 'queue', 'bus', 'journal'], because: 'The command line is a client of the API.' },
  demo: {
    rooms: ['usecases', 'queue', 'bus', 'journal'],
    because: 'The demo tells its story through the API and the wire.',
  },
  simulator: {
    rooms: ['restoring', 'service', 'api', 'agent', 'listener', 'usecases', 'auth', 'db', 'queue', 'bus', 'journal'],
    because: 'A simulated device knows the service by its wire only.',
  },
  tracing: { rooms: ['auth', 'db', 'queue', 'bus', 'domain'], because: 'tracing/ knows nothing of what it traces.' },
  renderer: { rooms: ['db', 'queue', 'bus'], because: 'renderer/ knows nothing of where specs are kept.' },
  auth: { rooms: ['db', 'queue', 'bus'], because: 'auth/ tells who asks, and knows nothing of what is asked.' },
};

const sql = { group: ['drizzle-orm', 'drizzle-orm/*', 'postgres'], message: 'Only db/ speaks SQL.' };
const io = {
  regex: String.raw`^(node:(fs|net|https?|child_process)|@?fastify|pg|ioredis|bullmq|ws|undici|pino)([/-]|$)`,
  message: 'domain/ is pure: no IO.',
};

/** Refuses imports of rooms. A folder inside a room may have the name of another room: what climbs to it tells them apart. */
function importing(from: string, rooms: readonly string[], message: string) {
  const places = rooms.map((room) => (room.endsWith('.ts') ? `${room.replace('.', String.raw`\.`)}$` : `${room}/`));
  const climb = from.endsWith('.ts') ? String.raw`\./` : String.raw`(\.\./)+(src/)?`;
  return { regex: `^${climb}(${places.join('|')})`, message };
}

function filesOf(room: string): string {
  if (room.endsWith('.ts')) return `src/${room}`;
  return outside.has(room) ? `${room}/**/*.ts` : `src/${room}/**/*.ts`;
}

const rooms: OxlintOverride[] = layers.flatMap((line, floor) =>
  line.map((room) => {
    const above = layers
      .slice(0, floor + 1)
      .flat()
      .filter((other) => other !== room);
    const stranger = strangers[room];
    const patterns = [
      ...(above.length === 0
        ? []
        : [importing(room, above, `It stands above ${room}, or beside it: see the layers in README.md.`)]),
      ...(stranger === undefined ? [] : [importing(room, stranger.rooms, stranger.because)]),
      ...(room === 'db' || outside.has(room) ? [] : [sql]),
      ...(room === 'domain' ? [io] : []),
    ];
    return { files: [filesOf(room)], rules: { 'no-restricted-imports': ['error', { patterns }] } };
  }),
);

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'node', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['dist/**', 'src/client/api-schema.ts'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-unsafe-type-assertion': 'off',
    'node/no-process-env': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'off',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    eqeqeq: 'error',
    'no-console': 'error',
    'no-await-in-loop': 'off',
    'vitest/expect-expect': 'off',
    'import/no-unassigned-import': 'off',
    'vitest/require-mock-type-parameters': 'off',
    'no-shadow': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'oxc/no-async-endpoint-handlers': 'off',
  },
  overrides: [
    ...rooms,
    { files: ['src/config/config.ts'], rules: { 'node/no-process-env': 'off' } },
    {
      files: ['test/**/*.ts', 'bench/**/*.ts', '*.config.ts'],
      rules: { 'node/no-process-env': 'off', 'typescript/no-non-null-assertion': 'off', 'max-lines': 'off' },
    },
  ],
});
