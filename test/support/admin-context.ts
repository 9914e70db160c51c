import type { OperatorRole } from '../../src/access/index.ts';
import type { Config } from '../../src/config/config.ts';
import { insertOperator, insertUser } from '../../src/database/index.ts';
import { type AdminContext, type NewPerson, newAccount, statementOfOperator } from '../../src/firms/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import type { DatabaseAccess } from '../../src/wiring/index.ts';
import { type Installation, withAdminContext } from '../../src/wiring/installation.ts';

/** The administration of an installation, opened at its first use and shared by all uses of a test. */
export interface LazyAdminContext {
	use<T>(work: (admin: Installation) => Promise<T>): Promise<T>;
	close(): Promise<void>;
}

export function openLazyAdminContext(config: Config, database: DatabaseAccess): LazyAdminContext {
	const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
	let held: Promise<Installation> | undefined;
	let closed: Promise<void> | undefined;
	const open = () =>
		new Promise<Installation>((resolve, reject) => {
			closed = withAdminContext(config, database, (admin) => {
				resolve(admin);
				return isOver;
			});
			closed.catch(reject);
		});
	return {
		async use(work) {
			held ??= open();
			return work(await held);
		},
		async close() {
			end();
			held = Promise.reject(new Error('The administration is closed.'));
			held.catch(() => {});
			await closed;
		},
	};
}

const DAY = 86_400_000;

/** Adds an operator like the first ones of `init`, introduced 60 days ago: a new person who counts as long-time. */
export async function addInitialOperator(
	admin: AdminContext,
	person: NewPerson,
	roles: readonly OperatorRole[],
): Promise<string> {
	const account = newAccount(admin, person);
	const row = { roles: [...roles], introducedBy: [], introducedAt: new Date(Date.now() - 60 * DAY) };
	const mac = await admin.rights.prove(PLATFORM_FIRM_ID, statementOfOperator({ ...account, ...row, disabledAt: null }));
	await admin.worker.write(null, async (tx) => {
		await insertUser(tx, account);
		await insertOperator(tx, { userId: account.id, ...row, mac });
	});
	return account.id;
}
