import { createLogger, createMetrics, createSchema } from '../../api/index.ts';
import type { Config } from '../../config/index.ts';
import type { ObjectStore } from '../../documents/index.ts';
import {
	type DatabaseAccess,
	type Installation,
	openObjects,
	openPlaneOf,
	openRequestServices,
	withAdminContext,
	withPlaneParts,
} from '../../wiring/index.ts';
import { currentIo } from '../io.ts';
import { type DemoFirm, FIRMS } from './firms.ts';
import { FirmItems, fileIdOf } from './items.ts';
import { type FirmMail, mailOf, readMail } from './mail.ts';
import { type FirmServices, loadMembers, loadOperators, loadOwner } from './people.ts';
import { TEXTS } from './texts.ts';
import { WRITERS, type WrittenCounts, writeItems } from './write-items.ts';

/** Id of a text of the first firm that its portal's client sees. */
export const sharedFileId: string = fileIdOf(FIRMS[0], TEXTS[FIRMS[0].slug][0].name);

/**
 * Loads the demo's firms, people and everything they work with; what is there already is left as it is, so it may be run again,
 * also to go on where it was cut off. Answers how many rows were missing and are written, by type.
 */
export async function loadDemo(
	config: Config,
	database: DatabaseAccess,
	{ all = false } = {},
): Promise<{ readonly written: WrittenCounts }> {
	const mails = await readMail();
	return withAdminContext(config, database, async (admin) => {
		const portal = openPlaneOf(database, 'firmseal_portal', 2);
		try {
			await loadOperators(admin);
			return await withPlaneParts(config, database, 'firm', WRITERS + 1, async (parts) => {
				const { registry } = createSchema();
				const logger = createLogger({ level: config.log.level, destination: currentIo().log });
				const services = openRequestServices({ ...parts, registry, config, metrics: createMetrics(), logger });
				const firmServices: FirmServices = {
					firm: services,
					portalOf: (client) => ({ ...services, plane: portal.forClient(client) }),
				};
				const store = await openObjects(config);
				const written: WrittenCounts[] = [];
				for (const firm of FIRMS)
					written.push(
						...(await loadFirm(
							{ adminContext: admin, services: firmServices, store },
							firm,
							mailOf(firm, mails, { all }),
						)),
					);
				return { written: sum(written) };
			});
		} finally {
			await portal.close();
		}
	});
}

interface Loading {
	readonly adminContext: Installation;
	readonly services: FirmServices;
	readonly store: ObjectStore;
}

async function loadFirm(
	{ adminContext, services, store }: Loading,
	firm: DemoFirm,
	mail: FirmMail,
): Promise<WrittenCounts[]> {
	const owner = await loadOwner(adminContext, services, firm);
	if (!owner) return [];
	const items = new FirmItems(firm);
	const of = { services: services.firm, firm: owner.principal.firm, store };
	const clients = await writeItems({ owner }, items.clients(), of);
	const cast = await loadMembers(adminContext, services, firm, { owner, clientId: items.portalClient });
	const rest = [
		...items.notes(mail.notes),
		...items.documents(),
		...items.files(mail.threads),
		...items.invoices(),
		...items.timeEntries(),
		...items.messages(mail.threads),
	];
	return [clients, await writeItems(cast, rest, { ...of, title: `Demo of ${firm.slug}` })];
}

function sum(parts: readonly WrittenCounts[]): WrittenCounts {
	const total: Record<string, number> = {};
	for (const part of parts) for (const [type, count] of Object.entries(part)) total[type] = (total[type] ?? 0) + count;
	return total;
}
