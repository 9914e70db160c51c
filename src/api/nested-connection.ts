import type { KeysetPage, Page, RowKey } from '../database/index.ts';
import { type Connection, type ConnectionArgs, connectionOf, type ListOrder, pageOf } from './connection.ts';
import type { RequestContext } from './context.ts';

interface Nested<Row> {
	/** Whatever `pages` depends on besides order and page. */
	readonly key: string;
	readonly order: ListOrder<Row>;
	/** The page of each parent, in one statement; a parent without rows may be left out. */
	readonly pages: (parents: readonly RowKey[], page: KeysetPage) => Promise<ReadonlyMap<string, Page<Row>>>;
	readonly counts: (parents: readonly RowKey[]) => Promise<ReadonlyMap<string, number>>;
}

/**
 * A connection of one parent, read together with those of all other parents of the list level.
 * @throws FirmsealError as connectionOf.
 */
export function nestedConnection<Row extends { readonly id: string }>(
	{ loaders, party }: Pick<RequestContext, 'loaders' | 'party'>,
	parent: RowKey,
	args: ConnectionArgs,
	{ key, order, pages, counts }: Nested<Row>,
): Promise<Connection<Row>> {
	const page = pageOf(args, order);
	const place = JSON.stringify([order.name, page.limit, page.fromEnd, page.after, page.before]);
	const pageLoader = loaders.ofRows(`${place}:${key}`, (parents) => pages(parents, page));
	const countLoader = loaders.ofRows(`${order.name}:count`, counts);
	return connectionOf(
		party,
		args,
		order,
		async () => (await pageLoader.load(parent)) ?? { rows: [], more: false },
		async () => (await countLoader.load(parent)) ?? 0,
	);
}
