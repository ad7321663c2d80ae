import { DocumentList, formatDocument } from '../../manifests/documents.ts';
import { Table } from '../../terminal/table.ts';
import type { Listed, Page, ResourceKind } from './resource-kind.ts';

export type ListFormat = 'wide' | 'json' | 'yaml' | 'name';

/** Turns pages of resources into text, page by page. */
type ListPrinter = {
  page(page: Page): string;
  /** @param next the token of the page after the last one printed, if there is one */
  end(next: string | undefined): string;
};

/** A list as one text: a table, one document, or names. */
export function listPrinter(kind: ResourceKind, format: ListFormat | undefined): ListPrinter {
  switch (format) {
    case undefined:
    case 'wide':
      return tablePrinter(kind, format === 'wide');
    case 'json':
    case 'yaml':
      return documentPrinter(format);
    case 'name':
      return { page: ({ items }) => items.map((item) => nameLine(kind, item)).join(''), end: () => '' };
    default:
      return format satisfies never;
  }
}

/** Items one after another, each a document of its own where documents are asked for: for one item, and for a watch. */
export function itemPrinter(kind: ResourceKind, format: ListFormat | undefined): (items: readonly Listed[]) => string {
  switch (format) {
    case undefined:
    case 'wide': {
      const rows = tableRows(kind, format === 'wide');
      return (items) => (items.length === 0 ? '' : rows(items));
    }
    case 'json':
      return (items) => items.map(({ document }) => formatDocument(document, 'json')).join('');
    case 'yaml': {
      let count = 0;
      return (items) =>
        items.map(({ document }) => `${count++ === 0 ? '' : '---\n'}${formatDocument(document, 'yaml')}`).join('');
    }
    case 'name':
      return (items) => items.map((item) => nameLine(kind, item)).join('');
    default:
      return format satisfies never;
  }
}

function nameLine({ singular }: ResourceKind, { name }: Listed): string {
  return `${singular}/${name}\n`;
}

function tableRows({ columns }: ResourceKind, wide: boolean): (items: readonly Listed[]) => string {
  const isShown = (index: number) => wide || columns[index]?.wide !== true;
  const table = new Table(columns.filter((_column, index) => isShown(index)).map(({ title }) => title));
  return (items) => {
    const now = new Date();
    return table.lines(items.map((item) => item.cells(now).filter((_cell, index) => isShown(index))));
  };
}

function tablePrinter(kind: ResourceKind, wide: boolean): ListPrinter {
  const rows = tableRows(kind, wide);
  return { page: ({ items }) => (items.length === 0 ? '' : rows(items)), end: () => '' };
}

function documentPrinter(format: 'json' | 'yaml'): ListPrinter {
  const list = new DocumentList(format);
  let begun = false;
  return {
    page(page) {
      const head = begun ? '' : list.begin(page);
      begun = true;
      return head + list.items(page.items.map(({ document }) => document));
    },
    end: (next) => list.end(next),
  };
}
