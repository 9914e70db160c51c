import { createLogger, createMetrics, createSchema } from '../../src/api/index.ts';
import type { DemoModule } from '../../src/cli/demo-data.ts';
import type { ObjectStore } from '../../src/documents/index.ts';
import {
	type Installation,
	openObjects,
	openPlaneOf,
	openRequestServices,
	withAdminContext,
	withPlaneParts,
} from '../../src/wiring/index.ts';
import { type DemoFirm, FIRMS } from './firms.ts';
import { FirmItems, fileIdOf } from './items.ts';
import { type FirmMail, mailOf, readMail } from './mail.ts';
import { type FirmServices, loadMembers, loadOperators, loadOwner } from './people.ts';
import { TEXTS } from './texts.ts';
import { WRITERS, type WrittenCounts, writeItems } from './write-items.ts';

type ShowProgress = Parameters<DemoModule['loadDemo']>[2]['showProgress'];

export const sharedFileId: DemoModule['sharedFileId'] = fileIdOf(FIRMS[0], TEXTS[FIRMS[0].slug][0].name);

export const loadDemo: DemoModule['loadDemo'] = async (config, database, { all = false, log, showProgress }) => {
	const mails = await readMail();
	return withAdminContext(config, database, async (admin) => {
		const portal = openPlaneOf(database, 'firmseal_portal', 2);
		try {
			await loadOperators(admin);
			return await withPlaneParts(config, database, 'firm', WRITERS + 1, async (parts) => {
				const { registry } = createSchema();
				const logger = createLogger({ level: config.log.level, destination: log });
				const services = openRequestServices({ ...parts, registry, config, metrics: createMetrics(), logger });
				const firmServices: FirmServices = {
					firm: services,
					portalOf: (client) => ({ ...services, plane: portal.forClient(client) }),
				};
				const installation = { admin, services: firmServices, store: await openObjects(config), showProgress };
				const written: WrittenCounts[] = [];
				for (const firm of FIRMS) written.push(...(await loadFirm(installation, firm, mailOf(firm, mails, { all }))));
				return sum(written);
			});
		} finally {
			await portal.close();
		}
	});
};

interface Loading {
	readonly admin: Installation;
	readonly services: FirmServices;
	readonly store: ObjectStore;
	readonly showProgress: ShowProgress;
}

async function loadFirm(
	{ admin, services, store, showProgress }: Loading,
	firm: DemoFirm,
	mail: FirmMail,
): Promise<WrittenCounts[]> {
	const owner = await loadOwner(admin, services, firm);
	if (!owner) return [];
	const items = new FirmItems(firm);
	const target = { services: services.firm, firm: owner.principal.firm, store };
	const clients = await writeItems({ owner }, items.clients(), target);
	const authors = await loadMembers(admin, services, firm, { owner, clientId: items.portalClient });
	const rest = [
		...items.notes(mail.notes),
		...items.documents(),
		...items.files(mail.threads),
		...items.invoices(),
		...items.timeEntries(),
		...items.messages(mail.threads),
	];
	const showFirmProgress = (total: number) => showProgress(`Demo of ${firm.slug}`, total);
	return [clients, await writeItems(authors, rest, { ...target, showProgress: showFirmProgress })];
}

function sum(parts: readonly WrittenCounts[]): WrittenCounts {
	const total: Record<string, number> = {};
	for (const part of parts) for (const [type, count] of Object.entries(part)) total[type] = (total[type] ?? 0) + count;
	return total;
}
