import { z } from 'zod';
import { claimName, durationMs, file, issuerUrl, oidcRoles } from './setting-forms.ts';

/** The settings about the issuer that administrators authenticate with: part of the table of all settings (config.ts). */
export const oidcSettings = {
  oidcIssuer: {
    env: 'MUSTER_OIDC_ISSUER',
    flag: '--oidc-issuer <url>',
    about:
      'OpenID Connect issuer whose tokens administrators authenticate with, exactly as it names itself. Its keys are found by discovery.',
    schema: issuerUrl,
  },
  oidcAudience: {
    env: 'MUSTER_OIDC_AUDIENCE',
    about: 'Audience that those tokens must be for, unless they are for `MUSTER_OIDC_CLIENT_ID`, as ID tokens are.',
    schema: z.string().min(1).optional(),
  },
  oidcClientId: {
    env: 'MUSTER_OIDC_CLIENT_ID',
    about:
      'Client of the issuer with which `muster login` and `flightctl login` log people in. Without it people get their tokens elsewhere.',
    schema: z.string().min(1).optional(),
  },
  oidcClientSecretFile: {
    env: 'MUSTER_OIDC_CLIENT_SECRET_FILE',
    about:
      'File with the secret of that client, if the issuer has given it one: `flightctl login --web` gets its tokens by way of Muster, which adds it. `muster login` and logging in with a password take a client without a secret. Read again when it changes.',
    schema: file,
  },
  oidcScopes: {
    env: 'MUSTER_OIDC_SCOPES',
    about:
      'Scopes that `muster login` and `flightctl login` ask for, with spaces between them; `offline_access` for logins that are renewed, where the issuer asks for that.',
    schema: z
      .string()
      .default('openid profile email')
      .transform((text) => text.split(/\s+/).filter(Boolean))
      .refine((scopes) => scopes.includes('openid'), { error: 'expected openid among the scopes' }),
  },
  oidcUsernameClaim: {
    env: 'MUSTER_OIDC_USERNAME_CLAIM',
    about: 'Claim that names the user.',
    schema: claimName('preferred_username'),
  },
  oidcRolesClaim: {
    env: 'MUSTER_OIDC_ROLES_CLAIM',
    about: 'Claim that roles come from; a path such as `realm_access.roles` leads into claims.',
    schema: claimName('groups'),
  },
  oidcRoles: {
    env: 'MUSTER_OIDC_ROLES',
    about:
      'Roles by the values of that claim (`viewer`, `operator`, `restorer`, `admin`): `value=role` with commas between them. Without it the values are the roles’ names with `muster-` before them.',
    schema: oidcRoles,
  },
  oidcClockToleranceMs: {
    env: 'MUSTER_OIDC_CLOCK_TOLERANCE',
    about: 'Greatest difference between the clocks of the issuer and of this machine.',
    schema: durationMs('10s', 0),
  },
} as const;
