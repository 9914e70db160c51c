import type { KeysetPage, Page, RowRef } from '../database/index.ts';
import { type Connection, type ConnectionArgs, type ListOrder, loadConnection, toKeysetPage } from './connection.ts';
import type { RequestContext } from './context.ts';

interface NestedPages<Row> {
	/** Names everything that `pages` depends on besides order and page. */
	readonly key: string;
	readonly order: ListOrder<Row>;
	/** The page of each parent, in one statement. A parent without rows may be left out. */
	readonly pages: (parents: readonly RowRef[], page: KeysetPage) => Promise<ReadonlyMap<string, Page<Row>>>;
	readonly counts: (parents: readonly RowRef[]) => Promise<ReadonlyMap<string, number>>;
}

/**
 * A connection of one parent, loaded together with those of all other parents of the list level.
 * @throws FirmsealError like loadConnection.
 */
export function loadNestedConnection<Row extends { readonly id: string }>(
	{ loaders, party }: Pick<RequestContext, 'loaders' | 'party'>,
	parent: RowRef,
	args: ConnectionArgs,
	{ key, order, pages, counts }: NestedPages<Row>,
): Promise<Connection<Row>> {
	const page = toKeysetPage(args, order);
	const pageKey = JSON.stringify([order.name, page.limit, page.fromEnd, page.after, page.before]);
	const pageLoader = loaders.byRow(`${pageKey}:${key}`, (parents) => pages(parents, page));
	const countLoader = loaders.byRow(`${order.name}:count`, counts);
	return loadConnection(
		party,
		args,
		order,
		async () => (await pageLoader.load(parent)) ?? { rows: [], more: false },
		async () => (await countLoader.load(parent)) ?? 0,
	);
}
