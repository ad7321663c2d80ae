import { stringify } from 'yaml';
import { printedYaml } from './yaml-schema.ts';

type DocumentFormat = 'json' | 'yaml';

/** One document as text that ends with a newline. */
export function formatDocument(document: unknown, format: DocumentFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(document, undefined, 2)}\n`;
    case 'yaml':
      return stringify(document, printedYaml);
    default:
      return format satisfies never;
  }
}

/** A list as one document that is written page by page, however long it is. */
export class DocumentList {
  private readonly format: DocumentFormat;
  private count = 0;

  constructor(format: DocumentFormat) {
    this.format = format;
  }

  begin({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
    return this.format === 'json'
      ? `{\n  "apiVersion": ${JSON.stringify(apiVersion)},\n  "kind": ${JSON.stringify(kind)},\n  "items": [`
      : stringify({ apiVersion, kind }, printedYaml);
  }

  items(documents: readonly unknown[]): string {
    return documents.map((document) => this.item(document)).join('');
  }

  private item(document: unknown): string {
    const first = this.count === 0;
    this.count += 1;
    if (this.format === 'json') {
      return `${first ? '' : ','}\n${indent(JSON.stringify(document, undefined, 2), '    ')}`;
    }
    return `${first ? 'items:\n' : ''}${stringify([document], printedYaml)}`;
  }

  /** @param next the token of the page that comes after, if there is one */
  end(next: string | undefined): string {
    const metadata = next === undefined ? {} : { continue: next };
    if (this.format === 'json') {
      return `${this.count === 0 ? '' : '\n  '}],\n  "metadata": ${JSON.stringify(metadata)}\n}\n`;
    }
    return `${this.count === 0 ? 'items: []\n' : ''}${stringify({ metadata }, printedYaml)}`;
  }
}

function indent(text: string, by: string): string {
  return text.replaceAll(/^/gm, by);
}
