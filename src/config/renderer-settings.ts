import { z } from 'zod';
import { addressRanges, durationMs, file, secureUrl } from './setting-forms.ts';

/** The settings about how specs are rendered: part of the table of all settings (config.ts). */
export const rendererSettings = {
  repositories: {
    env: 'MUSTER_REPOSITORIES',
    flag: '--repositories <path>',
    about:
      'File, or directory of files, with Flight Control’s `Repository` resources in YAML or JSON: where `httpRef` config providers are fetched from. Read again when it changes.',
    schema: file,
  },
  repositoryNetworks: {
    env: 'MUSTER_REPOSITORY_NETWORKS',
    about:
      'Addresses and ranges (CIDR) that repositories may be at although they are private, loopback or otherwise special, with commas between them. Without it only public addresses are connected to.',
    schema: addressRanges,
  },
  rendererUrl: {
    env: 'MUSTER_RENDERER_URL',
    flag: '--renderer-url <url>',
    about: 'HTTP endpoint of a renderer of your own, for what Muster cannot resolve itself: see docs/renderer.md.',
    schema: secureUrl.optional(),
  },
  rendererScope: {
    env: 'MUSTER_RENDERER_SCOPE',
    about:
      'Specs that renderer is sent: `references` for those with something that Muster cannot resolve itself (Git, secrets, catalogs, virtual machines, unknown repositories), or `all`.',
    schema: z.enum(['references', 'all'], { error: 'expected references or all' }).default('references'),
  },
  rendererTokenFile: {
    env: 'MUSTER_RENDERER_TOKEN_FILE',
    about: 'File with the bearer token that the renderer is sent. Read again when it changes.',
    schema: file,
  },
  rendererCa: {
    env: 'MUSTER_RENDERER_CA',
    about:
      'PEM file with the authorities that the certificate of the renderer may be from, instead of those of the system.',
    schema: file,
  },
  rendererTimeoutMs: {
    env: 'MUSTER_RENDERER_TIMEOUT',
    about: 'Longest time that the renderer may take for one spec.',
    schema: durationMs('10s', 100),
  },
} as const;

type GuardedSettings = {
  readonly rendererUrl?: string | undefined;
  readonly rendererTokenFile?: string | undefined;
  readonly rendererCa?: string | undefined;
};

/** Finds settings of a renderer that are given without its address, and says what was expected. */
export function contradictionsOfRenderer({ rendererUrl, ...others }: GuardedSettings): string[] {
  if (rendererUrl !== undefined) return [];
  const { rendererTokenFile, rendererCa } = others;
  const set = [
    ...(rendererTokenFile === undefined ? [] : ['MUSTER_RENDERER_TOKEN_FILE']),
    ...(rendererCa === undefined ? [] : ['MUSTER_RENDERER_CA']),
  ];
  return set.length === 0 ? [] : [`MUSTER_RENDERER_URL: expected the renderer that ${set.join(' and ')} is for`];
}
