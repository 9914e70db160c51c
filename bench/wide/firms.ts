import { actAsPerson } from '../../examples/demo/act-as-person.ts';
import { createFirm, createRow } from '../../src/firms/index.ts';
import { openIssuer } from '../../src/wiring/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import type { BenchInstallation } from '../installation.ts';
import { findPerson } from '../people.ts';
import { withRequestServices } from '../request-services.ts';

/** Firms that are made at once. */
const AT_ONCE = 8;

export const TEXT = 'Dear Ms Ames, '.repeat(80).slice(0, 1_000);

/** One page of a firm of these, of two content classes. */
export const PAGE =
	'{ notes(first: 1) { nodes { id title body } } timeEntries(first: 1) { nodes { id description } } }';

interface AddOptions {
	readonly signal: AbortSignal;
	readonly onFirm?: () => void;
	/** Of their short names. */
	readonly prefix?: string;
}

/** So many firms, each with an owner whose token it is, a note and a time entry of 1 KB. */
export async function addFirms(
	{ config, database }: BenchInstallation,
	count: number,
	{ signal, onFirm = () => {}, prefix = 'some' }: AddOptions,
): Promise<string[]> {
	const issuer = await openIssuer(config);
	return withAdminContext(config, database, (admin) =>
		withRequestServices(config, database, async (services) => {
			const tokens: string[] = [];
			let next = 0;
			const add = async () => {
				while (next < count) {
					signal.throwIfAborted();
					const slug = `${prefix}-${next++}`;
					const owner = { email: `owner@${slug}.example`, name: 'Owner' };
					await createFirm(admin, { slug, name: `Firm ${slug}`, owner });
					const { principal, token } = await findPerson(admin, { plane: services.plane, issuer }, owner.email);
					if (principal.kind !== 'firm') throw new Error('An owner of the benchmark is of no firm.');
					await actAsPerson({ services: services, principal }, async (own, acting) => {
						await createRow(own, acting, 'Note', { title: 'A note', body: TEXT });
						await createRow(own, acting, 'TimeEntry', { minutes: 30, startedAt: new Date(), description: TEXT });
					});
					tokens.push(token);
					onFirm();
				}
			};
			await Promise.all(Array.from({ length: AT_ONCE }, add));
			return tokens;
		}),
	);
}
