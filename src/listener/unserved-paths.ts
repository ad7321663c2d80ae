/** Paths of Flight Control that Muster does not serve, and what to use instead. */
const unserved: readonly (readonly [path: RegExp, instead: string])[] = [
  [
    /^\/api\/v1\/repositories(\/|$)/,
    'Muster stores no repositories: those that httpRef providers name stand in the file that MUSTER_REPOSITORIES names',
  ],
  [
    /^\/api\/v1\/resourcesyncs(\/|$)/,
    'Muster reads no fleets from Git: let a pipeline apply them, with muster apply or flightctl apply',
  ],
  [
    /^\/api\/v1\/fleets\/[^/]+\/templateversions(\/|$)/,
    'Muster stores no template versions: a fleet holds its newest template, and its generation counts them',
  ],
  [
    /^\/api\/v1\/catalog(s|items)(\/|$)/,
    'Muster has no catalogs: name images in specs, or let a renderer resolve catalog items (MUSTER_RENDERER_URL)',
  ],
  [
    /^\/api\/v1\/authproviders(\/|$)/,
    'Muster stores no authentication providers: its settings say who may log in, and /api/v1/auth/config lists them',
  ],
  [
    /^\/api\/v1\/auth\/(permissions|userinfo)$/,
    'Muster says at /api/v1/auth/whoami who somebody is, and what that one may do',
  ],
  [/^\/api\/v1\/vulnerabilities(\/|$)/, 'Muster looks for no vulnerabilities'],
  [
    /^\/api\/v1\/(devices|fleets)\/[^/]+\/applications\//,
    'Muster starts and stops no applications one by one: change the spec',
  ],
  [/^\/ws\/v1\/|^\/_\/remote-access(\/|$)/, 'Muster opens no consoles'],
  [/^\/_\/imagebuilder(\/|$)|^\/api\/v1\/image(builds|exports)(\/|$)/, 'Muster builds no images'],
];

/** The thing to use instead of a part of Flight Control that Muster does not have; undefined for any other path. */
export function insteadOf(path: string): string | undefined {
  return unserved.find(([pattern]) => pattern.test(path))?.[1];
}
