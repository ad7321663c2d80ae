/** Words by which a key names a secret, where nobody says otherwise. */
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
  // Of registries: a list of hosts with a name and a password each.
  'auths',
  'dockerConfig',
];

/** Whether a key names a secret. */
export type MaskedKeys = (key: string) => boolean;

/** What in a key is a matter of taste, as capitals are. */
const separators = String.raw`[\s._-]`;

/**
 * The keys that hold one of some words, wherever in them: `DB_PASSWORD`, `dbPassword` and `db.pass-word` hold `password`.
 *
 * @param words at least one that is not blank, or no key is masked
 */
export function maskedKeys(words: readonly string[] = usualMaskKeys): MaskedKeys {
  const spellings = words
    .map((word) => Array.from(word.replaceAll(new RegExp(separators, 'g'), ''), literal).join(`${separators}*`))
    .filter((spelling) => spelling !== '');
  if (spellings.length === 0) return () => false;
  const anyWord = new RegExp(spellings.join('|'), 'iu');
  return (key) => anyWord.test(key);
}

/** A character as it stands for itself in a regular expression. */
function literal(character: string): string {
  return /[\w]/.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
