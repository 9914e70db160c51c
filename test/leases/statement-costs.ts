import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Transaction } from '../../src/database/index.ts';

interface Node {
	readonly 'Relation Name'?: string;
	readonly 'Actual Rows': number;
	readonly 'Rows Removed by Filter'?: number;
	readonly Plans?: readonly Node[];
}

/** A transaction that has PostgreSQL explain each statement before it is executed. */
function explaining(tx: Transaction, onPlan: (plan: Node) => void): Transaction {
	const explain = async (query: SQLWrapper) => {
		const { rows } = await tx.execute(sql`explain (analyze, costs off, timing off, format json) ${query}`);
		const explained = rows[0]?.['QUERY PLAN'] as [{ readonly Plan: Node }];
		onPlan(explained[0].Plan);
	};
	const watched = (statement: object): object =>
		new Proxy(statement, {
			get(of, name) {
				const value = Reflect.get(of, name, of);
				if (typeof value !== 'function') return value;
				if (name !== 'then')
					return (...args: unknown[]) => {
						const next = Reflect.apply(value, of, args);
						return typeof next === 'object' && next !== null && 'getSQL' in next ? watched(next) : next;
					};
				return (...args: Parameters<Promise<unknown>['then']>) =>
					explain(sql`${(of as SQLWrapper).getSQL()}`).then(() => Reflect.apply(value, of, args), args[1]);
			},
		});
	return new Proxy(tx, {
		get(of, name) {
			if (name === 'execute') return async (query: SQL) => explain(query).then(() => of.execute(query));
			if (name === 'select') return (...args: Parameters<Transaction['select']>) => watched(of.select(...args));
			return Reflect.get(of, name, of);
		},
	});
}

/** Number of statements that some work executed, and the largest number of rows that one scan of a table read. */
export async function readOf(
	tx: Transaction,
	table: string,
	work: (tx: Transaction) => Promise<unknown>,
): Promise<{ readonly statements: number; readonly mostAtOnce: number }> {
	let [statements, mostAtOnce] = [0, 0];
	const count = (node: Node): void => {
		if (node['Relation Name'] === table)
			mostAtOnce = Math.max(mostAtOnce, node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0));
		for (const each of node.Plans ?? []) count(each);
	};
	await work(
		explaining(tx, (plan) => {
			statements += 1;
			count(plan);
		}),
	);
	return { statements, mostAtOnce };
}
