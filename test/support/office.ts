import type { DatabaseAccess } from '../../src/compose.ts';
import type { Config } from '../../src/config.ts';
import { type Installation, withOffice } from '../../src/installation.ts';

/** The administration of an installation, opened when it is first needed, for all that a test asks of it. */
export interface HeldOffice {
	use<T>(work: (office: Installation) => Promise<T>): Promise<T>;
	close(): Promise<void>;
}

export function holdOffice(config: Config, database: DatabaseAccess): HeldOffice {
	const { promise: isOver, resolve: letGo } = Promise.withResolvers<void>();
	let held: Promise<Installation> | undefined;
	let closed: Promise<void> | undefined;
	const open = () =>
		new Promise<Installation>((resolve, reject) => {
			closed = withOffice(config, database, (office) => {
				resolve(office);
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
			letGo();
			held = Promise.reject(new Error('The office is closed.'));
			held.catch(() => {});
			await closed;
		},
	};
}
