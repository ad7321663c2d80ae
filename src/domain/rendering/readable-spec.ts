import type { JsonObject, JsonValue } from '../json.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Characters that text files do not have, even if the bytes decode as UTF-8. */
const unreadable = /[^\P{Cc}\t\n\r]/u;

/**
 * A spec in the form in which people compare it with another: text in base64 is decoded, and empty lists `config` and
 * `consoles` are left out. It means the same to an agent, for which an empty list there and no list are the same.
 */
export function readableSpec(spec: JsonObject): JsonObject {
  const { config, consoles, ...rest } = spec;
  return {
    ...rest,
    ...(isEmpty(config) ? {} : { config: readableConfig(config) }),
    ...(isEmpty(consoles) ? {} : { consoles }),
  };
}

function isEmpty(list: JsonValue | undefined): list is undefined {
  return list === undefined || (Array.isArray(list) && list.length === 0);
}

function readableConfig(config: JsonValue): JsonValue {
  if (!Array.isArray(config)) return config;
  return config.map((provider) => {
    if (!isObject(provider) || !Array.isArray(provider['inline'])) return provider;
    return { ...provider, inline: provider['inline'].map(readableFile) };
  });
}

function readableFile(file: JsonValue): JsonValue {
  if (!isObject(file) || file['contentEncoding'] !== 'base64' || typeof file['content'] !== 'string') return file;
  const text = decoded(file['content']);
  if (text === undefined) return file;
  const { contentEncoding: _, ...rest } = file;
  return { ...rest, content: text };
}

function decoded(base64: string): string | undefined {
  try {
    const text = utf8.decode(Buffer.from(base64, 'base64'));
    return unreadable.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
