/** Words that mark a key as naming a secret, by default. */
export const usualMaskKeys: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'token',
  'apiKey',
  'accessKey',
  'privateKey',
  'sshKey',
  'credential',
  'authorization',
  'cookie',
  // In files of container registries: a list of hosts, each with a name and a password.
  'auths',
  'dockerConfig',
];

/** Decides if a key names a secret. */
export type MaskedKeys = (key: string) => boolean;

/** Separators within a key, which are ignored as capitals are. */
const separators = String.raw`[\s._-]`;

/**
 * Matches keys that contain one of these words anywhere: `DB_PASSWORD`, `dbPassword` and `db.pass-word` hold `password`.
 *
 * @param words at least one must not be blank, or no key is masked
 */
export function maskedKeys(words: readonly string[] = usualMaskKeys): MaskedKeys {
  const spellings = words
    .map((word) => Array.from(word.replaceAll(new RegExp(separators, 'g'), ''), literal).join(`${separators}*`))
    .filter((spelling) => spelling !== '');
  if (spellings.length === 0) return () => false;
  const anyWord = new RegExp(spellings.join('|'), 'iu');
  return (key) => anyWord.test(key);
}

/** Escapes a character for a regular expression. */
function literal(character: string): string {
  return /[\w]/.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
