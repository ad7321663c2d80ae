import type { ApiClient } from '../../client/api-client.ts';
import { nextPage, pagesOf, type ListQuery } from '../../client/pages.ts';

type Column = {
  readonly title: string;
  /** Only shown with `-o wide`. */
  readonly wide?: true;
  /** Changes by itself as time goes on, which is no change of the resource. */
  readonly passes?: true;
};

type TypedColumn<Document> = Column & { readonly cell: (document: Document, now: Date) => string };

/** A resource as it is printed, whatever its kind. */
export type Listed = {
  readonly name: string;
  readonly document: unknown;
  /** One a column of its kind, the wide ones included. */
  cells(now: Date): readonly string[];
};

export type Page = {
  readonly apiVersion: string;
  /** Kind of the list: `DeviceList`. */
  readonly kind: string;
  readonly items: readonly Listed[];
  /** The token of the next page; undefined on the last one. */
  readonly next: string | undefined;
};

/** A kind of resource that `muster get` knows. */
export type ResourceKind = {
  readonly singular: string;
  readonly plural: string;
  readonly aliases: readonly string[];
  readonly columns: readonly Column[];
  readonly selectors: { readonly labels: boolean; readonly fields: boolean };
  /** True where items are only ever added and the newest comes first: a watch need not list all again. */
  readonly appendOnly: boolean;
  list(api: ApiClient, query: ListQuery): Promise<Page>;
  /** Undefined for kinds that have no address of their own. @throws ApiError 404 if there is none of the name */
  readonly find: ((api: ApiClient, name: string) => Promise<Listed>) | undefined;
};

type ListAnswer<Document> = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly continue?: string | undefined };
  readonly items: readonly Document[];
};

type KindDefinition<Document> = Omit<ResourceKind, 'columns' | 'list' | 'find' | 'appendOnly' | 'aliases'> & {
  readonly aliases?: readonly string[];
  readonly appendOnly?: true;
  readonly columns: readonly TypedColumn<Document>[];
  name(document: Document): string;
  list(api: ApiClient, query: ListQuery): Promise<ListAnswer<Document>>;
  readonly find?: (api: ApiClient, name: string) => Promise<Document>;
};

/** Makes a kind of what is particular to it; outside nobody needs to know the type of its documents. */
export function defineKind<Document>(definition: KindDefinition<Document>): ResourceKind {
  const { singular, plural, aliases, selectors, columns, appendOnly, find } = definition;
  const listed = (document: Document): Listed => ({
    name: definition.name(document),
    document,
    cells: (now) => columns.map((column) => column.cell(document, now)),
  });
  return {
    singular,
    plural,
    aliases: aliases ?? [],
    selectors,
    columns,
    appendOnly: appendOnly ?? false,
    async list(api, query) {
      const { apiVersion, kind, metadata, items } = await definition.list(api, query);
      return { apiVersion, kind, items: items.map(listed), next: nextPage({ metadata }) };
    },
    find: find && (async (api, name) => listed(await find(api, name))),
  };
}

/** Pages of a kind's list, as they come: see `pagesOf`. */
export function pagesOfKind(kind: ResourceKind, api: ApiClient, query: ListQuery): AsyncGenerator<Page> {
  return pagesOf((page) => kind.list(api, page), query);
}
