import { v7 as uuidv7 } from 'uuid';
import {
	decideContent,
	type FirmPrincipal,
	type OperatorPrincipal,
	type OperatorRole,
	rolesOf,
} from '../access/index.ts';
import { createLogger, createMetrics, createSchema, fieldsByName, principalOf } from '../api/index.ts';
import { type DatabaseAccess, openContent, openKeyring, openLog, openPlaneOf } from '../compose.ts';
import type { Config } from '../config.ts';
import { countApprovers, identify, type Plane, selectAccountByEmail, selectTakenNoteIds } from '../database/index.ts';
import {
	addFirstApprover,
	addMember,
	addOperator,
	createFirm,
	createNote,
	type Desk,
	FIRST_APPROVERS,
	isKnown,
} from '../firms/index.ts';
import { type Installation, withOffice } from '../installation.ts';
import type { AppendingLog } from '../log/index.ts';
import { type MailNote, readMail } from './demo-mail.ts';
import { type Progress, showProgress } from './progress.ts';

const FIRMS = [
	{ slug: 'northgate', name: 'Northgate Legal' },
	{ slug: 'harbour', name: 'Harbour Tax' },
] as const;

const OPERATORS: readonly { readonly name: string; readonly role: OperatorRole }[] = [
	{ name: 'operator', role: 'OPERATOR' },
	{ name: 'auditor', role: 'AUDITOR' },
];

const NOTES_PER_FIRM = 150;
/** Notes written at once: their audit entries share commits. */
const WRITERS = 8;

/** Loads the demo's firms, people and notes; what is there already is left as it is, so it may be run again. */
export async function loadDemo(config: Config, database: DatabaseAccess): Promise<{ readonly notes: number }> {
	return withOffice(config, database, async (office) => {
		const plane = openPlaneOf(database, 'firmseal_firm', WRITERS + 1);
		const operators = openPlaneOf(database, 'firmseal_operator', 1);
		const logPlane = openPlaneOf(database, 'firmseal_firm', 1);
		const log = openLog(logPlane);
		try {
			await loadOperators(office, operators);
			for (const firm of FIRMS) await loadPeople(office, plane, firm);
			return await loadNotes(config, office, plane, log);
		} finally {
			await log.close();
			await Promise.all([plane.close(), operators.close(), logPlane.close()]);
		}
	});
}

async function loadOperators(office: Installation, plane: Plane): Promise<void> {
	const email = (name: string) => `${name}@platform.example`;
	if (!(await isKnown(office, email('approver')))) {
		const approvers = await office.worker.read(null, countApprovers);
		// The installation has its own approvers: the demo may add none, and no operators without one.
		if (approvers >= FIRST_APPROVERS) return;
		await addFirstApprover(office, { email: email('approver'), name: 'Approver' });
	}
	const approver = (await principalByEmail(office, plane, email('approver'))) as OperatorPrincipal;
	for (const { name, role } of OPERATORS) {
		if (await isKnown(office, email(name))) continue;
		await addOperator(office, { email: email(name), name: titled(name) }, [role], approver);
	}
}

async function loadPeople(office: Installation, plane: Plane, { slug, name }: (typeof FIRMS)[number]): Promise<void> {
	const email = (who: string) => `${who}@${slug}.example`;
	if (!(await isKnown(office, email('owner')))) {
		await createFirm(office, { slug, name, owner: { email: email('owner'), name: `Owner of ${name}` } });
	}
	const owner = (await principalByEmail(office, plane, email('owner'))) as FirmPrincipal;
	for (const role of ['MEMBER', 'CLIENT'] as const) {
		const who = role.toLowerCase();
		if (await isKnown(office, email(who))) continue;
		await addMember(office, { email: email(who), name: `${titled(who)} of ${name}` }, role, owner);
	}
}

/** Real e-mails, written as the firms' members write notes: sealed, under the firm's role, on record. */
async function loadNotes(
	config: Config,
	office: Installation,
	plane: Plane,
	log: AppendingLog,
): Promise<{ readonly notes: number }> {
	const desk = await openDesk(config, plane, log);
	let written = 0;
	for (const [index, { slug }] of FIRMS.entries()) {
		const member = (await principalByEmail(office, plane, `member@${slug}.example`)) as FirmPrincipal;
		const mail = await readMail(slug, NOTES_PER_FIRM, index * NOTES_PER_FIRM);
		const taken = await plane.read(member.firm, (tx) =>
			selectTakenNoteIds(
				tx,
				mail.map(({ id }) => id),
			),
		);
		const missing = mail.filter(({ id }) => !taken.has(id));
		written += missing.length;
		await writeNotes(desk, member, missing, showProgress(`Notes of ${slug}`, missing.length));
	}
	return { notes: written };
}

async function openDesk(config: Config, plane: Plane, audit: AppendingLog): Promise<Desk> {
	const { registry } = createSchema();
	const keyring = await openKeyring(config, 'firm');
	const logger = createLogger({ level: config.log.level });
	const parts = {
		plane,
		keyring,
		audit,
		fields: registry.fields,
		config,
		metrics: createMetrics(),
		logger,
	};
	return { plane, content: openContent(parts), fieldsOf: fieldsByName(registry) };
}

async function writeNotes(desk: Desk, member: FirmPrincipal, notes: MailNote[], progress: Progress): Promise<void> {
	const write = async () => {
		for (let note = notes.pop(); note; note = notes.pop()) {
			const access = desk.content.begin({
				decision: decideContent(member),
				actor: { kind: 'firm', user: member.user, roles: rolesOf(member) },
				plane: 'firm',
				request: uuidv7(),
				document: null,
			});
			await createNote(desk, { access, user: member.user, firm: member.firm }, note);
			await desk.content.settle(access);
			progress.step();
		}
	};
	await Promise.all(Array.from({ length: WRITERS }, write)).finally(progress.end);
}

async function principalByEmail(office: Installation, plane: Plane, email: string) {
	const account = await office.worker.read(null, (tx) => selectAccountByEmail(tx, email));
	const identity = account && (await plane.read(null, (tx) => identify(tx, account.issuer, account.subject)));
	if (!identity) throw new Error('An account of the demo is not to be found.');
	return principalOf(identity);
}

const titled = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
