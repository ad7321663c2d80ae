/** What the commands that talk to a server read from the environment, where no option says otherwise. */
export const clientVariables = [
  { env: 'MUSTER_SERVER', fallback: 'http://127.0.0.1:3443', about: 'Base URL of the admin API.' },
  { env: 'MUSTER_CA', about: 'PEM file with the authorities that the certificate of the server may be from.' },
  {
    env: 'MUSTER_TOKEN',
    about: 'Bearer token for the admin API. Without it, the login that `muster login` keeps for the server.',
  },
  {
    env: 'MUSTER_AGENT_SERVER',
    fallback: 'http://127.0.0.1:7443',
    about: 'Base URL of the listener for devices, for `muster simulate`.',
  },
  {
    env: 'XDG_CONFIG_HOME',
    fallback: '~/.config',
    about: 'Where logins are kept, in `muster/credentials.json`.',
  },
] as const satisfies readonly { env: string; fallback?: string; about: string }[];
