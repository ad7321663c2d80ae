import type { FastifyInstance } from 'fastify';

/** Tells which methods a listener offers at a path, in alphabetical order; none where no route has that path. */
export type OfferedMethods = (path: string) => string[];

/** Collects the methods of every route that is added to a listener from now on. */
export function collectMethods(app: FastifyInstance): OfferedMethods {
  const offered = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = offered.get(url) ?? new Set();
    for (const name of [method].flat()) methods.add(name);
    offered.set(url, methods);
  });
  return (path) => {
    const found = [...offered].filter(([url]) => isPathOf(url.split('/'), path.split('/')));
    return [...new Set(found.flatMap(([, methods]) => [...methods]))].toSorted();
  };
}

/** Compares a path with that of a route, whose parts are names, parameters such as `:name`, or a last `*` for all that follows. */
function isPathOf(route: readonly string[], path: readonly string[]): boolean {
  const isOpen = route.at(-1) === '*';
  if (isOpen ? path.length < route.length : path.length !== route.length) return false;
  const fixed = isOpen ? route.slice(0, -1) : route;
  return fixed.every((part, at) => part === path[at] || (part.startsWith(':') && path[at] !== ''));
}
