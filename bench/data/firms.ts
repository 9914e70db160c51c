import { actAsPerson } from '../../examples/demo/act-as-person.ts';
import { createRow } from '../../src/firms/index.ts';
import type { Headers } from '../harness/query.ts';
import type { BenchInstallation } from './installation.ts';
import { TEXT } from './notes.ts';
import { withPeople } from './people.ts';

/** Firms that are created concurrently. */
const CONCURRENCY = 8;

/** Creates firms, each with a note and a time entry of 1 KB. @param options `prefix` is that of the slugs @returns the headers of requests by the owners */
export function addFirms(
	installation: BenchInstallation,
	count: number,
	options: { readonly signal: AbortSignal; readonly onFirm?: () => void; readonly prefix?: string },
): Promise<Headers[]> {
	const { signal, onFirm = () => {}, prefix = 'some' } = options;
	return withPeople(installation, async ({ services, addFirm }) => {
		const owners: Headers[] = [];
		let next = 0;
		const add = async () => {
			while (next < count) {
				signal.throwIfAborted();
				const { principal, headers } = await addFirm(`${prefix}-${next++}`);
				await actAsPerson({ services, principal }, async (own, acting) => {
					await createRow(own, acting, 'Note', { title: 'A note', body: TEXT });
					await createRow(own, acting, 'TimeEntry', { minutes: 30, startedAt: new Date(), description: TEXT });
				});
				owners.push(headers);
				onFirm();
			}
		};
		await Promise.all(Array.from({ length: CONCURRENCY }, add));
		return owners;
	});
}
