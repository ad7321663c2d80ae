import type { ApplicationProviderSpec } from '../resources/applications.ts';
import type { ConfigProviderSpec, HttpRef } from '../resources/config-providers.ts';
import type { DeviceSpec } from '../resources/device-spec.ts';
import type { DocumentProblem } from '../resources/zod-problem.ts';

/** A file of a spec whose content is on an HTTP server. */
export type HttpReference = HttpRef & {
  /** Index of the provider in the list `config`. */
  readonly index: number;
  /** Name of the provider. */
  readonly provider: string;
};

/** The config providers of a spec that fetch a file over HTTP. */
export function httpReferences({ config = [] }: DeviceSpec): HttpReference[] {
  return config.flatMap(({ name, httpRef }, index) =>
    httpRef === undefined ? [] : [{ ...httpRef, index, provider: name }],
  );
}

/** Names a config provider in a message. */
export function named(provider: string): string {
  return `config provider "${provider}"`;
}

const seam = 'a renderer of your own can (MUSTER_RENDERER_URL)';

/**
 * Finds the references in a spec that Muster itself cannot resolve, each with the name of the part that holds it and the
 * reason. Files over HTTP are not among them: see {@link httpReferences}.
 */
export function unresolvedReferences({ config = [], applications = [], os }: DeviceSpec): DocumentProblem[] {
  return [
    ...(os?.catalogItemRef === undefined
      ? []
      : [{ path: ['os', 'catalogItemRef'], text: `no catalog is known here to take the OS image from; ${seam}` }]),
    ...config.flatMap(unresolvedProvider),
    ...applications.flatMap(unresolvedApplication),
  ];
}

function unresolvedProvider({ name, gitRef, secretRef }: ConfigProviderSpec, index: number): DocumentProblem[] {
  if (gitRef !== undefined) {
    const text = `${named(name)} cannot be resolved: Muster does not fetch from Git (repository "${gitRef.repository}"); ${seam}`;
    return [{ path: ['config', index, 'gitRef'], text }];
  }
  if (secretRef !== undefined) {
    const text = `${named(name)} cannot be resolved: Muster does not read Kubernetes secrets ("${secretRef.namespace}/${secretRef.name}"); ${seam}`;
    return [{ path: ['config', index, 'secretRef'], text }];
  }
  return [];
}

function unresolvedApplication(app: ApplicationProviderSpec, index: number): DocumentProblem[] {
  const called = `application "${app.name ?? app.image ?? index}"`;
  const place = ['applications', index];
  if (app.appType === 'vm') {
    const text = `${called} cannot be rendered: agents do not know the appType vm, and fail the whole version over it; ${seam}`;
    return [{ path: [...place, 'appType'], text }];
  }
  const volumes = app.appType === 'helm' ? [] : (app.volumes ?? []);
  return [
    ...('catalogItemRef' in app && app.catalogItemRef !== undefined
      ? [
          {
            path: [...place, 'catalogItemRef'],
            text: `${called} cannot be resolved: no catalog is known here to take its image from; ${seam}`,
          },
        ]
      : []),
    ...volumes.flatMap(({ name, image }, volume) =>
      image?.catalogItemRef === undefined
        ? []
        : [
            {
              path: [...place, 'volumes', volume, 'image', 'catalogItemRef'],
              text: `volume "${name}" of ${called} cannot be resolved: no catalog is known here to take its image from; ${seam}`,
            },
          ],
    ),
  ];
}
